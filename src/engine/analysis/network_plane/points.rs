//! Plane through three solutions.

use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::numeric::vector_ops::{difference, orthogonalized};
use crate::engine::objective::norm;

settings! {
    /// The plane through the weights at (0, 0), second weights at (1, 0) and third weights, which are at (0, 1) unless the second direction is
    /// orthogonalised: Garipov et al. 2018, "Loss Surfaces, Mode Connectivity, and Fast Ensembling of DNNs".
    pub struct Points("Through three weights") {
        /// Make the second direction orthogonal to the first and of equal length, so that shapes are not skewed.
        upright: bool = false;
    }
}

impl PlaneMethod for Points {
    fn axes(&self, others: &[&str]) -> [String; 2] {
        let name = |at: usize, usual| others.get(at).copied().unwrap_or(usual);
        let second = name(0, "the second weights");
        let third = name(1, "the third weights");
        let place = if self.upright { "orthogonal" } else { "at 1" };
        [
            format!("toward {second}, at 1"),
            format!("toward {third}, {place}"),
        ]
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let [first, second] = given.others else {
            return Err(PlaneError::Others {
                plane: "points",
                expected: 2,
                found: given.others.len(),
            });
        };
        let [u, v] = [first, second].map(|other| difference(other, given.theta));
        let orthogonal =
            orthogonalized(v.clone(), &u, norm(&u)).ok_or(PlaneError::Collinear("points"))?;
        NetworkPlane::new(given.theta, u, if self.upright { orthogonal } else { v })
    }
}
