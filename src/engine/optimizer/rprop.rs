//! Rprop, resilient backpropagation: `torch.optim.Rprop`.

use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;
use std::ops::Bound::{Excluded, Unbounded};

settings! {
    /// Rprop: each coordinate has a step size of its own, which grows while its gradient keeps its sign and shrinks when
    /// that turns.
    ///
    /// s ← η⁺ s where g and the gradient before have the same sign, s ← η⁻ s where the sign turned, and there g counts as 0;
    /// θ ← θ − s sign(g). Riedmiller & Braun 1993, in the form that Igel & Hüsken 2000 call iRprop−.
    pub struct Rprop("Rprop") {
        /// The first step size; after the first step neither it nor a schedule counts.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// η⁻: the factor on a step size where the gradient's sign has turned.
        eta_minus: f64 = 0.5, in (Excluded(0.0), Excluded(1.0)), linear 0.1..=0.9;
        /// η⁺: the factor on a step size where the gradient's sign is the same as before.
        eta_plus: f64 = 1.2, in (Excluded(1.0), Unbounded), linear 1.01..=2.0;
        /// The smallest step size.
        step_min: f64 = 1e-6, in 0.0.., log 1e-9..=1.0;
        /// The largest step size.
        step_max: f64 = 50.0, in 0.0.., log 1e-3..=100.0;
        /// Climbs instead of descending.
        maximize: bool = false;
    }
}

impl Optimizer for Rprop {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.extend([
            "f ← {η⁺=eta_plus} where {p<} {g} > 0, {η⁻=eta_minus} where {p<} {g} < 0, else 1",
            "{s} ← f {s<}, not below {s₋=step_min} and not above {s₊=step_max}",
            "{p} ← 0 where {p<} {g} < 0, else {g}",
            "{θ} ← {θ<} − {s} sign({p})",
        ]);
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Adaptive,
            state: "2 numbers per parameter",
            cost: "1 gradient",
            strengths: "Without noise: only the signs of gradients count, so step sizes grow on plateaus and shrink at \
                the minimum by themselves. Few rules are faster where valleys lie along the axes.",
            weaknesses: "Where the valley lies at an angle, or with noise, the signs turn all the time: step sizes \
                shrink, and it goes down in small stairs, or stops before the minimum.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(RpropRule {
            settings: self.clone(),
            has_stepped: false,
        }))
    }
}

/// Rprop's step. State: the gradient of the step before (0 where its sign turned), the step size.
struct RpropRule {
    settings: Rprop,
    has_stepped: bool,
}

impl Elementwise<2> for RpropRule {
    fn gradient_options(&self) -> (bool, f64) {
        (self.settings.maximize, 0.0)
    }

    fn initial_state(&self) -> [f64; 2] {
        [0.0, self.settings.lr]
    }

    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) {
        let Rprop {
            eta_minus,
            eta_plus,
            step_min,
            step_max,
            ..
        } = self.settings;
        let is_first = !self.has_stepped;
        self.has_stepped = true;
        move |theta, g, [previous, size]| {
            if is_first {
                *size = rates.lr;
            }
            let product = g * *previous;
            let factor = if product > 0.0 { eta_plus } else { 1.0 };
            let factor = if product < 0.0 { eta_minus } else { factor };
            // `clamp` would panic where step_min exceeds step_max.
            *size = (*size * factor).max(step_min).min(step_max);
            *previous = if product < 0.0 { 0.0 } else { g };
            *theta -= *size * sign(*previous);
        }
    }

    fn visit_state(&self, [previous, size]: [&[f64]; 2], visitor: &mut StateVisitor) {
        visitor(StateEntry::each("s", "step sizes", size));
        visitor(StateEntry::each(
            "p",
            "gradient, 0 where it turned",
            previous,
        ));
    }
}
