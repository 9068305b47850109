//! Momentum and dual averaging with a cube root: MADGRAD.

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
    /// MADGRAD: dual averaging; each step goes from the start by the weighted sum of all gradients, divided by the cube root
    /// of the sum of their squares.
    ///
    /// λₜ = (γ + ε) √t, s ← s + λₜ g, v ← v + λₜ g², z = θ₀ − s / (∛v + ε), θ ← θ + (1 − μ) (z − θ). Algorithm 1 of Defazio &
    /// Jelassi 2021; there γ alone is the learning rate. Without momentum θ₀ is recomputed from θ, s and v.
    pub struct MadGrad("MADGRAD") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum μ: fraction of the distance to z that remains after a step.
        momentum: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// ε: added to the denominator outside the cube root, and to the learning rate.
        eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − (γ + ε) λ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for MadGrad {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        if self.momentum == 0.0 {
            lines.push("θ₀ ← {θ<} + {s<} / (∛{v<} + {ε=eps})");
        }
        lines.extend([
            "{s} ← {s<} + ({γ=lr} + {ε=eps}) √{t} {g}",
            "{v} ← {v<} + ({γ=lr} + {ε=eps}) √{t} {g}²",
        ]);
        lines.push(if self.momentum == 0.0 {
            "z ← θ₀ − {s} / (∛{v} + {ε=eps})"
        } else {
            "z ← {θ₀} − {s} / (∛{v} + {ε=eps})"
        });
        lines.push(if decay.decoupled == 0.0 {
            "{θ} ← {θ<} + (1 − {μ=momentum}) (z − {θ<})"
        } else {
            "{θ} ← {θ<} + (1 − {μ=momentum}) (z − {θ<}) − ({γ=lr} + {ε=eps}) {λ=weight_decay} {θ<}"
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "3 numbers per parameter",
            cost: "1 gradient",
            strengths: "With sparse or noisy gradients: all gradients since the start count, later ones more, so \
                single ones matter little and it converges without a schedule.",
            weaknesses: "Every step is measured from the start: turning takes long after much has been summed up, and \
                it passes bends and the minimum in wide swings before it returns. It scales along the axes only.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            rule: self.clone(),
            sum: zeros.clone(),
            squares: zeros.clone(),
            origin: zeros,
            steps: 0.0,
        }
    }
}

impl MadGrad {
    fn decay(&self) -> Decay {
        Decay::new(self.weight_decay, self.decoupled_weight_decay, false)
    }
}

struct State<V> {
    rule: MadGrad,
    sum: V,
    squares: V,
    /// θ₀.
    origin: V,
    steps: f64,
}

/// ∛v + ε; infinite where that is 0, because there the sum of gradients is 0 too.
#[inline(always)]
fn cube_root(square: f64, eps: f64) -> f64 {
    let root = square.powf(1.0 / 3.0) + eps;
    if root == 0.0 { f64::INFINITY } else { root }
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let MadGrad { eps, maximize, .. } = self.rule;
        let mu = rates.momentum.unwrap_or(self.rule.momentum);
        let lr = if rates.lr == 0.0 { 0.0 } else { rates.lr + eps };
        let decay = self.rule.decay();
        let keep = decay.keep(lr);
        if self.steps == 0.0 {
            self.origin.copy_from_slice(theta);
        }
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        self.steps += 1.0;
        let weight = lr * self.steps.sqrt();
        let sums = self
            .sum
            .iter_mut()
            .zip(self.squares.iter_mut())
            .zip(self.origin.iter());
        for ((theta, g), ((sum, square), origin)) in theta.iter_mut().zip(gradient.iter()).zip(sums)
        {
            let origin = if mu == 0.0 {
                *theta + *sum / cube_root(*square, eps)
            } else {
                *origin
            };
            *square += weight * g * g;
            *sum += weight * g;
            let target = origin - *sum / cube_root(*square, eps);
            let decayed = (1.0 - keep) * *theta;
            let next = if mu == 0.0 {
                target
            } else {
                *theta + (target - *theta) * (1.0 - mu)
            };
            *theta = next - decayed;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let lr = if rates.lr == 0.0 {
            0.0
        } else {
            rates.lr + self.rule.eps
        };
        shrink(theta, self.rule.decay().keep(lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "s",
            "weighted sum of gradients",
            &self.sum,
        ));
        visitor(StateEntry::each(
            "v",
            "weighted sum of squares",
            &self.squares,
        ));
        if self.rule.momentum > 0.0 {
            visitor(StateEntry::place("θ₀", "where it began", &self.origin));
        }
    }
}
