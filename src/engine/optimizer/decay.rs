//! Weight decay that goes through the gradient or apart from it, as a setting of the rule decides.

/// A rule's settings of weight decay λ.
#[derive(Clone, Copy)]
pub(super) struct Decay {
    /// λ, where λθ is added to the gradient; else 0.
    pub(super) coupled: f64,
    /// λ, where a share of θ is taken away; else 0.
    pub(super) decoupled: f64,
    fixed: bool,
}

/// Multiplies each entry by `keep`.
pub(super) fn shrink(theta: &mut [f64], keep: f64) {
    theta.iter_mut().for_each(|theta| *theta *= keep);
}

impl Decay {
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

    /// What a step leaves of θ: all but the share γλ, or, where it is fixed, λ.
    pub(super) fn shrink_factor(self, lr: f64) -> f64 {
        1.0 - self.decoupled * if self.fixed { 1.0 } else { lr }
    }

    /// The last line of a rule whose step is γ Δ.
    pub(super) fn update_line(self) -> &'static str {
        match (self.decoupled != 0.0, self.fixed) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} Δ",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} Δ",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} Δ",
        }
    }
}
