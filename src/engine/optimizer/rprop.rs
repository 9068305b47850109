//! Rprop, resilient backpropagation: `torch.optim.Rprop`.

use super::elementwise::{Elementwise, kernel};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, decay_lines, sign};
use crate::engine::declare::settings;
use crate::engine::schedule::StepRates;
use std::ops::Bound::{Excluded, Unbounded};

settings! {
    /// Rprop: one step size per coordinate, which grows while the sign of its gradient stays and shrinks when it changes.
    ///
    /// s ← η⁺ s if g has kept its sign, s ← η⁻ s and g ← 0 if it has changed; θ ← θ − s sign(g). Riedmiller & Braun 1993, in
    /// the form that Igel & Hüsken 2000 call iRprop−.
    pub struct Rprop("Rprop") {
        /// Initial step size; after the first step, this setting and schedules have no effect.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// η⁻: factor on a step size when the sign of its gradient has changed.
        eta_minus: f64 = 0.5, in (Excluded(0.0), Excluded(1.0)), linear 0.1..=0.9;
        /// η⁺: factor on a step size when the sign of its gradient has stayed.
        eta_plus: f64 = 1.2, in (Excluded(1.0), Unbounded), linear 1.01..=2.0;
        /// Minimum step size.
        step_min: f64 = 1e-6, in 0.0.., log 1e-9..=1.0;
        /// Maximum step size.
        step_max: f64 = 50.0, in 0.0.., log 1e-3..=100.0;
        /// Maximizes the loss instead of minimizing it.
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
            strengths: "Without noise: only the signs of gradients count, so step sizes grow on plateaus and shrink \
                at the minimum by themselves. Few optimizers are faster in valleys along the axes.",
            weaknesses: "In valleys at an angle to the axes, or with noise, the signs change all the time: step sizes \
                shrink, and it descends in small stairs, or stops before the minimum.",
        }
    }

    fn init(&self, _shape: &[usize]) -> Algorithm<'_> {
        Algorithm::Elementwise(kernel(RpropRule {
            settings: self.clone(),
            has_stepped: false,
        }))
    }
}

/// Update rule of Rprop. State: the previous gradient (0 where the sign changed), the step size.
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

    #[inline]
    fn step(&mut self, rates: StepRates) -> impl Fn(&mut f64, f64, &mut [f64; 2]) + Copy {
        let Rprop {
            eta_minus,
            eta_plus,
            step_min,
            step_max,
            ..
        } = self.settings;
        let is_first = !self.has_stepped;
        self.has_stepped = true;
        #[inline(always)]
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
