//! Clipping of the gradient's norm: `torch.nn.utils.clip_grad_norm_`.

use super::{Blocks, Parameters, Wrapper, changed};
use crate::engine::declare::settings;
use crate::engine::objective::{Lens, clip_norm};

settings! {
    /// Clips the norm: makes a gradient that is too long as long as allowed.
    ///
    /// g ← g · min(1, c / (‖g‖ + 10⁻⁶)). Pascanu et al. 2013, in PyTorch's form.
    pub struct ClipNorm("Clipped norm") {
        /// c: the largest norm.
        max_norm: f64 = 1.0, in 0.0.., log 1e-3..=100.0;
    }
}

impl Wrapper for ClipNorm {
    fn lens(&self, _blocks: &Blocks) -> Option<Box<dyn Lens<Parameters>>> {
        let max = self.max_norm;
        Some(changed(move |gradient, _| clip_norm(gradient, max)))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} min(1, {c=max_norm} / (‖{g<}‖ + 10⁻⁶))"]
    }
}
