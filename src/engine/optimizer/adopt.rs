//! Adam that converges for every β₂: ADOPT.

use super::decay::{Decay, shrink};
use super::{
    Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            rule: self.clone(),
            m: zeros.clone(),
            v: zeros,
            steps: 0.0,
        }
    }
}

impl Adopt {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State<V> {
    rule: Adopt,
    m: V,
    v: V,
    steps: f64,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Adopt {
            beta2,
            clip_lambda,
            eps,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        let keep = decay.keep(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        self.steps += 1.0;
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        let each = theta.iter_mut().zip(gradient.iter()).zip(means);
        if self.steps == 1.0 {
            for ((theta, g), (_, v)) in each {
                *theta *= keep;
                *v = g * g;
            }
            return;
        }
        let bound = clip_lambda.map_or(f64::INFINITY, |power| self.steps.powf(power));
        for ((theta, g), (m, v)) in each {
            let root = v.sqrt();
            let divided = g / if root < eps { eps } else { root };
            *m += (divided.clamp(-bound, bound) - *m) * (1.0 - beta1);
            *theta = *theta * keep - rates.lr * *m;
            *v = *v * beta2 + (1.0 - beta2) * g * g;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().keep(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "m",
            "mean of divided gradients",
            &self.m,
        ));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
    }
}
