//! Conventions of optimizers on which libraries and papers disagree. PyTorch's are the defaults.

use crate::engine::declare::settings;

settings! {
    /// Where ε stands: outside the root as in PyTorch, or inside it as in Keras and in many textbooks.
    pub enum Epsilon { Outside = "outside", Inside = "inside" }
}

impl Epsilon {
    /// Returns the ε inside the root and the ε outside of it.
    pub(super) fn split(self, eps: f64) -> (f64, f64) {
        match self {
            Self::Outside => (0.0, eps),
            Self::Inside => (eps, 0.0),
        }
    }
}

settings! {
    /// Where ε stands: outside the corrected root as in PyTorch, inside it, or outside the uncorrected one as in Keras and in the
    /// paper's faster form (ε̂, end of section 2 of Kingma & Ba 2015).
    pub enum CorrectedEpsilon { Outside = "outside", Inside = "inside", Hat = "hat" }
}

settings! {
    /// What a velocity is: PyTorch's sum of gradients, a mean of them, or the last step, with the learning rate inside.
    pub enum Momentum { PyTorch = "pytorch", Ema = "ema", Polyak = "polyak" }
}
