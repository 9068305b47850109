//! Adam with decoupled weight decay: `torch.optim.AdamW`.

use super::adam::{Adam, State};
use super::{Optimizer, Rule};
use crate::engine::declare::settings;
use crate::engine::vector::Vector;

settings! {
    /// AdamW: Adam whose weights shrink by a fixed share a step, apart from the gradient.
    ///
    /// θ ← θ − γ λ θ before Adam's step. Algorithm 2 of Loshchilov & Hutter 2019.
    pub struct AdamW("AdamW") {
        /// Learning rate γ: about the length of a step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay of the mean of the gradient.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay of the mean of its square.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε, added outside the root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: the share γλ of θ is taken away each step.
        weight_decay: f64 = 1e-2, in 0.0.., log 1e-6..=1.0;
        /// AMSGrad: steps never grow because a gradient was forgotten.
        amsgrad: bool = false;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for AdamW {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V> {
        let Self {
            lr,
            beta1,
            beta2,
            eps,
            weight_decay,
            amsgrad,
            maximize,
        } = *self;
        let adam = Adam {
            lr,
            beta1,
            beta2,
            eps,
            weight_decay: 0.0,
            amsgrad,
            maximize,
        };
        State::new(adam, weight_decay, zeros)
    }
}
