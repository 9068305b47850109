//! `torch.optim.lr_scheduler.ExponentialLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Exponential decay: the learning rate is multiplied by γ every step.
    ///
    /// η γᵗ. PyTorch's ExponentialLR.
    pub struct Exponential("Exponential") {
        /// γ: the factor of each step.
        gamma: f64 = 0.99, in 0.0..=10.0, linear 0.9..=1.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Exponential {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let lr = lr * self.gamma.powf(real(step));
        StepRates {
            lr: lr.min(f64::MAX),
            momentum: None,
        }
    }
}
