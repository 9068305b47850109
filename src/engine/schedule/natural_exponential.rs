//! Exponential decay to base e.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Natural exponential decay: the learning rate falls by a constant fraction every step.
    ///
    /// η e^(−k t); equal to `exponential` with γ = e^(−k).
    pub struct NaturalExponential("Natural exponential") {
        /// k: rate of the decay.
        rate: f64 = 0.01, in 0.0.., log 1e-5..=1.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for NaturalExponential {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        StepRates {
            lr: lr * (-self.rate * real(step)).exp(),
            momentum: None,
        }
    }
}
