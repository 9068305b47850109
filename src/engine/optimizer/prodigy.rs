//! Prodigy: `pytorch_optimizer.Prodigy`.

use super::decay::{Decay, shrink};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Prodigy: Adam with step sizes proportional to the distance to the solution, which it estimates along the run.
    ///
    /// d ← max(d, d̂) with d̂ = r / ‖s‖₁ is a lower bound of ‖θ₀ − θ*‖; the gradients in Adam's running means are scaled by
    /// d. Algorithm 4 of Mishchenko & Defazio 2024. As in the library, θ moves by the previous step's d. Without
    /// `decoupled_weight_decay`, λθ is added to the gradient as the authors do it; the library adds it too late to matter.
    pub struct Prodigy("Prodigy") {
        /// Learning rate γ: factor on the estimate d.
        lr: f64 = 1.0, in 0.0.., log 1e-3..=10.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// β₃: decay rate of the two sums that d is estimated from; by default √β₂.
        beta3: Option<f64> = None, in 0.0..=1.0, linear 0.5..=1.0;
        /// d₀: initial estimate of the distance; must not exceed it.
        d0: f64 = 1e-6, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Unbounded), log 1e-8..=1.0;
        /// Factor on the estimate d̂.
        d_coef: f64 = 1.0, in 0.0.., log 0.1..=10.0;
        /// Maximum factor by which d grows per step.
        growth_rate: Option<f64> = None, in 1.0.., log 1.0..=10.0, none "inf";
        /// ε: added to the denominator outside the square root; without it a step is the arc tangent of m / √v.
        eps: Option<f64> = Some(1e-8), in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γ d λ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ and d.
        fixed_decay: bool = false;
        /// Bias correction of both running means for their start at zero.
        bias_correction: bool = false;
        /// Leaves γ out of s, so that a warm-up does not inflate d.
        safeguard_warmup: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Prodigy {
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
        lines.push("{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {d<} {g}");
        lines.push("{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {d<}² {g}²");
        lines.extend(match self.beta3 {
            None => [
                "β₃ ← √{β₂=beta2}",
                "{r} ← β₃ {r<} + γ_d {d<} / {d₀=d0} {g}·({θ₀} − {θ<})",
            ]
            .as_slice(),
            Some(_) => &["{r} ← {β₃=beta3} {r<} + γ_d {d<} / {d₀=d0} {g}·({θ₀} − {θ<})"],
        });
        lines.push(match (self.beta3, self.safeguard_warmup) {
            (None, false) => "{s} ← β₃ {s<} + γ_d {d<} / {d₀=d0} {g}",
            (None, true) => "{s} ← β₃ {s<} + {d<}² / {d₀=d0} {g}",
            (Some(_), false) => "{s} ← {β₃=beta3} {s<} + γ_d {d<} / {d₀=d0} {g}",
            (Some(_), true) => "{s} ← {β₃=beta3} {s<} + {d<}² / {d₀=d0} {g}",
        });
        lines.push(if self.d_coef == 1.0 {
            "{d̂} ← {r} / ‖{s}‖₁"
        } else {
            "{d̂} ← {c=d_coef} {r} / ‖{s}‖₁"
        });
        lines.push(match self.growth_rate {
            None => "{d} ← max({d<}, {d̂})",
            Some(_) => "{d} ← min({G=growth_rate} {d<}, the largest {d̂} so far)",
        });
        let decays = decay.decoupled != 0.0;
        if decays {
            lines.push(if self.fixed_decay {
                "p ← (1 − {λ=weight_decay}) {θ<}"
            } else {
                "p ← (1 − γ_d {λ=weight_decay}) {θ<}"
            });
        }
        lines.push(match (decays, self.eps) {
            (false, Some(_)) => "{θ} ← {θ<} − γ_d {m} / (√{v} + {d} {ε=eps})",
            (false, None) => "{θ} ← {θ<} − γ_d arctan({m} / √{v})",
            (true, Some(_)) => "{θ} ← p − γ_d {m} / (√{v} + {d} {ε=eps})",
            (true, None) => "{θ} ← p − γ_d arctan({m} / √{v})",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::ParameterFree,
            state: "4 numbers per parameter",
            cost: "1 gradient",
            strengths: "When no learning rate is known: leave it at 1. The estimate d grows from 10⁻⁶ until steps \
                match the distance to the minimum.",
            weaknesses: "The first ten or more steps are invisible, while d grows. As d never decreases, an estimate \
                that is too large, as in landscapes with several pits, leaves it oscillating. It scales along the \
                axes only.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            origin: zeros.clone(),
            moving: false,
            m: zeros.clone(),
            v: zeros.clone(),
            s: zeros,
            r: 0.0,
            shrink_factor: 1.0,
            d: self.d0,
            d_hat: 0.0,
            d_max: self.d0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }
}

impl Prodigy {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: Prodigy,
    /// Start θ₀ of the run; set once `moving`.
    origin: Vec<f64>,
    moving: bool,
    m: Vec<f64>,
    v: Vec<f64>,
    s: Vec<f64>,
    r: f64,
    d: f64,
    d_hat: f64,
    /// Largest d̂ so far.
    d_max: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
    /// Factor of θ by the decoupled weight decay of the last step.
    shrink_factor: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Prodigy {
            beta2,
            d0,
            d_coef,
            eps,
            bias_correction,
            safeguard_warmup,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let beta3 = self.rule.beta3.unwrap_or(beta2.sqrt());
        if !self.moving {
            self.origin.copy_from_slice(theta);
            self.moving = true;
        }
        let decay = self.rule.decay();
        let gradient = gradient_with_decay(oracle, theta, maximize, decay.coupled);
        let correction =
            (1.0 - self.beta2_power.next(beta2)).sqrt() / (1.0 - self.beta1_power.next(beta1));
        let d = self.d;
        let step_size = d * rates.lr * if bias_correction { correction } else { 1.0 };
        let weight = d / d0 * if safeguard_warmup { d } else { step_size };

        let (mut progress, mut length) = (0.0, 0.0);
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        let points = theta.iter().zip(self.origin.iter());
        for (((theta, origin), g), ((m, v), s)) in points
            .zip(gradient.iter())
            .zip(means.zip(self.s.iter_mut()))
        {
            progress += g * (origin - theta);
            *m = *m * beta1 + d * (1.0 - beta1) * g;
            *v = *v * beta2 + d * d * (1.0 - beta2) * g * g;
            *s = *s * beta3 + weight * g;
            length += s.abs();
        }
        self.r = self.r * beta3 + d / d0 * step_size * progress;
        self.shrink_factor = 1.0;
        if length == 0.0 {
            return;
        }
        self.d_hat = d_coef * self.r / length;
        self.d_max = self.d_max.max(self.d_hat);
        // The first estimate above d₀ is not limited by the growth rate; later ones are.
        let grown = if d == d0 { d.max(self.d_hat) } else { d };
        self.d = (grown * self.rule.growth_rate.unwrap_or(f64::INFINITY)).min(self.d_max);

        self.shrink_factor = decay.shrink_factor(step_size);
        let keep = self.shrink_factor;
        for (theta, (m, v)) in theta.iter_mut().zip(self.m.iter().zip(self.v.iter())) {
            let direction = match eps {
                Some(eps) => m / (v.sqrt() + self.d * eps),
                None => m.atan2(v.sqrt()),
            };
            *theta = *theta * keep - step_size * direction;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        let _ = rates;
        shrink(theta, self.shrink_factor);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::number("d", "estimate of the distance", &self.d));
        visitor(StateEntry::number("d̂", "its last lower bound", &self.d_hat));
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::direction(
            "s",
            "weighted sum of gradients",
            &self.s,
        ));
        visitor(StateEntry::number("r", "weighted progress", &self.r));
        if self.moving {
            visitor(StateEntry::place("θ₀", "where the run began", &self.origin));
        }
    }
}
