//! Projections of runs onto a plane.

use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::training::Trajectory;
use crate::figure::axis::number;

/// Runs projected onto a plane, in its coordinates.
pub(super) struct ProjectedPaths {
    runs: Vec<Trajectory>,
    /// Distances of the steps from the plane, for each run.
    residuals: Vec<Vec<f64>>,
}

impl ProjectedPaths {
    /// Projects all runs onto the plane.
    pub(super) fn new(runs: &[Trajectory], plane: &Plane) -> Self {
        let mut residuals = Vec::new();
        let mut project = |run: &Trajectory| {
            let mut distances = Vec::new();
            let steps = run.theta.chunks_exact(run.dim.max(1));
            let points = steps.flat_map(|theta| {
                let (at, far) = plane.project(theta);
                distances.push(far);
                at
            });
            let theta = points.collect();
            residuals.push(distances);
            Trajectory {
                dim: 2,
                theta,
                loss: run.loss.clone(),
                grad_norm: run.grad_norm.clone(),
                lr: run.lr.clone(),
                evaluations: run.evaluations.clone(),
                costs: None,
                average: None,
                outcome: run.outcome,
            }
        };
        let runs = runs.iter().map(&mut project).collect();
        Self { runs, residuals }
    }

    /// Returns the projected runs, as trajectories of two parameters.
    pub(super) fn runs(&self) -> &[Trajectory] {
        &self.runs
    }

    /// Returns the distances of each run's steps from the plane.
    pub(super) fn residuals(&self) -> &[Vec<f64>] {
        &self.residuals
    }

    /// Returns a view with the origin and all projected steps, and a margin of 15 %; −1 to 1 without runs.
    pub(super) fn view(&self) -> Rect {
        let side = |axis: usize| {
            let points = self
                .runs
                .iter()
                .flat_map(|run| run.theta.iter().skip(axis).step_by(2));
            let [low, high] = points.fold([0.0_f64; 2], |[low, high], at| {
                [low.min(*at), high.max(*at)]
            });
            let margin = 0.15 * (high - low);
            [low - margin, high + margin]
        };
        let view = Rect::new(side(0), side(1));
        view.unwrap_or(Rect::square(1.0))
    }

    /// Returns the caption of a picture with projected runs.
    pub(super) fn note(&self) -> Option<String> {
        let farthest = self.residuals.iter().flatten().copied().fold(0.0, f64::max);
        let residual = number(farthest, 3);
        (!self.runs.is_empty()).then(|| {
            format!(
                "Runs are projected onto the plane: the height of the map is not their loss. Their largest distance from the plane is {residual}."
            )
        })
    }
}
