//! A plane through the runs of a network, and what it shows of them.

use super::thread::TrainingThread;
use super::{RunResult, Runs, TrainedRow, TrainedRun, TrainingSnapshot};
use crate::engine::analysis::network_plane::{
    AnyPlane, NetworkPlane, PlaneInputs, Projection, project_all,
};
use crate::engine::cancel::Cancel;
use crate::engine::network::{PlaneRestriction, TrainingTask};
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, Trajectory};
use std::sync::Arc;

/// A plane, and the shadows of the rows that there are.
pub(super) struct ProjectedRuns {
    task: Arc<TrainingTask>,
    network_plane: Arc<NetworkPlane>,
    problem: Arc<Problem>,
    /// How many rows each run had when the plane was laid, and which run it was.
    built_from: Vec<(u64, usize)>,
    shown: Vec<ProjectedRun>,
}

/// What there is of a run.
struct ProjectedRun {
    /// Which run it is.
    identity: u64,
    projections: Vec<Projection>,
    rows: Vec<TrainedRow>,
    /// How far each row is from the first weights.
    distances: Vec<f64>,
    outcome: Outcome,
}

impl ProjectedRuns {
    /// A plane through the first so many rows of each run that does not diverge, or of all if all do, with its origin where the first one ends.
    pub(super) fn project(
        plane: &AnyPlane,
        task: &Arc<TrainingTask>,
        trainers: &[TrainingThread],
        counts: &[usize],
        cancel: &Cancel,
    ) -> Result<Self, String> {
        let all = trainers.iter().zip(counts);
        // Runs that diverged would have the plane and its window to themselves.
        let sound = |(trainer, count): &(&TrainingThread, &usize)| {
            !matches!(trainer.outcome(**count), Outcome::Diverged(..))
        };
        let any = all.clone().any(|run| sound(&run));
        let trajectories: Vec<Trajectory> = all
            .filter(|run| !any || sound(run))
            .map(|(trainer, count)| full_trajectory(task, trainer, *count))
            .collect();
        let ends: Vec<Vec<f64>> = { trajectories.iter() }
            .map(|run| run.theta(usize::MAX).unwrap_or(&task.start).to_vec())
            .collect();
        let theta = ends.first().unwrap_or(&task.start);
        let needed = match plane {
            AnyPlane::Line(_) => 1,
            AnyPlane::Points(_) => 2,
            _ => 0,
        };
        let others = ends.get(1..).unwrap_or_default();
        let given = PlaneInputs {
            others: &others[..others.len().min(needed)],
            trajectories: &trajectories,
            ..PlaneInputs::new(&*task.loss, theta, cancel)
        };
        let cut = plane
            .as_dyn()
            .build(&given)
            .map_err(|error| error.to_string())?;
        let view = plane_view(plane, &cut, &trajectories);
        let on_plane = PlaneRestriction::new(Arc::clone(&task.loss), cut.plane.clone());
        let on_plane = on_plane.ok_or("the plane is of another network; expected its own")?;
        let mut problem = Problem::for_network(Arc::clone(task));
        problem.landscape.objective = Arc::new(on_plane);
        problem.landscape.view = view;
        let laid = trainers.iter().zip(counts);
        Ok(Self {
            task: Arc::clone(task),
            network_plane: Arc::new(cut),
            problem: Arc::new(problem),
            built_from: laid
                .map(|(trainer, count)| (trainer.id(), *count))
                .collect(),
            shown: Vec::new(),
        })
    }

    /// Whether the plane still holds: it is laid anew whenever there are a third more rows, and once all are there.
    pub(super) fn is_current(
        &self,
        task: &Arc<TrainingTask>,
        trainers: &[TrainingThread],
        counts: &[usize],
        complete: bool,
    ) -> bool {
        let now = trainers
            .iter()
            .map(TrainingThread::id)
            .zip(counts.iter().copied());
        let same = self.built_from.len() == trainers.len()
            && self
                .built_from
                .iter()
                .zip(now.clone())
                .all(|(laid, now)| laid.0 == now.0);
        let rows = |laid: &[(u64, usize)]| laid.iter().map(|(_, count)| count).sum::<usize>();
        let now: Vec<(u64, usize)> = now.collect();
        let grown = if complete {
            now != self.built_from
        } else {
            3 * rows(&now) >= 4 * rows(&self.built_from)
        };
        Arc::ptr_eq(task, &self.task) && same && !grown
    }

    /// Adds the rows that are new. `None` if it was cancelled.
    pub(super) fn extend(
        &mut self,
        trainers: &[TrainingThread],
        counts: &[usize],
        cancel: &Cancel,
    ) -> Option<()> {
        let mut earlier = std::mem::take(&mut self.shown);
        for (trainer, count) in trainers.iter().zip(counts) {
            let identity = trainer.id();
            let own = earlier.iter().position(|shown| shown.identity == identity);
            let mut shown = own.map_or_else(
                || ProjectedRun {
                    identity,
                    projections: Vec::new(),
                    rows: Vec::new(),
                    distances: Vec::new(),
                    outcome: Outcome::Finished,
                },
                |index| earlier.swap_remove(index),
            );
            shown.rows.truncate(*count);
            shown.projections.truncate(*count);
            shown.distances.truncate(*count);
            let (theta, rows) = trainer.rows(shown.rows.len()..*count);
            let start = &self.task.start;
            let distance = |theta: &[f64]| {
                let squares = theta.iter().zip(start).map(|(x, from)| (x - from).powi(2));
                squares.sum::<f64>().sqrt()
            };
            let distances = theta.chunks_exact(start.len().max(1)).map(distance);
            shown.distances.extend(distances);
            let fresh = empty_trajectory(self.task.start.len(), theta);
            let objective = &*self.task.loss;
            shown.projections.extend(project_all(
                &self.network_plane.plane,
                objective,
                &fresh,
                cancel,
            )?);
            shown.rows.extend(rows);
            shown.outcome = trainer.outcome(*count);
            self.shown.push(shown);
        }
        Some(())
    }

    /// The runs as their shadows are.
    pub(super) fn runs(&self, scene: &Scene, trainers: &[TrainingThread], complete: bool) -> Runs {
        let results = self.shown.iter().map(|shown| Arc::new(shown.result()));
        let trained = self.shown.iter().zip(trainers);
        let trained = trained.map(|(shown, trainer)| {
            Arc::new(TrainedRun {
                projections: shown.projections.clone(),
                rows: shown.rows.clone(),
                distances: shown.distances.clone(),
                log: trainer.log(),
            })
        });
        Runs {
            scene: scene.clone(),
            problem: Arc::clone(&self.problem),
            results: results.collect(),
            every: scene.run_settings().record_every,
            trained: Some(TrainingSnapshot {
                task: Arc::clone(&self.task),
                network_plane: Arc::clone(&self.network_plane),
                runs: trained.collect(),
                complete,
            }),
        }
    }
}

impl ProjectedRun {
    /// The run in the plane's two coordinates, with its true losses.
    fn result(&self) -> RunResult {
        let column = |number: fn(&TrainedRow) -> f64| self.rows.iter().map(number).collect();
        let trajectory = Trajectory {
            dim: 2,
            theta: self
                .projections
                .iter()
                .flat_map(|shadow| shadow.at)
                .collect(),
            loss: column(|row| row.loss),
            grad_norm: column(|row| row.grad_norm),
            lr: column(|row| row.lr),
            evaluations: self.rows.iter().map(|row| row.evaluations).collect(),
            costs: Some(column(|row| row.cost)),
            average: None,
            outcome: self.outcome,
        };
        RunResult {
            outline: super::super::decimate(&trajectory),
            curvature: Vec::new(),
            preconditioned: Vec::new(),
            trajectory,
        }
    }
}

/// Rows of n numbers of which nothing but θ is told.
fn empty_trajectory(dim: usize, theta: Vec<f64>) -> Trajectory {
    Trajectory {
        dim,
        theta,
        loss: Vec::new(),
        grad_norm: Vec::new(),
        lr: Vec::new(),
        evaluations: Vec::new(),
        costs: None,
        average: None,
        outcome: Outcome::Finished,
    }
}

/// The first `count` rows of a run in all of its parameters.
fn full_trajectory(task: &TrainingTask, trainer: &TrainingThread, count: usize) -> Trajectory {
    let (theta, rows) = trainer.rows(0..count);
    Trajectory {
        loss: rows.iter().map(|row| row.loss).collect(),
        ..empty_trajectory(task.start.len(), theta)
    }
}

/// A window that shows all rows of all runs, and what the plane goes through.
fn plane_view(plane: &AnyPlane, cut: &NetworkPlane, trajectories: &[Trajectory]) -> Rect {
    let landmarks: &[[f64; 2]] = match plane {
        AnyPlane::Filter(_) => &[[-1.0, -1.0], [1.0, 1.0]],
        AnyPlane::Line(_) => &[[0.0, 0.0], [1.0, 0.0]],
        AnyPlane::Points(_) => &[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        _ => &[[0.0, 0.0]],
    };
    let rows = trajectories.iter();
    let rows = rows.flat_map(|run| run.theta.chunks_exact(run.dim.max(1)));
    let places = rows.map(|theta| cut.plane.project(theta).0);
    bounding_view(landmarks.iter().copied().chain(places))
}

/// A window that shows some places of a plane.
pub(in crate::session) fn bounding_view(places: impl Iterator<Item = [f64; 2]>) -> Rect {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for at in places {
        if at.iter().all(|at| at.is_finite()) {
            for axis in 0..2 {
                low[axis] = low[axis].min(at[axis]);
                high[axis] = high[axis].max(at[axis]);
            }
        }
    }
    let size = (high[0] - low[0]).max(high[1] - low[1]);
    // As wide as high within a factor of three, and a margin around.
    let [x, y] = [0, 1].map(|axis| {
        let (center, own) = (0.5 * (low[axis] + high[axis]), high[axis] - low[axis]);
        let half = 0.65 * own.max(size / 3.0);
        [center - half, center + half]
    });
    Rect::new(x, y).unwrap_or(Rect::square(1.0))
}
