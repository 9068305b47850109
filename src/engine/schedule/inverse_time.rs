//! Decay by the inverse of time.

use super::{Schedule, StatefulSchedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Inverse time: the learning rate falls with the inverse of the step.
    ///
    /// η / (1 + d t); recursive is the textbooks' ηₜ = ηₜ₋₁ / (1 + d t), which falls much faster.
    pub struct InverseTime("Inverse time") {
        /// d: rate of the decay.
        decay: f64 = 0.01, in 0.0.., log 1e-5..=1.0;
        /// Whether each step divides the previous step's learning rate.
        recursive: bool = false;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for InverseTime {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let mut rate = lr;
        if self.recursive {
            for t in 1..=step {
                rate /= 1.0 + self.decay * real(t);
                if rate == 0.0 || self.decay == 0.0 {
                    break;
                }
            }
        } else {
            rate /= 1.0 + self.decay * real(step);
        }
        StepRates {
            lr: rate,
            momentum: None,
        }
    }

    fn stateful(&self) -> Option<Box<dyn StatefulSchedule>> {
        let decay = self.decay;
        self.recursive
            .then(|| Box::new(Recursion { decay, rate: 0.0 }) as _)
    }
}

/// The recursive decay, with the learning rate of the previous step.
struct Recursion {
    decay: f64,
    rate: f64,
}

impl StatefulSchedule for Recursion {
    fn rates(&mut self, lr: f64, step: u64, _loss: f64) -> StepRates {
        self.rate = match step {
            0 => lr,
            _ => self.rate / (1.0 + self.decay * real(step)),
        };
        StepRates {
            lr: self.rate,
            momentum: None,
        }
    }
}
