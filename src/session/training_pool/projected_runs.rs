//! A plane through the runs of a network, and their projections onto it.

use super::needed_runs;
use super::thread::TrainingThread;
use crate::engine::analysis::network_plane::{
    AnyPlane, NetworkPlane, PlaneError, PlaneInputs, Projection, project_all,
};
use crate::engine::cancel::Cancel;
use crate::engine::network::{PlaneRestriction, TrainingTask};
use crate::engine::objective::plane::Rect;
use crate::engine::results::{
    MapCache, RunId, RunResult, Runs, TrainedRow, TrainedRun, TrainingSnapshot, bounding_view,
    decimate,
};
use crate::engine::scene::{Problem, Scene, SceneError};
use crate::engine::training::{Outcome, Trajectory};
use std::sync::Arc;

/// A plane with the run and the row of its origin, where they are named.
pub(super) type PlaneKey = (AnyPlane, [Option<usize>; 2]);

/// A plane, and the projections of the rows that there are.
pub(super) struct ProjectedRuns {
    task: Arc<TrainingTask>,
    network_plane: Arc<NetworkPlane>,
    problem: Arc<Problem>,
    /// The runs from which the plane was built, and the number of rows of each then.
    built_from: Vec<(RunId, usize)>,
    /// The runs whose ends the plane goes through, besides that of its origin.
    through: Vec<RunId>,
    runs: Vec<ProjectedRun>,
}

/// Rows of a run with their projections.
#[derive(Default)]
struct ProjectedRun {
    id: RunId,
    projections: Vec<Projection>,
    rows: Vec<TrainedRow>,
    /// Euclidean distance of each row from the first weights.
    distances: Vec<f64>,
    outcome: Option<Outcome>,
}

impl ProjectedRuns {
    /// Builds a plane through the first `counts` rows of the ticked runs that do not diverge, or of all ticked runs if all diverge. Its
    /// origin is a row of a run; without them the first of these runs and the last row.
    pub(super) fn project(
        (plane, [origin_run, origin_row]): &PlaneKey,
        task: &Arc<TrainingTask>,
        threads: &[TrainingThread],
        counts: &[usize],
        cancel: &Cancel,
    ) -> Result<Self, SceneError> {
        let all = ticked(threads, counts);
        // Diverged runs would determine the plane and its window alone.
        let sound = |(thread, count): &(&TrainingThread, &usize)| {
            !matches!(thread.outcome(**count), Outcome::Diverged(..))
        };
        let any = all.clone().any(|run| sound(&run));
        let (ids, trajectories): (Vec<&RunId>, Vec<Trajectory>) = all
            .filter(|run| !any || sound(run))
            .map(|(thread, count)| {
                let rows = thread.rows(0..*count);
                (thread.id(), full_trajectory(task, &rows))
            })
            .unzip();
        let named = origin_run.and_then(|run| Some((threads.get(run)?, *counts.get(run)?)));
        let origin_id = named
            .map(|(thread, _)| thread.id())
            .or(ids.first().copied());
        let named = named.map(|(thread, count)| full_trajectory(task, &thread.rows(0..count)));
        let origin = named.as_ref().or(trajectories.first());
        let theta = origin.and_then(|run| run.theta(origin_row.unwrap_or(usize::MAX)));
        let theta = theta.unwrap_or(&task.start);
        let others = ids.iter().zip(&trajectories);
        let (other_ids, others): (Vec<RunId>, Vec<Vec<f64>>) = others
            .filter(|(id, _)| Some(**id) != origin_id)
            .map(|(id, run)| {
                let theta = run.theta(usize::MAX).unwrap_or(&task.start);
                ((*id).clone(), theta.to_vec())
            })
            .unzip();
        let needed = needed_runs(plane).saturating_sub(1);
        if others.len() < needed {
            return Err(SceneError::PlaneRuns {
                plane: plane.name(),
                needed: needed + 1,
                found: others.len() + 1,
            });
        }
        let inputs = PlaneInputs {
            others: &others[..needed],
            trajectories: &trajectories,
            ..PlaneInputs::new(&*task.loss, theta, cancel)
        };
        let built = plane.as_dyn().build(&inputs)?;
        let view = plane_view(plane, &built, &trajectories);
        let on_plane = PlaneRestriction::new(Arc::clone(&task.loss), built.plane.clone());
        let on_plane = on_plane.ok_or(PlaneError::NotFinite)?;
        let mut problem = Problem::for_network(Arc::clone(task));
        problem.landscape.objective = Arc::new(on_plane);
        problem.landscape.view = view;
        let built_from = ticked(threads, counts);
        Ok(Self {
            task: Arc::clone(task),
            network_plane: Arc::new(built),
            problem: Arc::new(problem),
            built_from: built_from
                .map(|(thread, count)| (thread.id().clone(), *count))
                .collect(),
            through: other_ids.into_iter().take(needed).collect(),
            runs: Vec::new(),
        })
    }

    /// Whether the plane is still current: it is built again whenever there are a third more rows, and once the runs are complete.
    pub(super) fn is_current(
        &self,
        task: &Arc<TrainingTask>,
        threads: &[TrainingThread],
        counts: &[usize],
        complete: bool,
    ) -> bool {
        let ticked: Vec<_> = ticked(threads, counts).collect();
        let pairs = || self.built_from.iter().zip(&ticked);
        let same_runs = self.built_from.len() == ticked.len()
            && pairs().all(|((id, _), (thread, _))| id == thread.id());
        let built: usize = self.built_from.iter().map(|(_, count)| count).sum();
        let now: usize = ticked.iter().map(|(_, count)| **count).sum();
        let current = if complete {
            pairs().all(|((_, built), (_, now))| built == *now)
        } else {
            3 * now < 4 * built
        };
        Arc::ptr_eq(task, &self.task) && same_runs && current
    }

    /// Adds the rows that are new. `None` if it was cancelled.
    pub(super) fn extend(
        &mut self,
        threads: &[TrainingThread],
        counts: &[usize],
        cancel: &Cancel,
    ) -> Option<()> {
        let mut earlier = std::mem::take(&mut self.runs);
        let start = &self.task.start;
        for (thread, count) in threads.iter().zip(counts) {
            let known = earlier.iter().position(|run| run.id == *thread.id());
            let mut run =
                known.map_or_else(ProjectedRun::default, |index| earlier.swap_remove(index));
            run.id = thread.id().clone();
            run.rows.truncate(*count);
            run.projections.truncate(*count);
            run.distances.truncate(*count);
            let rows = thread.rows(run.rows.len()..*count);
            let distance = |row: &TrainedRow| {
                let squares = row
                    .theta
                    .iter()
                    .zip(start)
                    .map(|(x, from)| (x - from).powi(2));
                squares.sum::<f64>().sqrt()
            };
            run.distances.extend(rows.iter().map(distance));
            let (plane, objective) = (&self.network_plane.plane, &*self.task.loss);
            let trajectory = full_trajectory(&self.task, &rows);
            run.projections
                .extend(project_all(plane, objective, &trajectory, cancel)?);
            run.rows.extend(rows);
            run.outcome = Some(thread.outcome(*count));
            self.runs.push(run);
        }
        Some(())
    }

    /// Returns the runs as trajectories on the plane, with their training records.
    pub(super) fn snapshot(&self, scene: &Scene, complete: bool) -> Runs {
        let record = |run: &ProjectedRun| {
            Arc::new(TrainedRun {
                projections: run.projections.clone(),
                rows: run.rows.clone(),
                distances: run.distances.clone(),
                id: run.id.clone(),
            })
        };
        let index = |id: &RunId| self.runs.iter().position(|run| run.id == *id);
        Runs {
            scene: scene.clone(),
            problem: Arc::clone(&self.problem),
            results: self.runs.iter().map(|run| Arc::new(run.result())).collect(),
            every: scene.run_settings().record_every,
            trained: Some(TrainingSnapshot {
                task: Arc::clone(&self.task),
                network_plane: Arc::clone(&self.network_plane),
                runs: self.runs.iter().map(record).collect(),
                through: self.through.iter().filter_map(index).collect(),
                complete,
            }),
            maps: MapCache::default(),
            other_seeds: Arc::default(),
        }
    }
}

impl ProjectedRun {
    /// Returns the trajectory in the plane's two coordinates, with the true losses.
    fn result(&self) -> RunResult {
        let column = |number: fn(&TrainedRow) -> f64| self.rows.iter().map(number).collect();
        let trajectory = Trajectory {
            dim: 2,
            theta: { self.projections.iter() }
                .flat_map(|projection| projection.at)
                .collect(),
            loss: column(|row| row.loss),
            grad_norm: column(|row| row.grad_norm),
            lr: column(|row| row.lr),
            evaluations: self.rows.iter().map(|row| row.evaluations).collect(),
            costs: Some(column(|row| row.cost)),
            average: None,
            outcome: self.outcome.unwrap_or(Outcome::Finished),
        };
        RunResult {
            outline: decimate(&trajectory),
            curvature: Vec::new(),
            preconditioned: Vec::new(),

            theory: None,
            trajectory,
        }
    }
}

/// Returns the threads of the ticked runs with their numbers of rows, or all of them if none is ticked.
fn ticked<'a>(
    threads: &'a [TrainingThread],
    counts: &'a [usize],
) -> impl Iterator<Item = (&'a TrainingThread, &'a usize)> + Clone {
    let none = threads.iter().all(TrainingThread::is_halted);
    let all = threads.iter().zip(counts);
    all.filter(move |(thread, _)| none || !thread.is_halted())
}

/// Returns a trajectory of rows in all parameters; it has no numbers but θ and the loss.
fn full_trajectory(task: &TrainingTask, rows: &[TrainedRow]) -> Trajectory {
    Trajectory {
        dim: task.start.len(),
        theta: { rows.iter() }
            .flat_map(|row| row.theta.iter().copied())
            .collect(),
        loss: rows.iter().map(|row| row.loss).collect(),
        grad_norm: Vec::new(),
        lr: Vec::new(),
        evaluations: Vec::new(),
        costs: None,
        average: None,
        outcome: Outcome::Finished,
    }
}

/// Returns a window that contains all rows of all runs, and the points that define the plane.
fn plane_view(plane: &AnyPlane, built: &NetworkPlane, trajectories: &[Trajectory]) -> Rect {
    let landmarks: &[[f64; 2]] = match plane {
        AnyPlane::Filter(_) => &[[-1.0, -1.0], [1.0, 1.0]],
        AnyPlane::Line(_) => &[[0.0, 0.0], [1.0, 0.0]],
        AnyPlane::Points(_) => &[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        _ => &[[0.0, 0.0]],
    };
    let rows = trajectories.iter();
    let rows = rows.flat_map(|run| run.theta.chunks_exact(run.dim.max(1)));
    let points = rows.map(|theta| built.plane.project(theta).0);
    bounding_view(landmarks.iter().copied().chain(points))
}
