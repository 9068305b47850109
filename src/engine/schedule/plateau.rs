//! `torch.optim.lr_scheduler.ReduceLROnPlateau`.

use super::{Schedule, StatefulSchedule, StepRates};
use crate::engine::declare::settings;

settings! {
    /// The direction in which the loss improves.
    pub enum Better { Min = "min", Max = "max" }
}

settings! {
    /// The kind of the improvement's threshold: relative to the best loss, or absolute.
    pub enum ThresholdMode { Rel = "rel", Abs = "abs" }
}

settings! {
    /// Reduce on plateau: the learning rate is cut when the loss has stopped improving.
    ///
    /// PyTorch's ReduceLROnPlateau, given the true loss after every step. Losses below 0 need threshold_mode=abs:
    /// with rel, the threshold of a negative best loss is above that loss, so that a loss that is constant, or worse by
    /// less than the threshold, counts as an improvement, and the learning rate is never cut.
    pub struct Plateau("Reduce on plateau") {
        /// The factor of each cut.
        factor: f64 = 0.1, in 0.0..1.0, linear 0.0..=0.99;
        /// Steps without improvement before a cut.
        patience: u64 = 10, in 0.0..=1e6, log 1.0..=1000.0;
        /// The smallest improvement that counts.
        threshold: f64 = 1e-4, in 0.0.., log 1e-6..=1.0;
        /// rel: a fraction of the best loss, for losses above 0; abs: an amount.
        threshold_mode: ThresholdMode = ThresholdMode::Rel;
        /// Steps after a cut that are not counted.
        cooldown: u64 = 0, in 0.0..=1e6, log 1.0..=1000.0;
        /// Lower bound of the learning rate.
        min_lr: f64 = 0.0, in 0.0.., log 1e-8..=1.0;
        /// Smallest change of the learning rate; smaller cuts are skipped.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1e-3;
        /// min: lower losses are better; max: higher losses are better.
        mode: Better = Better::Min;
        /// Length in a chain of schedules; auto lasts to the end of the run.
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

    /// Returns the full learning rate: the losses are unknown here.
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
