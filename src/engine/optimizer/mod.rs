//! The update rules. A rule is a struct of settings; [`Optimizer::init`] gives it a state, [`UpdateRule::step`] moves θ.
//!
//! Names, defaults and arithmetic are PyTorch's wherever PyTorch has the rule (torch.optim, release 2.15).

mod adabelief;
mod adadelta;
mod adafactor;
mod adagrad;
mod adahessian;
pub(in crate::engine) mod adam;
mod adamax;
mod adamw;
mod adan;
mod ademamix;
mod adopt;
mod aggmo;
mod asgd;
mod barzilai_borwein;
mod bfgs;
mod cma_es;
mod conjugate_gradient;
mod dadapt_adam;
mod decay;
mod gauss_newton;
mod hutchinson;
mod lamb;
mod laprop;
mod lars;
mod lbfgs;
mod line_search;
mod lion;
mod madgrad;
mod mars;
mod muon;
mod nadam;
mod natural_gradient;
mod nelder_mead;
mod newton;
mod prodigy;
mod profile;
mod qhadam;
mod qhm;
mod radam;
mod rmsprop;
mod rprop;
mod schedulefree_adamw;
mod schedulefree_sgd;
mod sgd;
mod shampoo;
mod signsgd;
mod soap;
mod sophia;
mod tiger;
mod trust_region;
mod variants;
mod wolfe;
mod wolfe_step;
mod yogi;

use crate::engine::declare::{Settings, family};
use crate::engine::numeric::linalg;
use crate::engine::objective::params::{Array, CROWD, Crowd, Vector};
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::objective::{Objective, Oracle};
use crate::engine::schedule::StepRates;
use crate::engine::stride::AnyStride;
use crate::engine::training::{FinalState, Outcome, Reason, RunContext, Trajectory};
use crate::engine::wrapper::{AnyRule, Parameters};

pub use adam::TwoMeans;
pub use profile::{Kind, Profile};
pub use sgd::HeavyBall;

family! {
    /// Any optimizer.
    pub enum AnyOptimizer: Optimizer = "optimizer" {
        sgd::Sgd,
        adam::Adam,
        adamw::AdamW,
        adagrad::Adagrad,
        rmsprop::RmsProp,
        adadelta::Adadelta,
        nadam::NAdam,
        radam::RAdam,
        adamax::Adamax,
        rprop::Rprop,
        asgd::Asgd,
        adafactor::Adafactor,
        muon::Muon,
        lbfgs::Lbfgs,
        bfgs::Bfgs,
        conjugate_gradient::ConjugateGradient,
        newton::Newton,
        trust_region::TrustRegion,
        gauss_newton::GaussNewton,
        natural_gradient::NaturalGradient,
        line_search::LineSearch,
        barzilai_borwein::BarzilaiBorwein,
        nelder_mead::NelderMead,
        cma_es::CmaEs,
        adabelief::AdaBelief,
        lion::Lion,
        tiger::Tiger,
        signsgd::SignSgd,
        yogi::Yogi,
        adan::Adan,
        qhadam::QHAdam,
        qhm::Qhm,
        aggmo::AggMo,
        ademamix::AdEMAMix,
        laprop::LaProp,
        madgrad::MadGrad,
        adopt::Adopt,
        schedulefree_sgd::ScheduleFreeSgd,
        schedulefree_adamw::ScheduleFreeAdamW,
        prodigy::Prodigy,
        dadapt_adam::DAdaptAdam,
        lamb::Lamb,
        lars::Lars,
        sophia::Sophia,
        adahessian::AdaHessian,
        shampoo::Shampoo,
        soap::Soap,
        mars::Mars,
    }
}

/// An update rule's settings.
pub trait Optimizer: Settings + Follow {
    /// The learning rate before any schedule.
    fn lr(&self) -> f64;

    /// Its state at step 0; `zeros` are as many as there are parameters. All of the state is allocated here; a step
    /// allocates nothing.
    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V>
    where
        Self: Sized;

    /// The rule as it is computed, a line for each assignment, in slots that numbers can be put into.
    ///
    /// `{m}` is what [`UpdateRule::visit_state`] reports under the symbol m after the step, `{m<}` the same before it. `{γ=lr}` is the
    /// setting `lr`, shown as γ; `lr` is that of the step. `{θ<}` and `{θ}` are the parameters before and after the step, `{g}` is
    /// the gradient at `{θ<}` (`regularisation` gives the line that changes it), `{t}` the number of the step, from 1.
    /// Vectors are taken entry by entry.
    fn update_lines(&self) -> Vec<&'static str>;

    /// The spec of Keras's form of it with Keras's defaults, where Keras has it.
    fn keras_spec(&self) -> Option<&'static str> {
        None
    }

    /// What is worth knowing before it is chosen.
    fn profile(&self) -> Profile;

    /// Whether each parameter moves by its own gradient alone, so that many starts can go side by side in a [`Crowd`].
    fn elementwise(&self) -> bool {
        false
    }

    /// Its state at step 0 for the loops that landscapes have, where they have one for it.
    fn stride(&self) -> Option<AnyStride> {
        None
    }

    /// Whether it moves each tensor of a network by itself, because it looks at norms, rows or columns of it.
    fn is_layerwise(&self) -> bool {
        false
    }

    /// Its state at step 0 for a tensor of this shape.
    fn init_tensor(&self, zeros: Parameters, shape: &[usize]) -> AnyRule<'_> {
        let _ = shape;
        self.init_boxed(zeros)
    }

    /// What it expects of an objective, where this one is not of that kind.
    fn unsupported_reason(&self, objective: &dyn Objective) -> Option<&'static str> {
        let _ = objective;
        None
    }

    /// Whether its rule keeps an average of its iterates: [`UpdateRule::average`].
    fn keeps_average(&self) -> bool {
        false
    }

    /// What it is called beside its trail: settings that make another method of it change the name.
    fn display_name(&self) -> &'static str {
        self.title()
    }

    /// The largest Hessian eigenvalue at which steps of this pace do not grow on a quadratic, where theory gives one.
    fn stability_limit(&self, rates: StepRates) -> Option<f64> {
        let _ = rates;
        None
    }

    /// The same for the Hessian divided by [`UpdateRule::preconditioner`], which changes slowly beside the steps: section 3 of Cohen et al.
    /// 2022, where theory gives one.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let _ = rates;
        None
    }
}

/// An update rule at work: its settings and its state. Parameters are stored in a `V`.
pub trait UpdateRule<V: Vector> {
    /// Moves `theta` by one step.
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates);

    /// Applies to `theta` the decoupled weight decay of the last step, whose pace is `rates`: the part of that step which is apart from
    /// the gradient. From where the step began it leads to where weight decay alone would have led.
    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let _ = (theta, rates);
    }

    /// Shows what it carries.
    fn visit_state(&self, visitor: &mut StateVisitor);

    /// The average of its iterates that it is used for, where it keeps one.
    fn average(&self) -> Option<&[f64]> {
        None
    }

    /// Returns the learning rate of its next step at `theta`, where a step begins: its own where it sets one itself, else `lr`, the
    /// schedule's.
    fn next_lr(&mut self, theta: &V, oracle: &mut Oracle<V>, lr: f64) -> f64 {
        let _ = (theta, oracle);
        lr
    }

    /// Returns why its last step did not move, where it cannot move from there at all though the gradient is not zero.
    fn stuck(&self) -> Option<Reason> {
        None
    }

    /// Returns why its last step is not finite, where that comes from its own arithmetic. Asked only where a step is not finite.
    fn failure(&self) -> Option<Reason> {
        None
    }

    /// What its last step divided each parameter's gradient, or mean of gradients, by, apart from the learning rate; it goes to `to`.
    /// False where it divides by nothing of the kind.
    fn preconditioner(&self, to: &mut [f64]) -> bool {
        let _ = to;
        false
    }
}

/// What [`Optimizer::init`] makes possible for every optimizer: to follow a course, by a loop compiled for its rule.
pub trait Follow {
    /// The run from its start to its end; `None` if it was cancelled.
    fn follow(&self, context: &RunContext) -> Option<Trajectory>;

    /// Where the run ends; `None` if it was cancelled.
    fn arrive(&self, context: &RunContext) -> Option<FinalState>;

    /// The rule at step 0 for parameters that all rules store alike.
    fn init_boxed(&self, zeros: Parameters) -> AnyRule<'_>;

    /// Where runs from many starts end, at most [`CROWD`] of them, instead of the course's own; `None` if it was cancelled.
    /// Only for rules that are [`Optimizer::elementwise`].
    fn arrive_all(
        &self,
        context: &RunContext,
        starts: &[[f64; 2]],
    ) -> Option<[([f64; 2], Outcome); CROWD]>;
}

impl<O: Optimizer> Follow for O {
    fn follow(&self, context: &RunContext) -> Option<Trajectory> {
        match *context.start {
            [x, y] => context.trace(Array([x, y]), Vec::new(), |zeros| self.init(zeros)),
            _ => context.trace(context.start.to_vec(), Vec::new(), |zeros| {
                self.init_boxed(zeros)
            }),
        }
    }

    fn arrive(&self, context: &RunContext) -> Option<FinalState> {
        match *context.start {
            [x, y] => context.arrive(
                Array([x, y]),
                Vec::new(),
                |zeros| -> Box<dyn UpdateRule<_>> { Box::new(self.init(zeros)) },
            ),
            _ => context.arrive(context.start.to_vec(), Vec::new(), |zeros| {
                self.init_boxed(zeros)
            }),
        }
    }

    fn init_boxed(&self, zeros: Parameters) -> AnyRule<'_> {
        Box::new(self.init(zeros))
    }

    fn arrive_all(
        &self,
        context: &RunContext,
        starts: &[[f64; 2]],
    ) -> Option<[([f64; 2], Outcome); CROWD]> {
        context.crowd(starts, |zeros: Crowd| self.init(zeros))
    }
}

/// βᵗ for t = 1, 2, …, by one multiplication a step while β stays the same.
#[derive(Clone, Copy, Debug)]
struct BetaPower {
    base: f64,
    exponent: i32,
    value: f64,
}

impl BetaPower {
    fn new(base: f64) -> Self {
        Self {
            base,
            exponent: 0,
            value: 1.0,
        }
    }

    /// The next power, of `base`; a schedule may have changed it.
    #[inline]
    fn next(&mut self, base: f64) -> f64 {
        self.exponent = self.exponent.saturating_add(1);
        if base == self.base {
            self.value *= base;
        } else {
            self.change(base);
        }
        // What is left of 1 − βᵗ has long been 1, and processors are slow with numbers that are not normal.
        if self.value < f64::MIN_POSITIVE {
            self.value = 0.0;
        }
        self.value
    }

    /// Out of line, because the compiler would work out the power each step and throw it away.
    #[cold]
    #[inline(never)]
    fn change(&mut self, base: f64) {
        self.base = base;
        self.value = base.powi(self.exponent);
    }
}

impl<V: Vector, R: UpdateRule<V> + ?Sized> UpdateRule<V> for Box<R> {
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        (**self).step(theta, oracle, rates);
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        (**self).decay(theta, rates);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        (**self).visit_state(visitor);
    }

    fn average(&self) -> Option<&[f64]> {
        (**self).average()
    }

    fn next_lr(&mut self, theta: &V, oracle: &mut Oracle<V>, lr: f64) -> f64 {
        (**self).next_lr(theta, oracle, lr)
    }

    fn stuck(&self) -> Option<Reason> {
        (**self).stuck()
    }

    fn failure(&self) -> Option<Reason> {
        (**self).failure()
    }

    fn preconditioner(&self, to: &mut [f64]) -> bool {
        (**self).preconditioner(to)
    }
}

/// −1, 0 or 1, and 0 for NaN, as in PyTorch; [`f64::signum`] has neither.
#[inline(always)]
fn sign(x: f64) -> f64 {
    f64::from(x > 0.0) - f64::from(x < 0.0)
}

/// The gradient that a rule works with: PyTorch's `maximize` turns its sign, L2 `weight_decay` adds λθ.
#[inline(always)]
fn gradient_with_decay<'a, V: Vector>(
    oracle: &'a mut Oracle<V>,
    theta: &V,
    maximize: bool,
    weight_decay: f64,
) -> &'a V {
    let (_, gradient) = oracle.gradient(theta);
    if maximize {
        gradient.iter_mut().for_each(|g| *g = -*g);
    }
    if weight_decay != 0.0 {
        let pull = theta.iter().map(|theta| weight_decay * theta);
        gradient
            .iter_mut()
            .zip(pull)
            .for_each(|(g, pull)| *g += pull);
    }
    gradient
}

/// The line of [`Optimizer::update_lines`] that says what [`gradient_with_decay`] does, where it does something.
fn decay_lines(maximize: bool, weight_decay: f64) -> Option<&'static str> {
    match (maximize, weight_decay != 0.0) {
        (false, false) => None,
        (true, false) => Some("{g} ← −{g<}"),
        (false, true) => Some("{g} ← {g<} + {λ=weight_decay} {θ<}"),
        (true, true) => Some("{g} ← −{g<} + {λ=weight_decay} {θ<}"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::numeric::jet::Scalar;
    use crate::engine::objective::{Formula, GradientSettings};
    use crate::engine::training::{RunSettings, RunSpec, run};

    /// A run on a landscape.
    pub(in crate::engine) fn path(
        landscape: &str,
        start: &[f64],
        spec: &str,
        steps: u64,
    ) -> Trajectory {
        let landscape: AnyLandscape = landscape.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let run_settings = RunSettings {
            steps,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let (spec, never) = (spec.parse().unwrap(), Cancel::default());
        run(&*problem.objective, start, &spec, &run_settings, &never).unwrap()
    }

    #[test]
    fn powers_follow_a_changing_base() {
        let mut power = BetaPower::new(0.9);
        assert_eq!(power.next(0.9), 0.9);
        assert_eq!(power.next(0.9), 0.9 * 0.9);
        assert!((power.next(0.8) - 0.512).abs() < 1e-15);
        assert!((power.next(0.8) - 0.4096).abs() < 1e-15);
    }

    /// Finite as a whole, but not in its mini-batches, which are all that a rule sees.
    struct Broken;
    impl Formula for Broken {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            x * x + y * y
        }
        fn samples(&self) -> usize {
            2
        }
        fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, y: S) -> S {
            match batch {
                [0] => x * f64::NAN + y * f64::INFINITY,
                _ => x * 1e308 - y * 1e-308,
            }
        }
    }

    #[test]
    fn whatever_the_learning_rate_the_rows_bear_out_the_outcome() {
        for name in ["rosenbrock", "ackley", "saddle", "plateau", "absolute"] {
            let landscape: AnyLandscape = name.parse().unwrap();
            let objective = landscape.as_dyn().load(&NoFiles).unwrap().objective;
            let run_settings = RunSettings {
                steps: 300,
                gradient_settings: GradientSettings::default(),
                tolerance: None,
                record_every: 1,
            };
            for optimizer in AnyOptimizer::NAMES {
                for lr in ["1e-12", "1e-3", "1", "1e12"] {
                    let spec: RunSpec = format!("{optimizer}:lr={lr}").parse().unwrap();
                    let start = landscape.as_dyn().start();
                    let path = run(
                        &*objective,
                        &start,
                        &spec,
                        &run_settings,
                        &Cancel::default(),
                    );
                    let path = path.unwrap();
                    let steps = match path.outcome {
                        Outcome::Finished => 301..=301,
                        Outcome::Diverged(step, _) => step..=step + 1,
                        Outcome::Stopped(step, _) => step + 1..=step + 1,
                        Outcome::Converged(_) => unreachable!("there is no tolerance"),
                    };
                    let rows = u64::try_from(path.len()).unwrap();
                    assert!(steps.contains(&rows), "{spec} on {name}: {rows} rows");
                    let numbers = path.theta.iter().chain(&path.loss).chain(&path.grad_norm);
                    let bounded = |number: &f64| number.is_finite();
                    assert!({ numbers }.all(bounded), "{spec} on {name}");
                }
            }
        }
    }

    #[test]
    fn no_optimizer_panics_on_nan_or_infinity() {
        for any in AnyOptimizer::all() {
            for seed in 0..10 {
                let gradient_settings = GradientSettings {
                    seed,
                    batch: Some(1),
                    ..GradientSettings::default()
                };
                let run_settings = RunSettings {
                    steps: 5,
                    gradient_settings: gradient_settings,
                    tolerance: None,
                    record_every: 1,
                };
                let spec = RunSpec::new(any.clone());
                for start in [&[1.0, -2.0][..], &[0.0, 0.0]] {
                    assert!(
                        run(&Broken, start, &spec, &run_settings, &Cancel::default()).is_some()
                    );
                }
            }
        }
    }
}
