//! Adam and AMSGrad: `torch.optim.Adam`. [`super::adamw`] is the same rule with decoupled weight decay.

use super::convention::CorrectedEpsilon;
use super::{
    Internal, Kind, Notes, Optimizer, Power, Probe, Rule, regularisation, regularised_gradient,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::Pace;
use crate::engine::vector::Vector;

settings! {
    /// Adam: running means of the gradient and of its square, both corrected for their start at zero.
    ///
    /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − γ m̂ / (√v̂ + ε). Algorithm 1 of Kingma & Ba 2015; `amsgrad`
    /// divides by the largest v so far (Reddi et al. 2018).
    pub struct Adam("Adam") {
        /// Learning rate γ: about the length of a step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay of the mean of the gradient.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay of the mean of its square.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε, added outside the root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// AMSGrad: steps never grow because a gradient was forgotten.
        amsgrad: bool = false;
        /// Where ε stands: outside √v̂ (PyTorch), inside (√(v̂ + ε)), or as ε̂ outside √v (Keras).
        eps_form: CorrectedEpsilon = CorrectedEpsilon::Outside;
        /// Whether both means are corrected for their start at zero; without it the first steps are too short or too long.
        bias_correction: bool = true;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Adam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn elementwise(&self) -> bool {
        true
    }

    fn keras(&self) -> Option<&'static str> {
        Some("adam:lr=0.001,eps=1e-7,eps_form=hat")
    }

    fn rule(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(regularisation(self.maximize, self.weight_decay));
        lines.extend(means(self));
        lines.push(match (self.eps_form, self.bias_correction) {
            (CorrectedEpsilon::Inside, _) => "{θ} ← {θ<} − {γ=lr} m̂ / √(v̂ + {ε=eps})",
            (CorrectedEpsilon::Hat, true) => {
                "{θ} ← {θ<} − {γ=lr} m̂ √(1 − {β₂=beta2}^{t}) / (√v + {ε̂=eps}), v from v̂"
            }
            _ => "{θ} ← {θ<} − {γ=lr} m̂ / (√v̂ + {ε=eps})",
        });
        lines
    }

    fn notes(&self) -> Notes {
        Notes {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter, or 3 with amsgrad",
            cost: "1 gradient",
            helps: "Where slopes differ between the axes or along the way: a step is about as long as the learning \
                rate in each coordinate, so it crosses plateaus and is not thrown off by steep walls.",
            fails: "It scales along the axes only: in a valley at an angle to them it is several times slower. It \
                overshoots minima by its momentum; and long after it has come to rest the mean of squares has faded, \
                and it can jump away again.",
        }
    }

    fn start<V: Vector>(&self, zeros: V) -> impl Rule<V> {
        State::new(self.clone(), 0.0, zeros)
    }

    fn short_name(&self) -> &'static str {
        if self.amsgrad { "AMSGrad" } else { "Adam" }
    }
}

/// The lines of the two means, each corrected for its start at zero.
pub(super) fn means(adam: &Adam) -> Vec<&'static str> {
    let mut lines = vec![
        "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
        "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) {g}²",
        "m̂ ← {m} / (1 − {β₁=beta1}^{t})",
        "v̂ ← {v} / (1 − {β₂=beta2}^{t})",
    ];
    if !adam.bias_correction {
        lines[2] = "m̂ ← {m}";
        lines[3] = if adam.amsgrad {
            "v̂ ← {v_max}, the largest {v} so far"
        } else {
            "v̂ ← {v}"
        };
    } else if adam.amsgrad {
        lines[3] = "v̂ ← {v_max} / (1 − {β₂=beta2}^{t}), {v_max} the largest {v} so far";
    }
    lines
}

/// The two means, and how the weights decay.
pub(super) struct State<V> {
    rule: Adam,
    decoupled_weight_decay: f64,
    m: V,
    v: V,
    v_max: V,
    beta1_power: Power,
    beta2_power: Power,
}

impl<V: Vector> State<V> {
    pub(super) fn new(rule: Adam, decoupled_weight_decay: f64, zeros: V) -> Self {
        Self {
            decoupled_weight_decay,
            m: zeros.clone(),
            v: zeros.clone(),
            v_max: zeros,
            beta1_power: Power::new(rule.beta1),
            beta2_power: Power::new(rule.beta2),
            rule,
        }
    }
}

impl<V: Vector> Rule<V> for State<V> {
    #[inline(always)]
    fn step(&mut self, theta: &mut V, oracle: &mut Oracle<V>, pace: Pace) {
        let Adam {
            beta2,
            eps,
            weight_decay,
            amsgrad,
            eps_form,
            bias_correction,
            maximize,
            ..
        } = self.rule;
        let beta1 = pace.momentum.unwrap_or(self.rule.beta1);
        let gradient = regularised_gradient(oracle, theta, maximize, weight_decay);
        // Both corrections move to the step size and to ε, out of the way of θ: end of section 2 of Kingma & Ba 2015.
        let [mut first, mut second] = [
            1.0 - self.beta1_power.next(beta1),
            1.0 - self.beta2_power.next(beta2),
        ];
        if !bias_correction {
            (first, second) = (1.0, 1.0);
        }
        let root_correction = second.sqrt();
        let step_size = pace.lr * root_correction / first;
        let (inside, outside) = match eps_form {
            CorrectedEpsilon::Outside => (0.0, eps * root_correction),
            CorrectedEpsilon::Inside => (eps * second, 0.0),
            CorrectedEpsilon::Hat => (0.0, eps),
        };
        let keep = 1.0 - pace.lr * self.decoupled_weight_decay;
        let means = self
            .m
            .iter_mut()
            .zip(self.v.iter_mut())
            .zip(self.v_max.iter_mut());
        for ((theta, g), ((m, v), v_max)) in theta.iter_mut().zip(gradient.iter()).zip(means) {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + (1.0 - beta2) * g * g;
            let second = if amsgrad {
                *v_max = v_max.max(*v);
                *v_max
            } else {
                *v
            };
            *theta = *theta * keep - step_size * *m / ((second + inside).sqrt() + outside);
        }
    }

    fn probe(&self, probe: &mut Probe) {
        probe(Internal::direction("m", "mean of gradients", &self.m));
        probe(Internal::each("v", "mean of squared gradients", &self.v));
        if self.rule.amsgrad {
            probe(Internal::each(
                "v_max",
                "largest mean of squares",
                &self.v_max,
            ));
        }
    }
}
