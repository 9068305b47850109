//! Adadelta: `torch.optim.Adadelta`.

use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Adadelta: the ratio of two running root mean squares, of past steps and of gradients, sets each coordinate's step.
    ///
    /// v ← ρ v + (1 − ρ) g², Δ = √(u + ε) / √(v + ε) · g, u ← ρ u + (1 − ρ) Δ², θ ← θ − γ Δ. Algorithm 1 of Zeiler 2012.
    pub struct Adadelta("Adadelta") {
        /// Learning rate γ: a factor on the step that the rule finds.
        lr: f64 = 1.0, in 0.0.., log 1e-2..=100.0;
        /// ρ: decay of both means.
        rho: f64 = 0.9, in 0.0..=1.0, linear 0.0..=0.999;
        /// ε, added inside the roots; it sets the first step.
        eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Climbs instead of descending.
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
            strengths: "Where no learning rate is known: the lengths of its own past steps set the next one, in the \
                units of the parameters.",
            weaknesses: "It starts with steps of about 0.003, and takes hundreds of steps to gather speed; on a map it \
                seems to stand still at first. How fast that goes is up to ε, which is hard to guess.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            v: zeros.clone(),
            u: zeros,
        }))
    }
}

struct State {
    rule: Adadelta,
    v: Vec<f64>,
    u: Vec<f64>,
}

impl UpdateRule for State {
    #[inline(always)]
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Adadelta {
            rho,
            eps,
            weight_decay,
            maximize,
            ..
        } = self.rule;
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        for (((theta, g), v), u) in theta
            .iter_mut()
            .zip(gradient.iter())
            .zip(self.v.iter_mut())
            .zip(self.u.iter_mut())
        {
            *v = *v * rho + (1.0 - rho) * g * g;
            let delta = (*u + eps).sqrt() / (*v + eps).sqrt() * g;
            *u = *u * rho + (1.0 - rho) * delta * delta;
            *theta -= rates.lr * delta;
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::each("u", "mean of squared steps", &self.u));
    }
}
