//! Tiger: the sign of the mean of gradients.

use super::decay::Decay;
use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;

settings! {
    /// Tiger: every coordinate moves by the learning rate, in the direction of the mean of its gradients.
    ///
    /// m ← β m + (1 − β) g, θ ← θ − γ (sign(m) + λ θ). Su 2023 (Tiger: a tight-fisted optimizer); Lion with β₁ = β₂.
    pub struct Tiger("Tiger") {
        /// Learning rate γ: the length of every step in each coordinate.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// β: decay of the mean of the gradient.
        beta: f64 = 0.965, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ.
        weight_decay: f64 = 0.01, in 0.0.., log 1e-6..=1.0;
        /// Takes the share γλ of θ away each step; otherwise adds λθ to the gradient.
        decoupled_weight_decay: bool = true;
        /// Takes the share λ away instead, whatever γ is.
        fixed_decay: bool = false;
        /// Climbs instead of descending.
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
            strengths: "Where Lion does, with a setting less: steps of a known length on plateaus and on steep walls.",
            weaknesses: "Its direction is that of the mean of about 30 gradients alone, so it turns late: it overshoots \
                valley floors and the minimum, and swings about them without end at a constant learning rate. The \
                weight decay, which is on by default, pulls it to 0.",
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

/// Tiger's step. State: the mean of gradients m.
struct TigerRule(Tiger);

impl Elementwise<1> for TigerRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.0.maximize, self.0.decay().coupled)
    }

    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 1]) {
        let beta = rates.momentum.unwrap_or(self.0.beta);
        let keep = self.shrink_factor(rates);
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
