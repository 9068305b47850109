//! What a plane shows of a run, and what it does not.

use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use rayon::prelude::*;

/// A place off a plane, and where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// The plane coordinates of the nearest point of the plane.
    pub at: [f64; 2],
    /// The loss at that point of the plane. The true loss is the trajectory's.
    pub loss: f64,
    /// How far the place is from the plane.
    pub residual: f64,
}

/// The shadows of all rows of a trajectory on a plane through the same n parameters. `None` if it was cancelled.
///
/// Rows go over the threads of the current pool; the bits do not depend on how many there are.
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
