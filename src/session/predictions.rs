//! Predictions of a network at a row of a run, in the background.

use super::job::{Job, Jobs, Request};
use crate::engine::analysis::predictions::Predictions;
use crate::engine::network::TrainingTask;
use crate::engine::results::{TrainedRun, TrainingSnapshot};
use std::sync::Arc;

/// Request for the predictions at a row of a run.
#[derive(Clone)]
pub struct PredictionsRequest {
    task: Arc<TrainingTask>,
    run: Arc<TrainedRun>,
    row: usize,
}

impl PredictionsRequest {
    /// Returns the request for a row of run `run`, or for its last row if there are fewer; `None` where there is no row.
    pub fn new(trained: &TrainingSnapshot, run: usize, row: usize) -> Option<Self> {
        let run = trained.runs.get(run)?;
        Some(Self {
            task: Arc::clone(&trained.task),
            run: Arc::clone(run),
            row: row.min(run.rows.len().checked_sub(1)?),
        })
    }
}

impl Request for PredictionsRequest {
    fn matches(&self, other: &Self) -> bool {
        self.row == other.row && self.run.is_same_run(&other.run)
    }

    /// Rows of one run are finished: a timeline that plays would never show any otherwise.
    fn outlives(&self, newer: &Self) -> bool {
        self.run.is_same_run(&newer.run)
    }
}

/// Predictions of a network at a row of a run.
pub struct PredictionsResult {
    /// The predictions.
    pub predictions: Predictions,
    request: Arc<PredictionsRequest>,
}

impl PredictionsResult {
    /// Returns the row.
    pub fn row(&self) -> usize {
        self.request.row
    }

    /// Whether the predictions are those of a run, at any row.
    pub fn matches(&self, run: &TrainedRun) -> bool {
        self.request.run.is_same_run(run)
    }
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
) -> Result<Job<PredictionsRequest, PredictionsResult>, String> {
    Job::spawn(
        "predictions",
        jobs,
        |request: &Arc<PredictionsRequest>, worker| {
            let Some(theta) = request.run.theta(request.row) else {
                return Ok(());
            };
            for side in Predictions::grid_sides(&request.task) {
                let predictions = Predictions::compute(&request.task, theta, *side, worker.cancel);
                let Some(predictions) = predictions else {
                    break;
                };
                worker.publish(PredictionsResult {
                    predictions,
                    request: Arc::clone(request),
                });
            }
            Ok(())
        },
    )
}
