//! Schedule-free AdamW: `pytorch_optimizer.ScheduleFreeAdamW`.

use super::elementwise::{Elementwise, kernel};
use super::schedulefree_sgd::Averaging;
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Schedule-Free AdamW: Adam steps with iterate averaging instead of a schedule; gradients are evaluated between iterate
    /// and average.
    ///
    /// v ← β₂ v + (1 − β₂) g², u ← g / (√(v / (1 − β₂ᵗ)) + ε) + λθ, z ← z − γ u, x ← (1 − c) x + c z, θ ← (1 − β₁) z + β₁ x.
    /// Algorithm 1 of Defazio et al. 2024, with the library's 10⁻¹⁵ inside the root. The trajectory is that of θ (the paper's
    /// y), the library's parameters in training mode; x are those in evaluation mode.
    pub struct ScheduleFreeAdamW("Schedule-Free AdamW") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 2.5e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: weight of the average x in the point where gradients are evaluated.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the scaled gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// r: step t has the weight tʳ in the average.
        r: f64 = 0.0, linear 0.0..=4.0;
        /// Power p: a step has the p-th power of the largest learning rate so far as weight in the average.
        weight_lr_power: f64 = 2.0, in 0.0.., linear 0.0..=4.0;
        /// Number of warm-up steps, in which the learning rate rises linearly.
        warmup_steps: u64 = 0, in 0.0..=1e6, linear 0.0..=100.0;
        /// C: multiplies the weight of a step in the average by (1 − β₁) C, to at most 1; 0 turns it off.
        decoupling_c: f64 = 0.0, in 0.0.., linear 0.0..=100.0;
        /// AMSGrad: divides by the largest running mean of squares so far.
        ams_bound: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for ScheduleFreeAdamW {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keeps_average(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.push("{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²");
        lines.push(if self.ams_bound {
            "v̂ ← {v_max}, the largest {v} / (1 − {β₂=beta2}^{t}) so far"
        } else {
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})"
        });
        lines.push(if self.weight_decay == 0.0 {
            "u ← {g} / (√(v̂ + 10⁻¹⁵) + {ε=eps})"
        } else {
            "u ← {g} / (√(v̂ + 10⁻¹⁵) + {ε=eps}) + {λ=weight_decay} {θ<}"
        });
        lines.push(if self.warmup_steps > 1 {
            "{z} ← {z<} − {γ=lr} min(1, {t} / {T=warmup_steps}) u"
        } else {
            "{z} ← {z<} − {γ=lr} u"
        });
        lines.push("{x} ← (1 − {c}) {x<} + {c} {z}");
        lines.push("{θ} ← (1 − {β₁=beta1}) {z} + {β₁=beta1} {x}");
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::ParameterFree,
            state: "3 numbers per parameter, or 4 with ams_bound",
            cost: "1 gradient",
            strengths: "As Adam, without a schedule and without knowing the number of steps: the average, drawn as a \
                trail of its own, converges although the learning rate never decreases.",
            weaknesses: "All steps since the start have equal weight in the average: in a winding valley it lags \
                behind Adam, and it overshoots slowly. It scales along the axes only.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(ScheduleFreeAdamWRule {
            beta2_power: BetaPower::new(self.beta2),
            averaging: Averaging::new(self.r, self.weight_lr_power, self.warmup_steps),
            settings: self.clone(),
        }))
    }
}

/// Update rule of Schedule-free AdamW. State: v, for AMSGrad the largest v̂, the stepped point z, the average x.
struct ScheduleFreeAdamWRule {
    settings: ScheduleFreeAdamW,
    beta2_power: BetaPower,
    averaging: Averaging,
}

impl Elementwise<4> for ScheduleFreeAdamWRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, 0.0)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 4]) + Copy {
        let ScheduleFreeAdamW {
            beta2,
            eps,
            weight_decay,
            decoupling_c,
            ams_bound,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let mut step = self.averaging.next(rates.lr);
        if decoupling_c > 0.0 {
            step.share = (step.share * (1.0 - beta1) * decoupling_c).min(1.0);
            self.averaging.share = step.share;
        }
        let correction2 = 1.0 - self.beta2_power.next(beta2);
        #[inline(always)]
        move |theta, g, [v, v_max, z, x]| {
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let second = if ams_bound {
                *v_max = v_max.max(*v / correction2);
                *v_max
            } else {
                *v / correction2
            };
            let direction = g / ((second + 1e-15).sqrt() + eps) + weight_decay * *theta;
            step.apply(direction, beta1, theta, z, x);
        }
    }

    fn visit_state(&self, [v, v_max, z, x]: [&[f64]; 4], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        if self.settings.ams_bound {
            visitor(StateEntry::each("v_max", "largest mean of squares", v_max));
        }
        self.averaging.visit_state(z, x, visitor);
    }

    fn average<'s>(&self, [_, _, _, x]: [&'s [f64]; 4]) -> Option<&'s [f64]> {
        self.averaging.average(x)
    }
}
