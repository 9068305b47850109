//! Sharpness along the runs of a network, in the background.

use super::job::{Job, Jobs, Request};
use crate::engine::network::TrainingTask;
use crate::engine::results::{
    RunSharpness, SharpnessResult, TrainedRun, TrainingSnapshot, measure_row,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Request for the sharpness at every `every`-th row of all runs.
#[derive(Clone)]
pub struct SharpnessRequest {
    task: Arc<TrainingTask>,
    runs: Vec<Arc<TrainedRun>>,
    every: usize,
}

impl SharpnessRequest {
    /// Returns the request for every `every`-th row; `None` for 0, which turns sharpness off.
    pub fn new(trained: &TrainingSnapshot, every: u64) -> Option<Self> {
        (every > 0).then(|| Self {
            task: Arc::clone(&trained.task),
            runs: trained.runs.clone(),
            every: usize::try_from(every).unwrap_or(usize::MAX),
        })
    }

    /// Returns the pairs (run, row) to measure, row by row, so that the lines of all runs grow together.
    fn rows_to_measure(&self) -> impl Iterator<Item = (&Arc<TrainedRun>, usize)> {
        let most = self.runs.iter().map(|run| run.rows.len()).max();
        let rows = (0..most.unwrap_or(0)).step_by(self.every.max(1));
        let all = rows.flat_map(|row| self.runs.iter().map(move |run| (run, row)));
        all.filter(|(run, row)| *row < run.rows.len())
    }
}

impl Request for SharpnessRequest {
    fn matches(&self, other: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&other.runs);
        self.outlives(other) && pairs.all(|(own, other)| own.rows.len() == other.rows.len())
    }

    /// Earlier rows of the same runs are finished: runs that grow would never be measured otherwise.
    fn outlives(&self, newer: &Self) -> bool {
        let mut pairs = self.runs.iter().zip(&newer.runs);
        self.every == newer.every
            && self.runs.len() == newer.runs.len()
            && pairs.all(|(own, other)| own.is_same_run(other))
    }
}

/// [λmax, preconditioned λmax] of the measured rows of a run.
type MeasuredRun = (Arc<TrainedRun>, BTreeMap<usize, [f64; 2]>);

pub(super) fn spawn(jobs: &Arc<Jobs>) -> Result<Job<SharpnessRequest, SharpnessResult>, String> {
    let mut known: Vec<MeasuredRun> = Vec::new();
    Job::spawn(
        "sharpness",
        jobs,
        move |request: &Arc<SharpnessRequest>, worker| {
            known.retain(|(own, _)| request.runs.iter().any(|run| run.is_same_run(own)));
            for run in &request.runs {
                if !known.iter().any(|(own, _)| own.is_same_run(run)) {
                    known.push((Arc::clone(run), BTreeMap::new()));
                }
            }
            worker.publish(collect_results(request, &known));
            for (run, row) in request.rows_to_measure() {
                let Some((_, own)) = known.iter_mut().find(|(own, _)| own.is_same_run(run)) else {
                    continue;
                };
                if own.contains_key(&row) {
                    continue;
                }
                let Some(numbers) = measure_row(&request.task, run, row, worker.cancel) else {
                    return Ok(());
                };
                own.insert(row, numbers);
                worker.publish(collect_results(request, &known));
            }
            Ok(())
        },
    )
}

/// Returns the known sharpness at the requested rows.
fn collect_results(request: &SharpnessRequest, known: &[MeasuredRun]) -> SharpnessResult {
    let sharpness = |run: &Arc<TrainedRun>| {
        let own = known.iter().find(|(own, _)| own.is_same_run(run));
        let rows = own.into_iter().flat_map(|(_, rows)| rows);
        let rows = rows.filter(|(row, _)| row.is_multiple_of(request.every.max(1)));
        let mut sharpness = RunSharpness::default();
        for (row, [lambda_max, preconditioned]) in rows {
            sharpness.rows.push(*row);
            sharpness.lambda_max.push(*lambda_max);
            sharpness.preconditioned.push(*preconditioned);
        }
        (Arc::clone(run), sharpness)
    };
    SharpnessResult(request.runs.iter().map(sharpness).collect())
}
