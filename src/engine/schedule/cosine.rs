//! `torch.optim.lr_scheduler.CosineAnnealingLR`.

use super::{Schedule, StepRates, cosine_between, real};
use crate::engine::declare::settings;

settings! {
    /// Cosine annealing: the learning rate falls along half a cosine, and rises again beyond `t_max`.
    ///
    /// η_min + ½ (η − η_min)(1 + cos(π t / T_max)). Eq. (5) of Loshchilov & Hutter 2017, PyTorch's CosineAnnealingLR.
    pub struct Cosine("Cosine") {
        /// T_max: steps until the lowest learning rate; auto is the rest of the run.
        t_max: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
        /// η_min: the lowest learning rate.
        eta_min: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
    }
}

impl Schedule for Cosine {
    fn length_setting(&self) -> &'static str {
        "t_max"
    }

    fn length(&self) -> Option<u64> {
        self.t_max
    }

    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates {
        let share = real(step) / real(self.t_max.unwrap_or(total_steps));
        StepRates {
            lr: cosine_between(lr, self.eta_min, share),
            momentum: None,
        }
    }
}
