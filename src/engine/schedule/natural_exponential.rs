//! Exponential decay to base e.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Natural exponential decay: the learning rate falls by the same share every step.
    ///
    /// η e^(−k t); the same as `exponential` with γ = e^(−k).
    pub struct NaturalExponential("Natural exponential") {
        /// k: how fast it falls.
        rate: f64 = 0.01, in 0.0.., log 1e-5..=1.0;
        /// Length in a sequence; auto goes on to the end.
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
