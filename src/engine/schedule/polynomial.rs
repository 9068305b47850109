//! `torch.optim.lr_scheduler.PolynomialLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Polynomial decay: the learning rate falls to 0, linearly or with a power of the remaining steps.
    ///
    /// η (1 − min(t, T) / T)^power. PyTorch's PolynomialLR, where T is 5 by default.
    pub struct Polynomial("Polynomial") {
        /// T: steps until 0; auto is the rest of the run.
        total_iters: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
        /// The power; 1 is a straight line.
        power: f64 = 1.0, in 0.0..=100.0, linear 0.0..=5.0;
    }
}

impl Schedule for Polynomial {
    fn length_setting(&self) -> &'static str {
        "total_iters"
    }

    fn length(&self) -> Option<u64> {
        self.total_iters
    }

    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates {
        let left = 1.0 - (real(step) / real(self.total_iters.unwrap_or(total_steps))).min(1.0);
        StepRates {
            lr: lr * left.powf(self.power),
            momentum: None,
        }
    }
}
