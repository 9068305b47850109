//! AdEMAMix: Adam with a second, slower running mean of gradients.

use super::decay::{has_decay, shrink};
use super::elementwise::{Elementwise, ElementwiseKernel, Kernel, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
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

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let rule = AdEMAMixRule {
            steps: 0.0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            scheduled: [self.alpha, self.beta3],
            cautious_factor: None,
            settings: self.clone(),
        };
        if self.cautious {
            let kernel = Kernel(rule);
            let state = kernel.initial_columns(shape.iter().product());
            return Algorithm::Joint(Box::new(CautiousRun { kernel, state }));
        }
        Algorithm::Elementwise(kernel(rule))
    }
}

has_decay!(AdEMAMix);

impl AdEMAMix {
    /// Returns α and β₃ at step `step`.
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

/// Update rule of AdEMAMix. State: m, v and the slow mean s.
struct AdEMAMixRule {
    settings: AdEMAMix,
    steps: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// α and β₃ of the last step.
    scheduled: [f64; 2],
    /// Factor of m where m and the gradient agree in sign, and 0 elsewhere; `None` without `cautious`.
    cautious_factor: Option<f64>,
}

impl Elementwise<3> for AdEMAMixRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 3]) + Copy {
        let AdEMAMix { beta2, eps, .. } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        self.steps += 1.0;
        self.scheduled = self.settings.scheduled(self.steps, beta1);
        let [alpha, beta3] = self.scheduled;
        let correction = 1.0 - self.beta1_power.next(beta1);
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let cautious_factor = self.cautious_factor;
        #[inline(always)]
        move |theta, g, [m, v, slow]| {
            *m += (g - *m) * (1.0 - beta1);
            let fast = match cautious_factor {
                None => *m,
                Some(factor) if *m * g > 0.0 => *m * factor,
                Some(_) => 0.0,
            };
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            *slow += (g - *slow) * (1.0 - beta3);
            let mixed = fast / correction + alpha * *slow;
            *theta = *theta * keep - rates.lr * mixed / (v.sqrt() / root_correction + eps);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v, slow]: [&[f64]; 3], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        visitor(StateEntry::direction("s", "slow mean of gradients", slow));
        if self.settings.t_alpha_beta3.is_some() {
            let [alpha, beta3] = self.scheduled;
            visitor(StateEntry::number("αₜ", "weight of the slow mean", &alpha));
            visitor(StateEntry::number("βₜ", "decay of the slow mean", &beta3));
        }
    }
}

/// Update rule with `cautious`, which counts the parameters where m and the gradient agree in sign.
struct CautiousRun {
    kernel: Kernel<AdEMAMixRule, 3>,
    state: Vec<Vec<f64>>,
}

impl UpdateRule for CautiousRun {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let (maximize, weight_decay) = self.kernel.gradient_options();
        let gradient = gradient_with_decay(oracle, theta, maximize, weight_decay);
        let beta1 = rates.momentum.unwrap_or(self.kernel.0.settings.beta1);
        let next_m = |m: f64, g: f64| m + (g - m) * (1.0 - beta1);
        let both = self.state[0].iter().zip(gradient);
        let agreeing = both.filter(|(m, g)| next_m(**m, **g) * **g > 0.0).count();
        self.kernel.0.cautious_factor = Some(real(gradient.len()) / (real(agreeing) + 1.0));
        self.kernel.step(rates, theta, gradient, &mut self.state);
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.kernel.shrink_factor(rates));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.kernel.visit_state(&self.state, visitor);
    }
}
