//! Optimizer state along a run on a landscape, in the background.

use super::job::{Job, Jobs, Request};
use crate::engine::results::{RunResult, Runs};
use crate::engine::scene::Problem;
use crate::engine::training::{self, OptimizerStateSeries, RunSettings, RunSpec};
use std::sync::Arc;

/// Request for the optimizer state along a run.
pub struct OptimizerStateRequest {
    result: Arc<RunResult>,
    problem: Arc<Problem>,
    start: Vec<f64>,
    spec: RunSpec,
    run_settings: RunSettings,
}

impl OptimizerStateRequest {
    /// Returns the request for run `index`; `None` for a network, whose rows hold the state.
    pub fn new(runs: &Runs, index: usize) -> Option<Self> {
        if runs.trained.is_some() {
            return None;
        }
        Some(Self {
            result: Arc::clone(runs.results.get(index)?),
            problem: Arc::clone(&runs.problem),
            start: runs.scene.start_theta().to_vec(),
            spec: runs.scene.runs.get(index)?.spec.clone(),
            run_settings: runs.scene.run_settings(),
        })
    }
}

impl Request for OptimizerStateRequest {
    fn matches(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.result, &other.result)
    }
}

/// Optimizer state along a run.
pub struct OptimizerStateResult {
    /// Lengths of the steps, and sizes of each part of the state.
    pub series: Vec<OptimizerStateSeries>,
    result: Arc<RunResult>,
}

impl OptimizerStateResult {
    /// Whether the state is that of the run with this result.
    pub fn matches(&self, result: &Arc<RunResult>) -> bool {
        Arc::ptr_eq(&self.result, result)
    }
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
) -> Result<Job<OptimizerStateRequest, OptimizerStateResult>, String> {
    Job::spawn(
        "optimizer state",
        jobs,
        |request: &Arc<OptimizerStateRequest>, worker| {
            let (objective, start) = (&*request.problem.objective, &*request.start);
            let (spec, settings) = (&request.spec, &request.run_settings);
            if let Some(series) =
                training::state_history(objective, start, spec, settings, worker.cancel)
            {
                worker.publish(OptimizerStateResult {
                    series,
                    result: Arc::clone(&request.result),
                });
            }
            Ok(())
        },
    )
}
