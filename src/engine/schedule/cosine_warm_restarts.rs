//! `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.

use super::{Schedule, StepRates, cosine_between, real};
use crate::engine::declare::settings;

settings! {
    /// Warm restarts: repeated cosines, each beginning at the full learning rate.
    ///
    /// η_min + ½ (η − η_min)(1 + cos(π T_cur / T_i)), where T_i is multiplied at each restart. SGDR, eq. (5) of Loshchilov & Hutter
    /// 2017, PyTorch's CosineAnnealingWarmRestarts.
    pub struct CosineWarmRestarts("Warm restarts") {
        /// T₀: steps until the first restart.
        t_0: u64 = 50, in 1.0..=1e6, log 1.0..=1000.0;
        /// T_mult: factor between the lengths of two successive periods.
        t_mult: u64 = 1, in 1.0..=100.0, linear 1.0..=4.0;
        /// η_min: the lowest learning rate.
        eta_min: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for CosineWarmRestarts {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let (mut at, mut length) = (step, self.t_0.max(1));
        if self.t_mult <= 1 {
            at %= length;
        } else {
            while at >= length {
                at -= length;
                length = length.saturating_mul(self.t_mult);
            }
        }
        StepRates {
            lr: cosine_between(lr, self.eta_min, real(at) / real(length)),
            momentum: None,
        }
    }
}
