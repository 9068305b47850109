//! A run of a network on a thread of its own.

use super::signal::Signal;
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use crate::engine::results::{RunId, TrainedRow};
use crate::engine::scene::{Run, SpecChange};
use crate::engine::training::{self, Outcome, RunSettings, RunSpec, StepView};
use crate::session::job::{lock, panic_text};
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Recorded rows of a run, and how it ended.
#[derive(Debug, Default)]
struct TrainingLog {
    rows: Vec<TrainedRow>,
    /// The outcome, once the run has ended by itself.
    outcome: Option<Outcome>,
    /// The message of a panic.
    error: Option<String>,
}

/// A run of a network on a thread of its own. It trains up to its target step and waits there until the target grows.
pub(super) struct TrainingThread(Arc<TrainingWork>);

/// State of a run that its thread and its owner share.
struct TrainingWork {
    id: RunId,
    task: Arc<TrainingTask>,
    spec: RunSpec,
    spec_changes: Vec<SpecChange>,
    run_settings: RunSettings,
    log: Mutex<TrainingLog>,
    target: Mutex<u64>,
    /// Whether the run waits at its newest row, because it is unticked.
    is_halted: AtomicBool,
    signal: Arc<Signal>,
    cancel: Cancel,
}

impl TrainingThread {
    /// Starts a run with the target `run_settings.steps`, a multiple of the steps between rows.
    pub(super) fn spawn(
        task: &Arc<TrainingTask>,
        run: &Run,
        run_settings: RunSettings,
        signal: &Arc<Signal>,
    ) -> Result<Self, String> {
        let work = Arc::new(TrainingWork {
            id: RunId::default(),
            task: Arc::clone(task),
            spec: run.spec.clone(),
            spec_changes: run.spec_changes.clone(),
            run_settings,
            log: Mutex::default(),
            target: Mutex::new(run_settings.steps),
            is_halted: AtomicBool::new(!run.shown),
            signal: Arc::clone(signal),
            cancel: Cancel::default(),
        });
        let own = Arc::clone(&work);
        let spawned = std::thread::Builder::new()
            .name("ravine training".to_owned())
            .spawn(move || own.run());
        spawned.map_err(|error| format!("no thread for a run: {error}"))?;
        Ok(Self(work))
    }

    /// Whether the rows of this run are those of `run` with `run_settings`. If so, the target becomes `run_settings.steps`, and the run
    /// halts while `run` is unticked.
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
            // The learning rate of a schedule may depend on the number of steps.
            && (self.0.run_settings.steps == run_settings.steps || {
                let specs = std::iter::once(&self.0.spec).chain(self.0.spec_changes.iter().map(|change| &change.spec));
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
            self.0.is_halted.store(!run.shown, Ordering::Relaxed);
            self.0.signal.notify();
        }
        same
    }

    /// Whether the run is unticked: it neither trains nor shapes the plane.
    pub(super) fn is_halted(&self) -> bool {
        self.0.is_halted.load(Ordering::Relaxed)
    }

    /// Whether no row follows: the run is unticked, has ended, or has reached its target.
    pub(super) fn is_idle(&self) -> bool {
        let log = lock(&self.0.log);
        let rows = if self.is_halted() {
            1
        } else {
            lock(&self.0.target).div_ceil(self.0.run_settings.record_every) + 1
        };
        log.outcome.is_some() || log.error.is_some() || log.rows.len() as u64 >= rows
    }

    /// Returns the number of recorded rows up to the target.
    pub(super) fn len(&self) -> usize {
        let most = lock(&self.0.target).div_ceil(self.0.run_settings.record_every) + 1;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        lock(&self.0.log).rows.len().min(most)
    }

    /// Returns recorded rows.
    pub(super) fn rows(&self, range: Range<usize>) -> Vec<TrainedRow> {
        let log = lock(&self.0.log);
        log.rows.get(range).unwrap_or_default().to_vec()
    }

    /// Returns the outcome as far as the first `rows` rows show it.
    pub(super) fn outcome(&self, rows: usize) -> Outcome {
        let log = lock(&self.0.log);
        let all = rows == log.rows.len();
        log.outcome.filter(|_| all).unwrap_or(Outcome::Finished)
    }

    /// Returns the message of a panic that ended the run.
    pub(super) fn error(&self) -> Option<String> {
        lock(&self.0.log).error.clone()
    }

    /// Returns the identity of the run.
    pub(super) fn id(&self) -> &RunId {
        &self.0.id
    }
}

impl Drop for TrainingThread {
    fn drop(&mut self) {
        self.0.cancel.cancel();
        self.0.signal.notify();
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
        self.signal.notify();
    }

    /// Trains one segment after the other. Each starts with the weights of the one before, a new optimizer state and schedule, and the
    /// noise and mini-batches of the next seed.
    fn train_segments(&self) -> Option<Outcome> {
        let first = (0, &self.spec);
        let changes = self
            .spec_changes
            .iter()
            .map(|change| (change.at_step, &change.spec));
        let all: Vec<(u64, &RunSpec)> = std::iter::once(first).chain(changes).collect();
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
            let ended = training::run_open_ended(
                objective,
                &theta,
                spec,
                &run_settings,
                &self.cancel,
                |view| {
                    let step = from + view.step;
                    if view.step > 0 || index == 0 {
                        self.record(view, before, evaluated);
                    } else {
                        // The segment before has recorded this row; the next step has this segment's rate.
                        self.set_last_lr(view.lr);
                    }
                    if step >= until {
                        end = Some(view.theta.to_vec());
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

    /// Returns the evaluations and the cost of earlier segments.
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

    fn record(&self, view: &StepView, evaluations: u64, cost: f64) {
        let (theta, previous) = (view.theta, view.previous);
        let previous = (view.step > 0).then_some(previous);
        let mut optimizer_state = Vec::new();
        view.state_sizes(&mut optimizer_state);
        let row = TrainedRow {
            theta: Arc::from(theta),
            diagnosis: Arc::new(self.task.loss.diagnose(theta, previous)),
            loss: view.loss,
            grad_norm: view.grad_norm,
            lr: view.lr,
            evaluations: evaluations + view.counts.gradients,
            cost: cost + view.counts.gradient_equivalents(theta.len()),
            metrics: self.task.measure(theta),
            preconditioner: view.preconditioner().map(Arc::from),
            optimizer_state: optimizer_state.into(),
        };
        lock(&self.log).rows.push(row);
        self.signal.notify();
    }

    /// Waits while the run is paused, unticked or at its target; breaks if it is cancelled.
    fn wait_for_target(&self, step: u64) -> ControlFlow<()> {
        self.signal.wait_while_blocked(|paused| {
            !self.cancel.is_cancelled() && {
                let is_halted = self.is_halted.load(Ordering::Relaxed);
                paused || is_halted || step >= *lock(&self.target)
            }
        });
        if self.cancel.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
