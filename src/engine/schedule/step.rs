//! `torch.optim.lr_scheduler.StepLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Step decay: the learning rate is multiplied by γ every `step_size` steps.
    ///
    /// η γ^⌊t / step_size⌋. PyTorch's StepLR.
    pub struct Step("Step") {
        /// Steps between two drops.
        step_size: u64 = 100, in 1.0..=1e6, log 1.0..=1000.0;
        /// γ: the factor of each drop.
        gamma: f64 = 0.1, in 0.0..=10.0, linear 0.0..=1.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Step {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let lr = lr * self.gamma.powf(real(step / self.step_size));
        StepRates {
            lr: lr.min(f64::MAX),
            momentum: None,
        }
    }
}
