//! Adam and AMSGrad: `torch.optim.Adam`. [`super::adamw`] is the same rule with decoupled weight decay.

use super::{Optimizer, Power, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;

settings! {
    /// Adam: running means of the gradient and of its square, both corrected for their start at zero.
    ///
    /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − γ m̂ / (√v̂ + ε). Algorithm 1 of Kingma & Ba 2015; `amsgrad`
    /// divides by the largest v so far (Reddi et al. 2018).
    pub struct Adam("Adam") {
        /// Learning rate γ: about the length of a step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay of the mean of the gradient.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay of the mean of its square.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε, added outside the root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// AMSGrad: steps never grow because a gradient was forgotten.
        amsgrad: bool = false;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Adam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn start(&self, dim: usize) -> Box<dyn Rule> {
        Box::new(State::new(self.clone(), 0.0, dim))
    }

    fn short_name(&self) -> &'static str {
        if self.amsgrad { "AMSGrad" } else { "Adam" }
    }
}

/// The two means, and how the weights decay.
pub(super) struct State {
    rule: Adam,
    decoupled_weight_decay: f64,
    gradient: Vec<f64>,
    m: Vec<f64>,
    v: Vec<f64>,
    v_max: Vec<f64>,
    beta1_power: Power,
    beta2_power: Power,
}

impl State {
    pub(super) fn new(rule: Adam, decoupled_weight_decay: f64, dim: usize) -> Self {
        let zeros = vec![0.0; dim];
        Self {
            decoupled_weight_decay,
            gradient: zeros.clone(),
            m: zeros.clone(),
            v: zeros.clone(),
            v_max: zeros,
            beta1_power: Power::new(rule.beta1),
            beta2_power: Power::new(rule.beta2),
            rule,
        }
    }
}

impl Rule for State {
    #[inline]
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, pace: Pace) {
        let Adam {
            beta2,
            eps,
            weight_decay,
            amsgrad,
            maximize,
            ..
        } = self.rule;
        let beta1 = pace.momentum.unwrap_or(self.rule.beta1);
        regularised_gradient(oracle, theta, &mut self.gradient, maximize, weight_decay);
        let step_size = pace.lr / (1.0 - self.beta1_power.next(beta1));
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let keep = 1.0 - pace.lr * self.decoupled_weight_decay;
        let means = self.m.iter_mut().zip(&mut self.v).zip(&mut self.v_max);
        for ((theta, g), ((m, v), v_max)) in theta.iter_mut().zip(&self.gradient).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let second = if amsgrad {
                *v_max = v_max.max(*v);
                *v_max
            } else {
                *v
            };
            *theta = *theta * keep - step_size * *m / (second.sqrt() / root_correction + eps);
        }
    }
}
