//! Tiger: the sign of a momentum, "tight-fisted".

use super::decay::{Decay, shrink};
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, sign, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Tiger: every coordinate moves by the learning rate, in the direction of the mean of its gradients.
    ///
    /// m ← β m + (1 − β) g, θ ← θ − γ (sign(m) + λ θ). Su 2023 (Tiger: a tight-fisted optimizer); Lion with β₁ = β₂.
    pub struct Tiger("Tiger") {
        /// Learning rate γ: the length of every step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β: decay of the mean of the gradient.
        beta: f64 = 0.965, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ.
        weight_decay: f64 = 0.01, in 0.0.., log 1e-6..=1.0;
        /// Takes the share γλ of θ away each step; otherwise adds λθ to the gradient.
        decoupled_weight_decay: bool = true;
        /// Takes the share λ away instead, whatever γ is.
        fixed_decay: bool = false;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Tiger {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend(["{m} ← {β=beta} {m<} + (1 − {β=beta}) {g}", "Δ ← sign({m})"]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "Where Lion does, with a setting less: steps of a known length on plateaus and on steep walls.",
            weaknesses: "Its direction is that of the mean of about 30 gradients alone, so it turns late: it overshoots \
                valley floors and the minimum, and swings about them without end at a constant learning rate. The \
                weight decay, which is on by default, pulls it to 0.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            m: zeros,
        }))
    }
}

impl Tiger {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: Tiger,
    m: Vec<f64>,
}

impl UpdateRule for State {
    #[inline(always)]
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Tiger { maximize, .. } = self.rule;
        let beta = rates.momentum.unwrap_or(self.rule.beta);
        let decay = self.rule.decay();
        let keep = decay.shrink_factor(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        for ((theta, g), m) in theta.iter_mut().zip(gradient.iter()).zip(self.m.iter_mut()) {
            *m += (g - *m) * (1.0 - beta);
            *theta = *theta * keep - rates.lr * sign(*m);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
    }
}
