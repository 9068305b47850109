//! Adadelta: `torch.optim.Adadelta`.

use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Adadelta: scales each coordinate's step by the ratio of the root mean squares of past steps and of gradients.
    ///
    /// v ← ρ v + (1 − ρ) g², Δ = √(u + ε) / √(v + ε) · g, u ← ρ u + (1 − ρ) Δ², θ ← θ − γ Δ. Algorithm 1 of Zeiler 2012.
    pub struct Adadelta("Adadelta") {
        /// Learning rate γ: factor on the step of the rule.
        lr: f64 = 1.0, in 0.0.., log 1e-2..=100.0;
        /// ρ: decay rate of both running means.
        rho: f64 = 0.9, in 0.0..=1.0, linear 0.0..=0.999;
        /// ε: added inside both square roots; determines the first step.
        eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adadelta {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adadelta:lr=0.001,rho=0.95,eps=1e-7")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
        lines.extend([
            "{v} ← {ρ=rho} {v<} + (1 − {ρ=rho}) {g}²",
            "Δ ← √({u<} + {ε=eps}) / √({v} + {ε=eps}) · {g}",
            "{u} ← {ρ=rho} {u<} + (1 − {ρ=rho}) Δ²",
            "{θ} ← {θ<} − {γ=lr} Δ",
        ]);
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "When no learning rate is known: the lengths of past steps set the next one, in the units of \
                the parameters.",
            weaknesses: "The first steps are about 0.003, and it takes hundreds of steps to speed up; on a map it \
                seems to stand still at first. The speed-up depends on ε, which is hard to choose.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdadeltaRule(self.clone())))
    }
}

/// Update rule of Adadelta. State: v, u.
struct AdadeltaRule(Adadelta);

impl Elementwise<2> for AdadeltaRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let Adadelta { rho, eps, .. } = self.0;
        #[inline(always)]
        move |theta, g, [v, u]| {
            *v = *v * rho + (1.0 - rho) * g * g;
            let delta = (*u + eps).sqrt() / (*v + eps).sqrt() * g;
            *u = *u * rho + (1.0 - rho) * delta * delta;
            *theta -= rates.lr * delta;
        }
    }

    fn visit_state(&self, [v, u]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        visitor(StateEntry::each("u", "mean of squared steps", u));
    }
}
