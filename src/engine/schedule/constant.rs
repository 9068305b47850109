//! A constant learning rate.

use super::{Schedule, StepRates};
use crate::engine::declare::settings;

settings! {
    /// Constant: the learning rate does not change.
    pub struct Constant("Constant") {
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Constant {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, _step: u64, _horizon: u64) -> StepRates {
        StepRates { lr, momentum: None }
    }

    fn is_constant(&self) -> bool {
        true
    }
}
