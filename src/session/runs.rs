//! Runs of a scene in the background: a landscape's at once, a network's as they train.

use super::job::{Job, Jobs, Request, lock};
use super::problems::ProblemCache;
use super::training_pool::{Signal, TrainingError, TrainingPool};
use crate::engine::cancel::Cancel;
use crate::engine::results::{Runs, compute_runs};
use crate::engine::scene::{Problem, Scene};
use rayon::ThreadPool;
use std::sync::{Arc, Mutex, PoisonError};

/// Request for the runs of a scene.
pub struct RunsRequest(pub Scene);

impl Request for RunsRequest {
    fn matches(&self, other: &Self) -> bool {
        same_runs(&self.0, &other.0)
    }
}

pub(super) fn same_runs(a: &Scene, b: &Scene) -> bool {
    a.subject == b.subject && a.training == b.training && a.runs == b.runs
}

pub(super) fn spawn(
    jobs: &Arc<Jobs>,
    problems: &Arc<ProblemCache>,
    pool: &Arc<ThreadPool>,
    signal: &Arc<Signal>,
) -> Result<Job<RunsRequest, Runs>, String> {
    let (problems, pool) = (Arc::clone(problems), Arc::clone(pool));
    let mut training = TrainingPool::new(Arc::clone(signal));
    let mut earlier: Option<Runs> = None;
    Job::spawn("runs", jobs, move |request: &Arc<RunsRequest>, worker| {
        let scene = &request.0;
        if scene.is_network() {
            let problem = problems.load(scene)?;
            let publish = |runs| worker.publish(runs);
            let trained = training.train_scene(scene, &problem, worker.cancel, &publish);
            return trained.map_err(|error| match error {
                TrainingError::Scene(error) => problems.refuse(error),
                TrainingError::Broken(sentence) => sentence,
            });
        }
        training.stop_all();
        let problem = problems.load(scene)?;
        earlier = pool.install(|| compute_runs(scene, &problem, earlier.as_ref(), worker.cancel));
        if let Some(runs) = &earlier {
            worker.publish(runs.clone());
        }
        Ok(())
    })
}

/// Computes every run of a scene to its end. Of `earlier` runs those with equal settings are reused.
///
/// # Errors
/// Returns one sentence where a network cannot be trained or shown.
pub fn compute_all_runs(
    scene: &Scene,
    problem: &Arc<Problem>,
    earlier: Option<&Runs>,
) -> Result<Runs, String> {
    let runs = compute_runs_until(scene, problem, earlier, &Cancel::default())?;
    runs.ok_or_else(|| "the work was stopped".to_owned())
}

/// Computes every run of a scene to its end; `None` if it was cancelled. Of `earlier` runs those with equal settings are reused.
///
/// # Errors
/// Returns one sentence where a network cannot be trained or shown.
pub(super) fn compute_runs_until(
    scene: &Scene,
    problem: &Arc<Problem>,
    earlier: Option<&Runs>,
    cancel: &Cancel,
) -> Result<Option<Runs>, String> {
    if !scene.is_network() {
        return Ok(compute_runs(scene, problem, earlier, cancel));
    }
    if let Some(runs) = earlier.filter(|runs| same_runs(&runs.scene, scene)) {
        let scene = scene.clone();
        return Ok(Some(Runs {
            scene,
            ..runs.clone()
        }));
    }
    let newest = Mutex::new(None);
    let publish = |runs| *lock(&newest) = Some(runs);
    let trained = TrainingPool::new(Arc::default()).train_scene(scene, problem, cancel, &publish);
    trained.map_err(|error| error.to_string())?;
    if cancel.is_cancelled() {
        return Ok(None);
    }
    let newest = newest.into_inner().unwrap_or_else(PoisonError::into_inner);
    let newest = newest.ok_or_else(|| "the network has no runs to show".to_owned())?;
    Ok(Some(newest))
}
