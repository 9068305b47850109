//! `torch.optim.lr_scheduler.CyclicLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Change of the peaks of a cyclic schedule from cycle to cycle.
    pub enum Mode { Triangular = "triangular", Triangular2 = "triangular2", ExpRange = "exp_range" }
}

settings! {
    /// Cyclic: the learning rate goes up and down between two values periodically, and momentum does the opposite.
    ///
    /// Smith 2017, PyTorch's CyclicLR. An optimizer without momentum uses only the learning rate. In a chain the first cycle begins at the schedule's own
    /// step 0 with the lowest learning rate and the highest momentum; the schedule after it starts from the optimizer's learning rate,
    /// with the momentum of the last cycle's last step.
    pub struct Cyclic("Cyclic") {
        /// Lowest learning rate; auto is the optimizer's.
        base_lr: Option<f64> = None, in 0.0.., log 1e-5..=10.0;
        /// Highest learning rate; auto is five times the lowest.
        max_lr: Option<f64> = None, in 0.0.., log 1e-5..=10.0;
        /// Steps of the rise.
        step_size_up: u64 = 2000, in 1.0..=1e6, log 1.0..=2000.0;
        /// Steps of the fall; auto is those of the rise.
        step_size_down: Option<u64> = None, in 1.0..=1e6, log 1.0..=2000.0;
        /// triangular keeps the peaks, triangular2 halves them each cycle, exp_range multiplies them by γ each step.
        mode: Mode = Mode::Triangular;
        /// γ of exp_range.
        gamma: f64 = 1.0, in 0.0..=1.0, linear 0.9..=1.0;
        /// Whether momentum is cycled as well.
        cycle_momentum: bool = true;
        /// Momentum at the highest learning rate.
        base_momentum: f64 = 0.8, in 0.0..1.0, linear 0.0..=0.999;
        /// Momentum at the lowest learning rate.
        max_momentum: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Cyclic {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let low = self.base_lr.unwrap_or(lr);
        let up = real(self.step_size_up);
        let total = up + self.step_size_down.map_or(up, real);
        let ratio = up / total;
        let cycle = (real(step) / total).floor();
        let at = real(step) / total - cycle;
        let height = if at <= ratio {
            at / ratio
        } else {
            (at - 1.0) / (ratio - 1.0)
        };
        let peak = match self.mode {
            Mode::Triangular => 1.0,
            Mode::Triangular2 => 0.5_f64.powf(cycle),
            Mode::ExpRange => self.gamma.powf(real(step)),
        };
        let between = |from: f64, to: f64| from + (to - from) * height * peak;
        StepRates {
            lr: between(low, self.max_lr.unwrap_or(5.0 * low)).clamp(0.0, f64::MAX),
            momentum: self
                .cycle_momentum
                .then(|| between(self.max_momentum, self.base_momentum)),
        }
    }
}
