//! Adam with D-Adaptation: `pytorch_optimizer.DAdaptAdam`.

use super::decay::{Decay, shrink};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// D-Adapt Adam: Adam with step sizes proportional to the distance to the solution, which it estimates along the run.
    ///
    /// d ← max(d, d̂) with d̂ = r / ((1 − √β₂) ‖s‖₁) is a lower bound of ‖θ₀ − θ*‖. Algorithm 5 of Defazio & Mishchenko 2023,
    /// in the third version of the authors' code, as in the library.
    pub struct DAdaptAdam("D-Adapt Adam") {
        /// Learning rate γ: factor on the estimate d.
        lr: f64 = 1.0, in 0.0.., log 1e-3..=10.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// d₀: initial estimate of the distance; must not exceed it.
        d0: f64 = 1e-6, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Unbounded), log 1e-8..=1.0;
        /// Maximum factor by which d grows per step.
        growth_rate: Option<f64> = None, in 1.0.., log 1.0..=10.0, none "inf";
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γ d λ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ and d.
        fixed_decay: bool = false;
        /// Bias correction of both running means for their start at zero.
        bias_correction: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for DAdaptAdam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.push(if self.bias_correction {
            "γ_d ← {γ=lr} {d<} √(1 − {β₂=beta2}^{t}) / (1 − {β₁=beta1}^{t})"
        } else {
            "γ_d ← {γ=lr} {d<}"
        });
        lines.extend([
            "{r} ← √{β₂=beta2} {r<} + (1 − √{β₂=beta2}) γ_d {g}·({s<} / (√{v<} + {ε=eps}))",
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) γ_d {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
            "{s} ← √{β₂=beta2} {s<} + (1 − √{β₂=beta2}) γ_d {g}",
            "{d̂} ← {r} / ((1 − √{β₂=beta2}) ‖{s}‖₁)",
        ]);
        lines.push(match self.growth_rate {
            None => "{d} ← max({d<}, {d̂})",
            Some(_) => "{d} ← max({d<}, min({d̂}, {G=growth_rate} {d<}))",
        });
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {m} / (√{v} + {ε=eps})",
            (true, false) => "{θ} ← (1 − γ_d {λ=weight_decay}) {θ<} − {m} / (√{v} + {ε=eps})",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {m} / (√{v} + {ε=eps})",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::ParameterFree,
            state: "3 numbers per parameter",
            cost: "1 gradient",
            strengths: "When no learning rate is known: leave it at 1. The estimate d grows from 10⁻⁶ until steps \
                match the distance to the minimum.",
            weaknesses: "The first steps are invisible, while d grows. As d never decreases, an estimate that is too \
                large stays: it jumps far out, or runs past the minimum and up and down the valley. It scales along \
                the axes only.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            v: zeros.clone(),
            s: zeros,
            r: 0.0,
            shrink_factor: 1.0,
            d: self.d0,
            d_hat: 0.0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }
}

impl DAdaptAdam {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: DAdaptAdam,
    m: Vec<f64>,
    v: Vec<f64>,
    s: Vec<f64>,
    r: f64,
    d: f64,
    d_hat: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// Factor of θ by the decoupled weight decay of the last step.
    shrink_factor: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let DAdaptAdam {
            beta2,
            eps,
            bias_correction,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let root = beta2.sqrt();
        let decay = self.rule.decay();
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        let correction =
            (1.0 - self.beta2_power.next(beta2)).sqrt() / (1.0 - self.beta1_power.next(beta1));
        let step_size = self.d * rates.lr * if bias_correction { correction } else { 1.0 };

        let (mut progress, mut length) = (0.0, 0.0);
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        for (g, ((m, v), s)) in gradient.iter().zip(means.zip(self.s.iter_mut())) {
            progress += g * (*s / (v.sqrt() + eps));
            *m = *m * beta1 + step_size * (1.0 - beta1) * g;
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            *s = *s * root + step_size * (1.0 - root) * g;
            length += s.abs();
        }
        self.shrink_factor = 1.0;
        if length == 0.0 {
            return;
        }
        self.r += (step_size * progress - self.r) * (1.0 - root);
        if rates.lr > 0.0 {
            self.d_hat = self.r / ((1.0 - root) * length);
            let max_d = self.d * self.rule.growth_rate.unwrap_or(f64::INFINITY);
            // A NaN in d̂ does not change d.
            if self.d_hat > self.d {
                self.d = self.d_hat.min(max_d);
            }
        }

        self.shrink_factor = decay.shrink_factor(step_size);
        let keep = self.shrink_factor;
        for (theta, (m, v)) in theta.iter_mut().zip(self.m.iter().zip(self.v.iter())) {
            *theta = *theta * keep - m / (v.sqrt() + eps);
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let _ = rates;
        shrink(theta, self.shrink_factor);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::number("d", "estimate of the distance", &self.d));
        visitor(StateEntry::number("d̂", "its last lower bound", &self.d_hat));
        visitor(StateEntry::direction(
            "m",
            "mean of scaled gradients",
            &self.m,
        ));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::direction(
            "s",
            "slower mean of scaled gradients",
            &self.s,
        ));
        visitor(StateEntry::number("r", "weighted progress", &self.r));
    }
}
