//! Warm-up, a constant phase, and decay.

use super::{Schedule, StepRates, cosine_between, real};
use crate::engine::declare::settings;

settings! {
    /// The shape of the decay.
    pub enum Decay { Linear = "linear", Cosine = "cosine", OneMinusSqrt = "1-sqrt" }
}

settings! {
    /// Warm-up, stable, decay: the learning rate rises linearly, is constant for most of the run, and falls at its end.
    ///
    /// Hu et al. 2024 (MiniCPM), section 4; the shapes of the decay: Hägele et al. 2024.
    pub struct WarmupStableDecay("Warm-up, stable, decay") {
        /// Steps of the warm-up, which begins at learning rate 0.
        warmup_steps: u64 = 10, in 0.0..=1e6, log 1.0..=1000.0;
        /// Steps of the decay.
        decay_steps: u64 = 50, in 1.0..=1e6, log 1.0..=1000.0;
        /// The shape of the decay: linear, cosine or 1 − √share.
        decay: Decay = Decay::Linear;
        /// Fraction of the learning rate at the end.
        min_lr_ratio: f64 = 0.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// Length of all three phases; auto is the rest of the run.
        total_steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for WarmupStableDecay {
    fn length_setting(&self) -> &'static str {
        "total_steps"
    }

    fn length(&self) -> Option<u64> {
        self.total_steps
    }

    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates {
        let total = self.total_steps.unwrap_or(total_steps);
        let begin = total
            .saturating_sub(self.decay_steps)
            .max(self.warmup_steps);
        let factor = if step < self.warmup_steps {
            real(step) / real(self.warmup_steps)
        } else if step < begin {
            1.0
        } else {
            let share = (real(step - begin) / real(self.decay_steps)).min(1.0);
            let low = self.min_lr_ratio;
            match self.decay {
                Decay::Linear => 1.0 + (low - 1.0) * share,
                Decay::Cosine => cosine_between(1.0, low, share),
                Decay::OneMinusSqrt => 1.0 + (low - 1.0) * share.sqrt(),
            }
        };
        StepRates {
            lr: lr * factor,
            momentum: None,
        }
    }
}
