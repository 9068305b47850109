//! A run of a network on a thread of its own.

use super::signal::Signal;
use crate::engine::analysis::layer_stats::Diagnosis;
use crate::engine::cancel::Cancel;
use crate::engine::network::{Metrics, TrainingTask};
use crate::engine::scene::{Run, SpecChange};
use crate::engine::training::{self, OptimizerStateSize, Outcome, RunSettings, RunSpec, StepView};
use crate::session::job::{lock, panic_text};
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// What is kept of a run, a row every so many steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TrainingLog {
    /// θ, n numbers a row.
    pub theta: Vec<f64>,
    /// The rest of each row.
    pub rows: Vec<TrainedRow>,
    /// How the run ended, once it has by itself.
    pub outcome: Option<Outcome>,
    /// Why it broke off, if it did.
    pub error: Option<String>,
}

/// A row of a network's run, but for θ.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedRow {
    /// True loss over all training data.
    pub loss: f64,
    /// Euclidean norm of its gradient.
    pub grad_norm: f64,
    /// The learning rate of the next step.
    pub lr: f64,
    /// Gradients that the optimizer has asked for so far.
    pub evaluations: u64,
    /// All that it has asked for so far, in gradients.
    pub cost: f64,
    /// How good the network is on the training and on the test data.
    pub metrics: [Option<Metrics>; 2],
    /// What its layers say; updates are those of the last step.
    pub diagnosis: Arc<Diagnosis>,
    /// What the step before divided gradients by, where the rule does so:
    /// [`Moment::preconditioner`](crate::engine::training::Moment::preconditioner).
    pub preconditioner: Option<Arc<[f64]>>,
    /// The length of the last step, and what the optimizer carries. A change of its settings begins with nothing.
    pub optimizer_state: Arc<[OptimizerStateSize]>,
}

/// A run of a network that goes on on a thread of its own as far as it may, and rests there until it may go further.
pub(super) struct TrainingThread(Arc<TrainingWork>);

/// What a run and whoever watches it share.
struct TrainingWork {
    id: u64,
    task: Arc<TrainingTask>,
    spec: RunSpec,
    spec_changes: Vec<SpecChange>,
    run_settings: RunSettings,
    log: Arc<Mutex<TrainingLog>>,
    target: Mutex<u64>,
    gate: Arc<Signal>,
    cancel: Cancel,
}

impl TrainingThread {
    /// Starts a run, which may go on for `conditions.steps`, a whole number of rows.
    pub(super) fn spawn(
        task: &Arc<TrainingTask>,
        run: &Run,
        run_settings: RunSettings,
        gate: &Arc<Signal>,
    ) -> Result<Self, String> {
        let work = Arc::new(TrainingWork {
            id: gate.next_id(),
            task: Arc::clone(task),
            spec: run.spec.clone(),
            spec_changes: run.spec_changes.clone(),
            run_settings,
            log: Arc::default(),
            target: Mutex::new(run_settings.steps),
            gate: Arc::clone(gate),
            cancel: Cancel::default(),
        });
        let own = Arc::clone(&work);
        let spawned = std::thread::Builder::new()
            .name("ravine training".to_owned())
            .spawn(move || own.run());
        spawned.map_err(|error| format!("no thread for a run: {error}"))?;
        Ok(Self(work))
    }

    /// Whether this is the run that is asked for, so far as it has come, and lets it go on to as many steps.
    pub(super) fn matches(
        &self,
        task: &Arc<TrainingTask>,
        run: &Run,
        run_settings: RunSettings,
    ) -> bool {
        let same = Arc::ptr_eq(&self.0.task, task)
            && self.0.spec == run.spec
            && self.0.spec_changes == run.spec_changes
            && self.0.run_settings == (RunSettings { steps: self.0.run_settings.steps, ..run_settings })
            // A schedule may stretch over all of the run.
            && (self.0.run_settings.steps == run_settings.steps || {
                let specs = std::iter::once(&self.0.spec).chain(self.0.spec_changes.iter().map(|leg| &leg.spec));
                let rates = |spec: &RunSpec, step, steps| spec.rates(step, steps);
                let most = self.0.run_settings.steps.max(run_settings.steps);
                specs.into_iter().all(|spec| {
                    (0..most).all(|step| {
                        rates(spec, step, self.0.run_settings.steps) == rates(spec, step, run_settings.steps)
                    })
                })
            });
        if same {
            *lock(&self.0.target) = run_settings.steps;
            self.0.gate.notify();
        }
        same
    }

    /// Whether there is no more to come, up to as many steps as it may take.
    pub(super) fn is_idle(&self) -> bool {
        let log = lock(&self.0.log);
        let rows = lock(&self.0.target).div_ceil(self.0.run_settings.record_every) + 1;
        log.outcome.is_some() || log.error.is_some() || log.rows.len() as u64 >= rows
    }

    /// How many of its rows there are, of those that it may have.
    pub(super) fn len(&self) -> usize {
        let most = lock(&self.0.target).div_ceil(self.0.run_settings.record_every) + 1;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        lock(&self.0.log).rows.len().min(most)
    }

    /// Some of its rows, n numbers of θ each.
    pub(super) fn rows(&self, range: Range<usize>) -> (Vec<f64>, Vec<TrainedRow>) {
        let dim = self.0.task.start.len();
        let log = lock(&self.0.log);
        let theta = log.theta.get(range.start * dim..range.end * dim);
        let rows = log.rows.get(range);
        (
            theta.unwrap_or_default().to_vec(),
            rows.unwrap_or_default().to_vec(),
        )
    }

    /// How it ended by itself, as far as `rows` rows go.
    pub(super) fn outcome(&self, rows: usize) -> Outcome {
        let log = lock(&self.0.log);
        let all = rows == log.rows.len();
        log.outcome.filter(|_| all).unwrap_or(Outcome::Finished)
    }

    /// Why it broke off, if it did.
    pub(super) fn error(&self) -> Option<String> {
        lock(&self.0.log).error.clone()
    }

    /// Tells it from other trainers while it lives.
    pub(super) fn id(&self) -> u64 {
        self.0.id
    }

    /// Where θ of each row can be had.
    pub(super) fn log(&self) -> Arc<Mutex<TrainingLog>> {
        Arc::clone(&self.0.log)
    }
}

impl Drop for TrainingThread {
    fn drop(&mut self) {
        self.0.cancel.cancel();
        self.0.gate.notify();
    }
}

impl TrainingWork {
    fn run(&self) {
        let done = catch_unwind(AssertUnwindSafe(|| self.train_segments()));
        let mut log = lock(&self.log);
        match done {
            Ok(outcome) => log.outcome = outcome,
            Err(panic) => {
                log.error = Some(format!("a run broke off: {}", panic_text(&*panic)));
            }
        }
        drop(log);
        self.gate.notify();
    }

    /// One leg after the other. Each begins with the weights that the one before it came to, with a fresh optimizer and schedule, and with the
    /// noise and mini-batches of the next seed.
    fn train_segments(&self) -> Option<Outcome> {
        let first = (0, &self.spec);
        let legs = self
            .spec_changes
            .iter()
            .map(|change| (change.at_step, &change.spec));
        let all: Vec<(u64, &RunSpec)> = std::iter::once(first).chain(legs).collect();
        let mut theta = self.task.start.clone();
        for (index, (from, spec)) in all.iter().enumerate() {
            let until = all.get(index + 1).map_or(u64::MAX, |(from, _)| *from);
            let mut run_settings = self.run_settings;
            let seed = run_settings.gradient_settings.seed;
            run_settings.gradient_settings.seed = seed.wrapping_add(index as u64);
            run_settings.steps = run_settings.steps.saturating_sub(*from).max(1);
            let mut end = None;
            let objective = &*self.task.loss;
            let (before, evaluated) = self.evals_so_far();
            let ended = training::run_with_observer(
                objective,
                &theta,
                spec,
                &run_settings,
                &self.cancel,
                |moment| {
                    let step = from + moment.step;
                    if moment.step > 0 || index == 0 {
                        self.record(moment, before, evaluated);
                    } else {
                        // The row is there; what comes next is this leg's.
                        self.set_last_lr(moment.lr);
                    }
                    if step >= until {
                        end = Some(moment.theta.to_vec());
                        return ControlFlow::Break(());
                    }
                    self.wait_for_target(step)
                },
            );
            if let Some(outcome) = ended {
                return Some(outcome.after(*from));
            }
            theta = end?;
        }
        None
    }

    /// What earlier legs have asked for.
    fn evals_so_far(&self) -> (u64, f64) {
        let log = lock(&self.log);
        log.rows
            .last()
            .map_or((0, 0.0), |row| (row.evaluations, row.cost))
    }

    fn set_last_lr(&self, lr: f64) {
        if let Some(row) = lock(&self.log).rows.last_mut() {
            row.lr = lr;
        }
    }

    fn record(&self, moment: &StepView, evaluations: u64, cost: f64) {
        let (theta, previous) = (moment.theta, moment.previous);
        let previous = (moment.step > 0).then_some(previous);
        let mut carried = Vec::new();
        moment.state_sizes(&mut carried);
        let row = TrainedRow {
            diagnosis: Arc::new(self.task.loss.diagnose(theta, previous)),
            loss: moment.loss,
            grad_norm: moment.grad_norm,
            lr: moment.lr,
            evaluations: evaluations + moment.counts.gradients,
            cost: cost + moment.counts.gradient_equivalents(moment.theta.len()),
            metrics: self.task.measure(moment.theta),
            preconditioner: moment.preconditioner().map(Arc::from),
            optimizer_state: carried.into(),
        };
        let mut log = lock(&self.log);
        log.theta.extend_from_slice(moment.theta);
        log.rows.push(row);
        drop(log);
        self.gate.notify();
    }

    /// Waits while the run may not go on.
    fn wait_for_target(&self, step: u64) -> ControlFlow<()> {
        self.gate.wait_while_blocked(|paused| {
            !self.cancel.is_cancelled() && (paused || step >= *lock(&self.target))
        });
        if self.cancel.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
