//! The directions in which the loss bends most.

use super::eigen::top_two;
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::analysis::curvature::Curvature;
use crate::engine::declare::settings;

settings! {
    /// The eigenvectors of the Hessian's two largest eigenvalues, each of length 1: where the valley is steepest.
    pub struct Hessian("Top Hessian eigenvectors") {}
}

impl PlaneMethod for Hessian {
    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let matrix = Curvature::hessian(given.objective, given.theta);
        let [first, second] = top_two(&matrix, given.cancel)?;
        let cut = NetworkPlane::new(given.theta, first.vector, second.vector)?;
        Ok(NetworkPlane {
            eigenvalues: Some([first.value, second.value]),
            ..cut
        })
    }
}
