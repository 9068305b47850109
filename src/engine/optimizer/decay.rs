//! Weight decay: coupled (λθ is added to the gradient) or decoupled (θ is multiplied by a factor).

/// Weight decay of a rule, with its factor λ.
#[derive(Clone, Copy)]
pub(super) struct Decay {
    /// Coupled decay λ, where λθ is added to the gradient; 0 for decoupled decay.
    pub(super) coupled: f64,
    /// Decoupled decay λ, where θ is multiplied by a factor; 0 for coupled decay.
    pub(super) decoupled: f64,
    fixed: bool,
}

/// Multiplies each entry of `theta` by `keep`.
pub(super) fn shrink(theta: &mut [f64], keep: f64) {
    theta.iter_mut().for_each(|theta| *theta *= keep);
}

impl Decay {
    /// Returns the decay with λ = `weight_decay`; a `fixed` one does not depend on the learning rate.
    pub(super) fn new(weight_decay: f64, decoupled: bool, fixed: bool) -> Self {
        let [coupled, decoupled] = if decoupled {
            [0.0, weight_decay]
        } else {
            [weight_decay, 0.0]
        };
        Self {
            coupled,
            decoupled,
            fixed,
        }
    }

    /// Returns the factor of θ in a step: 1 − γλ or, with fixed decay, 1 − λ; 1 where the decay is coupled.
    pub(super) fn shrink_factor(self, lr: f64) -> f64 {
        1.0 - self.decoupled * if self.fixed { 1.0 } else { lr }
    }

    /// Returns the last update line of a rule whose step is γ Δ.
    pub(super) fn update_line(self) -> &'static str {
        match (self.decoupled != 0.0, self.fixed) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} Δ",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} Δ",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} Δ",
        }
    }
}

/// Implements `decay(&self) -> Decay` for settings with `weight_decay`, `decoupled_weight_decay` and `fixed_decay`.
macro_rules! has_decay {
    ($settings:ident) => {
        impl $settings {
            fn decay(&self) -> $crate::engine::optimizer::decay::Decay {
                $crate::engine::optimizer::decay::Decay::new(
                    self.weight_decay,
                    self.decoupled_weight_decay,
                    self.fixed_decay,
                )
            }
        }
    };
}
pub(super) use has_decay;
