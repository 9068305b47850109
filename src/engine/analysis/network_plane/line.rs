//! Plane through two solutions.

use super::filter::{Ignore, direction};
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::numeric::vector_ops::{difference, orthogonalized};
use crate::engine::objective::norm;

settings! {
    /// The line from the weights at (0, 0) to other weights at (1, 0): Goodfellow et al. 2015, "Qualitatively Characterizing Neural Network
    /// Optimization Problems". The second direction is random and filter-normalised, then orthogonalised and scaled to the length of the
    /// line.
    pub struct Line("Line to other weights") {
        /// Seed of the second direction.
        seed: u64 = 1;
        /// Parameters that the second direction leaves unchanged before it is orthogonalised: biasbn are biases and normalisations.
        ignore: Ignore = Ignore::BiasBn;
    }
}

impl PlaneMethod for Line {
    fn axes(&self, others: &[&str]) -> [String; 2] {
        let other = others.first().unwrap_or(&"the other weights");
        let second = "random direction, orthogonal to the line";
        [format!("line to {other}, at 1"), second.to_owned()]
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let [other] = given.others else {
            return Err(PlaneError::Others {
                plane: "line",
                expected: 1,
                found: given.others.len(),
            });
        };
        let u = difference(other, given.theta);
        let random = direction(given, self.seed, 1, self.ignore);
        let v = orthogonalized(random, &u, norm(&u)).ok_or(PlaneError::Collinear("line"))?;
        NetworkPlane::new(given.theta, u, v)
    }
}
