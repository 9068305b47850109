//! Adan: Adam with Nesterov's momentum by differences of gradients.

use super::elementwise::{Elementwise, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Adan: Adam with Nesterov momentum, estimated from the running mean of gradient differences.
    ///
    /// With d = g − g₋, the gradient difference: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) d, n ← β₃ n + (1 − β₃) (g + β₂
    /// d)², θ ← (θ − γ (m̂ + β₂ v̂) / (√n̂ + ε)) / (1 + γλ). Algorithm 1 of Xie et al. 2022, whose β are 1 minus these. With
    /// `maximize` the library uses 2g as first difference; here it is 0, so that maximizing f equals minimizing −f.
    pub struct Adan("Adan") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.98, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of gradient differences.
        beta2: f64 = 0.92, in 0.0..1.0, linear 0.0..=0.999;
        /// β₃: decay rate of the running mean of the squared predicted gradient g + β₂ d.
        beta3: f64 = 0.99, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ: divides θ by 1 + γλ after each step.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay as in AdamW: multiplies θ by 1 − γλ before each step instead.
        decoupled_weight_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adan {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.extend([
            "d ← {g} − {g₋<}, at first 0",
            "{g₋} ← {g}",
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) d",
            "{n} ← {β₃=beta3} {n<} + (1 − {β₃=beta3}) ({g} + {β₂=beta2} d)²",
            "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
            "n̂ ← {n} / (1 − {β₃=beta3}^{t})",
            "Δ ← (m̂ + {β₂=beta2} v̂) / (√n̂ + {ε=eps})",
        ]);
        lines.push(
            match (self.weight_decay != 0.0, self.decoupled_weight_decay) {
                (false, _) => "{θ} ← {θ<} − {γ=lr} Δ",
                (true, false) => "{θ} ← ({θ<} − {γ=lr} Δ) / (1 + {γ=lr} {λ=weight_decay})",
                (true, true) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} Δ",
            },
        );
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "4 numbers per parameter",
            cost: "1 gradient",
            strengths: "In winding valleys: the gradient difference predicts the next gradient, so it turns into the \
                valley floor early, and a memory of about 50 steps carries it along the floor.",
            weaknesses: "With a large learning rate the long memory carries it past the minimum, where it oscillates \
                for a hundred steps and more. It scales along the axes only.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdanRule {
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            beta3_power: BetaPower::new(self.beta3),
            settings: self.clone(),
        }))
    }
}

/// Update rule of Adan. State: m, v, n and the previous gradient.
struct AdanRule {
    settings: Adan,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    beta3_power: BetaPower,
}

impl AdanRule {
    /// Returns the factor and the divisor of θ in a step: decoupled decay, or the proximal one of the paper.
    fn decay(&self, lr: f64) -> (f64, f64) {
        let Adan { weight_decay, .. } = self.settings;
        if self.settings.decoupled_weight_decay {
            (1.0 - lr * weight_decay, 1.0)
        } else {
            (1.0, 1.0 + lr * weight_decay)
        }
    }
}

impl Elementwise<4> for AdanRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, 0.0)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 4]) + Copy {
        let Adan {
            beta2, beta3, eps, ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let first = self.beta1_power.exponent == 0;
        let (keep, divisor) = self.decay(rates.lr);
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        let change_size = rates.lr * beta2 / (1.0 - self.beta2_power.next(beta2));
        let root_correction = (1.0 - self.beta3_power.next(beta3)).sqrt();
        #[inline(always)]
        move |theta, g, [m, v, n, previous]| {
            if first {
                *previous = g;
            }
            let change = g - *previous;
            *previous = g;
            let extrapolated = g + beta2 * change;
            *m += (g - *m) * (1.0 - beta1);
            *v += (change - *v) * (1.0 - beta2);
            *n = *n * beta3 + (1.0 - beta3) * extrapolated * extrapolated;
            let step = (step_size * *m + change_size * *v) / (n.sqrt() / root_correction + eps);
            *theta = (*theta * keep - step) / divisor;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        let (keep, divisor) = self.decay(rates.lr);
        keep / divisor
    }

    fn visit_state(&self, [m, v, n, previous]: [&[f64]; 4], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::direction("v", "mean of changes", v));
        visitor(StateEntry::each("n", "mean of (g + β₂ d)²", n));
        visitor(StateEntry::each("g₋", "previous gradient", previous));
    }
}
