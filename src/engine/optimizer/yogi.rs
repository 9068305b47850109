//! Yogi: Adam whose second moment changes slowly in both directions.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Yogi: Adam with a running mean of squares that moves towards g² by a fraction of g² only, so it decreases slowly.
    ///
    /// v ← v − (1 − β₂) sign(v − g²) g², θ ← θ − γ m̂ / (√v̂ + ε). Algorithm 2 of Zaheer et al. 2018, with the library's bias
    /// corrections, although both running means begin at `initial_accumulator`.
    pub struct Yogi("Yogi") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: the running mean of squares moves by (1 − β₂) g².
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-3, in 0.0.., log 1e-12..=1.0;
        /// Initial value of both running means.
        initial_accumulator: f64 = 1e-6, in 0.0.., log 1e-9..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Yogi {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {v<} − (1 − {β₂=beta2}) sign({v<} − {g}²) {g}²",
            "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
            "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
            "Δ ← m̂ / (√v̂ + {ε=eps})",
        ]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "As Adam; its running mean of squares decreases slowly, so steps do not suddenly grow where \
                gradients become small.",
            weaknesses: "A steep start is remembered for long: when gradients are a tenth as large, squares decay at \
                a hundredth of the rate, and progress is slow. It scales along the axes only.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(YogiRule {
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            settings: self.clone(),
        }))
    }
}

impl Yogi {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

/// Update rule of Yogi. State: m, v.
struct YogiRule {
    settings: Yogi,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl Elementwise<2> for YogiRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.decay().coupled)
    }

    fn initial_state(&self) -> [f64; 2] {
        [self.settings.initial_accumulator; 2]
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let Yogi { beta2, eps, .. } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let keep = self.shrink_factor(rates);
        let root_correction = (1.0 - self.beta2_power.next(beta2)).sqrt();
        let step_size = rates.lr / (1.0 - self.beta1_power.next(beta1));
        #[inline(always)]
        move |theta, g, [m, v]| {
            let square = g * g;
            *m += (g - *m) * (1.0 - beta1);
            *v -= (1.0 - beta2) * sign(*v - square) * square;
            *theta = *theta * keep - step_size * *m / (v.sqrt() / root_correction + eps);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.settings.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m, v]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
    }
}
