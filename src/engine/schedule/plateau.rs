//! `torch.optim.lr_scheduler.ReduceLROnPlateau`.

use super::{Schedule, StatefulSchedule, StepRates};
use crate::engine::declare::settings;

settings! {
    /// Which way the loss gets better.
    pub enum Better { Min = "min", Max = "max" }
}

settings! {
    /// How much better counts: by a share of the best loss, or by an amount.
    pub enum ThresholdMode { Rel = "rel", Abs = "abs" }
}

settings! {
    /// Reduce on plateau: the learning rate is cut when the loss has not become better for a while.
    ///
    /// PyTorch's ReduceLROnPlateau, given the true loss after every step. Where losses are below 0, threshold_mode=abs is what is
    /// needed: a share of a negative best loss lies on its other side, so that with rel a loss that stays the same, or gets worse by
    /// less than that share, counts as better, and the learning rate is never cut.
    pub struct Plateau("Reduce on plateau") {
        /// The factor of each cut.
        factor: f64 = 0.1, in 0.0..1.0, linear 0.0..=0.99;
        /// Steps without a better loss that are put up with.
        patience: u64 = 10, in 0.0..=1e6, log 1.0..=1000.0;
        /// How much better counts.
        threshold: f64 = 1e-4, in 0.0.., log 1e-6..=1.0;
        /// rel: by a share of the best loss, which is for losses above 0; abs: by an amount.
        threshold_mode: ThresholdMode = ThresholdMode::Rel;
        /// Steps after a cut that do not count.
        cooldown: u64 = 0, in 0.0..=1e6, log 1.0..=1000.0;
        /// The learning rate is not cut below.
        min_lr: f64 = 0.0, in 0.0.., log 1e-8..=1.0;
        /// Cuts by less are left out.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1e-3;
        /// Whether low losses are good, or high ones.
        mode: Better = Better::Min;
        /// Length in a sequence; auto goes on to the end.
        steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
    }
}

impl Schedule for Plateau {
    fn length_setting(&self) -> &'static str {
        "steps"
    }

    fn length(&self) -> Option<u64> {
        self.steps
    }

    /// Before the losses are known: the whole learning rate.
    fn rates(&self, lr: f64, _step: u64, _horizon: u64) -> StepRates {
        StepRates { lr, momentum: None }
    }

    fn needs_loss(&self) -> bool {
        true
    }

    fn stateful(&self) -> Option<Box<dyn StatefulSchedule>> {
        Some(Box::new(State {
            best: match self.mode {
                Better::Min => f64::INFINITY,
                Better::Max => f64::NEG_INFINITY,
            },
            settings: self.clone(),
            lr: 0.0,
            bad: 0,
            cooling: 0,
        }))
    }
}

struct State {
    settings: Plateau,
    lr: f64,
    best: f64,
    bad: u64,
    cooling: u64,
}

impl State {
    fn is_better(&self, loss: f64) -> bool {
        let Plateau { threshold, .. } = self.settings;
        match (self.settings.mode, self.settings.threshold_mode) {
            (Better::Min, ThresholdMode::Rel) => loss < self.best * (1.0 - threshold),
            (Better::Min, ThresholdMode::Abs) => loss < self.best - threshold,
            (Better::Max, ThresholdMode::Rel) => loss > self.best * (1.0 + threshold),
            (Better::Max, ThresholdMode::Abs) => loss > self.best + threshold,
        }
    }
}

impl StatefulSchedule for State {
    fn rates(&mut self, lr: f64, step: u64, loss: f64) -> StepRates {
        if step == 0 {
            self.lr = lr;
            return StepRates { lr, momentum: None };
        }
        if self.is_better(loss) {
            self.best = loss;
            self.bad = 0;
        } else {
            self.bad += 1;
        }
        if self.cooling > 0 {
            self.cooling -= 1;
            self.bad = 0;
        }
        if self.bad > self.settings.patience {
            let cut = (self.lr * self.settings.factor).max(self.settings.min_lr);
            if self.lr - cut > self.settings.eps {
                self.lr = cut;
            }
            self.cooling = self.settings.cooldown;
            self.bad = 0;
        }
        StepRates {
            lr: self.lr,
            momentum: None,
        }
    }
}
