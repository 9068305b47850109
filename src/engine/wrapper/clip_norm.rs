//! Clipping of the gradient's norm: `torch.nn.utils.clip_grad_norm_`.

use super::{Blocks, Wrapper, transform_fn};
use crate::engine::declare::settings;
use crate::engine::objective::{GradientTransform, clip_norm};

settings! {
    /// Gradient norm clipping: scales gradients down to a maximum norm.
    ///
    /// g ← g · min(1, c / (‖g‖ + 10⁻⁶)). Pascanu et al. 2013, in PyTorch's form.
    pub struct ClipNorm("Clipped norm") {
        /// c: maximum norm.
        max_norm: f64 = 1.0, in 0.0.., log 1e-3..=100.0;
    }
}

impl Wrapper for ClipNorm {
    fn gradient_transform(&self, _blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let max = self.max_norm;
        Some(transform_fn(move |gradient, _| clip_norm(gradient, max)))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} min(1, {c=max_norm} / (‖{g<}‖ + 10⁻⁶))"]
    }
}
