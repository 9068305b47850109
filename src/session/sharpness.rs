//! How sharp the loss is along the runs of a network, in the background.

use super::job::LatestJob;
use super::{TrainedRun, TrainingSnapshot};
use crate::engine::analysis::curvature::{EigenError, largest};
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How far an eigenvalue may be off, beside the largest magnitude.
const TOLERANCE: f64 = 1e-5;

/// How sharp the loss is along a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSharpness {
    /// The rows where it is known.
    pub rows: Vec<usize>,
    /// The Hessian's largest eigenvalue there; NaN where it overflows.
    pub lambda_max: Vec<f64>,
    /// That of the Hessian divided by the run's preconditioner, P^(−1/2) H P^(−1/2); NaN where there is none.
    pub preconditioned: Vec<f64>,
}

/// How sharp the loss is along the runs of a network.
pub struct SharpnessResult {
    /// Each run, as far as it is known.
    pub runs: Vec<RunSharpness>,
    of: Vec<Arc<TrainedRun>>,
}

impl SharpnessResult {
    /// What is known of a run.
    pub fn of(&self, run: &TrainedRun) -> Option<&RunSharpness> {
        let index = self.of.iter().position(|own| own.is_same_run(run))?;
        self.runs.get(index)
    }
}

/// What it depends on.
#[derive(Clone)]
struct JobKey {
    task: Arc<TrainingTask>,
    runs: Vec<Arc<TrainedRun>>,
    every: usize,
}

impl JobKey {
    /// Whether the runs are those of another, earlier or later.
    fn same_runs(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.every == other.every
            && self.runs.len() == other.runs.len()
            && pairs.all(|(own, other)| own.is_same_run(other))
    }

    fn matches(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.same_runs(other) && pairs.all(|(own, other)| own.rows.len() == other.rows.len())
    }

    /// The rows that are measured: of each run every so many, and those of all runs in turn, so that all lines grow together.
    fn rows_to_measure(&self) -> Vec<(usize, usize)> {
        let most = self.runs.iter().map(|run| run.rows.len()).max();
        let rows = (0..most.unwrap_or(0)).step_by(self.every.max(1));
        let places = rows.flat_map(|row| (0..self.runs.len()).map(move |run| (run, row)));
        places
            .filter(|(run, row)| *row < self.runs[*run].rows.len())
            .collect()
    }
}

/// What is known of a run: [λmax, preconditioned] of each row.
type MeasuredRun = (Arc<TrainedRun>, BTreeMap<usize, [f64; 2]>);

/// The background slot.
pub(super) struct SharpnessJob(LatestJob<JobKey, Result<SharpnessResult, String>>);

impl SharpnessJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        let known: Mutex<Vec<MeasuredRun>> = Mutex::default();
        let work = move |of: &JobKey,
                         cancel: &Cancel,
                         publish: &dyn Fn(Result<SharpnessResult, String>)| {
            let mut known = super::job::lock(&known);
            known.retain(|(own, _)| of.runs.iter().any(|run| run.is_same_run(own)));
            for run in &of.runs {
                if !known.iter().any(|(own, _)| own.is_same_run(run)) {
                    known.push((Arc::clone(run), BTreeMap::new()));
                }
            }
            publish(Ok(collect_results(of, &known)));
            for (run, row) in of.rows_to_measure() {
                let run = &of.runs[run];
                let Some((_, own)) = known.iter_mut().find(|(own, _)| own.is_same_run(run)) else {
                    continue;
                };
                if own.contains_key(&row) {
                    continue;
                }
                let Some(numbers) = measure(&of.task, run, row, cancel) else {
                    return;
                };
                own.insert(row, numbers);
                publish(Ok(collect_results(of, &known)));
            }
        };
        LatestJob::spawn("sharpness", wake, work).map(Self)
    }

    /// Asks for every so many rows of all runs. While the same runs are in work, that is finished first: else runs that grow all the time
    /// would never be measured.
    pub(super) fn request(&self, trained: &TrainingSnapshot, every: u64) {
        if every == 0 {
            return self.0.stop();
        }
        let of = JobKey {
            task: Arc::clone(&trained.task),
            runs: trained.runs.clone(),
            every: usize::try_from(every).unwrap_or(usize::MAX),
        };
        let busy = self.0.busy();
        let goes_on = |asked: &JobKey| asked.matches(&of) || busy && asked.same_runs(&of);
        self.0.request(goes_on, || of.clone());
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<SharpnessResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}

/// What is known of the runs at the rows that are asked for.
fn collect_results(of: &JobKey, known: &[MeasuredRun]) -> SharpnessResult {
    let sharp = |run: &Arc<TrainedRun>| {
        let own = known.iter().find(|(own, _)| own.is_same_run(run));
        let rows = own.into_iter().flat_map(|(_, rows)| rows);
        let rows = rows.filter(|(row, _)| row.is_multiple_of(of.every.max(1)));
        let mut sharp = RunSharpness::default();
        for (row, [lambda_max, preconditioned]) in rows {
            sharp.rows.push(*row);
            sharp.lambda_max.push(*lambda_max);
            sharp.preconditioned.push(*preconditioned);
        }
        sharp
    };
    SharpnessResult {
        runs: of.runs.iter().map(sharp).collect(),
        of: of.runs.clone(),
    }
}

/// λmax at a row, and that of the preconditioned Hessian. `None` if it was cancelled.
fn measure(task: &TrainingTask, run: &TrainedRun, row: usize, cancel: &Cancel) -> Option<[f64; 2]> {
    let theta = run.theta(row)?;
    let divisors = run
        .rows
        .get(row)
        .and_then(|row| row.preconditioner.as_deref());
    match largest(&*task.loss, &theta, divisors, TOLERANCE, cancel) {
        Ok(found) => Some(found),
        Err(EigenError::Cancelled) => None,
        Err(_) => Some([f64::NAN; 2]),
    }
}
