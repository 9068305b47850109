//! ADOPT: Adam that converges for every β₂.

use super::decay::has_decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// ADOPT: Adam that divides each gradient by the running mean of earlier squares, without its own, before it enters the
    /// momentum.
    ///
    /// m ← β₁ m + (1 − β₁) clip(g / max(√v, ε), tᵖ), θ ← θ − γ m, then v ← β₂ v + (1 − β₂) g². The first step only sets v =
    /// g². Taniguchi et al. 2024 with the authors' later bound t^¼; `clip_lambda=off` is without.
    pub struct Adopt("ADOPT") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the momentum.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.9999, in 0.0..1.0, linear 0.5..=0.9999;
        /// p: clips the divided gradient to ±tᵖ at step t.
        clip_lambda: Option<f64> = Some(0.25), in 0.0..=1.0, linear 0.0..=1.0, none "off";
        /// ε: minimum divisor.
        eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
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

impl Optimizer for Adopt {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.push("c ← {g} / max(√{v<}, {ε=eps}), at first 0");
        if self.clip_lambda.is_some() {
            lines.push("c ← c, not beyond ±{t}^{p=clip_lambda}");
        }
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) c",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}², at first {g}²",
            "Δ ← {m}",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "With noise: no gradient is divided by a mean that contains it, so it converges for any β₂, \
                even where Adam diverges.",
            weaknesses: "The first step does not move. The first squares are remembered for 10000 steps (by default): \
                after a steep start, progress along the valley floor is much slower than Adam's.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdoptRule {
            settings: self.clone(),
            steps: 0.0,
        }))
    }
}

has_decay!(Adopt);

/// Update rule of ADOPT. State: m, v.
struct AdoptRule {
    settings: Adopt,
    steps: f64,
}

impl Elementwise<2> for AdoptRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let Adopt {
            beta2,
            clip_lambda,
            eps,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        self.steps += 1.0;
        let first = self.steps == 1.0;
        let bound = clip_lambda.map_or(f64::INFINITY, |power| self.steps.powf(power));
        #[inline(always)]
        move |theta, g, [m, v]| {
            if first {
                *theta *= keep;
                *v = g * g;
                return;
            }
            let root = v.sqrt();
            let divided = g / if root < eps { eps } else { root };
            *m += (divided.clamp(-bound, bound) - *m) * (1.0 - beta1);
            *theta = *theta * keep - rates.lr * *m;
            *v = *v * beta2 + (1.0 - beta2) * g * g;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of divided gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
    }
}
