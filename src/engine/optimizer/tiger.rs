//! Tiger: the sign of the mean of gradients.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Tiger: steps by the learning rate in every coordinate, against the sign of the running mean of gradients.
    ///
    /// m ← β m + (1 − β) g, θ ← θ − γ (sign(m) + λ θ). Su 2023 (Tiger: a tight-fisted optimizer); Lion with β₁ = β₂.
    pub struct Tiger("Tiger") {
        /// Learning rate γ: step length per coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β: decay rate of the running mean of gradients.
        beta: f64 = 0.965, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ.
        weight_decay: f64 = 0.01, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = true;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Tiger {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let decay = self.decay();
        let mut lines = Vec::from_iter(decay_lines(self.maximize, decay.coupled));
        lines.extend(["{m} ← {β=beta} {m<} + (1 − {β=beta}) {g}", "Δ ← sign({m})"]);
        lines.push(decay.update_line());
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Momentum,
            state: "1 number per parameter",
            cost: "1 gradient",
            strengths: "As Lion, with one setting less: steps of a known length on plateaus and on steep walls.",
            weaknesses: "Its direction is the sign of a mean over about 30 gradients, so it turns late: it overshoots \
                valley floors and the minimum, and oscillates about them forever at a constant learning rate. The \
                weight decay, on by default, pulls towards 0.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(TigerRule(self.clone())))
    }
}

impl Tiger {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

/// Update rule of Tiger. State: the mean of gradients m.
struct TigerRule(Tiger);

impl Elementwise<1> for TigerRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) + Copy {
        let beta = rates.momentum.unwrap_or(self.0.beta);
        let keep = self.shrink_factor(rates);
        #[inline(always)]
        move |theta, g, [m]| {
            *m += (g - *m) * (1.0 - beta);
            *theta = *theta * keep - rates.lr * sign(*m);
        }
    }

    fn shrink_factor(&self, rates: StepRates) -> f64 {
        self.0.decay().shrink_factor(rates.lr)
    }

    fn visit_state(&self, [m]: [&[f64]; 1], visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", m));
    }
}
