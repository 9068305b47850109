//! Where a plane has the steps of runs.

use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::training::Trajectory;
use crate::figure::axis::number;

/// Runs in the coordinates of a plane.
pub(super) struct ProjectedPaths {
    runs: Vec<Trajectory>,
    /// How far the farthest step is from the plane.
    residual: f64,
}

impl ProjectedPaths {
    pub(super) fn of(runs: &[Trajectory], plane: &Plane) -> Self {
        let mut residual: f64 = 0.0;
        let mut shadow = |run: &Trajectory| {
            let steps = run.theta.chunks_exact(run.dim.max(1));
            let places = steps.flat_map(|theta| {
                let (at, far) = plane.project(theta);
                residual = residual.max(far);
                at
            });
            Trajectory {
                dim: 2,
                theta: places.collect(),
                loss: run.loss.clone(),
                grad_norm: run.grad_norm.clone(),
                lr: run.lr.clone(),
                evaluations: run.evaluations.clone(),
                costs: None,
                average: None,
                outcome: run.outcome,
            }
        };
        let runs = runs.iter().map(&mut shadow).collect();
        Self { runs, residual }
    }

    /// As trails are drawn from.
    pub(super) fn drawn(&self) -> &[Trajectory] {
        &self.runs
    }

    /// What has all of them in it, and the weights in the middle of things; −1 to 1 where there are none.
    pub(super) fn view(&self) -> Rect {
        let side = |axis: usize| {
            let places = self
                .runs
                .iter()
                .flat_map(|run| run.theta.iter().skip(axis).step_by(2));
            let [low, high] = places.fold([0.0_f64; 2], |[low, high], place| {
                [low.min(*place), high.max(*place)]
            });
            let margin = 0.15 * (high - low);
            [low - margin, high + margin]
        };
        let view = Rect::new(side(0), side(1));
        view.unwrap_or(Rect::square(1.0))
    }

    /// What a picture has to say of them.
    pub(super) fn note(&self) -> Option<String> {
        let residual = number(self.residual, 3);
        (!self.runs.is_empty()).then(|| {
            format!(
                "Paths are shadows: the height of the map is not their loss. They are up to {residual} away from the plane."
            )
        })
    }
}
