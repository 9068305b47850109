//! RMSprop: `torch.optim.RMSprop`.

use super::{Optimizer, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;

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

    fn start(&self, dim: usize) -> Box<dyn Rule> {
        let zeros = vec![0.0; dim];
        Box::new(State {
            rule: self.clone(),
            gradient: zeros.clone(),
            v: zeros.clone(),
            mean: zeros.clone(),
            velocity: zeros,
        })
    }
}

struct State {
    rule: RmsProp,
    gradient: Vec<f64>,
    v: Vec<f64>,
    mean: Vec<f64>,
    velocity: Vec<f64>,
}

impl Rule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, pace: Pace) {
        let RmsProp {
            alpha,
            eps,
            weight_decay,
            centered,
            maximize,
            ..
        } = self.rule;
        regularised_gradient(oracle, theta, &mut self.gradient, maximize, weight_decay);
        let mu = pace.momentum.unwrap_or(self.rule.momentum);
        let means = self
            .v
            .iter_mut()
            .zip(&mut self.mean)
            .zip(&mut self.velocity);
        for ((theta, g), ((v, mean), velocity)) in theta.iter_mut().zip(&self.gradient).zip(means) {
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
