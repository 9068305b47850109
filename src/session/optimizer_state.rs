//! What the rule of a run on a landscape carries, in the background.

use super::job::LatestJob;
use super::{RunResult, Runs};
use crate::engine::cancel::Cancel;
use crate::engine::scene::Problem;
use crate::engine::training::{self, OptimizerStateSeries, RunSettings, RunSpec};
use std::sync::Arc;
use std::time::Duration;

/// What the rule of a run carries.
pub struct OptimizerStateResult {
    /// The length of its steps, and what it carries.
    pub series: Vec<OptimizerStateSeries>,
    of: Arc<RunResult>,
}

impl OptimizerStateResult {
    /// Whether it is of the run that has this result.
    pub fn matches(&self, result: &Arc<RunResult>) -> bool {
        Arc::ptr_eq(&self.of, result)
    }
}

/// What it depends on; the result stands for all of it.
struct JobKey {
    result: Arc<RunResult>,
    problem: Arc<Problem>,
    start: Vec<f64>,
    spec: RunSpec,
    run_settings: RunSettings,
}

/// The background slot.
pub(super) struct OptimizerStateJob(LatestJob<JobKey, Result<OptimizerStateResult, String>>);

impl OptimizerStateJob {
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, String> {
        let work = |of: &JobKey,
                    cancel: &Cancel,
                    publish: &dyn Fn(Result<OptimizerStateResult, String>)| {
            let objective = &*of.problem.objective;
            let series =
                training::state_history(objective, &of.start, &of.spec, &of.run_settings, cancel);
            if let Some(series) = series {
                let of = Arc::clone(&of.result);
                publish(Ok(OptimizerStateResult { series, of }));
            }
        };
        LatestJob::spawn("carried", wake, work).map(Self)
    }

    /// Asks for run `index`, unless the runs are a network's, whose rows tell it themselves.
    pub(super) fn request(&self, runs: &Runs, index: usize) {
        let run = runs.scene.runs.get(index).zip(runs.results.get(index));
        let Some((run, result)) = run.filter(|_| runs.trained.is_none()) else {
            return;
        };
        let same = |asked: &JobKey| Arc::ptr_eq(&asked.result, result);
        self.0.request(same, || JobKey {
            result: Arc::clone(result),
            problem: Arc::clone(&runs.problem),
            start: runs.scene.start_theta().to_vec(),
            spec: run.spec.clone(),
            run_settings: runs.scene.run_settings(),
        });
    }

    pub(super) fn newest(&self) -> Option<Arc<Result<OptimizerStateResult, String>>> {
        self.0.newest()
    }

    pub(super) fn wait(&self, patience: Duration) {
        self.0.wait(patience);
    }
}
