//! Why a run ended, found out once it has: its loops are not slowed down by the question.

use super::training_loop::RunContext;
use super::{DivergenceLimit, Outcome, Reason};
use crate::engine::objective::Oracle;
use crate::engine::schedule::ScheduleState;

impl<'a> RunContext<'a> {
    /// Returns the same course from another start.
    pub(super) fn with_start<'b>(&self, start: &'b [f64]) -> RunContext<'b>
    where
        'a: 'b,
    {
        RunContext { start, ..*self }
    }

    /// Returns how the run ends at `theta` after `step` steps, given loss and gradient norm there; `None` if it goes on.
    pub(super) fn end(
        &self,
        step: u64,
        theta: &[f64],
        (loss, grad_norm): (f64, f64),
        limit: &DivergenceLimit,
    ) -> Option<Outcome> {
        if !limit.holds(loss, theta, grad_norm) {
            return Some(self.diverged(step, theta, loss, limit));
        }
        let tolerance = self.run_settings.tolerance;
        let short = tolerance.is_some_and(|tolerance| grad_norm < tolerance);
        short.then_some(Outcome::Converged(step))
    }

    /// Returns the outcome of a run that is beyond its limit at `theta` after `step` steps.
    #[cold]
    #[inline(never)]
    pub(super) fn diverged(
        &self,
        step: u64,
        theta: &[f64],
        loss: f64,
        limit: &DivergenceLimit,
    ) -> Outcome {
        let reason = if theta.iter().any(|t| !t.is_finite()) {
            self.failed_step(step)
        } else if !loss.is_finite() {
            Reason::LossNotFinite
        } else if loss.abs() > limit.loss {
            Reason::LossBeyondLimit
        } else if theta.iter().any(|t| t.abs() > limit.theta) {
            Reason::ParameterBeyondLimit
        } else {
            Reason::GradientNotFinite
        };
        Outcome::Diverged(step, reason)
    }

    /// Returns why one of the first `steps` steps led to parameters that are not finite, by taking them again.
    fn failed_step(&self, steps: u64) -> Reason {
        let (objective, run_settings) = (self.objective, self.run_settings);
        let mut theta = self.start.to_vec();
        let zeros = vec![0.0; theta.len()];
        let oracle = Oracle::new(
            objective,
            run_settings.gradient_settings,
            zeros,
            self.cancel,
        );
        let mut oracle = oracle.with_transforms(self.gradient_transforms());
        let mut rule = self.wrapped();
        let lr = self.spec.optimizer.as_dyn().lr();
        let mut schedule_state = ScheduleState::new(&self.spec.schedule, lr, run_settings.steps);
        let mut last = f64::NAN;
        for step in 0..steps {
            if self.cancel.is_cancelled() {
                break;
            }
            if step.is_multiple_of(run_settings.record_every.max(1)) {
                last = *oracle.begin_step(&theta).0;
            } else {
                oracle.begin_unrecorded_step();
            }
            let rates = schedule_state.rates(step, last);
            rule.step(&mut theta, &mut oracle, rates);
            let Some(bad) = theta.iter().position(|t| !t.is_finite()) else {
                continue;
            };
            let gradient = oracle.last();
            return match rule.failure() {
                _ if gradient.iter().any(|g| !g.is_finite()) => Reason::GradientNotFinite,
                Some(reason) => reason,
                None if theta[bad].is_infinite() => Reason::ParameterBeyondLimit,
                None if gradient[bad] == 0.0 => Reason::ZeroByZero,
                None => Reason::StepNotFinite,
            };
        }
        Reason::StepNotFinite
    }
}
