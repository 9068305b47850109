//! Adam and AMSGrad: `torch.optim.Adam`. [`super::adamw`] is the same rule with decoupled weight decay.

use super::{Optimizer, Power, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;
use crate::engine::vector::Vector;

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

    fn elementwise(&self) -> bool {
        true
    }

    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V> {
        State::new(self.clone(), 0.0, zeros)
    }

    fn short_name(&self) -> &'static str {
        if self.amsgrad { "AMSGrad" } else { "Adam" }
    }
}

/// The two means, and how the weights decay.
pub(super) struct State<V> {
    rule: Adam,
    decoupled_weight_decay: f64,
    m: V,
    v: V,
    v_max: V,
    beta1_power: Power,
    beta2_power: Power,
}

impl<V: Vector> State<V> {
    pub(super) fn new(rule: Adam, decoupled_weight_decay: f64, zeros: V) -> Self {
        Self {
            decoupled_weight_decay,
            m: zeros.clone(),
            v: zeros.clone(),
            v_max: zeros,
            beta1_power: Power::new(rule.beta1),
            beta2_power: Power::new(rule.beta2),
            rule,
        }
    }
}

impl<V: Vector> Rule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, pace: Pace) {
        let Adam {
            beta2,
            eps,
            weight_decay,
            amsgrad,
            maximize,
            ..
        } = self.rule;
        let beta1 = pace.momentum.unwrap_or(self.rule.beta1);
        let gradient = regularised_gradient(oracle, theta, maximize, weight_decay);
        // Both corrections move to the step size and to ε, out of the way of θ: end of section 2 of Kingma & Ba 2015.
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let step_size = pace.lr * root_correction / (1.0 - self.beta1_power.next(beta1));
        let eps = eps * root_correction;
        let keep = 1.0 - pace.lr * self.decoupled_weight_decay;
        let means = self
            .m
            .iter_mut()
            .zip(self.v.iter_mut())
            .zip(self.v_max.iter_mut());
        for ((theta, g), ((m, v), v_max)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let second = if amsgrad {
                *v_max = v_max.max(*v);
                *v_max
            } else {
                *v
            };
            *theta = *theta * keep - step_size * *m / (second.sqrt() + eps);
        }
    }
}
