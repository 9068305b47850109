//! `torch.optim.lr_scheduler.MultiStepLR`.

use super::{Schedule, StepRates, real};
use crate::engine::declare::settings;

settings! {
    /// Multi-step decay: the learning rate is multiplied by γ at each milestone.
    ///
    /// η γ^(milestones at or before t). PyTorch's MultiStepLR.
    pub struct MultiStep("Multi-step") {
        /// The steps of the drops, joined by `/`; a step that is given twice drops twice.
        milestones: Vec<f64> = vec![100.0, 150.0], in 0.0..=1e6;
        /// γ: the factor of each drop.
        gamma: f64 = 0.1, in 0.0..=10.0, linear 0.0..=1.0;
        /// Length in a chain of schedules; auto lasts to the end of the run.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for MultiStep {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    fn rates(&self, lr: f64, step: u64, _horizon: u64) -> StepRates {
        let passed = self
            .milestones
            .iter()
            .filter(|milestone| **milestone <= real(step));
        let lr = lr
            * self
                .gamma
                .powf(crate::engine::numeric::real(passed.count()));
        StepRates {
            lr: lr.min(f64::MAX),
            momentum: None,
        }
    }
}
