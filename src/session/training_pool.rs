//! Training of networks: each run on a thread of its own, and a plane through the rows that there are.

mod projected_runs;
mod signal;
mod thread;

pub(super) use signal::Signal;

use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use crate::engine::results::Runs;
use crate::engine::scene::{Problem, Run, Scene, SceneError};
use crate::engine::training::RunSettings;
use projected_runs::{PlaneKey, ProjectedRuns};
use std::sync::Arc;
use thread::TrainingThread;

/// Error of training the runs of a scene.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrainingError {
    /// The scene is illegal: there is no plane through its runs.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// A run panicked or could not start.
    #[error("{0}")]
    Broken(String),
}

/// Returns the number of ticked runs whose ends a plane goes through.
fn needed_runs(plane: &AnyPlane) -> usize {
    match plane {
        AnyPlane::Line(_) => 2,
        AnyPlane::Points(_) => 3,
        _ => 0,
    }
}

/// Returns the number of runs whose ends a plane can go through: the ticked ones, or all if none is, and the run at its origin.
fn plane_runs(scene: &Scene) -> usize {
    let none = scene.runs.iter().all(|run| !run.shown);
    let origin = scene
        .network()
        .and_then(|network| network.plane_origin()[0]);
    let runs = scene.runs.iter().enumerate();
    let counts = |&(index, run): &(usize, &Run)| none || run.shown || origin == Some(index);
    runs.filter(counts).count()
}

/// Training threads of a network's runs. A run goes on from scene to scene as long as its own settings are unchanged.
pub(super) struct TrainingPool {
    signal: Arc<Signal>,
    threads: Vec<TrainingThread>,
    projected: Option<(PlaneKey, ProjectedRuns)>,
}

impl TrainingPool {
    pub(super) fn new(signal: Arc<Signal>) -> Self {
        Self {
            signal,
            threads: Vec::new(),
            projected: None,
        }
    }

    /// Ends all runs.
    pub(super) fn stop_all(&mut self) {
        self.threads.clear();
        self.projected = None;
    }

    /// Trains the runs of a scene with a network, and publishes their rows repeatedly until all runs have ended.
    ///
    /// # Errors
    /// Returns an error where a run panics, a thread cannot start, or there is no plane.
    pub(super) fn train_scene(
        &mut self,
        scene: &Scene,
        problem: &Arc<Problem>,
        cancel: &Cancel,
        publish: &dyn Fn(Runs),
    ) -> Result<(), TrainingError> {
        let (Some(network), Some(task)) = (scene.network(), &problem.task) else {
            return Ok(());
        };
        let (needed, found) = (needed_runs(&network.plane), plane_runs(scene));
        self.spawn_missing(scene, task)
            .map_err(TrainingError::Broken)?;
        if found < needed {
            let plane = network.plane.name();
            return Err(SceneError::PlaneRuns {
                plane,
                needed,
                found,
            }
            .into());
        }
        let plane = (network.plane.clone(), network.plane_origin());
        let mut seen = self.signal.version();
        loop {
            // Read before rows are counted: an idle thread has already recorded all of them.
            let complete = self.threads.iter().all(TrainingThread::is_idle);
            if let Some(sentence) = self.threads.iter().find_map(TrainingThread::error) {
                return Err(TrainingError::Broken(sentence));
            }
            let updated = self.update_projection(&plane, task, complete, cancel);
            if let (Some(()), Some((_, projected))) = (updated.transpose()?, &self.projected) {
                publish(projected.snapshot(scene, complete));
            }
            if complete || !self.signal.wait_for_change(&mut seen, cancel) {
                return Ok(());
            }
        }
    }

    /// Brings the threads into the order of the scene's runs: threads of unchanged runs go on, missing ones start, others end.
    fn spawn_missing(&mut self, scene: &Scene, task: &Arc<TrainingTask>) -> Result<(), String> {
        let run_settings = scene.run_settings();
        let every = run_settings.record_every;
        let steps = run_settings.steps.div_ceil(every) * every;
        let run_settings = RunSettings {
            steps,
            ..run_settings
        };
        let mut earlier = std::mem::take(&mut self.threads);
        for run in &scene.runs {
            let same = |thread: &TrainingThread| thread.matches(task, run, run_settings);
            let thread = match earlier.iter().position(same) {
                Some(index) => earlier.swap_remove(index),
                None => TrainingThread::spawn(task, run, run_settings, &self.signal)?,
            };
            self.threads.push(thread);
        }
        Ok(())
    }

    /// Brings the projection up to date. `None` if there are too few rows yet, or if the work was cancelled.
    fn update_projection(
        &mut self,
        plane: &PlaneKey,
        task: &Arc<TrainingTask>,
        complete: bool,
        cancel: &Cancel,
    ) -> Option<Result<(), SceneError>> {
        let counts: Vec<usize> = self.threads.iter().map(TrainingThread::len).collect();
        let earlier = self.projected.take();
        let current = |(of, projected): &(PlaneKey, ProjectedRuns)| {
            of == plane && projected.is_current(task, &self.threads, &counts, complete)
        };
        let projected = match earlier.filter(current) {
            Some((_, projected)) => projected,
            // A plane goes through steps, so it waits for the first ones.
            None if !complete && counts.iter().all(|count| *count < 3) => return None,
            None => match ProjectedRuns::project(plane, task, &self.threads, &counts, cancel) {
                Ok(projected) => projected,
                Err(_) if cancel.is_cancelled() => return None,
                Err(_) if !complete => return None,
                Err(error) => return Some(Err(error)),
            },
        };
        let (_, projected) = self.projected.insert((plane.clone(), projected));
        projected.extend(&self.threads, &counts, cancel)?;
        Some(Ok(()))
    }
}

#[cfg(test)]
mod tests;
