//! Projections of runs onto a plane, with their distance from it.

use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use rayon::prelude::*;

/// Projection of a point in parameter space onto a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// Coordinates of the projection on the plane.
    pub at: [f64; 2],
    /// Loss at the projection. The loss at the point itself is in the trajectory.
    pub loss: f64,
    /// Distance of the point from the plane.
    pub residual: f64,
}

/// Projects all rows of a trajectory onto a plane in the same parameter space. `None` if cancelled.
///
/// Rows are distributed over the threads of the current pool; the bits do not depend on their number.
pub fn project_all(
    plane: &Plane,
    objective: &dyn Objective,
    trajectory: &Trajectory,
    cancel: &Cancel,
) -> Option<Vec<Projection>> {
    let rows = trajectory.theta.par_chunks_exact(trajectory.dim.max(1));
    rows.map_init(
        || vec![0.0; trajectory.dim],
        |nearest, theta| {
            let (at, residual) = plane.project(theta);
            plane.point(at, nearest);
            let loss = objective.value(nearest);
            (!cancel.is_cancelled()).then_some(Projection { at, loss, residual })
        },
    )
    .collect()
}
