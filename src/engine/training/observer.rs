//! Observers of runs: the full record, the final state, and a caller's function.

use super::training_loop::{Observer, RunContext, StepView};
use super::{FinalState, Outcome, Reason, RunSettings, RunSpec, Trajectory};
use crate::engine::cancel::Cancel;
use crate::engine::objective::{EvalCounts, Objective};
use std::ops::ControlFlow;

/// Runs `spec` from `start`, and shows every recorded row, bit-identical to those of [`run`](super::run()), to `observe`, which may
/// break off. Returns the outcome; `None` if the run was broken off or cancelled.
pub fn run_with_observer(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    mut observe: impl FnMut(&StepView) -> ControlFlow<()>,
) -> Option<Outcome> {
    RunContext::new(objective, start, spec, run_settings, cancel)
        .train(run_settings.steps, &mut observe)
}

/// Runs `spec` from `start` like [`run_with_observer`], and goes on beyond [`RunSettings::steps`], which is only the length of the
/// schedule, until `observe` breaks off or the run converges, diverges or is stuck.
pub fn run_open_ended(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    mut observe: impl FnMut(&StepView) -> ControlFlow<()>,
) -> Option<Outcome> {
    RunContext::new(objective, start, spec, run_settings, cancel).train(u64::MAX, &mut observe)
}

/// Observer that records a [`Trajectory`].
struct Recorder {
    trajectory: Trajectory,
    /// Rows that are allocated.
    capacity: usize,
}

impl Observer for Recorder {
    fn row(&mut self, row: &StepView) -> ControlFlow<()> {
        let Trajectory {
            dim,
            theta,
            loss,
            grad_norm,
            lr,
            evaluations,
            costs,
            average,
            ..
        } = &mut self.trajectory;
        // A column that begins late is filled with the values of the rows before.
        if costs.is_none() && !row.counts.only_gradients() {
            let earlier = evaluations.iter().map(|gradients| {
                let counts = EvalCounts {
                    gradients: *gradients,
                    ..EvalCounts::default()
                };
                counts.gradient_equivalents(*dim)
            });
            let mut column = Vec::with_capacity(self.capacity);
            column.extend(earlier);
            *costs = Some(column);
        }
        if let Some(costs) = costs {
            costs.push(row.counts.gradient_equivalents(*dim));
        }
        if average.is_none() && row.average().is_some() {
            let mut column = Vec::with_capacity(self.capacity * *dim);
            column.extend_from_slice(theta);
            *average = Some(column);
        }
        if let Some(average) = average {
            average.extend_from_slice(row.average().unwrap_or(row.theta));
        }
        theta.extend_from_slice(row.theta);
        loss.push(row.loss);
        grad_norm.push(row.grad_norm);
        lr.push(row.lr);
        evaluations.push(row.counts.gradients);
        ControlFlow::Continue(())
    }
}

impl RunContext<'_> {
    /// Returns the run with all of its rows; `None` if it was cancelled. The record is allocated before the first step.
    pub(super) fn record(&self) -> Option<Trajectory> {
        let RunSettings {
            steps,
            record_every,
            ..
        } = *self.run_settings;
        let capacity = usize::try_from(steps.div_ceil(record_every.max(1))).ok()?;
        let capacity = capacity.checked_add(1)?;
        if let Some(trajectory) = self.record_plain(capacity) {
            return Some(trajectory);
        }
        let trajectory = Trajectory::with_capacity(self.start.len(), capacity);
        let mut recorder = Recorder {
            trajectory,
            capacity,
        };
        let outcome = self.train(steps, &mut recorder)?;
        Some(Trajectory {
            outcome,
            ..recorder.trajectory
        })
    }

    /// Returns the rows of the run until its end, or until it is cancelled, when it has stopped. `on_row` sees the step of each row.
    pub(super) fn record_so_far(&self, on_row: &dyn Fn(u64)) -> Trajectory {
        let mut recorder = Recorder {
            trajectory: Trajectory::with_capacity(self.start.len(), 0),
            capacity: 0,
        };
        let mut last = 0;
        let mut observe = |row: &StepView| {
            last = row.step;
            on_row(row.step);
            recorder.row(row)
        };
        let outcome = self.train(self.run_settings.steps, &mut observe);
        Trajectory {
            outcome: outcome.unwrap_or(Outcome::Stopped(last, Reason::Interrupted)),
            ..recorder.trajectory
        }
    }

    /// Returns the state of the run at its end, or at the last row before it was cancelled, when it has stopped.
    pub(super) fn state_so_far(&self, on_row: &dyn Fn(u64)) -> FinalState {
        let mut end = FinalState::before(self.start);
        let mut last = 0;
        let mut observe = |row: &StepView| {
            last = row.step;
            on_row(row.step);
            end.add_row(row.step, row.theta, row.loss, f64::NEG_INFINITY);
            ControlFlow::Continue(())
        };
        let outcome = self.train(self.run_settings.steps, &mut observe);
        let outcome = outcome.unwrap_or(Outcome::Stopped(last, Reason::Interrupted));
        FinalState { outcome, ..end }
    }

    /// Returns the record of a plain run without averages that does not diverge.
    fn record_plain(&self, capacity: usize) -> Option<Trajectory> {
        let kernel = self.plain_kernel()?;
        if self.spec.optimizer.as_dyn().keeps_average() {
            return None;
        }
        let mut trajectory = Trajectory::with_capacity(2, capacity);
        let outcome = self.train_plain(kernel, &mut |rows| {
            trajectory
                .theta
                .extend_from_slice(rows.theta.as_flattened());
            trajectory.loss.extend_from_slice(rows.losses);
            trajectory.grad_norm.extend_from_slice(rows.grad_norms);
            trajectory
                .lr
                .extend(rows.rates.iter().map(|rates| rates.lr));
            let steps = rows.losses.iter().zip(rows.first..).map(|(_, step)| step);
            trajectory.evaluations.extend(steps);
        })?;
        Some(Trajectory {
            outcome,
            ..trajectory
        })
    }

    /// Returns the final state of the run, and the first step with a loss of at most `goal`; `None` if it was cancelled.
    pub(super) fn final_state(&self, goal: f64) -> Option<FinalState> {
        if let Some(kernel) = self.plain_kernel() {
            let mut end = FinalState::before(self.start);
            let outcome = self.train_plain(kernel, &mut |rows| {
                let all = rows.theta.iter().zip(rows.losses).zip(rows.first..);
                all.for_each(|((theta, loss), step)| end.add_row(step, theta, *loss, goal));
            });
            if let Some(outcome) = outcome {
                return Some(FinalState { outcome, ..end });
            }
        }
        let mut end = FinalState::before(self.start);
        let mut observe = |row: &StepView| {
            end.add_row(row.step, row.theta, row.loss, goal);
            ControlFlow::Continue(())
        };
        let outcome = self.train(self.run_settings.steps, &mut observe)?;
        Some(FinalState { outcome, ..end })
    }
}

impl FinalState {
    /// Returns the state of a run before its first row.
    fn before(start: &[f64]) -> Self {
        Self {
            theta: start.to_vec(),
            loss: f64::INFINITY,
            best: f64::INFINITY,
            goal_step: None,
            outcome: Outcome::Finished,
        }
    }

    fn add_row(&mut self, step: u64, theta: &[f64], loss: f64, goal: f64) {
        self.theta.copy_from_slice(theta);
        self.loss = loss;
        self.best = self.best.min(loss);
        if loss <= goal && self.goal_step.is_none() {
            self.goal_step = Some(step);
        }
    }
}

impl Trajectory {
    /// Returns a trajectory without rows, with room for `rows` of them.
    fn with_capacity(dim: usize, rows: usize) -> Self {
        Self {
            dim,
            theta: Vec::with_capacity(dim * rows),
            loss: Vec::with_capacity(rows),
            grad_norm: Vec::with_capacity(rows),
            lr: Vec::with_capacity(rows),
            evaluations: Vec::with_capacity(rows),
            costs: None,
            average: None,
            outcome: Outcome::Finished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, NetworkLoss, data::AnyDataset};
    use crate::engine::objective::GradientSettings;
    use crate::engine::objective::norm;
    use crate::engine::objective::state::OptimizerStateKind;
    use crate::engine::training::run;

    /// With one gradient so far, means and their corrections cancel: P = (1 − β₁)(|g| + ε).
    #[test]
    fn preconditioners_are_what_gradients_are_divided_by() {
        let landscape: crate::engine::landscape::AnyLandscape =
            "quadratic:a=1,b=25".parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let run_settings = RunSettings {
            steps: 2,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        for (spec, expected) in [
            ("adam:lr=0.1,eps=0", Some([0.2, 2.5])),
            ("adamw:lr=0.1,eps=1", Some([0.3, 2.6])),
            ("adamax:lr=0.1,eps=0", Some([0.2, 2.5])),
            ("rmsprop:lr=0.1,alpha=0.75,eps=0", Some([1.0, 12.5])),
            ("adagrad:lr=0.1,eps=0", Some([2.0, 25.0])),
            ("sgd:lr=0.1,momentum=0.9", None),
            ("adam+cautious", None),
        ] {
            let spec: RunSpec = spec.parse().unwrap();
            let mut seen = Vec::new();
            let never = Cancel::default();
            run_with_observer(
                &*problem.objective,
                &[2.0, 1.0],
                &spec,
                &run_settings,
                &never,
                |moment| {
                    seen.push(moment.preconditioner());
                    match moment.step {
                        1.. => ControlFlow::Break(()),
                        _ => ControlFlow::Continue(()),
                    }
                },
            );
            assert_eq!(seen[0], None);
            match (&seen[1], expected) {
                (Some(found), Some(expected)) => {
                    let near = found
                        .iter()
                        .zip(expected)
                        .all(|(a, b)| (a - b).abs() < 1e-12);
                    assert!(near, "{spec}: {found:?}");
                }
                (found, expected) => assert_eq!(found.is_some(), expected.is_some(), "{spec}"),
            }
        }
        let adam: RunSpec = "adam:lr=1e-3".parse().unwrap();
        let limit = adam.preconditioned_limit(adam.rates(0, 10)).unwrap();
        assert!(
            (limit - 38_000.0).abs() < 1e-6,
            "section 3 of Cohen et al. 2022"
        );
    }

    /// LAMB has a rule for each tensor, but shortens the gradient of all of them together.
    #[test]
    fn what_is_of_all_tensors_is_not_of_one() {
        let network: AnyNetwork = "mlp:hidden=5,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=20".parse().unwrap();
        let loss = NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap();
        let spec: RunSpec = "lamb:pre_norm=true,max_grad_norm=0.01".parse().unwrap();
        let run_settings = RunSettings {
            steps: 1,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let (start, never) = (loss.init_params(3), Cancel::default());
        let mut means = Vec::new();
        run_with_observer(&loss, &start, &spec, &run_settings, &never, |moment| {
            moment.visit_state(&mut |internal| {
                if ("m", OptimizerStateKind::Direction) == (internal.symbol, internal.kind) {
                    means.push(internal.numbers.to_vec());
                }
            });
            match moment.step {
                1.. => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        let mut gradient = vec![0.0; start.len()];
        loss.gradient(&start, &mut gradient);
        let share = 0.1 * 0.01 / (norm(&gradient) + 1e-6);
        let last = means.last().unwrap();
        assert_eq!(last.len(), gradient.len());
        for (m, g) in last.iter().zip(&gradient) {
            assert!((m - share * g).abs() < 1e-12);
        }
    }

    #[test]
    fn a_watched_run_has_the_rows_of_any_other() {
        let network: AnyNetwork = "mlp:hidden=5,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=20".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = NetworkLoss::new(&network, &data).unwrap();
        let (start, never) = (loss.init_params(3), Cancel::default());
        for spec in [
            "adam:lr=0.1@cosine",
            "sgd:lr=0.1,momentum=0.9[layers.0:lr=0.01]+lookahead",
            "lbfgs@plateau",
            "muon",
            "sgd:lr=1e9",
        ] {
            let spec: RunSpec = spec.parse().unwrap();
            let run_settings = RunSettings {
                steps: 11,
                gradient_settings: GradientSettings {
                    seed: 4,
                    batch: Some(7),
                    noise: 0.1,
                    ..GradientSettings::default()
                },
                tolerance: None,
                record_every: 3,
            };
            let whole = run(&loss, &start, &spec, &run_settings, &never).unwrap();
            let mut rows = 0;
            let ended = run_with_observer(&loss, &start, &spec, &run_settings, &never, |moment| {
                let row = rows;
                rows += 1;
                assert_eq!(moment.step, (3 * row as u64).min(11), "{spec}");
                assert_eq!(Some(moment.theta), whole.theta(row), "{spec}");
                assert_eq!(moment.loss, whole.loss[row], "{spec}");
                assert_eq!(moment.grad_norm, whole.grad_norm[row], "{spec}");
                assert_eq!(moment.lr, whole.lr[row], "{spec}");
                assert_eq!(moment.counts.gradients, whole.evaluations[row], "{spec}");
                ControlFlow::Continue(())
            });
            assert_eq!(rows, whole.len(), "{spec}");
            assert_eq!(ended, Some(whole.outcome), "{spec}");
        }
    }
}
