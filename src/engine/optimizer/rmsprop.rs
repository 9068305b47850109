//! RMSprop: `torch.optim.RMSprop`.

use super::variants::Epsilon;
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;
use crate::engine::training::Reason;

settings! {
    /// RMSprop: divides each coordinate's gradient by its running root mean square.
    ///
    /// v ← α v + (1 − α) g², θ ← θ − γ g / (√v + ε); `centered` uses v − (mean of g)² instead of v; with `momentum` the
    /// quotient enters a velocity. Tieleman & Hinton 2012; centered: Graves 2013.
    pub struct RmsProp("RMSprop") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// α: decay rate of the running mean of squared gradients.
        alpha: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Momentum μ of the scaled gradient.
        momentum: f64 = 0.0, in 0.0.., linear 0.0..=0.999;
        /// Centered: divides by the standard deviation of the gradient instead of its root mean square.
        centered: bool = false;
        /// Position of ε: outside the square root (PyTorch), or inside it (Keras and many textbooks).
        eps_form: Epsilon = Epsilon::Outside;
        /// Maximizes the loss instead of minimizing it.
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

    fn keras_spec(&self) -> Option<&'static str> {
        Some("rmsprop:lr=0.001,alpha=0.9,eps=1e-7,eps_form=inside")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.push("{v} ← {α=alpha} {v<} + (1 − {α=alpha}) {g}²");
        if self.centered {
            lines.push("{a} ← {α=alpha} {a<} + (1 − {α=alpha}) {g}");
        }
        let inside = self.eps_form == Epsilon::Inside;
        lines.push(match (self.momentum > 0.0, self.centered) {
            (false, false) if inside => "{θ} ← {θ<} − {γ=lr} {g} / √({v} + {ε=eps})",
            (false, true) if inside => "{θ} ← {θ<} − {γ=lr} {g} / √({v} − {a}² + {ε=eps})",
            (true, false) if inside => "{b} ← {μ=momentum} {b<} + {g} / √({v} + {ε=eps})",
            (true, true) if inside => "{b} ← {μ=momentum} {b<} + {g} / √({v} − {a}² + {ε=eps})",
            (false, false) => "{θ} ← {θ<} − {γ=lr} {g} / (√{v} + {ε=eps})",
            (false, true) => "{θ} ← {θ<} − {γ=lr} {g} / (√({v} − {a}²) + {ε=eps})",
            (true, false) => "{b} ← {μ=momentum} {b<} + {g} / (√{v} + {ε=eps})",
            (true, true) => "{b} ← {μ=momentum} {b<} + {g} / (√({v} − {a}²) + {ε=eps})",
        });
        if self.momentum > 0.0 {
            lines.push("{θ} ← {θ<} − {γ=lr} {b}");
        }
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "1 number per parameter, and 1 more each with momentum and centered",
            cost: "1 gradient",
            strengths: "When gradients change along the run: old gradients are forgotten, so it speeds up again on \
                the plateau behind a steep wall.",
            weaknesses: "The first step is ten times the learning rate (by default), because the running mean of \
                squares begins at 0. At a constant learning rate it does not converge: it oscillates across the \
                minimum by about the learning rate.",
        }
    }

    /// (2 + 2μ) / γ.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| (2.0 + 2.0 * rates.momentum.unwrap_or(self.momentum)) / rates.lr)
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
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

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let RmsProp {
            alpha,
            eps,
            weight_decay,
            centered,
            eps_form,
            maximize,
            ..
        } = self.rule;
        let (inside, outside) = match eps_form {
            Epsilon::Outside => (0.0, eps),
            Epsilon::Inside => (eps, 0.0),
        };
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        let mu = rates.momentum.unwrap_or(self.rule.momentum);
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
            let scaled = g / ((variance + inside).sqrt() + outside);
            if mu > 0.0 {
                *velocity = mu * *velocity + scaled;
                *theta -= rates.lr * *velocity;
            } else {
                *theta -= rates.lr * scaled;
            }
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        if self.rule.centered {
            visitor(StateEntry::direction("a", "mean of gradients", &self.mean));
        }
        if self.rule.momentum > 0.0 {
            visitor(StateEntry::direction("b", "velocity", &self.velocity));
        }
    }

    fn failure(&self) -> Option<Reason> {
        let inside = match self.rule.eps_form {
            Epsilon::Outside => 0.0,
            Epsilon::Inside => self.rule.eps,
        };
        let mut variances = self.v.iter().zip(self.mean.iter());
        let negative = variances.any(|(v, mean)| v - mean * mean + inside < 0.0);
        (self.rule.centered && negative).then_some(Reason::NegativeVariance)
    }

    fn preconditioner(&self, to: &mut [f64]) -> bool {
        let (inside, outside) = match self.rule.eps_form {
            Epsilon::Outside => (0.0, self.rule.eps),
            Epsilon::Inside => (self.rule.eps, 0.0),
        };
        for ((to, v), mean) in to.iter_mut().zip(self.v.iter()).zip(self.mean.iter()) {
            let variance = if self.rule.centered {
                v - mean * mean
            } else {
                *v
            };
            *to = (variance + inside).sqrt() + outside;
        }
        true
    }
}
