//! The facts that rules name: one line each, with the function that computes it.

use super::context::Context;
use super::rule::Form;
use crate::engine::declare::spec::real;
use crate::engine::training::Reason;
use crate::figure::axis::number;
use crate::teaching::facts::Facts;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Kind of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Yes or no.
    Flag,
    /// A number, written with three digits.
    Number,
    /// A number of things.
    Count,
    /// A share, written in per cent.
    Share,
    /// A value for a setting, written with two digits.
    Setting,
    /// A setting of the run, or a limit for one, written with four digits.
    Precise,
    /// A text.
    Text,
}

/// Value of a fact.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// A named fact.
struct Fact {
    name: &'static str,
    kind: Kind,
    of: fn(&Context) -> Option<Value>,
}

/// Returns the kind of a fact; `None` if there is none with this name.
pub(super) fn kind(name: &str) -> Option<Kind> {
    fact(name).map(|fact| fact.kind)
}

fn fact(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.name == name)
}

/// Returns the names of all facts.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FACTS.iter().map(|fact| fact.name)
}

/// The facts of a run by their names, each computed once.
pub(super) struct Named<'a> {
    context: Context<'a>,
    known: RefCell<BTreeMap<&'static str, Option<Value>>>,
}

impl<'a> Named<'a> {
    pub(super) fn new(context: Context<'a>) -> Self {
        Self {
            context,
            known: RefCell::default(),
        }
    }

    /// Returns the step whose spec the run had last.
    pub(super) fn last_spec_step(&self) -> u64 {
        let facts = &self.context.facts;
        facts.runs.step(facts.last())
    }

    /// Returns the run.
    pub(super) fn facts(&self) -> &Facts<'a> {
        &self.context.facts
    }

    fn value(&self, name: &str) -> Option<Value> {
        let fact = fact(name)?;
        if let Some(known) = self.known.borrow().get(fact.name) {
            return known.clone();
        }
        let value = (fact.of)(&self.context);
        let is_sound = |value: &Value| !matches!(value, Value::Number(number) if number.is_nan());
        let value = value.filter(is_sound);
        self.known.borrow_mut().insert(fact.name, value.clone());
        value
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.value(name) == Some(Value::Flag(true))
    }

    /// Returns a number; `None` where the run has none.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match self.value(name)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Returns a fact as text; `None` where the run has none.
    pub(super) fn text(&self, name: &str, form: Form) -> Option<String> {
        let fact = fact(name)?;
        let written = |value: f64, digits: usize| match form {
            Form::Sentence => number(value, digits),
            Form::Setting => real(rounded(value, digits)),
        };
        Some(match self.value(name)? {
            Value::Text(text) => text,
            Value::Flag(flag) => flag.to_string(),
            Value::Number(value) => match fact.kind {
                Kind::Count => written(value, 6),
                Kind::Share => format!("{} %", number(100.0 * value, 2)),
                Kind::Setting => written(value, 2),
                Kind::Precise => written(value, 4),
                _ => written(value, 3),
            },
        })
    }
}

/// Returns a number rounded to significant digits.
fn rounded(value: f64, digits: usize) -> f64 {
    let after_first = digits - 1;
    format!("{value:.after_first$e}").parse().unwrap_or(value)
}

macro_rules! facts {
    ($($name:ident: $kind:ident = $of:expr;)+) => {
        /// All facts.
        static FACTS: &[Fact] = &[$(Fact { name: stringify!($name), kind: Kind::$kind, of: facts!(@ $kind $of) }),+];
    };
    (@ Flag $of:expr) => { |context| { let of: fn(&Context) -> bool = $of; Some(Value::Flag(of(context))) } };
    (@ Text $of:expr) => { |context| { let of: fn(&Context) -> Option<String> = $of; of(context).map(Value::Text) } };
    (@ $number:ident $of:expr) => { |context| { let of: fn(&Context) -> Option<f64> = $of; of(context).map(Value::Number) } };
}

facts! {
    // How the run ended.
    diverged: Flag = |c| c.outcome() == "diverged";
    stopped: Flag = |c| c.outcome() == "stopped";
    solved: Flag = |c| c.is_solved();
    never_moved: Flag = |c| c.never_moved();
    reason: Text = |c| c.reason();
    zero_by_zero: Flag = |c| c.ended_by(&[Reason::ZeroByZero]);
    negative_variance: Flag = |c| c.ended_by(&[Reason::NegativeVariance]);
    singular_curvature: Flag = |c| c.ended_by(&[Reason::SingularCurvature, Reason::CurvatureNotFinite]);
    left_domain: Flag = |c| c.left_domain();
    end_step: Count = |c| Some(c.end_step());
    steps: Count = |c| Some(c.steps());
    arrival_steps: Setting = |c| c.arrival_steps();
    twice_steps: Setting = |c| Some(2.0 * c.steps());

    // Points.
    start: Text = |c| Some(c.point_text(0));
    end: Text = |c| Some(c.point_text(c.facts.last()));
    best_minimum: Text = |c| c.best_minimum_text();
    near_best_start: Text = |c| c.near_best_start();
    stationary_kind: Text = |c| c.stationary_kind();
    escape_start: Text = |c| c.escape_start();
    saddle_wait_share: Share = |c| c.saddle_wait().map(|wait| wait.share);
    saddle_wait_from: Count = |c| c.saddle_wait().map(|wait| wait.from);
    saddle_wait_to: Count = |c| c.saddle_wait().map(|wait| wait.to);
    saddle_wait_grad: Number = |c| c.saddle_wait().map(|wait| wait.grad_norm);
    saddle_wait_point: Text = |c| c.saddle_wait().map(|wait| c.point_text(wait.row));
    saddle_wait_lambda_min: Number = |c| c.saddle_wait().map(|wait| wait.lambda_min);
    saddle_wait_start: Text = |c| c.saddle_wait_start();

    // Losses.
    loss_start: Number = |c| Some(c.loss(0));
    loss_end: Number = |c| Some(c.loss(c.facts.last()));
    minimum: Number = |c| c.minimum();
    excess_end: Number = |c| c.excess(c.facts.last());
    falls_without_bound: Flag = |c| c.falls_without_bound();
    loss_best: Number = |c| Some(c.facts.best_loss());
    rose: Flag = |c| c.rose();
    falls_steadily: Flag = |c| c.falls_steadily();
    swings: Flag = |c| c.swings();
    late_rises: Count = |c| c.late_swing().map(|found| found.rises);
    late_rows: Count = |c| c.late_swing().map(|found| found.rows);
    late_lowest: Number = |c| c.late_swing().map(|found| found.lowest);
    late_highest: Number = |c| c.late_swing().map(|found| found.highest);
    cycles: Flag = |c| c.period().is_some();
    period: Count = |c| c.period();
    late_fall: Share = |c| c.fall_of_last_quarter().map(|left| 1.0 - left);
    fall_of_last_quarter: Number = |c| c.fall_of_last_quarter();

    // The gradient and the steps.
    grad_start: Number = |c| Some(c.grad_norm(0));
    grad_end: Number = |c| Some(c.grad_norm(c.facts.last()));
    stationary: Flag = |c| c.is_stationary();
    flat: Flag = |c| c.is_flat();
    near_saddle: Flag = |c| c.is_near_saddle(c.facts.last());
    step_length_start: Number = |c| c.step_length(0);
    step_length_end: Number = |c| c.step_length(c.facts.last().checked_sub(1)?);
    step_length_share: Share = |c| c.step_length_share();
    crossings: Count = |c| c.crossings(0);
    late_steps: Count = |c| Some(c.late_steps());
    late_crossings: Count = |c| c.crossings(c.facts.last() / 2);
    crossing_share: Share = |c| c.crossing_share();
    reach: Number = |c| c.reach();
    distance_to_minimum: Number = |c| c.distance_to_minimum();
    lr_for_reach: Setting = |c| c.lr_for_reach();

    // The learning rate and the curvature.
    lr: Precise = |c| Some(c.facts.rates(c.facts.last()).lr);
    lr_start: Precise = |c| Some(c.facts.rates(0).lr);
    lr_most: Number = |c| c.facts.trajectory().lr.iter().copied().reduce(f64::max);
    ten_lr: Setting = |c| Some(10.0 * c.facts.rates(0).lr);
    triple_lr: Setting = |c| Some(3.0 * c.facts.rates(0).lr);
    half_lr: Setting = |c| Some(0.5 * c.facts.rates(0).lr);
    tenth_lr: Setting = |c| Some(0.1 * c.facts.rates(0).lr);
    lambda_max_end: Number = |c| c.end_eigenvalues().map(|[_, high]| high);
    lambda_min_end: Number = |c| c.end_eigenvalues().map(|[low, _]| low);
    condition_end: Number = |c| c.condition_end();
    negative_curvature: Flag = |c| c.has_negative_curvature();
    flat_curvature: Flag = |c| c.has_flat_curvature();
    at_local_minimum: Flag = |c| c.is_at_local_minimum();
    lr_sharpness_end: Precise = |c| c.lr_sharpness_end();
    stability_ratio_end: Number = |c| c.stability_ratio_end();
    stable_lr_of_run: Precise = |c| c.stable_lr_of_run();
    half_stable_lr_of_run: Setting = |c| c.stable_lr_of_run().map(|lr| 0.5 * lr);
    unstable_step: Count = |c| c.unstable().map(|found| found.step);
    unstable_ratio: Number = |c| c.unstable().map(|found| found.ratio);
    unstable_lr_sharpness: Precise = |c| c.unstable().map(|found| found.lr_sharpness);
    unstable_bound: Number = |c| c.unstable().map(|found| found.lr_sharpness / found.ratio);
    unstable_direction: Text = |c| c.unstable().map(|found| found.direction.clone());
    stable_lr: Precise = |c| c.unstable()?.stable_lr;
    half_stable_lr: Setting = |c| c.unstable()?.stable_lr.map(|lr| 0.5 * lr);

    // Gradient descent and momentum.
    gradient_descent: Flag = |c| c.momentum() == Some(0.0);
    heavy_ball: Flag = |c| c.momentum().is_some_and(|momentum| momentum > 0.0);
    momentum: Number = |c| c.momentum();
    best_momentum: Number = |c| c.best_momentum().map(|best| best[0]);
    // A little less than the best value, which is next to the stability limit.
    best_momentum_lr: Number = |c| c.best_momentum().map(|best| 0.98 * best[1]);
    best_momentum_rate: Number = |c| c.best_momentum().map(|best| best[0].sqrt());
    floor_rate: Number = |c| c.floor_rate();
    steep_rate: Number = |c| c.steep_rate();

    // Other rules.
    optimizer: Text = |c| Some(c.spec().display_name());
    adagrad: Flag = |c| c.spec().optimizer.name() == "adagrad";
    newton: Flag = |c| c.spec().optimizer.name() == "newton";
    adaptive: Flag = |c| c.is_adaptive();
    maximizes: Flag = |c| c.setting("maximize") == Some("true".to_owned());
    weight_decay: Number = |c| c.weight_decay();
    decay_balances: Flag = |c| c.decay_balances();
    decay_by_wrapper: Flag = |c| c.has_wrapper("weight-decay");
    accumulates_gradients: Flag = |c| c.has_wrapper("forget-zero-grad");
    has_schedule: Flag = |c| !c.spec().schedule.is_constant();
    schedule: Text = |c| Some(c.spec().schedule.to_string());
    lr_gone_step: Count = |c| c.lr_gone_step();
    lr_gone_share: Share = |c| c.lr_gone_step().map(|step| step / c.steps());

    // Noise and clipping.
    noisy: Flag = |c| c.is_noisy();
    noise: Number = |c| c.noise();
    batch: Count = |c| c.batch();
    noise_to_gradient: Number = |c| c.noise_to_gradient();
    noise_floor: Number = |c| c.noise_floor();
    above_floor: Flag = |c| c.is_above_floor();
    level: Number = |c| c.late_excess();
    level_ratio: Number = |c| c.late_excess_ratio();
    clip_norm: Number = |c| c.clip_norm();
    clip_share: Share = |c| c.clip_share();
    usual_grad_norm: Setting = |c| c.usual_grad_norm();
    clips_by_wrapper: Flag = |c| c.has_wrapper("clip-norm");

    // Networks.
    network: Flag = |c| c.facts.trained().is_some();
    layer_ratio: Number = |c| c.layer_ratio();
    first_layer_grad: Number = |c| c.layer_grads().map(|[first, _]| first);
    last_layer_grad: Number = |c| c.layer_grads().map(|[_, last]| last);
    depth: Count = |c| c.depth();
    // The last layer has no activation.
    active_layers: Count = |c| c.depth().map(|depth| depth - 1.0);
    activation: Text = |c| c.activation();
    exploding_norm: Number = |c| c.exploding().map(|found| found.norm);
    exploding_limit: Number = |c| c.exploding_limit();
    exploding_layer: Text = |c| c.exploding().map(|found| found.layer);
    exploding_step: Count = |c| c.exploding().map(|found| found.step);
    dead_share: Share = |c| c.dead().map(|(share, _)| share);
    dead_layer: Text = |c| c.dead().map(|(_, layer)| layer);
    equal_weights: Flag = |c| matches!(c.init().as_deref(), Some("zeros" | "constant"));
    init: Text = |c| c.init();
    batch_norm: Flag = |c| c.has_batch_norm();
    samples: Count = |c| c.samples();
    test_loss_end: Number = |c| c.test_losses().map(|found| found.end);
    test_loss_best: Number = |c| c.test_losses().map(|found| found.best);
    test_loss_best_step: Count = |c| c.test_losses().map(|found| found.step);
    overfits: Flag = |c| c.test_losses().is_some_and(|found| found.rises);
}
