//! Learning-rate schedules: pure functions of the step count, and plans of several in sequence.

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

/// What a schedule decides for one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRates {
    /// Learning rate.
    pub lr: f64,
    /// Momentum (β₁ for rules of Adam's kind) where the schedule cycles it.
    pub momentum: Option<f64>,
}

/// A learning rate as a function of the step.
pub trait Schedule: Settings {
    /// The setting that gives it a length.
    fn length_setting(&self) -> &'static str;

    /// How many steps it takes in a sequence; `None` if it goes on to the end of the run.
    fn length(&self) -> Option<u64>;

    /// The pace of step `step` = 0, 1, … of a run, or of its part of a sequence, that has `total_steps` steps in all.
    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates;

    /// Whether every step has the same pace.
    fn is_constant(&self) -> bool {
        false
    }

    /// Whether the pace depends on the losses of the run; [`Schedule::rates`] then does not know it.
    fn needs_loss(&self) -> bool {
        false
    }

    /// What a run must remember from step to step to know its pace, or to know it without beginning again each step.
    fn stateful(&self) -> Option<Box<dyn StatefulSchedule>> {
        None
    }
}

/// The pace of a run that has got so far.
pub trait StatefulSchedule: Send {
    /// The pace of step `step`, at whose start the loss is `loss`; asked for each step in turn.
    fn rates(&mut self, lr: f64, step: u64, loss: f64) -> StepRates;
}

/// Schedules in sequence, as PyTorch's SequentialLR has it: each starts at its own step 0, from the base learning rate.
///
/// Momentum that a schedule has cycled stays where the cycle left it, until another one cycles it; before the first cycle it is the
/// optimizer's own. PyTorch's OneCycleLR and CyclicLR also overwrite learning rate, initial learning rate and momentum as soon as they
/// are constructed, and so from the first step of a sequence in which they come later; that is not copied.
///
/// As text they are joined by `>`: `warmup:steps=10>cosine:t_max=90`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleChain(Vec<AnySchedule>);

impl ScheduleChain {
    /// A sequence; refused if it is empty or if one before the last has no length.
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

    /// The schedules, at least one.
    pub fn schedules(&self) -> &[AnySchedule] {
        &self.0
    }

    /// The pace of step `step` of a run of `steps` steps; before its losses are known where they count.
    pub fn rates(&self, lr: f64, step: u64, steps: u64) -> StepRates {
        let (index, step, total_steps) = self.at(step, steps);
        let rates = self.0[index].as_dyn().rates(lr, step, total_steps);
        self.with_momentum(index, lr, rates)
    }

    /// The pace of schedule `index` with the momentum that the last cycle before it left, where it has none of its own.
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

    /// The schedule of step `step` of a run of `steps` steps, the number of the step in it, and how many it has there.
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

    /// Whether the pace depends on the losses of the run.
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

/// The paces of a run, step by step.
pub struct ScheduleState<'a> {
    plan: &'a ScheduleChain,
    lr: f64,
    steps: u64,
    constant: Option<StepRates>,
    memories: Vec<Option<Box<dyn StatefulSchedule>>>,
}

impl<'a> ScheduleState<'a> {
    /// Those of a run of `steps` steps whose optimizer has the learning rate `lr`.
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

    /// The pace of step `step`, at whose start the loss is `loss`; asked for each step in turn.
    #[inline]
    pub fn rates(&mut self, step: u64, loss: f64) -> StepRates {
        match self.constant {
            Some(rates) => rates,
            None => self.stateful_rates(step, loss),
        }
    }

    /// The learning rates of step `step` and of those after it, where no loss counts: as many as there is room for, but none after
    /// that with the number of steps, at which a run has come to its end.
    pub fn next_lrs<'r>(&mut self, step: u64, room: &'r mut [f64]) -> &'r [f64] {
        let left = self.steps.saturating_sub(step).saturating_add(1);
        let count = room.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let lrs = &mut room[..count];
        match self.constant {
            Some(rates) => lrs.fill(rates.lr),
            None => {
                for (lr, step) in lrs.iter_mut().zip(step..) {
                    *lr = self.stateful_rates(step, f64::NAN).lr;
                }
            }
        }
        lrs
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

/// Half a cosine from `start` at 0 to `end` at 1.
fn cosine_between(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(plan: &str, steps: u64, expected: &[(u64, f64)]) {
        let plan: ScheduleChain = plan.parse().unwrap();
        for &(step, lr) in expected {
            let found = plan.rates(0.1, step, steps).lr;
            assert!(
                (found - lr).abs() <= 1e-8 * lr,
                "{plan} at {step}: {found}, expected {lr}"
            );
        }
    }

    #[test]
    fn published_values_are_met() {
        check(
            "cosine:t_max=30",
            30,
            &[
                (0, 0.1),
                (1, 0.099_726_095),
                (5, 0.093_301_27),
                (29, 0.000_273_905_23),
            ],
        );
        check(
            "one-cycle:total_steps=30",
            30,
            &[
                (0, 0.004),
                (1, 0.007_653_782_4),
                (10, 0.097_778_649),
                (29, 4e-7),
            ],
        );
    }

    #[test]
    fn auto_lengths_are_those_of_the_run() {
        check("cosine", 40, &[(20, 0.05)]);
        check(
            "warmup:steps=10>cosine",
            30,
            &[(0, 0.0), (5, 0.05), (10, 0.1), (20, 0.05)],
        );
        check(
            "one-cycle",
            30,
            &[(10, 0.097_778_649), (29, 4e-7), (500, 4e-7)],
        );
    }

    #[test]
    fn a_sequence_needs_lengths_before_its_last() {
        let refused = |text: &str| text.parse::<ScheduleChain>().unwrap_err().to_string();
        assert!(refused("").contains("no schedule after `@`"));
        assert!(refused("warmup>").contains("unknown schedule"));
        assert_eq!(
            refused("cosine>constant"),
            "schedule `cosine` has no end before `>`; expected its length, like cosine:t_max=100"
        );
        assert!(refused("exponential>constant").ends_with("like exponential:steps=100"));
        check(
            "constant:steps=5>exponential:gamma=0.5",
            10,
            &[(4, 0.1), (5, 0.1), (7, 0.025)],
        );
    }

    #[test]
    fn every_schedule_is_finite_everywhere() {
        for any in AnySchedule::all() {
            for step in [0, 1, 7, 1000, 999_999, u64::MAX / 4] {
                for total_steps in [1, 2, 1_000_000] {
                    let rates = any.as_dyn().rates(0.1, step, total_steps);
                    assert!(
                        rates.lr.is_finite() && rates.lr >= 0.0,
                        "{any} at {step} of {total_steps}: {rates:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn momentum_stays_where_a_cycle_left_it() {
        let momentum = |plan: &str, step: u64| {
            let plan: ScheduleChain = plan.parse().unwrap();
            let rates = plan.rates(0.1, step, 100);
            assert_eq!(
                ScheduleState::new(&plan, 0.1, 100).rates(step, f64::NAN),
                rates
            );
            rates.momentum
        };
        let after = "constant:steps=5>one-cycle:total_steps=20>warmup:steps=10>cosine";
        assert_eq!(momentum(after, 4), None, "the optimizer's own, before");
        assert_eq!(momentum(after, 24), Some(0.95));
        assert_eq!(
            [25, 40, 99].map(|step| momentum(after, step)),
            [Some(0.95); 3]
        );
        let broken_off =
            "cyclic:step_size_up=10,steps=11>one-cycle:total_steps=9,cycle_momentum=false>constant";
        assert_eq!(
            [10, 11, 99].map(|step| momentum(broken_off, step)),
            [Some(0.8); 3]
        );
    }

    #[test]
    fn a_factor_of_no_steps_stays_and_none_is_refused() {
        check(
            "constant-factor:factor=0.4,total_iters=0",
            10,
            &[(0, 0.04), (9, 0.04), (1000, 0.04)],
        );
        let refused = "constant-factor:factor=0"
            .parse::<ScheduleChain>()
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("factor") && refused.contains("(0, 1]"),
            "{refused}"
        );
    }

    #[test]
    fn a_relative_threshold_never_cuts_on_negative_losses() {
        let last = |spec: &str| {
            let plan: ScheduleChain = spec.parse().unwrap();
            let mut schedule_state = ScheduleState::new(&plan, 0.1, 100);
            (0..100)
                .map(|step| schedule_state.rates(step, -5.0).lr)
                .last()
                .unwrap()
        };
        assert_eq!(last("plateau:patience=2"), 0.1);
        assert!(last("plateau:patience=2,threshold_mode=abs") < 0.02);
    }
}
