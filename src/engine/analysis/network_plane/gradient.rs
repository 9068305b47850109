//! Plane along the gradient.

use super::check_finite;
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{difference, gaussian, orthogonalized, with_norm};

settings! {
    /// Second direction of the gradient plane: random is a random direction; step is the last step of the first run, where its momentum points.
    pub enum Second { Random = "random", Step = "step" }
}

settings! {
    /// The gradient and a second direction orthogonal to it, each of length 1. The loss decreases fastest against the first one.
    pub struct Gradient("Gradient") {
        /// Second direction; its component along the gradient is removed.
        second: Second = Second::Random;
        /// Seed of the random direction.
        seed: u64 = 1;
    }
}

impl PlaneMethod for Gradient {
    fn axes(&self, _: &[&str]) -> [String; 2] {
        let second = match self.second {
            Second::Random => "random direction, orthogonal to ∇L",
            Second::Step => "last step, orthogonal to ∇L",
        };
        ["along ∇L", second].map(str::to_owned)
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let dim = given.theta.len();
        let mut gradient = vec![0.0; dim];
        given.objective.gradient(given.theta, &mut gradient);
        let u = with_norm(check_finite(gradient)?, 1.0).ok_or(PlaneError::NoGradient)?;
        let second = match self.second {
            Second::Random => gaussian(dim, self.seed, Purpose::Plane, 1),
            Second::Step => last_step(given).ok_or(PlaneError::NoTrajectory("gradient"))?,
        };
        let v = orthogonalized(second, &u, 1.0).ok_or(PlaneError::Collinear("gradient"))?;
        NetworkPlane::new(given.theta, u, v)
    }
}

fn last_step(given: &PlaneInputs) -> Option<Vec<f64>> {
    let trajectory = given.trajectories.first()?;
    let last = trajectory.len().checked_sub(2)? + 1;
    Some(difference(
        trajectory.theta(last)?,
        trajectory.theta(last - 1)?,
    ))
}
