//! `torch.optim.lr_scheduler.LinearLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Linear: the learning rate changes linearly from one fraction of itself to another and stays there.
    ///
    /// η (s + (e − s) min(t / total_iters, 1)). PyTorch's LinearLR, which refuses s = 0.
    pub struct Linear("Linear") {
        /// s: the fraction at step 0.
        start_factor: f64 = 1.0 / 3.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// e: the fraction at the end.
        end_factor: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// Number of steps between them.
        total_iters: u64 = 5, in 1.0..=1e6, log 1.0..=1000.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Linear {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let share = (real(step) / real(self.total_iters)).min(1.0);
        StepRates {
            lr: lr * (self.start_factor + (self.end_factor - self.start_factor) * share),
            momentum: None,
        }
    }
}
