//! Sharpness-aware minimization.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::objective::{GradientTransform, Upstream, norm};

settings! {
    /// SAM: uses the gradient at a point a little uphill, and so avoids sharp minima.
    ///
    /// The gradient is evaluated at θ + ρ g/‖g‖. Costs two gradients per step. Eq. (2) and algorithm 1 of Foret et al. 2021.
    pub struct Sam("SAM") {
        /// ρ: length of the ascent step.
        rho: f64 = 0.05, in 0.0.., log 1e-3..=10.0;
    }
}

impl Wrapper for Sam {
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        Some(Box::new(Ascent::new(self.rho, None, blocks.dim)))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{â} ← {θ<} + {ρ=rho} ∇f(θ) / ‖∇f(θ)‖", "{g} ← ∇f(â)"]
    }
}

/// Sees the gradient at the highest place nearby.
pub(super) struct Ascent {
    rho: f64,
    /// ASAM's η: distances are then measured in units of |θ| + η.
    eta: Option<f64>,
    place: Vec<f64>,
}

impl Ascent {
    pub(super) fn new(rho: f64, eta: Option<f64>, dim: usize) -> Self {
        let place = vec![0.0; dim];
        Self { rho, eta, place }
    }
}

impl GradientTransform for Ascent {
    fn gradient(&mut self, beyond: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let loss = beyond.gradient(theta, gradient);
        let place = self.place.iter_mut().zip(theta).zip(gradient.iter_mut());
        if let Some(eta) = self.eta {
            // T g now, and T² g below, where T = |θ| + η.
            for ((place, theta), g) in place {
                *place = theta.abs() + eta;
                *g *= *place;
            }
        } else {
            place.for_each(|((place, _), _)| *place = 1.0);
        }
        // A gradient of 0 stays where it is.
        let scale = self.rho / (norm(gradient) + 1e-12);
        for ((place, theta), g) in self.place.iter_mut().zip(theta).zip(&*gradient) {
            *place = theta + *place * g * scale;
        }
        beyond.gradient(&self.place, gradient);
        loss
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::trials("â", "ascent point", &self.place));
    }
}
