//! RAdam, Adam with a rectified adaptive learning rate: `torch.optim.RAdam`.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// RAdam: Adam without division by √v̂ in the first steps, and with shorter steps while v̂ is uncertain.
    ///
    /// ρ∞ = 2 / (1 − β₂) − 1, ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ). If ρₜ > 5: θ ← θ − γ r m̂ / √v̂ with r² = (ρₜ − 4)(ρₜ − 2) ρ∞ /
    /// ((ρ∞ − 4)(ρ∞ − 2) ρₜ); else θ ← θ − γ m̂. Algorithm 2 of Liu et al. 2020, where the bound is 4; ε is PyTorch's.
    pub struct RAdam("RAdam") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
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
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for RAdam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
            "ρ∞ ← 2 / (1 − {β₂=beta2}) − 1",
            "{ρ} ← ρ∞ − 2 {t} {β₂=beta2}^{t} / (1 − {β₂=beta2}^{t})",
            "r ← √((ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ))",
            "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
            "Δ ← r m̂ √(1 − {β₂=beta2}^{t}) / (√{v} + {ε=eps}) if {ρ} > 5, else m̂",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "With noisy gradients at the start: a mean of squares over few steps is not trusted yet, so no \
                warm-up is needed.",
            weaknesses: "Its first 5 steps (by default) are momentum steps along the plain gradient. A steep start \
                throws it off the map at learning rates that Adam tolerates; later it is as slow as Adam in valleys \
                at an angle to the axes.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(RAdamRule {
            steps: 0.0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            length: 0.0,
            settings: self.clone(),
        }))
    }
}

/// Returns ρₜ, the length of the simple moving average that approximates v̂, and the factor r of the step where ρₜ exceeds
/// `min_length`: algorithm 2 of Liu et al. 2020.
pub(super) fn rectification(
    beta2: f64,
    beta2_power: f64,
    steps: f64,
    min_length: f64,
) -> (f64, Option<f64>) {
    let max_length = 2.0 / (1.0 - beta2) - 1.0;
    let length = max_length - 2.0 * steps * beta2_power / (1.0 - beta2_power);
    let square = (length - 4.0) * (length - 2.0) * max_length
        / ((max_length - 4.0) * (max_length - 2.0) * length);
    (length, (length > min_length).then(|| square.sqrt()))
}

impl RAdam {
    fn decay(&self) -> Decay {
        Decay::new(self.weight_decay, self.decoupled_weight_decay, false)
    }
}

/// Update rule of RAdam. State: m, v.
struct RAdamRule {
    settings: RAdam,
    steps: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// Length ρₜ of the simple moving average that approximates v̂.
    length: f64,
}

impl Elementwise<2> for RAdamRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let RAdam { beta2, eps, .. } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        self.steps += 1.0;
        let beta2_power = self.beta2_power.next(beta2);
        let (length, rectified) = rectification(beta2, beta2_power, self.steps, 5.0);
        self.length = length;
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        let is_adaptive = rectified.is_some();
        let step_size = match rectified {
            Some(r) => step_size * (1.0 - beta2_power).sqrt() * r,
            None => step_size,
        };
        #[inline(always)]
        move |theta, g, [m, v]| {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let divisor = if is_adaptive { v.sqrt() + eps } else { 1.0 };
            *theta = *theta * keep - step_size * *m / divisor;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        visitor(StateEntry::number(
            "ρ",
            "length of the average",
            &self.length,
        ));
    }
}
