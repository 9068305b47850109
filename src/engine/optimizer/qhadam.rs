//! Adam with quasi-hyperbolic means: QHAdam.

use super::decay::{Decay, shrink};
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// QHAdam: Adam in which a share of the newest gradient stands beside each mean.
    ///
    /// θ ← θ − γ ((1 − ν₁) g + ν₁ m̂) / (√((1 − ν₂) g² + ν₂ v̂) + ε). Ma & Yarats 2019, with m̂ and v̂ as
    /// weighted means, which are Adam's: ν₁ = ν₂ = 1 is Adam, and ν₂ = 1, ν₁ = β₁ is close to NAdam.
    pub struct QHAdam("QHAdam") {
        /// Learning rate γ: about the length of a step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay of the mean of the gradient.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay of the mean of its square.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ν₁: the share of the mean of the gradient; the rest is the gradient itself.
        nu1: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// ν₂: the share of the mean of its square.
        nu2: f64 = 1.0, in 0.0..=1.0, linear 0.0..=1.0;
        /// ε, added outside the root.
        eps: f64 = 1e-8, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Takes the share γλ of θ away each step; otherwise adds λθ to the gradient.
        decoupled_weight_decay: bool = false;
        /// Takes the share λ away instead, whatever γ is.
        fixed_decay: bool = false;
        /// Climbs instead of descending.
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
            strengths: "Where Adam overshoots: with ν₁ below 1 a share of the newest gradient itself is in each step, \
                which damps the swings.",
            weaknesses: "With its defaults it is Adam. With ν₂ below 1 the newest square counts more, so that steps come \
                close to those of a sign rule, and it hops about the minimum.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            m: zeros.clone(),
            v: zeros,
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

struct State {
    rule: QHAdam,
    m: Vec<f64>,
    v: Vec<f64>,
    /// 1 + β + β² + … for each mean.
    weights: [f64; 2],
}

impl UpdateRule for State {
    #[inline(always)]
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let QHAdam {
            beta2,
            nu1,
            nu2,
            eps,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        let keep = decay.shrink_factor(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        let [w1, w2] = &mut self.weights;
        *w1 = *w1 * beta1 + 1.0;
        *w2 = *w2 * beta2 + 1.0;
        let (entering1, entering2) = (1.0 / *w1, 1.0 / *w2);
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        for ((theta, g), (m, v)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            let square = g * g;
            *m += (g - *m) * entering1;
            *v += (square - *v) * entering2;
            let direction = nu1 * *m + (1.0 - nu1) * g;
            let size = (nu2 * *v + (1.0 - nu2) * square).sqrt() + eps;
            *theta = *theta * keep - rates.lr * direction / size;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m̂", "mean of gradients", &self.m));
        visitor(StateEntry::each("v̂", "mean of squared gradients", &self.v));
        visitor(StateEntry::number(
            "w₁",
            "weight of the mean of gradients",
            self.weights[0],
        ));
        visitor(StateEntry::number(
            "w₂",
            "weight of the mean of squares",
            self.weights[1],
        ));
    }
}
