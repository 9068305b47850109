//! Predictions of several runs of a network at one row, in the background.

use super::job::{Job, Jobs, Request, thread_pool};
use crate::engine::analysis::predictions::Predictions;
use crate::engine::network::TrainingTask;
use crate::engine::results::{TrainedRun, TrainingSnapshot};
use rayon::prelude::*;
use std::sync::Arc;

/// Request for the predictions of several runs at a row.
#[derive(Clone)]
pub struct AllPredictionsRequest {
    task: Arc<TrainingTask>,
    runs: Vec<RunAtRow>,
}

/// A run at one of its rows.
#[derive(Clone)]
struct RunAtRow {
    index: usize,
    run: Arc<TrainedRun>,
    row: usize,
}

impl RunAtRow {
    fn matches(&self, other: &Self) -> bool {
        (self.index, self.row) == (other.index, other.row) && self.run.is_same_run(&other.run)
    }
}

impl AllPredictionsRequest {
    /// Returns the request for a row of the runs with these indices, or for the last row of those that have fewer.
    pub fn new(trained: &TrainingSnapshot, runs: impl Iterator<Item = usize>, row: usize) -> Self {
        let run = |index: usize| {
            let run = trained.runs.get(index)?;
            let row = row.min(run.rows.len().checked_sub(1)?);
            let run = Arc::clone(run);
            Some(RunAtRow { index, run, row })
        };
        Self {
            task: Arc::clone(&trained.task),
            runs: runs.filter_map(run).collect(),
        }
    }
}

impl Request for AllPredictionsRequest {
    fn matches(&self, other: &Self) -> bool {
        let same = |(a, b): (&RunAtRow, &RunAtRow)| a.matches(b);
        self.runs.len() == other.runs.len() && self.runs.iter().zip(&other.runs).all(same)
    }

    /// Rows of the same runs are finished: a timeline that plays would never show any otherwise.
    fn outlives(&self, newer: &Self) -> bool {
        let same = |(a, b): (&RunAtRow, &RunAtRow)| a.index == b.index && a.run.is_same_run(&b.run);
        self.runs.len() == newer.runs.len() && self.runs.iter().zip(&newer.runs).all(same)
    }
}

/// Predictions of a run at a row.
#[derive(Clone)]
pub struct PredictionsAtRow {
    /// Index of the run.
    pub index: usize,
    /// The row.
    pub row: usize,
    /// The predictions.
    pub predictions: Arc<Predictions>,
    run: Arc<TrainedRun>,
}

impl PredictionsAtRow {
    /// Whether the predictions are those of a run, at any row.
    pub fn matches(&self, run: &TrainedRun) -> bool {
        self.run.is_same_run(run)
    }
}

/// Predictions of several runs, by ascending index.
pub struct AllPredictionsResult {
    /// The predictions of each run.
    pub runs: Vec<PredictionsAtRow>,
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
) -> Result<Job<AllPredictionsRequest, AllPredictionsResult>, String> {
    let pool = thread_pool()?;
    // Predictions on the finest grid; a run that has ended is not computed again for later rows.
    let mut known: Vec<PredictionsAtRow> = Vec::new();
    Job::spawn(
        "predictions of all runs",
        jobs,
        move |request: &Arc<AllPredictionsRequest>, worker| {
            let AllPredictionsRequest { task, runs } = &**request;
            let sides = Predictions::grid_sides(task);
            for side in sides {
                let compute = |at: &RunAtRow| {
                    let same = |known: &&PredictionsAtRow| {
                        (known.index, known.row) == (at.index, at.row) && known.matches(&at.run)
                    };
                    if let Some(known) = known.iter().find(same) {
                        return Some(known.clone());
                    }
                    let theta = at.run.theta(at.row)?;
                    let found = Predictions::compute(task, theta, *side, worker.cancel)?;
                    Some(PredictionsAtRow {
                        index: at.index,
                        row: at.row,
                        predictions: Arc::new(found),
                        run: Arc::clone(&at.run),
                    })
                };
                let found: Option<Vec<PredictionsAtRow>> =
                    pool.install(|| runs.par_iter().map(compute).collect());
                let Some(found) = found else {
                    break;
                };
                if sides.last() == Some(side) {
                    known.clone_from(&found);
                }
                worker.publish(AllPredictionsResult { runs: found });
            }
            Ok(())
        },
    )
}
