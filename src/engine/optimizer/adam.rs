//! Adam and AMSGrad: `torch.optim.Adam`. [`super::adamw`] uses this rule with decoupled weight decay.

use super::elementwise::{Elementwise, kernel};
use super::variants::CorrectedEpsilon;
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines,
};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Adam: running means of the gradient and of its square, both bias-corrected.
    ///
    /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − γ m̂ / (√v̂ + ε). Algorithm 1 of Kingma & Ba 2015; `amsgrad`
    /// divides by the largest v so far (Reddi et al. 2018).
    pub struct Adam("Adam") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// AMSGrad: divides by the largest v so far instead of v.
        amsgrad: bool = false;
        /// Position of ε: outside √v̂ (PyTorch), inside it as √(v̂ + ε), or as ε̂ outside √v (Keras).
        eps_form: CorrectedEpsilon = CorrectedEpsilon::Outside;
        /// Bias correction of both running means for their start at zero; without it the first steps are too short or too
        /// long.
        bias_correction: bool = true;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adam:lr=0.001,eps=1e-7,eps_form=hat")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, self.weight_decay));
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

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter, or 3 with amsgrad",
            cost: "1 gradient",
            strengths: "When gradients differ between the axes or along the run: a step has about the length of the \
                learning rate in each coordinate, so it crosses plateaus and is not thrown off by steep walls.",
            weaknesses: "It scales along the axes only: in a valley at an angle to them it is several times slower. \
                Its momentum overshoots minima, and long after convergence the running mean of squares has decayed so \
                far that it can jump away again.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdamRule::new(self.clone(), 0.0)))
    }

    /// Returns (2 + 2β₁) / ((1 − β₁) γ).
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let plain = self.weight_decay == 0.0 && !self.maximize;
        plain.then(|| of_mean(rates.momentum.unwrap_or(self.beta1), rates.lr, 0.0))
    }

    fn display_name(&self) -> &'static str {
        if self.amsgrad { "AMSGrad" } else { "Adam" }
    }
}

/// Returns the largest curvature at which steps along a running mean of gradients with decay rate β₁ and decoupled weight decay λ
/// do not grow: (2 − γλ)(1 + β₁) / ((1 − β₁) γ), where a root of the characteristic polynomial is −1.
pub(super) fn of_mean(beta1: f64, lr: f64, decoupled_weight_decay: f64) -> f64 {
    (2.0 - lr * decoupled_weight_decay) * (1.0 + beta1) / ((1.0 - beta1) * lr)
}

/// Returns the update lines of the two running means m and v and of their bias corrections.
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

/// Update rule of Adam and AdamW. State: m, v and, for AMSGrad, the largest v.
pub(super) struct AdamRule {
    settings: Adam,
    decoupled_weight_decay: f64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl AdamRule {
    pub(super) fn new(settings: Adam, decoupled_weight_decay: f64) -> Self {
        Self {
            decoupled_weight_decay,
            beta1_power: BetaPower::new(settings.beta1),
            beta2_power: BetaPower::new(settings.beta2),
            settings,
        }
    }
}

impl Elementwise<3> for AdamRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, self.settings.weight_decay)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 3]) + Copy {
        let Adam {
            beta2,
            eps,
            amsgrad,
            ..
        } = self.settings;
        let beta1 = rates.momentum.unwrap_or(self.settings.beta1);
        let mut correction1 = 1.0 - self.beta1_power.next(beta1);
        let mut correction2 = 1.0 - self.beta2_power.next(beta2);
        if !self.settings.bias_correction {
            (correction1, correction2) = (1.0, 1.0);
        }
        // Both bias corrections are applied to the step size and to ε: end of section 2 of Kingma & Ba 2015.
        let root_correction = correction2.sqrt();
        let step_size = rates.lr * root_correction / correction1;
        let (inside, outside) = match self.settings.eps_form {
            CorrectedEpsilon::Outside => (0.0, eps * root_correction),
            CorrectedEpsilon::Inside => (eps * correction2, 0.0),
            CorrectedEpsilon::Hat => (0.0, eps),
        };
        let keep = self.shrink_factor(rates);
        #[inline(always)]
        move |theta, g, [m, v, v_max]| {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + g * (1.0 - beta2) * g;
            *v_max = v_max.max(*v);
            let second = if amsgrad { *v_max } else { *v };
            *theta = *theta * keep - *m * step_size / ((second + inside).sqrt() + outside);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        1.0 - rates.lr * self.decoupled_weight_decay
    }

    fn visit_state(&self, [m, v, v_max]: [&[f64]; 3], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
        visitor(StateEntry::each("v", "mean of squared gradients", v));
        if self.settings.amsgrad {
            visitor(StateEntry::each("v_max", "largest mean of squares", v_max));
        }
    }

    /// Writes √v̂ + ε, times the bias correction of m.
    fn preconditioner(&self, [_, v, v_max]: [&[f64]; 3], to: &mut [f64]) -> bool {
        let Adam { eps, amsgrad, .. } = self.settings;
        let [first, second] = if self.settings.bias_correction {
            [1.0 - self.beta1_power.value, 1.0 - self.beta2_power.value]
        } else {
            [1.0; 2]
        };
        let (inside, outside) = match self.settings.eps_form {
            CorrectedEpsilon::Outside => (0.0, eps),
            CorrectedEpsilon::Inside => (eps, 0.0),
            CorrectedEpsilon::Hat => (0.0, eps / second.sqrt()),
        };
        for (to, v) in to.iter_mut().zip(if amsgrad { v_max } else { v }) {
            *to = first * ((v / second + inside).sqrt() + outside);
        }
        self.beta1_power.exponent > 0
    }
}
