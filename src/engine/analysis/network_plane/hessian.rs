//! The directions in which the loss bends most.

use super::eigen::top_two;
use super::{Cut, Given, PlaneError, Span};
use crate::engine::analysis::curvature::Curvature;
use crate::engine::declare::settings;

settings! {
    /// The eigenvectors of the Hessian's two largest eigenvalues, each of length 1: where the valley is steepest.
    pub struct Hessian("Top Hessian eigenvectors") {}
}

impl Span for Hessian {
    fn cut(&self, given: &Given) -> Result<Cut, PlaneError> {
        let matrix = Curvature::hessian(given.objective, given.theta);
        let [first, second] = top_two(&matrix, given.cancel)?;
        let cut = Cut::new(given.theta, first.vector, second.vector)?;
        Ok(Cut {
            eigenvalues: Some([first.value, second.value]),
            ..cut
        })
    }
}
