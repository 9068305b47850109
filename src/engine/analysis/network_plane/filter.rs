//! Random directions with filter normalisation.

use super::{NetworkPlane, PlaneError, PlaneInputs, PlaneMethod};
use crate::engine::declare::settings;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::gaussian;
use crate::engine::objective::{Role, Tensor, norm};

settings! {
    /// Parameters that a random direction leaves unchanged: biasbn are biases and normalisations.
    pub enum Ignore { BiasBn = "biasbn", None = "none" }
}

settings! {
    /// Two random directions, filter-normalised: section 4 of Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets".
    ///
    /// The part of a direction that belongs to the weights into one neuron is scaled to their norm, so that networks that compute one function
    /// with differently scaled layers have one picture.
    pub struct Filter("Random directions, filter-normalised") {
        /// Seed of the directions.
        seed: u64 = 1;
        /// Parameters left unchanged: biasbn leaves biases and normalisations; none moves each of their numbers by its own size.
        ignore: Ignore = Ignore::BiasBn;
    }
}

impl PlaneMethod for Filter {
    fn axes(&self, _: &[&str]) -> [String; 2] {
        ["first", "second"].map(|which| format!("{which} random direction, filter-normalised"))
    }

    fn build(&self, given: &PlaneInputs) -> Result<NetworkPlane, PlaneError> {
        let [u, v] = [0, 1].map(|index| direction(given, self.seed, index, self.ignore));
        NetworkPlane::new(given.theta, u, v)
    }
}

/// Returns a random direction, filter-normalised.
pub(super) fn direction(given: &PlaneInputs, seed: u64, index: u64, ignore: Ignore) -> Vec<f64> {
    let mut direction = gaussian(given.theta.len(), seed, Purpose::Plane, index);
    normalise(
        given.objective.tensors(),
        given.theta,
        ignore,
        &mut direction,
    );
    direction
}

/// Scales each filter of `direction` to the norm of that of `theta`. A filter is the row of weights into a neuron, or one number of a bias or
/// a normalisation, unless these are ignored and set to zero. Without tensors all of θ is one filter.
pub fn normalise(tensors: &[Tensor], theta: &[f64], ignore: Ignore, direction: &mut [f64]) {
    if tensors.is_empty() {
        match_norm(direction, theta);
    }
    for tensor in tensors {
        let range = tensor.range.clone();
        let (direction, theta) = (&mut direction[range.clone()], &theta[range]);
        if tensor.role != Role::Weight && ignore == Ignore::BiasBn {
            direction.fill(0.0);
            continue;
        }
        let rows = tensor.shape.first().copied().unwrap_or(1).max(1);
        let width = (theta.len() / rows).max(1);
        let filters = direction.chunks_mut(width).zip(theta.chunks(width));
        filters.for_each(|(direction, theta)| match_norm(direction, theta));
    }
}

/// Scales a filter to the norm of the weights; a filter of zeros, or one that is not finite, becomes zero.
fn match_norm(direction: &mut [f64], theta: &[f64]) {
    let factor = norm(theta) / norm(direction);
    let factor = if factor.is_finite() { factor } else { 0.0 };
    direction.iter_mut().for_each(|number| *number *= factor);
}
