//! Adam that divides by how much the gradient surprises: AdaBelief.

use super::decay::{Decay, shrink};
use super::{
    BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, radam,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
use crate::engine::schedule::StepRates;

settings! {
    /// AdaBelief: Adam that divides by the variance of the gradient around its running mean, so steps grow while gradients
    /// are as predicted.
    ///
    /// m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) (g − m)² + ε, θ ← θ − γ m̂ / (√ŝ + ε). Algorithm 2 of Zhuang et al. 2020;
    /// `rectify` rectifies the first steps as RAdam does, `ams_bound` divides by the largest s so far.
    pub struct AdaBelief("AdaBelief") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of (g − m)².
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the running mean in every step, and to the denominator outside the square root.
        eps: f64 = 1e-16, in 0.0.., log 1e-16..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Rectification as in RAdam: no division in the first steps, shorter steps after them.
        rectify: bool = false;
        /// AMSGrad: divides by the largest running mean of squares so far.
        ams_bound: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for AdaBelief {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{s} ← {β₂=beta2} {s<} + (1 − {β₂=beta2}) ({g} − {m})² + {ε=eps}",
            "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
        ]);
        lines.push(match (self.rectify, self.ams_bound) {
            (false, false) => "ŝ ← {s} / (1 − {β₂=beta2}^{t})",
            (false, true) => "ŝ ← {s_max} / (1 − {β₂=beta2}^{t}), {s_max} the largest {s} so far",
            (true, false) => "ŝ ← {s}",
            (true, true) => "ŝ ← {s_max}, the largest {s} so far",
        });
        if self.rectify {
            lines.extend([
                "ρ∞ ← 2 / (1 − {β₂=beta2}) − 1",
                "{ρ} ← ρ∞ − 2 {t} {β₂=beta2}^{t} / (1 − {β₂=beta2}^{t})",
                "r ← √((ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ))",
                "Δ ← r m̂ √(1 − {β₂=beta2}^{t}) / (√ŝ + {ε=eps}) if {ρ} ≥ 5, else m̂",
            ]);
        } else {
            lines.push("Δ ← m̂ / (√ŝ + {ε=eps})");
        }
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter, or 3 with ams_bound",
            cost: "1 gradient",
            strengths: "On even slopes: while gradients match their running mean, steps grow beyond Adam's; where \
                gradients change suddenly, steps shrink.",
            weaknesses: "On a long even slope steps become many times the learning rate, and it overshoots the valley \
                floor behind the slope. It scales along the axes only.",
        }
    }

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            m: zeros.clone(),
            s: zeros.clone(),
            s_max: zeros,
            steps: 0.0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            length: 0.0,
            rule: self.clone(),
        }
    }
}

impl AdaBelief {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State<V> {
    rule: AdaBelief,
    m: V,
    s: V,
    s_max: V,
    steps: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// ρₜ, if it rectifies.
    length: f64,
}

impl<V: Vector> State<V> {
    /// What divides √s, the factor on the step, and whether it divides by √s at all.
    #[inline(always)]
    fn scales(&mut self) -> (f64, f64, bool) {
        let AdaBelief { beta2, rectify, .. } = self.rule;
        let beta2_power = self.beta2_power.next(beta2);
        let root_correction = (1.0 - beta2_power).sqrt();
        if !rectify {
            return (root_correction, 1.0, true);
        }
        // The library's bound is reached at 5, RAdam's beyond it.
        let least = 5.0_f64.next_down();
        let (length, rectified) = radam::rectification(beta2, beta2_power, self.steps, least);
        self.length = length;
        match rectified {
            Some(r) => (1.0, root_correction * r, true),
            None => (1.0, 1.0, false),
        }
    }
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let AdaBelief {
            beta2,
            eps,
            ams_bound,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let decay = self.rule.decay();
        let keep = decay.keep(rates.lr);
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        self.steps += 1.0;
        let (root_correction, factor, adaptive) = self.scales();
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1)) * factor;
        let means = self
            .m
            .iter_mut()
            .zip(self.s.iter_mut())
            .zip(self.s_max.iter_mut());
        for ((theta, g), ((m, s), s_max)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            let surprise = g - *m;
            *s = *s * beta2 + (1.0 - beta2) * surprise * surprise + eps;
            let second = if ams_bound {
                *s_max = s_max.max(*s);
                *s_max
            } else {
                *s
            };
            let divisor = if adaptive {
                second.sqrt() / root_correction + eps
            } else {
                1.0
            };
            *theta = *theta * keep - step_size * *m / divisor;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().keep(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each("s", "mean of squared surprise", &self.s));
        if self.rule.ams_bound {
            visitor(StateEntry::each(
                "s_max",
                "largest mean of squares",
                &self.s_max,
            ));
        }
        if self.rule.rectify {
            visitor(StateEntry::number(
                "ρ",
                "length of the average",
                self.length,
            ));
        }
    }
}
