//! Decay by the inverse square root of time.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Inverse square root: a linear warm-up, then the learning rate falls with the inverse square root of the step.
    ///
    /// η min(t / w, √(w / t)). Vaswani et al. 2017, section 5.3, without its factor for the width of the model.
    pub struct InverseSqrt("Inverse root") {
        /// w: steps of the warm-up, at whose end the learning rate is the full one.
        warmup_steps: u64 = 10, in 1.0..=1e6, log 1.0..=1000.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for InverseSqrt {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let share = real(step) / real(self.warmup_steps);
        let factor = if share < 1.0 {
            share
        } else {
            1.0 / share.sqrt()
        };
        StepRates {
            lr: lr * factor,
            momentum: None,
        }
    }
}
