//! `torch.optim.lr_scheduler.ConstantLR`.

use super::{Pace, Schedule};
use crate::engine::declare::settings;

settings! {
    /// Constant factor: a share of the learning rate for some steps, then the whole.
    ///
    /// η · factor for t < total_iters, then η. PyTorch's ConstantLR.
    pub struct ConstantFactor("Constant factor") {
        /// The share.
        factor: f64 = 1.0 / 3.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// Steps until the whole learning rate.
        total_iters: u64 = 5, in 0.0..=1e6, log 1.0..=1000.0;
        /// Length in a sequence; auto goes on to the end.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for ConstantFactor {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn pace(&self, lr: f64, step: u64, _horizon: u64) -> Pace {
        let factor = if step < self.total_iters {
            self.factor
        } else {
            1.0
        };
        Pace {
            lr: lr * factor,
            momentum: None,
        }
    }
}
