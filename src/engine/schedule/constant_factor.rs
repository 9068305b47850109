//! `torch.optim.lr_scheduler.ConstantLR`.

use super::{Schedule, StepRates};
use crate::engine::declare::settings;

settings! {
    /// Constant factor: a fraction of the learning rate for some steps, then the full learning rate.
    ///
    /// η · factor for t < total_iters, then η; with total_iters = 0 η · factor to the end. PyTorch's ConstantLR, which divides by the
    /// factor when the steps are over, and so never does for 0 steps.
    pub struct ConstantFactor("Constant factor") {
        /// The fraction.
        factor: f64 = 1.0 / 3.0, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Included(1.0)), linear 0.0..=1.0;
        /// Steps until the full learning rate; with 0 it is never reached.
        total_iters: u64 = 5, in 0.0..=1e6, log 1.0..=1000.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
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

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let factor = if step < self.total_iters || self.total_iters == 0 {
            self.factor
        } else {
            1.0
        };
        StepRates {
            lr: lr * factor,
            momentum: None,
        }
    }
}
