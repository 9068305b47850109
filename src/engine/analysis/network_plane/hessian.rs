//! Plane along the top Hessian eigenvectors.

use super::eigen::top_two;
use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::analysis::curvature::Curvature;
use crate::engine::declare::settings;

settings! {
    /// The eigenvectors of the two largest eigenvalues of the Hessian, each of length 1: the directions of largest curvature.
    pub struct Hessian("Top Hessian eigenvectors") {}
}

impl PlaneMethod for Hessian {
    fn axes(&self, _: &[&str]) -> [String; 2] {
        ["first", "second"].map(|which| format!("{which} eigenvector of the Hessian"))
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let matrix = Curvature::hessian(given.objective, given.theta);
        let [first, second] = top_two(&matrix, given.cancel)?;
        let plane = NetworkPlane::new(given.theta, first.vector, second.vector)?;
        Ok(NetworkPlane {
            eigenvalues: Some([first.value, second.value]),
            ..plane
        })
    }
}
