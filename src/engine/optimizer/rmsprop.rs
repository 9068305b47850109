//! RMSprop: `torch.optim.RMSprop`.

use super::elementwise::{Elementwise, kernel};
use super::variants::Epsilon;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::objective::outcome::Reason;
use crate::engine::schedule::StepRates;

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

    /// Returns (2 + 2μ) / γ.
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| (2.0 + 2.0 * rates.momentum.unwrap_or(self.momentum)) / rates.lr)
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(RmsPropRule(self.clone())))
    }
}

/// Update rule of RMSprop. State: v, the mean of gradients (0 unless centered), the velocity.
struct RmsPropRule(RmsProp);

impl RmsPropRule {
    /// Returns ε inside the root and ε outside it.
    fn eps(&self) -> (f64, f64) {
        match self.0.eps_form {
            Epsilon::Outside => (0.0, self.0.eps),
            Epsilon::Inside => (self.0.eps, 0.0),
        }
    }
}

impl Elementwise<3> for RmsPropRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 3]) + Copy {
        let RmsProp {
            alpha, centered, ..
        } = self.0;
        let (inside, outside) = self.eps();
        let mu = rates.momentum.unwrap_or(self.0.momentum);
        #[inline(always)]
        move |theta, g, [v, mean, velocity]| {
            *v = *v * alpha + (1.0 - alpha) * g * g;
            if centered {
                *mean += (g - *mean) * (1.0 - alpha);
            }
            let scaled = g / ((*v - *mean * *mean + inside).sqrt() + outside);
            if mu > 0.0 {
                *velocity = mu * *velocity + scaled;
                *theta -= rates.lr * *velocity;
            } else {
                *theta -= rates.lr * scaled;
            }
        }
    }

    fn visit_state(&self, [v, mean, velocity]: [&[f64]; 3], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        if self.0.centered {
            visitor(StateEntry::direction("a", "mean of gradients", mean));
        }
        if self.0.momentum > 0.0 {
            visitor(StateEntry::direction("b", "velocity", velocity));
        }
    }

    fn failure(&self, [v, mean, _]: [&[f64]; 3]) -> Option<Reason> {
        let (inside, _) = self.eps();
        let mut variances = v.iter().zip(mean);
        let is_negative = variances.any(|(v, mean)| v - mean * mean + inside < 0.0);
        is_negative.then_some(Reason::NegativeVariance)
    }

    fn preconditioner(&self, [v, mean, _]: [&[f64]; 3], to: &mut [f64]) -> bool {
        let (inside, outside) = self.eps();
        for ((to, v), mean) in to.iter_mut().zip(v).zip(mean) {
            *to = (v - mean * mean + inside).sqrt() + outside;
        }
        true
    }
}
