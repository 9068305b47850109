//! Lion: the sign of an interpolated momentum.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Lion: steps by the learning rate in every coordinate, with the sign of a mix of momentum and gradient.
    ///
    /// θ ← θ − γ sign(β₁ m + (1 − β₁) g), then m ← β₂ m + (1 − β₂) g. Algorithm 2 of Chen et al. 2023.
    pub struct Lion("Lion") {
        /// Learning rate γ: step length per coordinate.
        lr: f64 = 1e-4, in 0.0.., log 1e-5..=1.0;
        /// β₁: weight of the momentum in the direction of a step.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the momentum.
        beta2: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Lion {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("lion:lr=0.001")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "Δ ← sign({β₁=beta1} {m<} + (1 − {β₁=beta1}) {g})",
            "{m} ← {β₂=beta2} {m<} + (1 − {β₂=beta2}) {g}",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "On plateaus and with noise: every step has a known length, and a memory of about 100 steps \
                keeps its direction.",
            weaknesses: "It moves along the diagonals and never slows down: it overshoots the minimum by many steps \
                and keeps zigzagging around it, unless a schedule lowers the learning rate. The trajectory depends on \
                the orientation of the axes.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(LionRule(self.clone())))
    }
}

impl Lion {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

/// Update rule of Lion. State: the momentum m.
struct LionRule(Lion);

impl Elementwise<1> for LionRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let beta1 = rates.momentum.unwrap_or(self.0.beta1);
        let beta2 = self.0.beta2;
        let keep = self.shrink_factor(rates);
        #[inline(always)]
        move |theta, g, [m]| {
            let direction = sign(*m + (g - *m) * (1.0 - beta1));
            *m += (g - *m) * (1.0 - beta2);
            *theta = *theta * keep - rates.lr * direction;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m]: [&[f64]; 1], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "momentum", m));
    }
}
