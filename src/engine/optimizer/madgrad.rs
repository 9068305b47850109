//! MADGRAD: momentum and dual averaging with a cube root.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
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

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(MadGradRule {
            settings: self.clone(),
            steps: 0.0,
        }))
    }
}

impl MadGrad {
    fn decay(&self) -> Decay {
        Decay::new(self.weight_decay, self.decoupled_weight_decay, false)
    }

    /// Returns γ + ε, but 0 where γ is 0.
    fn shifted_lr(&self, rates: StepRates) -> f64 {
        if rates.lr == 0.0 {
            0.0
        } else {
            rates.lr + self.eps
        }
    }
}

/// Returns ∛v + ε; infinity where that is 0, because there the sum of gradients is 0 too.
#[inline(always)]
fn cube_root(square: f64, eps: f64) -> f64 {
    let root = square.powf(1.0 / 3.0) + eps;
    if root == 0.0 { f64::INFINITY } else { root }
}

/// Update rule of MADGRAD. State: s, v, θ₀.
struct MadGradRule {
    settings: MadGrad,
    steps: f64,
}

impl Elementwise<3> for MadGradRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 3]) + Copy {
        let eps = self.settings.eps;
        let mu = rates.momentum.unwrap_or(self.settings.momentum);
        let keep = self.shrink_factor(rates);
        let first = self.steps == 0.0;
        self.steps += 1.0;
        let weight = self.settings.shifted_lr(rates) * self.steps.sqrt();
        #[inline(always)]
        move |theta, g, [sum, square, initial]| {
            if first {
                *initial = *theta;
            }
            let origin = if mu == 0.0 {
                *theta + *sum / cube_root(*square, eps)
            } else {
                *initial
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

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        let lr = self.settings.shifted_lr(rates);
        self.settings.decay().shrink_factor(lr)
    }

    fn visit_state(&self, [sum, square, initial]: [&[f64]; 3], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("s", "weighted sum of gradients", sum));
        visitor(StateEntry::each("v", "weighted sum of squares", square));
        if self.settings.momentum > 0.0 {
            visitor(StateEntry::place("θ₀", "initial parameters", initial));
        }
    }
}
