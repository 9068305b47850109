//! NAdam, Adam with Nesterov momentum: `torch.optim.NAdam`.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// NAdam: Adam with Nesterov momentum and a warm-up of the momentum.
    ///
    /// μₜ = β₁ (1 − ½ · 0.96^(t ψ)), m and v as in Adam, θ ← θ − γ ((1 − μₜ) g / (1 − Πμ) + μₜ₊₁ m / (1 − μₜ₊₁ Πμ)) / (√v̂ +
    /// ε), where Πμ = μ₁ ⋯ μₜ. Algorithm 2 of Dozat 2016 in PyTorch's form: there m decays by μₜ, here by β₁.
    pub struct NAdam("NAdam") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 2e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// ψ: rate at which the momentum rises from β₁/2 to β₁.
        momentum_decay: f64 = 4e-3, in 0.0.., log 1e-4..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for NAdam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{μ} ← {β₁=beta1} (1 − ½ · 0.96^({t} {ψ=momentum_decay}))",
            "μ₊ ← {β₁=beta1} (1 − ½ · 0.96^(({t} + 1) {ψ=momentum_decay}))",
            "{Πμ} ← {Πμ<} {μ}",
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
            "Δ ← ((1 − {μ}) {g} / (1 − {Πμ}) + μ₊ {m} / (1 − μ₊ {Πμ})) / (√v̂ + {ε=eps})",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "As Adam; it looks ahead along its momentum, turns a little earlier, and overshoots less.",
            weaknesses: "As Adam: it scales along the axes only and is slow in valleys at an angle to them. The \
                difference to Adam is often invisible.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(NAdamRule {
            settings: self.clone(),
            steps: 0.0,
            mu: 0.0,
            mu_product: 1.0,
        }))
    }
}

/// Returns the momentum μ of a step.
fn momentum(beta1: f64, momentum_decay: f64, step: f64) -> f64 {
    beta1 * (1.0 - 0.5 * 0.96_f64.powf(step * momentum_decay))
}

impl NAdam {
    fn decay(&self) -> Decay {
        Decay::new(self.weight_decay, self.decoupled_weight_decay, false)
    }
}

/// Update rule of NAdam. State: m, v.
struct NAdamRule {
    settings: NAdam,
    steps: f64,
    mu: f64,
    mu_product: f64,
}

impl Elementwise<2> for NAdamRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let NAdam {
            beta2,
            eps,
            momentum_decay,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        // Powers, quotients and sums are rounded in PyTorch's order: on some paths a difference of one rounding doubles every
        // second step.
        self.steps += 1.0;
        self.mu = momentum(beta1, momentum_decay, self.steps);
        let next_mu = momentum(beta1, momentum_decay, self.steps + 1.0);
        self.mu_product *= self.mu;
        let gradient_lr = rates.lr * (1.0 - self.mu) / (1.0 - self.mu_product);
        let momentum_lr = rates.lr * next_mu / (1.0 - self.mu_product * next_mu);
        let correction2 = 1.0 - beta2.powf(self.steps);
        #[inline(always)]
        move |theta, g, [m, v]| {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let divisor = (*v / correction2).sqrt() + eps;
            *theta = *theta * keep - gradient_lr * g / divisor - momentum_lr * *m / divisor;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        visitor(StateEntry::number("μ", "momentum", &self.mu));
        visitor(StateEntry::number(
            "Πμ",
            "product of momenta",
            &self.mu_product,
        ));
    }
}
