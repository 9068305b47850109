//! Adaptive sharpness-aware minimization.

use super::sam::Ascent;
use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::GradientTransform;

settings! {
    /// ASAM: SAM that measures how far uphill it goes in units of each parameter, so that rescaling parameters changes nothing.
    ///
    /// With T = diag(|θ| + η) the gradient is that at θ + ρ T²g/‖Tg‖. Costs two gradients a step. Eq. (8) of Kwon et al. 2021.
    pub struct Asam("ASAM") {
        /// ρ: how far uphill, in units of the parameters.
        rho: f64 = 0.5, in 0.0.., log 1e-3..=10.0;
        /// η: keeps parameters near 0 from standing still; 0 in the form that is common in PyTorch.
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
