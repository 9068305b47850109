//! QHAdam: Adam with quasi-hyperbolic means.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// QHAdam: Adam with the newest gradient and its square mixed into both running means.
    ///
    /// θ ← θ − γ ((1 − ν₁) g + ν₁ m̂) / (√((1 − ν₂) g² + ν₂ v̂) + ε). Ma & Yarats 2019, with m̂ and v̂ as
    /// weighted means, which are Adam's: ν₁ = ν₂ = 1 is Adam, and ν₂ = 1, ν₁ = β₁ is close to NAdam.
    pub struct QHAdam("QHAdam") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ν₁: weight of the running mean of gradients; the rest is the gradient itself.
        nu1: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// ν₂: weight of the running mean of squared gradients; the rest is the squared gradient.
        nu2: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for QHAdam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{w₁} ← {β₁=beta1} {w₁<} + 1",
            "{w₂} ← {β₂=beta2} {w₂<} + 1",
            "{m̂} ← {m̂<} + ({g} − {m̂<}) / {w₁}",
            "{v̂} ← {v̂<} + ({g}² − {v̂<}) / {w₂}",
            "Δ ← ((1 − {ν₁=nu1}) {g} + {ν₁=nu1} {m̂}) / (√((1 − {ν₂=nu2}) {g}² + {ν₂=nu2} {v̂}) + {ε=eps})",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "Where Adam overshoots: with ν₁ below 1, each step contains a part of the newest gradient, \
                which damps oscillations.",
            weaknesses: "With its defaults it is Adam. With ν₂ below 1 the newest square counts more, so steps \
                resemble sign descent, and it hops about the minimum.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(QHAdamRule {
            settings: self.clone(),
            weights: [0.0; 2],
        }))
    }
}

impl QHAdam {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

/// Update rule of QHAdam. State: m̂, v̂.
struct QHAdamRule {
    settings: QHAdam,
    /// Sum 1 + β + β² + … of the weights of each running mean.
    weights: [f64; 2],
}

impl Elementwise<2> for QHAdamRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let QHAdam {
            beta2,
            nu1,
            nu2,
            eps,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        let [w1, w2] = &mut self.weights;
        *w1 = *w1 * beta1 + 1.0;
        *w2 = *w2 * beta2 + 1.0;
        let (share1, share2) = (1.0 / *w1, 1.0 / *w2);
        #[inline(always)]
        move |theta, g, [m, v]| {
            let square = g * g;
            *m += (g - *m) * share1;
            *v += (square - *v) * share2;
            let direction = nu1 * *m + (1.0 - nu1) * g;
            let divisor = (nu2 * *v + (1.0 - nu2) * square).sqrt() + eps;
            *theta = *theta * keep - rates.lr * direction / divisor;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v]: [&[f64]; 2], visitor: &mut StateVisitor) {
        let [w1, w2] = self.weights;
        visitor(StateEntry::direction("m̂", "mean of gradients", m));
        visitor(StateEntry::each("v̂", "mean of squared gradients", v));
        visitor(StateEntry::number(
            "w₁",
            "weight of the mean of gradients",
            &w1,
        ));
        visitor(StateEntry::number(
            "w₂",
            "weight of the mean of squares",
            &w2,
        ));
    }
}
