//! Conventions of optimizers on which libraries and papers disagree. PyTorch's are the defaults.

use crate::engine::declare::settings;

settings! {
    /// Position of ε: outside the square root as in PyTorch, or inside it as in Keras and in many textbooks.
    pub enum Epsilon { Outside = "outside", Inside = "inside" }
}

impl Epsilon {
    /// Returns the ε inside the square root and the ε outside of it.
    pub(super) fn split(self, eps: f64) -> (f64, f64) {
        match self {
            Self::Outside => (0.0, eps),
            Self::Inside => (eps, 0.0),
        }
    }
}

settings! {
    /// Position of ε: outside the corrected square root as in PyTorch, inside it, or outside the uncorrected one as in Keras
    /// and in the paper's faster form (ε̂, end of section 2 of Kingma & Ba 2015).
    pub enum CorrectedEpsilon { Outside = "outside", Inside = "inside", Hat = "hat" }
}

settings! {
    /// Definition of the velocity: PyTorch's sum of gradients, a running mean of them, or the last step, which contains the
    /// learning rate.
    pub enum Momentum { PyTorch = "pytorch", Ema = "ema", Polyak = "polyak" }
}
