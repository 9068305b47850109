//! Adamax, Adam with the largest recent gradient instead of the mean square: `torch.optim.Adamax`.

use super::adam::of_mean;
use super::elementwise::{Elementwise, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Adamax: Adam that divides by a decaying maximum of the gradient magnitudes instead of a root mean square.
    ///
    /// u ← max(β₂ u, |g| + ε), θ ← θ − γ / (1 − β₁ᵗ) · m / u. Algorithm 2 of Kingma & Ba 2015; ε is PyTorch's.
    pub struct Adamax("Adamax") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 2e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the maximum of gradient magnitudes.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the magnitude of each gradient.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adamax {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adamax:lr=0.001,eps=1e-7")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{u} ← max({β₂=beta2} {u<}, |{g}| + {ε=eps})",
            "{θ} ← {θ<} − {γ=lr} / (1 − {β₁=beta1}^{t}) · {m} / {u}",
        ]);
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "With occasional huge gradients: the largest one is the divisor, so no step is longer than \
                about the learning rate.",
            weaknesses: "The maximum decays over about 1000 steps (by default): after a steep start, progress along \
                the valley floor is slow for as long. It scales along the axes only.",
        }
    }

    /// Returns (2 + 2β₁) / ((1 − β₁) γ).
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| of_mean(rates.momentum.unwrap_or(self.beta1), rates.lr, 0.0))
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdamaxRule {
            beta1_power: BetaPower::new(self.beta1),
            settings: self.clone(),
        }))
    }
}

/// Update rule of Adamax. State: m, u.
struct AdamaxRule {
    settings: Adamax,
    beta1_power: BetaPower,
}

impl Elementwise<2> for AdamaxRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let Adamax { beta2, eps, .. } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        #[inline(always)]
        move |theta, g, [m, u]| {
            *m += (g - *m) * (1.0 - beta1);
            *u = (*u * beta2).max(g.abs() + eps);
            *theta -= step_size * *m / *u;
        }
    }

    fn visit_state(&self, [m, u]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("u", "decaying maximum of gradients", u));
    }

    /// Writes u, times the bias correction of m.
    fn preconditioner(&self, [_, u]: [&[f64]; 2], to: &mut [f64]) -> bool {
        let correction = 1.0 - self.beta1_power.value;
        for (to, u) in to.iter_mut().zip(u) {
            *to = correction * u;
        }
        self.beta1_power.exponent > 0
    }
}
