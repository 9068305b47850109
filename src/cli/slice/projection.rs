//! Projections of runs onto a plane.

use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::training::Trajectory;
use crate::figure::axis::number;

/// Runs projected onto a plane, in its coordinates.
pub(super) struct ProjectedPaths {
    runs: Vec<Trajectory>,
    /// Largest distance of a step from the plane.
    residual: f64,
}

impl ProjectedPaths {
    /// Projects all runs onto the plane.
    pub(super) fn new(runs: &[Trajectory], plane: &Plane) -> Self {
        let mut residual: f64 = 0.0;
        let mut project = |run: &Trajectory| {
            let steps = run.theta.chunks_exact(run.dim.max(1));
            let points = steps.flat_map(|theta| {
                let (at, far) = plane.project(theta);
                residual = residual.max(far);
                at
            });
            Trajectory {
                dim: 2,
                theta: points.collect(),
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
        Self { runs, residual }
    }

    /// Returns the projected runs, as trajectories of two parameters.
    pub(super) fn runs(&self) -> &[Trajectory] {
        &self.runs
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
        let residual = number(self.residual, 3);
        (!self.runs.is_empty()).then(|| {
            format!(
                "Runs are projected onto the plane: the height of the map is not their loss. Their largest distance from the plane is {residual}."
            )
        })
    }
}
