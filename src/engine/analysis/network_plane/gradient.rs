//! Where the loss falls.

use super::check_finite;
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{difference, gaussian, orthogonalized, with_norm};

settings! {
    /// What stands at right angles to the gradient: random is a random direction; step is the first run's last step, which is where its
    /// momentum carries it.
    pub enum Second { Random = "random", Step = "step" }
}

settings! {
    /// The gradient, and a second direction at right angles to it, each of length 1. Against the first one the loss falls fastest.
    pub struct Gradient("Gradient") {
        /// The second direction; the part of it along the gradient is taken away.
        second: Second = Second::Random;
        /// Other random directions for each number.
        seed: u64 = 1;
    }
}

impl PlaneMethod for Gradient {
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
