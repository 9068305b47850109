//! Adaptive sharpness-aware minimization.

use super::sam::Ascent;
use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::GradientTransform;

settings! {
    /// ASAM: SAM with the ascent step scaled by each parameter, so that it is invariant to rescaling of the parameters.
    ///
    /// With T = diag(|θ| + η) the gradient is evaluated at θ + ρ T²g/‖Tg‖. Costs two gradients per step. Eq. (8) of Kwon et
    /// al. 2021.
    pub struct Asam("ASAM") {
        /// ρ: length of the ascent step, in units of the parameters.
        rho: f64 = 0.5, in 0.0.., log 1e-3..=10.0;
        /// η: added to the scale |θ|, so that parameters near 0 move; 0 in common PyTorch code.
        eta: f64 = 0.01, in 0.0.., log 1e-4..=1.0;
    }
}

impl Wrapper for Asam {
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        Some(Box::new(Ascent::new(self.rho, Some(self.eta), blocks.dim)))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "T ← |{θ<}| + {η=eta}",
            "{â} ← {θ<} + {ρ=rho} T² ∇f(θ) / ‖T ∇f(θ)‖",
            "{g} ← ∇f(â)",
        ]
    }
}
