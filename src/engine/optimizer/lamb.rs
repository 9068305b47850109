//! LAMB: `pytorch_optimizer.Lamb`.

use super::decay::{Decay, shrink};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{Oracle, norm};
use crate::engine::schedule::StepRates;

/// Maximum norm of θ in the trust ratio.
const CLAMP: f64 = 10.0;

settings! {
    /// LAMB: Adam's step rescaled to a length proportional to the norm of the parameters.
    ///
    /// u ← m / (√v + ε), θ ← θ − γ / (1 − β₁ᵗ) (‖θ‖ / ‖u‖) u, with ‖θ‖ at most 10. Algorithm 2 of You et al. 2020, with bias
    /// correction of m only and decoupled weight decay as in the library; in the paper, λθ is part of u.
    pub struct Lamb("LAMB") {
        /// Learning rate γ: approximate step length, relative to the norm of θ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator outside the square root, and to the norm of u.
        eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to u, as in the paper.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Rectification as in RAdam. The norm of u is then, as in the library, the norm of θ after an Adam step.
        rectify: bool = false;
        /// Steps by m in the first steps, before rectification is possible; otherwise these do not move.
        degenerated_to_sgd: bool = false;
        /// Number of steps in the running mean of squares from which on steps are rectified.
        n_sma_threshold: u64 = 5, in 5.0..=1e6, linear 5.0..=100.0;
        /// Weights the gradient by 1 − β₁ in m; otherwise by 1.
        grad_averaging: bool = true;
        /// Clips the norm of gradients to `max_grad_norm` first; the library computes the norm in single precision.
        pre_norm: bool = false;
        /// Maximum gradient norm; 0 turns clipping off.
        max_grad_norm: f64 = 1.0, in 0.0.., log 1e-2..=100.0;
        /// Disables the rescaling of u: steps are Adam's.
        adam: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Lamb {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        if self.shortens() {
            lines.push("{g} ← min(1, {G=max_grad_norm} / (‖{g<}‖ + {ε=eps})) {g<}");
        }
        lines.push(if self.grad_averaging {
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}"
        } else {
            "{m} ← {β₁=beta1} {m<} + {g}"
        });
        lines.push("{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²");
        let decay = self.decay();
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "p ← {θ<}",
            (true, false) => "p ← (1 − {γ=lr} {λ=weight_decay}) {θ<}",
            (true, true) => "p ← (1 − {λ=weight_decay}) {θ<}",
        });
        lines.push(if self.rectify {
            "{u} ← {m} / (√{v} + {ε=eps}) where {v} holds enough steps"
        } else if decay.coupled != 0.0 {
            "{u} ← {m} / (√{v} + {ε=eps}) + {λ=weight_decay} p"
        } else {
            "{u} ← {m} / (√{v} + {ε=eps})"
        });
        let ratio = match (self.adam, self.rectify) {
            (true, _) => None,
            (false, true) => Some("{q} ← min(‖p‖, 10) / (‖p − γ_t {u}‖ + {ε=eps})"),
            (false, false) => Some("{q} ← min(‖p‖, 10) / (‖{u}‖ + {ε=eps})"),
        };
        if self.rectify {
            lines.push("γ_t ← {γ=lr} r_t / (1 − {β₁=beta1}^{t}), r_t of RAdam");
        }
        lines.extend(ratio);
        lines.push(match (self.adam, self.rectify) {
            (true, true) => "{θ} ← p − γ_t {u}",
            (true, false) => "{θ} ← p − {γ=lr} / (1 − {β₁=beta1}^{t}) {u}",
            (false, true) => "{θ} ← p − γ_t {q} {u}",
            (false, false) => "{θ} ← p − {γ=lr} / (1 − {β₁=beta1}^{t}) {q} {u}",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "For layers of different size: a step is a fraction of the norm of θ, so one learning rate \
                suits all, even with huge batches.",
            weaknesses: "Steps depend on the distance to 0: far away they are long and jump over valleys, and near \
                the origin they vanish, even away from a minimum. In two dimensions, with one layer, it has no \
                advantage.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            v: zeros.clone(),
            update: zeros,
            ratio: 1.0,
            steps: 0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }
}

impl Lamb {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }

    fn shortens(&self) -> bool {
        self.pre_norm && self.max_grad_norm > 0.0
    }

    /// Returns RAdam's factor of step `step`, eq. (5) and algorithm 2 of Liu et al. 2020, and whether m is divided by √v; `None`
    /// if there is no step.
    fn rectification(&self, step: f64, beta2_power: f64) -> Option<(f64, bool)> {
        if !self.rectify {
            return Some((1.0, true));
        }
        let longest = 2.0 / (1.0 - self.beta2) - 1.0;
        let length = longest - 2.0 * step * beta2_power / (1.0 - beta2_power);
        if length >= real(self.n_sma_threshold) {
            let of = |length: f64| (length - 4.0) * (length - 2.0) / length;
            let variance = (1.0 - beta2_power) * of(length) / of(longest);
            Some((variance.sqrt(), true))
        } else {
            self.degenerated_to_sgd.then_some((1.0, false))
        }
    }
}

struct State {
    rule: Lamb,
    m: Vec<f64>,
    v: Vec<f64>,
    update: Vec<f64>,
    /// Trust ratio of the last step.
    ratio: f64,
    steps: u64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Self { rule, update, .. } = self;
        let eps = rule.eps;
        let beta1 = rates.momentum.unwrap_or(rule.beta1);
        let whole = oracle.full_norm();
        let gradient = gradient_with_decay(oracle, theta, rule.maximize, 0.0);
        let scale = if rule.shortens() {
            let length = whole.unwrap_or_else(|| norm(gradient));
            (rule.max_grad_norm / (length + eps)).min(1.0)
        } else {
            1.0
        };
        let entering = if rule.grad_averaging {
            1.0 - beta1
        } else {
            1.0
        };
        let means = self.m.iter_mut().zip(self.v.iter_mut());
        for (g, (m, v)) in gradient.iter().zip(means) {
            let g = g * scale;
            *m = *m * beta1 + entering * g;
            *v = *v * rule.beta2 + (1.0 - rule.beta2) * g * g;
        }

        let decay = rule.decay();
        let keep = decay.shrink_factor(rates.lr);
        theta.iter_mut().for_each(|theta| *theta *= keep);

        self.steps += 1;
        let corrected = rates.lr / (1.0 - self.beta1_power.next(beta1));
        let beta2_power = self.beta2_power.next(rule.beta2);
        let Some((factor, adaptive)) = rule.rectification(real(self.steps), beta2_power) else {
            return;
        };
        let step_size = corrected * factor;
        let added = if rule.rectify { 0.0 } else { decay.coupled };
        let means = self.m.iter().zip(self.v.iter());
        for ((u, (m, v)), theta) in update.iter_mut().zip(means).zip(theta.iter()) {
            *u = if adaptive { m / (v.sqrt() + eps) } else { *m } + added * theta;
        }

        let length = if rule.rectify {
            let ahead = theta.iter().zip(update.iter());
            let ahead = ahead.map(|(theta, u)| theta - step_size * u);
            ahead.map(|ahead| ahead * ahead).sum::<f64>().sqrt()
        } else {
            norm(update)
        };
        let weight = norm(theta).min(CLAMP);
        self.ratio = if weight == 0.0 || length == 0.0 {
            1.0
        } else {
            weight / (length + eps)
        };
        let step_size = step_size * if rule.adam { 1.0 } else { self.ratio };
        for (theta, u) in theta.iter_mut().zip(update.iter()) {
            *theta -= step_size * u;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::direction("u", "Adam's direction", &self.update));
        if !self.rule.adam {
            visitor(StateEntry::number("q", "trust ratio", &self.ratio));
        }
    }
}
