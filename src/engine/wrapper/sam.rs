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

/// Gradient transformation of SAM and ASAM, which evaluates the gradient at the ascent point.
pub(super) struct Ascent {
    rho: f64,
    /// η of ASAM, which measures distances in units of |θ| + η; `None` for SAM.
    eta: Option<f64>,
    point: Vec<f64>,
}

impl Ascent {
    pub(super) fn new(rho: f64, eta: Option<f64>, dim: usize) -> Self {
        let point = vec![0.0; dim];
        Self { rho, eta, point }
    }
}

impl GradientTransform for Ascent {
    fn gradient(&mut self, upstream: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let loss = upstream.gradient(theta, gradient);
        let point = self.point.iter_mut().zip(theta).zip(gradient.iter_mut());
        if let Some(eta) = self.eta {
            // The gradient becomes T g here, and the ascent step T² g below, with T = |θ| + η.
            for ((point, theta), g) in point {
                *point = theta.abs() + eta;
                *g *= *point;
            }
        } else {
            point.for_each(|((point, _), _)| *point = 1.0);
        }
        // With a gradient of 0 the ascent point is θ.
        let scale = self.rho / (norm(gradient) + 1e-12);
        for ((point, theta), g) in self.point.iter_mut().zip(theta).zip(&*gradient) {
            *point = theta + *point * g * scale;
        }
        upstream.gradient(&self.point, gradient);
        loss
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::trials("â", "ascent point", &self.point));
    }
}
