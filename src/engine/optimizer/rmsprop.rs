//! RMSprop: `torch.optim.RMSprop`.

use super::{Optimizer, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;
use crate::engine::vector::Vector;

settings! {
    /// RMSprop: divides each coordinate's gradient by its running root mean square.
    ///
    /// v ← α v + (1 − α) g², θ ← θ − γ g / (√v + ε); `centered` takes v − (mean of g)² instead of v; with `momentum` the
    /// quotient enters a velocity. Tieleman & Hinton 2012; centered: Graves 2013.
    pub struct RmsProp("RMSprop") {
        /// Learning rate γ: about the length of a step in each coordinate.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// α: decay of the mean of the squared gradient.
        alpha: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε, added outside the root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Momentum μ of the scaled gradient.
        momentum: f64 = 0.0, in 0.0.., linear 0.0..=0.999;
        /// Divides by the standard deviation of the gradient instead.
        centered: bool = false;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for RmsProp {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V> {
        State {
            rule: self.clone(),
            v: zeros.clone(),
            mean: zeros.clone(),
            velocity: zeros,
        }
    }
}

struct State<V> {
    rule: RmsProp,
    v: V,
    mean: V,
    velocity: V,
}

impl<V: Vector> Rule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, pace: Pace) {
        let RmsProp {
            alpha,
            eps,
            weight_decay,
            centered,
            maximize,
            ..
        } = self.rule;
        let gradient = regularised_gradient(oracle, theta, maximize, weight_decay);
        let mu = pace.momentum.unwrap_or(self.rule.momentum);
        let means = self
            .v
            .iter_mut()
            .zip(self.mean.iter_mut())
            .zip(self.velocity.iter_mut());
        for ((theta, g), ((v, mean), velocity)) in theta.iter_mut().zip(gradient.iter()).zip(means)
        {
            *v = *v * alpha + (1.0 - alpha) * g * g;
            let variance = if centered {
                *mean += (g - *mean) * (1.0 - alpha);
                *v - *mean * *mean
            } else {
                *v
            };
            let scaled = g / (variance.sqrt() + eps);
            if mu > 0.0 {
                *velocity = mu * *velocity + scaled;
                *theta -= pace.lr * *velocity;
            } else {
                *theta -= pace.lr * scaled;
            }
        }
    }
}
