//! Adam with two momenta, one of them very slow: AdEMAMix.

use super::decay::{Decay, shrink};
use super::{
    BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;

settings! {
    /// AdEMAMix: Adam with a second, slow running mean of the gradient, with a memory of thousands of steps.
    ///
    /// s ← β₃ s + (1 − β₃) g, θ ← θ − γ (m̂ + α s) / (√v̂ + ε). Algorithm 1 of Pagliardini et al. 2024; with `t_alpha_beta3`
    /// α rises from 0 and β₃ from β₁ over that number of steps.
    pub struct AdEMAMix("AdEMAMix") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// β₃: decay rate of the slow running mean of gradients.
        beta3: f64 = 0.9999, in 0.0..1.0, linear 0.9..=0.9999;
        /// α: weight of the slow running mean.
        alpha: f64 = 5.0, in 0.0.., linear 0.0..=20.0;
        /// Number of warm-up steps of α and β₃; `auto` uses their final values from the start.
        t_alpha_beta3: Option<f64> = None, in 1.0.., log 1.0..=1e6;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Cautious updates: masks m̂ in the coordinates where m and the gradient disagree in sign, and multiplies it by n /
        /// (n₊ + 1) in the n₊ of n coordinates where they agree; the slow mean is not masked. This is pytorch_optimizer's
        /// `cautious`; the wrapper `+cautious` masks the whole step.
        cautious: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for AdEMAMix {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        !self.cautious
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
            if self.cautious {
                "m̂ ← {m} n / (n₊ + 1) / (1 − {β₁=beta1}^{t}) in the n₊ of n coordinates where {m} {g} > 0, elsewhere 0"
            } else {
                "m̂ ← {m} / (1 − {β₁=beta1}^{t})"
            },
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
        ]);
        if self.t_alpha_beta3.is_none() {
            lines.extend([
                "{s} ← {β₃=beta3} {s<} + (1 − {β₃=beta3}) {g}",
                "Δ ← (m̂ + {α=alpha} {s}) / (√v̂ + {ε=eps})",
            ]);
        } else {
            lines.extend([
                "τ ← {t} / {T=t_alpha_beta3}",
                "{βₜ} ← min(exp(ln {β₁=beta1} ln {β₃=beta3} / ((1 − τ) ln {β₃=beta3} + τ ln {β₁=beta1})), {β₃=beta3})",
                "{s} ← {βₜ} {s<} + (1 − {βₜ}) {g}",
                "{αₜ} ← min(τ, 1) {α=alpha}",
                "Δ ← (m̂ + {αₜ} {s}) / (√v̂ + {ε=eps})",
            ]);
        }
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "3 numbers per parameter",
            cost: "1 gradient",
            strengths: "In long runs with noise: the slow mean, with a memory of 10000 steps (by default), keeps \
                pushing along the valley floor.",
            weaknesses: "In short runs the slow mean contains mostly the steep first gradients: after reaching the \
                minimum it stays a little off, or oscillates about it, until they have decayed.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            m: zeros.clone(),
            v: zeros.clone(),
            slow: zeros,
            steps: 0.0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            scheduled: [self.alpha, self.beta3],
            rule: self.clone(),
        }
    }
}

impl AdEMAMix {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }

    /// α and β₃ at step `step`.
    fn scheduled(&self, step: f64, beta1: f64) -> [f64; 2] {
        let Some(steps) = self.t_alpha_beta3 else {
            return [self.alpha, self.beta3];
        };
        let share = step / steps;
        let (fast, slow) = (beta1.ln(), self.beta3.ln());
        let beta3 = (fast * slow / ((1.0 - share) * slow + share * fast)).exp();
        [(share * self.alpha).min(self.alpha), beta3.min(self.beta3)]
    }
}

struct State<V> {
    rule: AdEMAMix,
    m: V,
    v: V,
    slow: V,
    steps: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// α and β₃ of the step.
    scheduled: [f64; 2],
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let AdEMAMix {
            beta2,
            eps,
            cautious,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        let keep = decay.keep(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        self.steps += 1.0;
        self.scheduled = self.rule.scheduled(self.steps, beta1);
        let [alpha, beta3] = self.scheduled;
        let correction = 1.0 - self.beta1_power.next(beta1);
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let mut agreeing = 0;
        for (m, g) in self.m.iter_mut().zip(gradient.iter()) {
            *m += (g - *m) * (1.0 - beta1);
            agreeing += usize::from(*m * g > 0.0);
        }
        let boost = real(gradient.len()) / (real(agreeing) + 1.0);
        let means = self
            .m
            .iter()
            .zip(self.v.iter_mut())
            .zip(self.slow.iter_mut());
        for ((theta, g), ((m, v), slow)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            let fast = match (cautious, m * g > 0.0) {
                (false, _) => *m,
                (true, true) => m * boost,
                (true, false) => 0.0,
            };
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            *slow += (g - *slow) * (1.0 - beta3);
            let mixed = fast / correction + alpha * *slow;
            *theta = *theta * keep - rates.lr * mixed / (v.sqrt() / root_correction + eps);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().keep(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::direction(
            "s",
            "slow mean of gradients",
            &self.slow,
        ));
        if self.rule.t_alpha_beta3.is_some() {
            visitor(StateEntry::number(
                "αₜ",
                "weight of the slow mean",
                self.scheduled[0],
            ));
            visitor(StateEntry::number(
                "βₜ",
                "decay of the slow mean",
                self.scheduled[1],
            ));
        }
    }
}
