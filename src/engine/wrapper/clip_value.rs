//! Clipping of the gradient's components: `torch.nn.utils.clip_grad_value_`.

use super::{Parameters, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::{Lens, Sight, clip_value};

settings! {
    /// Clips values: no component of the gradient is larger than allowed.
    ///
    /// gᵢ ← min(max(gᵢ, −c), c), as in PyTorch.
    pub struct ClipValue("Clipped values") {
        /// c: the largest magnitude.
        clip_value: f64 = 1.0, in 0.0.., log 1e-3..=100.0;
    }
}

impl Wrapper for ClipValue {
    fn lens(&self, _dim: usize) -> Option<Box<dyn Lens<Parameters>>> {
        Some(Box::new(Clip(self.clip_value)))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← min(max({g<}, −{c=clip_value}), {c=clip_value})"]
    }
}

struct Clip(f64);

impl Lens<Parameters> for Clip {
    fn gradient(
        &mut self,
        beyond: &mut Sight<Parameters>,
        theta: &[f64],
        gradient: &mut Parameters,
    ) -> f64 {
        let loss = beyond.gradient(theta, gradient);
        clip_value(gradient, self.0);
        loss
    }
}
