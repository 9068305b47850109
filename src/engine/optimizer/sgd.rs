//! Stochastic gradient descent with momentum, dampening and Nesterov's momentum: `torch.optim.SGD`.

use super::{Optimizer, Rule, regularised_gradient};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;
use crate::engine::vector::Vector;

settings! {
    /// Stochastic gradient descent: steps down the gradient, optionally carried on by a velocity.
    ///
    /// v ← μ v + (1 − τ) g, θ ← θ − γ v; the first velocity is the undamped gradient. With `nesterov` the step is
    /// γ (g + μ v). Polyak 1964; Sutskever et al. 2013, in PyTorch's form.
    pub struct Sgd("SGD") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum μ: the share of the velocity that is kept.
        momentum: f64 = 0.0, in 0.0.., linear 0.0..=0.999;
        /// Dampening τ: how much less of the gradient enters the velocity.
        dampening: f64 = 0.0, linear 0.0..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Nesterov's momentum: looks ahead along the velocity. Without momentum it changes nothing (PyTorch refuses that, and
        /// dampening with it).
        nesterov: bool = false;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Sgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V> {
        State {
            rule: self.clone(),
            velocity: zeros,
            moving: false,
        }
    }

    fn short_name(&self) -> &'static str {
        match (self.momentum > 0.0, self.nesterov) {
            (false, _) => "SGD",
            (true, false) => "Momentum",
            (true, true) => "Nesterov",
        }
    }

    /// 2/γ; (2 + 2μ)/γ with momentum, divided by 1 − τ with dampening and by 1 + 2μ with Nesterov's (PyTorch's form).
    /// Weight decay adds its λ to every eigenvalue.
    fn stability_limit(&self, pace: Pace) -> Option<f64> {
        let mu = pace.momentum.unwrap_or(self.momentum);
        let divisor = match (mu == 0.0, self.nesterov) {
            (true, _) => 1.0,
            (false, true) => 1.0 + 2.0 * mu,
            (false, false) => 1.0 - self.dampening,
        };
        Some((2.0 + 2.0 * mu) / (divisor * pace.lr) - self.weight_decay)
            .filter(|limit| !self.maximize && limit.is_finite())
    }
}

struct State<V> {
    rule: Sgd,
    velocity: V,
    /// Whether there is a velocity yet.
    moving: bool,
}

impl<V: Vector> Rule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, pace: Pace) {
        let Self {
            rule,
            velocity,
            moving,
        } = self;
        let gradient = regularised_gradient(oracle, theta, rule.maximize, rule.weight_decay);
        let mu = pace.momentum.unwrap_or(rule.momentum);
        if mu == 0.0 {
            theta
                .iter_mut()
                .zip(gradient.iter())
                .for_each(|(theta, g)| *theta -= pace.lr * *g);
            return;
        }
        let entering = if *moving { 1.0 - rule.dampening } else { 1.0 };
        *moving = true;
        let each = theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(velocity.iter_mut());
        if rule.nesterov {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta -= pace.lr * (*g + mu * *v);
            }
        } else {
            for ((theta, g), v) in each {
                *v = mu * *v + entering * *g;
                *theta -= pace.lr * *v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stability_limits_are_those_of_theory() {
        let limit = |sgd: &Sgd, lr| sgd.stability_limit(Pace { lr, momentum: None }).unwrap() * lr;
        let heavy = Sgd {
            momentum: 0.9,
            ..Sgd::default()
        };
        assert_eq!(limit(&Sgd::default(), 0.1), 2.0);
        assert!((limit(&heavy, 0.1) - 3.8).abs() < 1e-12);
        assert!(
            (limit(
                &Sgd {
                    nesterov: true,
                    ..heavy.clone()
                },
                0.1
            ) - 1.357_143)
                .abs()
                < 1e-6
        );
        assert!(
            (limit(
                &Sgd {
                    dampening: 0.9,
                    ..heavy
                },
                0.1
            ) - 38.0)
                .abs()
                < 1e-9
        );
    }
}
