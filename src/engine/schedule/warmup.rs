//! Linear warm-up: `torch.optim.lr_scheduler.LambdaLR` with a ramp.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Warm-up: the learning rate rises linearly from a fraction of itself to the full value and stays there.
    ///
    /// η (s + (1 − s) min(t / steps, 1)). Goyal et al. 2017, section 2.2.
    pub struct Warmup("Warm-up") {
        /// Steps until the full learning rate.
        steps: u64 = 10, in 1.0..=1e6, log 1.0..=1000.0;
        /// s: fraction of the learning rate at step 0.
        start_factor: f64 = 0.0, in 0.0..=1.0, linear 0.0..=1.0;
    }
}

impl Schedule for Warmup {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        Some(self.steps)
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let share = (real(step) / real(self.steps)).min(1.0);
        StepRates {
            lr: lr * (self.start_factor + (1.0 - self.start_factor) * share),
            momentum: None,
        }
    }
}
