//! Clipping of the gradient's components: `torch.nn.utils.clip_grad_value_`.

use super::{Blocks, Wrapper, transform_fn};
use crate::engine::declare::settings;
use crate::engine::objective::{GradientTransform, clip_value};

settings! {
    /// Gradient value clipping: clips each component of the gradient to a maximum magnitude.
    ///
    /// gᵢ ← min(max(gᵢ, −c), c), as in PyTorch.
    pub struct ClipValue("Clipped values") {
        /// c: maximum magnitude.
        clip_value: f64 = 1.0, in 0.0.., log 1e-3..=100.0;
    }
}

impl Wrapper for ClipValue {
    fn gradient_transform(&self, _blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let max = self.clip_value;
        Some(transform_fn(move |gradient, _| clip_value(gradient, max)))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{g} ← min(max({g<}, −{c=clip_value}), {c=clip_value})"]
    }
}
