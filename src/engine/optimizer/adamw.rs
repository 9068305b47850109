//! Adam with decoupled weight decay: `torch.optim.AdamW`.

use super::adam::{Adam, AdamRule, means, of_mean};
use super::elementwise::kernel;
use super::variants::CorrectedEpsilon;
use super::{Algorithm, Kind, Optimizer, Profile, decay_lines};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// AdamW: Adam with decoupled weight decay.
    ///
    /// θ ← θ − γ λ θ before Adam's step. Algorithm 2 of Loshchilov & Hutter 2019.
    pub struct AdamW("AdamW") {
        /// Learning rate γ: approximate step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients.
        beta2: f64 = 0.999, in 0.0..1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ, decoupled: multiplies θ by 1 − γλ in each step.
        weight_decay: f64 = 1e-2, in 0.0.., log 1e-6..=1.0;
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

impl Optimizer for AdamW {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn keras_spec(&self) -> Option<&'static str> {
        Some("adamw:lr=0.001,eps=1e-7,weight_decay=0.004,eps_form=hat")
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.extend(means(&self.adam()));
        lines.push(if self.weight_decay == 0.0 {
            "{θ} ← {θ<} − {γ=lr} m̂ / (√v̂ + {ε=eps})"
        } else {
            "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} m̂ / (√v̂ + {ε=eps})"
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter, or 3 with amsgrad",
            cost: "1 gradient",
            strengths: "As Adam; the decay shrinks all coordinates by one factor, whatever their gradients, unlike \
                weight decay added to the gradient.",
            weaknesses: "As Adam: slow in valleys at an angle to the axes, and it overshoots. The decay, on by \
                default, pulls towards 0, so it approaches the minimum slowly.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(AdamRule::new(self.adam(), self.weight_decay)))
    }

    /// Returns (2 − γλ)(1 + β₁) / ((1 − β₁) γ).
    fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let beta1 = rates.momentum.unwrap_or(self.beta1);
        (!self.maximize).then(|| of_mean(beta1, rates.lr, self.weight_decay))
    }
}

impl AdamW {
    /// Returns Adam with these settings, without the decay.
    pub(super) fn adam(&self) -> Adam {
        let Self {
            lr,
            beta1,
            beta2,
            eps,
            amsgrad,
            eps_form,
            bias_correction,
            maximize,
            ..
        } = *self;
        Adam {
            lr,
            beta1,
            beta2,
            eps,
            weight_decay: 0.0,
            amsgrad,
            eps_form,
            bias_correction,
            maximize,
        }
    }
}
