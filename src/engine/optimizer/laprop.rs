//! LaProp: Adam with its momentum after the division.

use super::decay::has_decay;
use super::elementwise::{Elementwise, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// LaProp: Adam that divides each gradient by the root mean square before it enters the momentum, not after.
    ///
    /// v ← β₂ v + (1 − β₂) g², m ← β₁ m + (1 − β₁) γ g / √v̂, θ ← θ − m̂. Algorithm 1 of Ziyin et al. 2020; m̂ also corrects
    /// for changes of γ by a schedule. `centered` uses v − (mean of g)² instead of v. Without `decoupled_weight_decay`, λθ is
    /// added to the gradient; the library adds it too late to matter.
    pub struct LaProp("LaProp") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 4e-4, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the momentum.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-15, in 0.0.., log 1e-16..=1.0;
        /// Centered: divides by the standard deviation of the gradient instead of its root mean square.
        centered: bool = false;
        /// Number of initial steps that are not centered.
        steps_before_using_centered: u64 = 10, in 0.0..=1e6, linear 0.0..=100.0;
        /// AMSGrad: divides by the largest running mean of squares so far.
        ams_bound: bool = false;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ after each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

/// Constant that pytorch_optimizer adds inside the square root.
const INSIDE: f64 = 1e-15;

impl Optimizer for LaProp {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.push("{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²");
        if self.centered {
            lines.push("{a} ← {β₂=beta2} {a<} + (1 − {β₂=beta2}) {g}");
            lines.push("w ← {v} − {a}², but {v} up to step {n=steps_before_using_centered}");
        }
        lines.push(match (self.centered, self.ams_bound) {
            (false, false) => "s ← √({v} + 10⁻¹⁵) + {ε=eps}",
            (true, false) => "s ← √(w + 10⁻¹⁵) + {ε=eps}",
            (false, true) => "s ← √({v_max} + 10⁻¹⁵) + {ε=eps}, {v_max} the largest {v} so far",
            (true, true) => "s ← √({v_max} + 10⁻¹⁵) + {ε=eps}, {v_max} the largest w so far",
        });
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {γ=lr} √(1 − {β₂=beta2}^{t}) {g} / s",
            "{l} ← {β₁=beta1} {l<} + (1 − {β₁=beta1}) {γ=lr}",
        ]);
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {m} {γ=lr} / {l}",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) ({θ<} − {m} {γ=lr} / {l})",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) ({θ<} − {m} {γ=lr} / {l})",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter; 1 more each with centered and ams_bound",
            cost: "1 gradient",
            strengths: "When gradients change their size suddenly: each enters the momentum already scaled, so none \
                outweighs the others, and β₁ may be larger than β₂.",
            weaknesses: "As Adam: it scales along the axes only, is slow in valleys at an angle to them, and \
                overshoots minima by its momentum.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(LaPropRule {
            steps: 0,
            mean_lr: 0.0,
            beta2_power: BetaPower::new(self.beta2),
            settings: self.clone(),
        }))
    }
}

has_decay!(LaProp);

/// Update rule of LaProp. State: m, v, the largest v and the mean of gradients.
struct LaPropRule {
    settings: LaProp,
    steps: u64,
    /// Running mean l of learning rates: m if all scaled gradients were 1.
    mean_lr: f64,
    beta2_power: BetaPower,
}

impl Elementwise<4> for LaPropRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 4]) + Copy {
        let LaProp {
            beta2,
            eps,
            ams_bound,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        self.steps += 1;
        let centered =
            self.settings.centered && self.steps > self.settings.steps_before_using_centered;
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        self.mean_lr = self.mean_lr * beta1 + (1.0 - beta1) * rates.lr;
        let step_size = if rates.lr == 0.0 {
            1.0
        } else {
            rates.lr / self.mean_lr
        };
        let entering = (1.0 - beta1) * rates.lr;
        #[inline(always)]
        move |theta, g, [m, v, v_max, mean]| {
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            *mean += (g - *mean) * (1.0 - beta2);
            let variance = if centered { *v - *mean * *mean } else { *v };
            *v_max = v_max.max(variance);
            let second = if ams_bound { *v_max } else { variance };
            let size = ((second + INSIDE).sqrt() + eps) / root_correction;
            *m = *m * beta1 + entering * g / size;
            *theta = (*theta - step_size * *m) * keep;
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v, v_max, mean]: [&[f64]; 4], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        if self.settings.centered {
            visitor(StateEntry::direction("a", "mean of gradients", mean));
        }
        if self.settings.ams_bound {
            visitor(StateEntry::each("v_max", "largest mean of squares", v_max));
        }
        visitor(StateEntry::direction("m", "mean of scaled gradients", m));
        visitor(StateEntry::number(
            "l",
            "mean of learning rates",
            &self.mean_lr,
        ));
    }
}
