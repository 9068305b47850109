//! LARS: `pytorch_optimizer.LARS`.

use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::{Oracle, norm};
use crate::engine::schedule::StepRates;

settings! {
    /// LARS: SGD with momentum and steps proportional to the norm of the parameters.
    ///
    /// v ← μ v + (1 − τ) q (g + λθ) with the trust ratio q = η ‖θ‖ / (‖g‖ + λ ‖θ‖), θ ← θ − γ v. Algorithm 1 of You et al.
    /// 2017. All parameters are one layer, as a matrix is in the library.
    pub struct Lars("LARS") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1e3;
        /// Momentum μ: fraction of the velocity kept per step.
        momentum: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// Dampening τ: the gradient enters the velocity with the factor 1 − τ.
        dampening: f64 = 0.0, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Trust coefficient η: norm of the scaled gradient, relative to the norm of θ.
        trust_coefficient: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Nesterov momentum: looks ahead along the velocity.
        nesterov: bool = false;
        /// Adapts vectors as well. The library does not: it treats a vector as a bias, for which LARS is SGD without weight
        /// decay.
        adapt_1d: bool = true;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Lars {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        match (self.adapt_1d, self.weight_decay != 0.0) {
            (false, _) => lines.push("u ← {g}"),
            (true, false) => {
                lines.extend(["{q} ← {η=trust_coefficient} ‖{θ<}‖ / ‖{g}‖", "u ← {q} {g}"]);
            }
            (true, true) => lines.extend([
                "{q} ← {η=trust_coefficient} ‖{θ<}‖ / (‖{g}‖ + {λ=weight_decay} ‖{θ<}‖)",
                "u ← {q} ({g} + {λ=weight_decay} {θ<})",
            ]),
        }
        if self.momentum > 0.0 {
            lines.push("{v} ← {μ=momentum} {v<} + (1 − {τ=dampening}) u");
        }
        lines.push(match (self.momentum > 0.0, self.nesterov) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} u",
            (true, false) => "{θ} ← {θ<} − {γ=lr} {v}",
            (true, true) => "{θ} ← {θ<} − {γ=lr} (u + {μ=momentum} {v})",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "none, or 1 number per parameter with momentum",
            cost: "1 gradient",
            strengths: "For layers with gradients of different size: a step is a fraction of the norm of θ however \
                steep the slope is, so walls cannot throw it far.",
            weaknesses: "With its defaults a step is a millionth of the norm of θ, and it seems to stand still: \
                learning rates of about 10 to 100 are needed here. Near the origin it stops, even away from a \
                minimum.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            velocity: zeros,
            ratio: 1.0,
        }))
    }
}

struct State {
    rule: Lars,
    velocity: Vec<f64>,
    /// Trust ratio of the last step.
    ratio: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Lars {
            dampening,
            trust_coefficient,
            nesterov,
            adapt_1d,
            maximize,
            ..
        } = self.rule;
        let mu = rates.momentum.unwrap_or(self.rule.momentum);
        let gradient = gradient_with_decay(oracle, theta, maximize, 0.0);
        let weight_decay = if adapt_1d {
            self.rule.weight_decay
        } else {
            0.0
        };
        if adapt_1d {
            let weight = norm(theta);
            let length = norm(gradient) + weight_decay * weight;
            self.ratio = if weight > 0.0 && length > 0.0 {
                trust_coefficient * weight / length
            } else {
                1.0
            };
        }
        let each = theta.iter_mut().zip(gradient.iter());
        for ((theta, g), v) in each.zip(self.velocity.iter_mut()) {
            let u = self.ratio * (g + weight_decay * *theta);
            let step = if mu > 0.0 {
                *v = mu * *v + (1.0 - dampening) * u;
                if nesterov { u + mu * *v } else { *v }
            } else {
                u
            };
            *theta -= rates.lr * step;
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        if self.rule.momentum > 0.0 {
            visitor(StateEntry::direction("v", "velocity", &self.velocity));
        }
        if self.rule.adapt_1d {
            visitor(StateEntry::number("q", "trust ratio", &self.ratio));
        }
    }
}
