//! Networks in training: their runs go on threads of their own, and a plane is laid through what there is of them.

mod projected_runs;
mod signal;
mod thread;

pub(super) use signal::Signal;
pub use thread::TrainedRow;

use super::{RunResult, Runs};
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, Projection};
use crate::engine::cancel::Cancel;
use crate::engine::network::TrainingTask;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training::{OptimizerStateRecord, OptimizerStateSeries, RunSettings};
use projected_runs::ProjectedRuns;
pub(super) use projected_runs::bounding_view;
use std::sync::{Arc, Mutex};
use thread::{TrainingLog, TrainingThread};

/// What there is of a network's runs, and the plane on which they are looked at.
#[derive(Clone)]
pub struct TrainingSnapshot {
    /// The network.
    pub task: Arc<TrainingTask>,
    /// The plane, and what is known of its directions.
    pub network_plane: Arc<NetworkPlane>,
    /// What each run has beside its trajectory, which is that of its shadows: (a, b), with the true loss.
    pub runs: Vec<Arc<TrainedRun>>,
    /// Whether no run has steps to come.
    pub complete: bool,
}

/// What a network's run has beside the trajectory of its shadows.
#[derive(Clone)]
pub struct TrainedRun {
    /// Where the plane shows each row, the loss there, and how far off it the row is.
    pub projections: Vec<Projection>,
    /// The rows.
    pub rows: Vec<TrainedRow>,
    /// How far each row is from the first weights.
    pub distances: Vec<f64>,
    log: Arc<Mutex<TrainingLog>>,
}

impl TrainedRun {
    /// Whether `other` is what there is of the same run, earlier or later: the rows that both have are equal.
    pub fn is_same_run(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.log, &other.log)
    }

    /// The length of its steps, and what its optimizer carries, at all rows.
    pub fn optimizer_state(&self) -> Vec<OptimizerStateSeries> {
        let mut record = OptimizerStateRecord::default();
        self.rows
            .iter()
            .for_each(|row| record.push(&row.optimizer_state));
        record.finish()
    }

    /// θ of a row, or of the last there is; `None` if there is none.
    pub fn theta(&self, row: usize) -> Option<Vec<f64>> {
        let log = super::lock(&self.log);
        let dim = log.theta.len().checked_div(log.rows.len())?;
        let row = row.min(self.rows.len().checked_sub(1)?);
        log.theta
            .get(row * dim..(row + 1) * dim)
            .map(<[f64]>::to_vec)
    }
}

/// The runs of a network that are under way, which go on from scene to scene where nothing of theirs changes.
pub(super) struct TrainingPool {
    gate: Arc<Signal>,
    trainers: Vec<TrainingThread>,
    projected: Option<(AnyPlane, ProjectedRuns)>,
}

impl TrainingPool {
    pub(super) fn new(gate: Arc<Signal>) -> Self {
        Self {
            gate,
            trainers: Vec::new(),
            projected: None,
        }
    }

    /// Ends all runs.
    pub(super) fn stop_all(&mut self) {
        self.trainers.clear();
        self.projected = None;
    }

    /// Trains the runs of a scene on a network and publishes what there is of them, again and again, until they are done.
    pub(super) fn train_scene(
        &mut self,
        scene: &Scene,
        problem: &Arc<Problem>,
        cancel: &Cancel,
        publish: &dyn Fn(Result<Runs, String>),
    ) {
        let told = self.try_train_scene(scene, problem, cancel, publish);
        if let Err(sentence) = told {
            publish(Err(sentence));
        }
    }

    fn try_train_scene(
        &mut self,
        scene: &Scene,
        problem: &Arc<Problem>,
        cancel: &Cancel,
        publish: &dyn Fn(Result<Runs, String>),
    ) -> Result<(), String> {
        let (Some(bench), Some(task)) = (scene.network(), &problem.task) else {
            return Ok(());
        };
        self.spawn_missing(scene, task)?;
        let mut seen = self.gate.version();
        loop {
            // Whoever rests now has told all of its rows; asked before they are counted.
            let complete = self.trainers.iter().all(TrainingThread::is_idle);
            if let Some(sentence) = self.trainers.iter().find_map(TrainingThread::error) {
                return Err(sentence);
            }
            let drawn = self.update_projection(&bench.plane, task, complete, cancel);
            let drawn = drawn.transpose()?;
            if let (Some(()), Some((_, sketch))) = (drawn, &self.projected) {
                publish(Ok(sketch.runs(scene, &self.trainers, complete)));
            }
            if complete || !self.gate.wait_for_change(&mut seen, cancel) {
                return Ok(());
            }
        }
    }

    /// Has a trainer for each run of the scene, in its order: those that there are go on.
    fn spawn_missing(&mut self, scene: &Scene, task: &Arc<TrainingTask>) -> Result<(), String> {
        let run_settings = scene.run_settings();
        let every = run_settings.record_every;
        let steps = run_settings.steps.div_ceil(every) * every;
        let run_settings = RunSettings {
            steps,
            ..run_settings
        };
        let mut earlier = std::mem::take(&mut self.trainers);
        for run in &scene.runs {
            let same = |trainer: &TrainingThread| trainer.matches(task, run, run_settings);
            let trainer = match earlier.iter().position(same) {
                Some(index) => earlier.swap_remove(index),
                None => TrainingThread::spawn(task, run, run_settings, &self.gate)?,
            };
            self.trainers.push(trainer);
        }
        Ok(())
    }

    /// Brings the sketch up to date. `None` if there is nothing to draw yet, or if the work was cancelled.
    fn update_projection(
        &mut self,
        plane: &AnyPlane,
        task: &Arc<TrainingTask>,
        complete: bool,
        cancel: &Cancel,
    ) -> Option<Result<(), String>> {
        let counts: Vec<usize> = self.trainers.iter().map(TrainingThread::len).collect();
        let earlier = self.projected.take();
        let fitting = |(of, sketch): &(AnyPlane, ProjectedRuns)| {
            of == plane && sketch.is_current(task, &self.trainers, &counts, complete)
        };
        let sketch = match earlier.filter(fitting) {
            Some((_, sketch)) => sketch,
            // A plane goes through steps, of which there should be some.
            None if !complete && counts.iter().all(|count| *count < 3) => return None,
            None => match ProjectedRuns::project(plane, task, &self.trainers, &counts, cancel) {
                Ok(sketch) => sketch,
                Err(_) if cancel.is_cancelled() => return None,
                Err(_) if !complete => return None,
                Err(sentence) => return Some(Err(sentence)),
            },
        };
        let (_, sketch) = self.projected.insert((plane.clone(), sketch));
        sketch.extend(&self.trainers, &counts, cancel)?;
        Some(Ok(()))
    }
}

#[cfg(test)]
mod tests;
