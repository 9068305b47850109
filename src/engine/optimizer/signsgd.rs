//! SignSGD, and with momentum Signum.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// SignSGD: steps by the learning rate in every coordinate, against the sign of the gradient, or with momentum of its
    /// running mean.
    ///
    /// m ← μ m + (1 − μ) g, θ ← θ − γ sign(m). Bernstein et al. 2018: algorithm 1 without momentum, Signum with it.
    pub struct SignSgd("SignSGD") {
        /// Learning rate γ: step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Momentum μ: decay rate of the running mean of gradients.
        momentum: f64 = 0.9, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for SignSgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        if self.momentum > 0.0 {
            lines.push("{m} ← {μ=momentum} {m<} + (1 − {μ=momentum}) {g}");
            lines.push("Δ ← sign({m})");
        } else {
            lines.push("Δ ← sign({g})");
        }
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "none, or 1 number per parameter with momentum",
            cost: "1 gradient",
            strengths: "On plateaus, and when gradients differ by orders of magnitude: however small a gradient is, \
                each coordinate moves by the learning rate, and a steep wall cannot throw it far.",
            weaknesses: "It moves along the diagonals and never slows down: near the minimum it hops around at the \
                distance of the learning rate, unless a schedule lowers that. The trajectory depends on the \
                orientation of the axes.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(SignSgdRule(self.clone())))
    }

    fn display_name(&self) -> &'static str {
        if self.momentum > 0.0 {
            "Signum"
        } else {
            "SignSGD"
        }
    }
}

impl SignSgd {
    fn decay(&self) -> Decay {
        Decay::new(self.weight_decay, self.decoupled_weight_decay, false)
    }
}

/// Update rule of SignSGD. State: the mean of gradients m.
struct SignSgdRule(SignSgd);

impl Elementwise<1> for SignSgdRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let mu = rates.momentum.unwrap_or(self.0.momentum);
        let keep = self.shrink_factor(rates);
        #[inline(always)]
        move |theta, g, [m]| {
            *m = if mu > 0.0 {
                *m + (g - *m) * (1.0 - mu)
            } else {
                g
            };
            *theta = *theta * keep - rates.lr * sign(*m);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m]: [&[f64]; 1], visitor: &mut StateVisitor) {
        if self.0.momentum > 0.0 {
            visitor(StateEntry::direction("m", "mean of gradients", m));
        }
    }
}
