//! What a network says of its data, in the background.

use super::job::LatestJob;
use super::{TrainedRun, TrainingSnapshot};
use crate::engine::analysis::predictions::Predictions;
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use std::sync::Arc;
use std::time::Duration;

/// What a network says of its data at a row of a run.
pub struct PredictionsResult {
    /// What it says.
    pub predictions: Predictions,
    of: JobKey,
}

/// What it depends on.
#[derive(Clone)]
struct JobKey {
    task: Arc<TrainingTask>,
    run: Arc<TrainedRun>,
    row: usize,
}

impl JobKey {
    fn matches(&self, other: &Self) -> bool {
        self.row == other.row && self.run.is_same_run(&other.run)
    }
}

impl PredictionsResult {
    /// The row that it is of.
    pub fn row(&self) -> usize {
        self.of.row
    }

    /// Whether it is of this run.
    pub fn matches(&self, run: &TrainedRun) -> bool {
        self.of.run.is_same_run(run)
    }
}

/// The background slot.
pub(super) struct PredictionsJob(LatestJob<JobKey, Result<PredictionsResult, String>>);

impl PredictionsJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        let work =
            |of: &JobKey, cancel: &Cancel, publish: &dyn Fn(Result<PredictionsResult, String>)| {
                let Some(theta) = of.run.theta(of.row) else {
                    return;
                };
                for side in Predictions::grid_sides(&of.task) {
                    let Some(fit) = Predictions::compute(&of.task, &theta, *side, cancel) else {
                        return;
                    };
                    let of = of.clone();
                    publish(Ok(PredictionsResult {
                        predictions: fit,
                        of,
                    }));
                }
            };
        LatestJob::spawn("fit", wake, work).map(Self)
    }

    /// Asks for a row of a run, or for the last one that there is. While another row of the same run is in work, that is finished first:
    /// a timeline that moves on all the time sees rows as they come.
    pub(super) fn request(&self, trained: &TrainingSnapshot, run: usize, row: usize) {
        let run = trained.runs.get(run);
        let last = run.and_then(|run| run.rows.len().checked_sub(1));
        let (Some(run), Some(last)) = (run, last) else {
            return;
        };
        let of = JobKey {
            task: Arc::clone(&trained.task),
            run: Arc::clone(run),
            row: row.min(last),
        };
        let busy = self.0.busy();
        let goes_on = |asked: &JobKey| asked.matches(&of) || busy && asked.run.is_same_run(&of.run);
        self.0.request(goes_on, || of.clone());
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<PredictionsResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}
