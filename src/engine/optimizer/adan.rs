//! Adan: Adam with Nesterov's momentum by differences of gradients.

use super::decay::shrink;
use super::{
    BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            m: zeros.clone(),
            v: zeros.clone(),
            n: zeros.clone(),
            previous: zeros,
            moving: false,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            beta3_power: BetaPower::new(self.beta3),
            rule: self.clone(),
        }
    }
}

impl Adan {
    /// Factors of θ in a step, one to multiply by and one to divide by: decoupled decay, or the proximal one of the paper.
    fn decay(&self, lr: f64) -> (f64, f64) {
        if self.decoupled_weight_decay {
            (1.0 - lr * self.weight_decay, 1.0)
        } else {
            (1.0, 1.0 + lr * self.weight_decay)
        }
    }
}

struct State<V> {
    rule: Adan,
    m: V,
    v: V,
    n: V,
    previous: V,
    /// Whether there is a previous gradient yet.
    moving: bool,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    beta3_power: BetaPower,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let Adan {
            beta2,
            beta3,
            eps,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let gradient = gradient_with_decay(oracle, theta, maximize, 0.0);
        if !self.moving {
            self.moving = true;
            self.previous.copy_from_slice(gradient);
        }
        let (keep, divisor) = self.rule.decay(rates.lr);
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        let change_size = rates.lr * beta2 / (1.0 - self.beta2_power.next(beta2));
        let root_correction = (1.0 - self.beta3_power.next(beta3)).sqrt();
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        let means = means.zip(self.n.iter_mut().zip(self.previous.iter_mut()));
        for ((theta, g), ((m, v), (n, previous))) in
            theta.iter_mut().zip(gradient.iter()).zip(means)
        {
            let change = g - *previous;
            *previous = *g;
            let foreseen = g + beta2 * change;
            *m += (g - *m) * (1.0 - beta1);
            *v += (change - *v) * (1.0 - beta2);
            *n = *n * beta3 + (1.0 - beta3) * foreseen * foreseen;
            let step = (step_size * *m + change_size * *v) / (n.sqrt() / root_correction + eps);
            *theta = (*theta * keep - step) / divisor;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let (keep, divisor) = self.rule.decay(rates.lr);
        shrink(theta, keep / divisor);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::direction("v", "mean of changes", &self.v));
        visitor(StateEntry::each("n", "mean of squares foreseen", &self.n));
        visitor(StateEntry::each("g₋", "gradient before", &self.previous));
    }
}
