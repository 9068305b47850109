//! The training loop: every run goes through it, whatever is recorded of it.

use super::{DivergenceLimit, Outcome, Reason, RunSettings, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::objective::state::StateVisitor;
use crate::engine::objective::{EvalCounts, Objective, Oracle, norm};
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::{ScheduleState, StepRates};
use std::ops::ControlFlow;

/// Inputs of a run: the objective, the start, the optimizer with its schedule, and the settings.
#[derive(Clone, Copy)]
pub(super) struct RunContext<'a> {
    pub(super) objective: &'a dyn Objective,
    pub(super) start: &'a [f64],
    pub(super) spec: &'a RunSpec,
    pub(super) run_settings: &'a RunSettings,
    pub(super) cancel: &'a Cancel,
}

/// View of a run at a recorded row.
pub struct StepView<'a> {
    /// Number of steps taken.
    pub step: u64,
    /// θ, n numbers.
    pub theta: &'a [f64],
    /// θ one step earlier; θ itself before the first step.
    pub previous: &'a [f64],
    /// True loss: without noise, of all the data.
    pub loss: f64,
    /// Norm of the true gradient, unclipped.
    pub grad_norm: f64,
    /// Learning rate of the next step.
    pub lr: f64,
    /// Evaluations so far.
    pub counts: EvalCounts,
    rule: &'a dyn UpdateRule,
    oracle: &'a Oracle<'a>,
}

impl StepView<'_> {
    /// Visits the state of the optimizer, its wrappers and the gradient transforms.
    pub fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
        self.oracle.visit_state(visitor);
    }

    /// Returns the average of the iterates, where the rule keeps one.
    pub fn average(&self) -> Option<&[f64]> {
        self.rule.average()
    }

    /// Returns the divisors of each parameter's gradient in the last step, n numbers, where the rule divides by some:
    /// [`UpdateRule::preconditioner`].
    pub fn preconditioner(&self) -> Option<Vec<f64>> {
        let mut divisors = vec![0.0; self.theta.len()];
        (self.step > 0 && self.rule.preconditioner(&mut divisors)).then_some(divisors)
    }
}

/// View of a run immediately before or after a step.
pub(super) struct StepState<'a> {
    /// Number of the step, from 1.
    pub(super) step: u64,
    pub(super) theta: &'a [f64],
    pub(super) rates: StepRates,
    pub(super) rule: &'a dyn UpdateRule,
    pub(super) oracle: &'a Oracle<'a>,
}

/// Observer of a run. A break ends the run without an outcome.
pub(super) trait Observer {
    /// Sees a recorded row: the state after every `record_every` steps, and after the last. All of its numbers are finite.
    fn row(&mut self, row: &StepView) -> ControlFlow<()>;

    /// Sees the state before each step.
    fn before_step(&mut self, _state: &StepState) {}

    /// Sees the state after each step.
    fn after_step(&mut self, _state: &StepState) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: FnMut(&StepView) -> ControlFlow<()>> Observer for F {
    fn row(&mut self, row: &StepView) -> ControlFlow<()> {
        self(row)
    }
}

impl<'a> RunContext<'a> {
    pub(super) fn new(
        objective: &'a dyn Objective,
        start: &'a [f64],
        spec: &'a RunSpec,
        run_settings: &'a RunSettings,
        cancel: &'a Cancel,
    ) -> Self {
        Self {
            objective,
            start,
            spec,
            run_settings,
            cancel,
        }
    }

    /// Runs at most `steps` steps and returns the outcome; `None` if the run was cancelled or the observer broke off.
    ///
    /// The rules for the end of a run stand here and are applied at recorded rows; batches apply those of them that an elementwise
    /// optimizer can meet, and a test compares the two.
    pub(super) fn train(&self, steps: u64, observer: &mut impl Observer) -> Option<Outcome> {
        let Self {
            objective,
            start,
            spec,
            run_settings,
            cancel,
        } = *self;
        let RunSettings {
            gradient_settings,
            tolerance,
            record_every,
            ..
        } = *run_settings;
        let (mut theta, mut previous) = (start.to_vec(), start.to_vec());
        let zeros = vec![0.0; theta.len()];
        let mut oracle = Oracle::new(objective, gradient_settings, zeros, cancel)
            .with_transforms(self.gradient_transforms());
        let mut rule = self.rule();
        let lr = spec.optimizer.as_dyn().lr();
        let mut schedule_state = ScheduleState::new(&spec.schedule, lr, run_settings.steps);
        let (mut step, mut last_loss, mut limit) = (0, f64::NAN, None);
        let (mut stuck, mut failure) = (None, None);
        while !cancel.is_cancelled() {
            let is_row = step % record_every.max(1) == 0 || step == steps || stuck.is_some();
            let rates = if is_row {
                let (loss, gradient) = oracle.begin_step(&theta);
                let grad_norm = norm(gradient);
                last_loss = loss;
                let rates = schedule_state.rates(step, loss);
                let limit = limit.get_or_insert_with(|| DivergenceLimit::new(loss, &theta));
                let is_bounded = limit.holds(loss, &theta, grad_norm);
                let numbers = [loss, grad_norm];
                let mut numbers = theta.iter().chain(&numbers);
                if is_bounded || numbers.all(|number| number.is_finite()) {
                    let counts = oracle.counts();
                    let lr = rule.next_lr(&theta, &mut oracle, rates.lr);
                    let row = StepView {
                        step,
                        theta: &theta,
                        previous: &previous,
                        loss,
                        grad_norm,
                        lr,
                        counts,
                        rule: &*rule,
                        oracle: &oracle,
                    };
                    if observer.row(&row).is_break() {
                        return None;
                    }
                }
                if !is_bounded {
                    let is_finite = theta.iter().all(|t| t.is_finite());
                    let reason = failure.filter(|_| !is_finite);
                    let reason = reason.unwrap_or_else(|| limit.reason(loss, &theta));
                    return Some(Outcome::Diverged(step, reason));
                }
                if tolerance.is_some_and(|tolerance| grad_norm < tolerance) {
                    return Some(Outcome::Converged(step));
                }
                if let Some(reason) = stuck {
                    return Some(Outcome::Stopped(step, reason));
                }
                if step == steps {
                    return Some(Outcome::Finished);
                }
                rates
            } else {
                oracle.begin_unrecorded_step();
                schedule_state.rates(step, last_loss)
            };
            step += 1;
            observer.before_step(&StepState {
                step,
                theta: &theta,
                rates,
                rule: &*rule,
                oracle: &oracle,
            });
            previous.copy_from_slice(&theta);
            rule.step(&mut theta, &mut oracle, rates);
            stuck = rule.stuck();
            if failure.is_none()
                && let Some(bad) = theta.iter().position(|t| !t.is_finite())
            {
                failure = Some(failed_step(&*rule, oracle.last(), theta[bad], bad));
            }
            let state = StepState {
                step,
                theta: &theta,
                rates,
                rule: &*rule,
                oracle: &oracle,
            };
            if observer.after_step(&state).is_break() {
                return None;
            }
        }
        None
    }
}

/// Returns the reason why the last step of a rule led to a parameter that is not finite, the one with this value and index.
#[cold]
fn failed_step(rule: &dyn UpdateRule, gradient: &[f64], value: f64, index: usize) -> Reason {
    match rule.failure() {
        _ if gradient.iter().any(|g| !g.is_finite()) => Reason::GradientNotFinite,
        Some(reason) => reason,
        None if value.is_infinite() => Reason::ParameterBeyondLimit,
        None if gradient[index] == 0.0 => Reason::ZeroByZero,
        None => Reason::StepNotFinite,
    }
}
