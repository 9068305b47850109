//! Schedule-free AdamW: `pytorch_optimizer.ScheduleFreeAdamW`.

use super::schedulefree_sgd::Averaging;
use super::{
    BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::params::Vector;
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

    fn elementwise(&self) -> bool {
        true
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

    fn init<V: Vector>(&self, zeros: V) -> impl UpdateRule<V> {
        State {
            v: zeros.clone(),
            v_max: zeros.clone(),
            beta2_power: BetaPower::new(self.beta2),
            average: Averaging::new(self.r, self.weight_lr_power, self.warmup_steps, zeros),
            rule: self.clone(),
        }
    }
}

struct State<V> {
    rule: ScheduleFreeAdamW,
    v: V,
    v_max: V,
    beta2_power: BetaPower,
    average: Averaging<V>,
}

impl<V: Vector> UpdateRule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, rates: StepRates) {
        let ScheduleFreeAdamW {
            beta2,
            eps,
            weight_decay,
            decoupling_c,
            ams_bound,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let (lr, mut share) = self.average.next(theta, rates.lr);
        if decoupling_c > 0.0 {
            share = (share * (1.0 - beta1) * decoupling_c).min(1.0);
            self.average.share = share;
        }
        let gradient = gradient_with_decay(oracle, theta, maximize, 0.0);
        let correction = 1.0 - self.beta2_power.next(beta2);
        let means = self.v.iter_mut().zip(self.v_max.iter_mut());
        let points = self.average.z.iter_mut().zip(self.average.x.iter_mut());
        for (((theta, g), (v, v_max)), (z, x)) in
            theta.iter_mut().zip(gradient.iter()).zip(means).zip(points)
        {
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let second = if ams_bound {
                *v_max = v_max.max(*v / correction);
                *v_max
            } else {
                *v / correction
            };
            let scaled = g / ((second + 1e-15).sqrt() + eps) + weight_decay * *theta;
            *z -= lr * scaled;
            *x += share * (*z - *x);
            *theta = *z + beta1 * (*x - *z);
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        if self.rule.ams_bound {
            let name = "largest mean of squares";
            visitor(StateEntry::each("v_max", name, &self.v_max));
        }
        self.average.visit_state(visitor);
    }

    fn average(&self) -> Option<&[f64]> {
        self.average.point()
    }
}
