//! Clipping of the gradient's components: `torch.nn.utils.clip_grad_value_`.

use super::{Blocks, Parameters, Wrapper, changed};
use crate::engine::declare::settings;
use crate::engine::objective::{Lens, clip_value};

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
    fn lens(&self, _blocks: &Blocks) -> Option<Box<dyn Lens<Parameters>>> {
        let max = self.clip_value;
        Some(changed(move |gradient, _| clip_value(gradient, max)))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← min(max({g<}, −{c=clip_value}), {c=clip_value})"]
    }
}
