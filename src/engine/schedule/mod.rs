//! Learning-rate schedules: functions of the step, and chains of several in sequence.

mod constant;
mod constant_factor;
mod cosine;
mod cosine_warm_restarts;
mod cyclic;
mod exponential;
mod inverse_sqrt;
mod inverse_time;
mod linear;
mod multi_step;
mod natural_exponential;
mod one_cycle;
mod plateau;
mod polynomial;
mod step;
mod warmup;
mod warmup_stable_decay;

use crate::engine::declare::spec;
use crate::engine::declare::{SettingError, Settings, family};
use crate::engine::numeric::real;
use std::fmt;
use std::str::FromStr;

family! {
    /// Any schedule.
    pub enum AnySchedule: Schedule = "schedule" {
        constant::Constant,
        step::Step,
        multi_step::MultiStep,
        constant_factor::ConstantFactor,
        linear::Linear,
        exponential::Exponential,
        polynomial::Polynomial,
        cosine::Cosine,
        cosine_warm_restarts::CosineWarmRestarts,
        plateau::Plateau,
        cyclic::Cyclic,
        one_cycle::OneCycle,
        warmup::Warmup,
        inverse_time::InverseTime,
        natural_exponential::NaturalExponential,
        inverse_sqrt::InverseSqrt,
        warmup_stable_decay::WarmupStableDecay,
    }
}

/// The learning rate and momentum of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRates {
    /// Learning rate.
    pub lr: f64,
    /// Momentum (β₁ of Adam-like rules), if the schedule cycles it.
    pub momentum: Option<f64>,
}

/// A learning rate as a function of the step.
pub trait Schedule: Settings {
    /// Returns the name of the setting for the schedule's length.
    fn length_setting(&self) -> &'static str;

    /// Returns the number of steps in a chain; `None` lasts to the end of the run.
    fn length(&self) -> Option<u64>;

    /// Returns the rates of step `step` = 0, 1, … of `total_steps` steps of the run or of the schedule's part of a chain.
    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates;

    /// Whether all steps have equal rates.
    fn is_constant(&self) -> bool {
        false
    }

    /// Whether the rates depend on the losses of the run; [`Schedule::rates`] then ignores them.
    fn needs_loss(&self) -> bool {
        false
    }

    /// Returns the state of a run's schedule, if the rates depend on losses or are cheaper to compute step by step.
    fn stateful(&self) -> Option<Box<dyn StatefulSchedule>> {
        None
    }
}

/// A schedule whose rates are computed step by step.
pub trait StatefulSchedule: Send {
    /// Returns the rates of step `step`, before which the loss is `loss`. Must be called for each step in turn.
    fn rates(&mut self, lr: f64, step: u64, loss: f64) -> StepRates;
}

/// A chain of schedules, like PyTorch's SequentialLR: each starts at its own step 0 from the base learning rate.
///
/// Momentum keeps the last value of a schedule that cycled it until another schedule cycles it; before the first cycle it is the
/// optimizer's own. Unlike here, PyTorch's OneCycleLR and CyclicLR overwrite learning rate, initial learning rate and momentum as soon as they
/// are constructed, which affects the first step of a chain in which they come later.
///
/// The text form joins the schedules by `>`: `warmup:steps=10>cosine:t_max=90`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleChain(Vec<AnySchedule>);

impl ScheduleChain {
    /// Returns a chain. Fails if it is empty or if a schedule before the last has no length.
    pub fn new(schedules: Vec<AnySchedule>) -> Result<Self, SettingError> {
        let [before @ .., _] = schedules.as_slice() else {
            return Err(SettingError::Grammar(
                "there is no schedule after `@`; expected one, like cosine:t_max=100".to_owned(),
            ));
        };
        match before
            .iter()
            .find(|schedule| schedule.as_dyn().length().is_none())
        {
            Some(endless) => Err(SettingError::Grammar(format!(
                "schedule `{endless}` has no end before `>`; expected its length, like {}:{}=100",
                endless.name(),
                endless.as_dyn().length_setting(),
            ))),
            None => Ok(Self(schedules)),
        }
    }

    /// Returns the schedules, at least one.
    pub fn schedules(&self) -> &[AnySchedule] {
        &self.0
    }

    /// Returns the rates of step `step` of a run of `steps` steps, without knowledge of its losses.
    pub fn rates(&self, lr: f64, step: u64, steps: u64) -> StepRates {
        let (index, step, total_steps) = self.at(step, steps);
        let rates = self.0[index].as_dyn().rates(lr, step, total_steps);
        self.with_momentum(index, lr, rates)
    }

    /// Returns the rates of schedule `index`; without momentum of its own, with that at the end of the last cycle before it.
    fn with_momentum(&self, index: usize, lr: f64, rates: StepRates) -> StepRates {
        let left = |schedule: &AnySchedule| {
            let schedule = schedule.as_dyn();
            let length = schedule.length()?;
            let last = length.saturating_sub(1);
            schedule.rates(lr, last, length.max(1)).momentum
        };
        let before = || self.0[..index].iter().rev().find_map(left);
        StepRates {
            momentum: rates.momentum.or_else(before),
            ..rates
        }
    }

    /// Returns the index of the schedule at step `step` of `steps`, the step within it, and its number of steps.
    fn at(&self, step: u64, steps: u64) -> (usize, u64, u64) {
        let (mut step, mut left, last) = (step, steps, self.0.len() - 1);
        for (index, schedule) in self.0.iter().map(AnySchedule::as_dyn).enumerate() {
            let length = schedule.length().unwrap_or(u64::MAX);
            if step < length || index == last {
                return (index, step, left.min(length).max(1));
            }
            step -= length;
            left = left.saturating_sub(length);
        }
        (last, step, left.max(1))
    }

    /// Whether the rates depend on the losses of the run.
    pub fn needs_loss(&self) -> bool {
        self.0.iter().any(|schedule| schedule.as_dyn().needs_loss())
    }

    /// Whether it replaces the optimizer's momentum.
    pub fn cycles_momentum(&self) -> bool {
        let mut schedules = self.0.iter().map(AnySchedule::as_dyn);
        schedules.any(|schedule| schedule.rates(1.0, 0, 1).momentum.is_some())
    }

    /// Whether every step has the base learning rate.
    pub fn is_constant(&self) -> bool {
        self.0
            .iter()
            .all(|schedule| schedule.as_dyn().is_constant())
    }
}

/// The schedule of a run, computed step by step.
pub struct ScheduleState<'a> {
    plan: &'a ScheduleChain,
    lr: f64,
    steps: u64,
    constant: Option<StepRates>,
    memories: Vec<Option<Box<dyn StatefulSchedule>>>,
}

impl<'a> ScheduleState<'a> {
    /// Returns the schedule of a run of `steps` steps whose optimizer has the learning rate `lr`.
    pub fn new(plan: &'a ScheduleChain, lr: f64, steps: u64) -> Self {
        let constant = plan.is_constant().then(|| plan.rates(lr, 0, steps));
        let memories = plan
            .0
            .iter()
            .map(|schedule| schedule.as_dyn().stateful())
            .collect();
        Self {
            plan,
            lr,
            steps,
            constant,
            memories,
        }
    }

    /// Returns the rates of all steps, where they are equal.
    pub fn constant(&self) -> Option<StepRates> {
        self.constant
    }

    /// Returns the rates of step `step`, before which the loss is `loss`. Must be called for each step in turn.
    #[inline]
    pub fn rates(&mut self, step: u64, loss: f64) -> StepRates {
        match self.constant {
            Some(rates) => rates,
            None => self.stateful_rates(step, loss),
        }
    }

    fn stateful_rates(&mut self, step: u64, loss: f64) -> StepRates {
        let (index, step, total_steps) = self.plan.at(step, self.steps);
        let rates = match &mut self.memories[index] {
            Some(memory) => memory.rates(self.lr, step, loss),
            None => self.plan.0[index]
                .as_dyn()
                .rates(self.lr, step, total_steps),
        };
        self.plan.with_momentum(index, self.lr, rates)
    }
}

impl Default for ScheduleChain {
    fn default() -> Self {
        Self(vec![AnySchedule::Constant(constant::Constant::default())])
    }
}

impl FromStr for ScheduleChain {
    type Err = SettingError;
    fn from_str(text: &str) -> Result<Self, SettingError> {
        if text.trim().is_empty() {
            return Self::new(Vec::new());
        }
        Self::new(
            spec::split(text, '>')
                .into_iter()
                .map(str::parse)
                .collect::<Result<_, _>>()?,
        )
    }
}

impl fmt::Display for ScheduleChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .0
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(">"),
        )
    }
}

/// Returns half a cosine from `start` at share 0 to `end` at share 1.
fn cosine_between(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
}

#[cfg(test)]
mod tests;
