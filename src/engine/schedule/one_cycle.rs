//! `torch.optim.lr_scheduler.OneCycleLR`.

use super::{Schedule, StepRates, cosine_between, real};
use crate::engine::declare::settings;

settings! {
    /// Interpolation of a one-cycle schedule between two values.
    pub enum Anneal { Cos = "cos", Linear = "linear" }
}

settings! {
    /// One cycle: the learning rate rises to its maximum and falls far below its start, while momentum does the opposite.
    ///
    /// Smith & Topin 2018, PyTorch's OneCycleLR. The optimizer's own momentum (β₁ of Adam-like rules) is replaced;
    /// an optimizer without momentum uses only the learning rate. After the cycle its last values stay; a schedule that follows in a
    /// chain starts from the optimizer's learning rate with the last momentum.
    pub struct OneCycle("One cycle") {
        /// Length of the cycle; auto is the rest of the run.
        total_steps: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0;
        /// Highest learning rate; auto is the optimizer's.
        max_lr: Option<f64> = None, in 0.0.., log 1e-5..=10.0;
        /// Fraction of the cycle in which the learning rate rises.
        pct_start: f64 = 0.3, in 0.0..=1.0, linear 0.0..=1.0;
        /// The shape of rise and fall.
        anneal_strategy: Anneal = Anneal::Cos;
        /// Whether momentum is cycled as well.
        cycle_momentum: bool = true;
        /// Momentum at the highest learning rate.
        base_momentum: f64 = 0.85, in 0.0..1.0, linear 0.0..=0.999;
        /// Momentum at both ends.
        max_momentum: f64 = 0.95, in 0.0..1.0, linear 0.0..=0.999;
        /// The cycle starts at max_lr / div_factor.
        div_factor: f64 = 25.0, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Unbounded), log 1.0..=1000.0;
        /// The cycle ends at its start / final_div_factor.
        final_div_factor: f64 = 1e4, in (std::ops::Bound::Excluded(0.0), std::ops::Bound::Unbounded), log 1.0..=1e6;
        /// Whether the fall has two phases: back to the start in as many steps as the rise, then to the end.
        three_phase: bool = false;
    }
}

impl Schedule for OneCycle {
    fn length_setting(&self) -> &'static str {
        "total_steps"
    }

    fn length(&self) -> Option<u64> {
        self.total_steps
    }

    fn rates(&self, lr: f64, step: u64, total_steps: u64) -> StepRates {
        let total = real(self.total_steps.unwrap_or(total_steps));
        let highest = self.max_lr.unwrap_or(lr);
        let first = highest / self.div_factor;
        let last = first / self.final_div_factor;
        let (low, high) = (self.base_momentum, self.max_momentum);
        let rise = self.pct_start * total - 1.0;
        // End of the phase, learning rates and momenta at its ends.
        let phases = if self.three_phase {
            [
                (rise, [first, highest], [high, low]),
                (
                    2.0 * self.pct_start * total - 2.0,
                    [highest, first],
                    [low, high],
                ),
                (total - 1.0, [first, last], [high, high]),
            ]
        } else {
            let fall = (total - 1.0, [highest, last], [low, high]);
            [(rise, [first, highest], [high, low]), fall, fall]
        };
        let at = real(step).min(total - 1.0);
        let index = phases.iter().position(|(end, ..)| at <= *end).unwrap_or(2);
        let (end, rates, momenta) = phases[index];
        let start = if index == 0 { 0.0 } else { phases[index - 1].0 };
        let share = if end == start {
            1.0
        } else {
            (at - start) / (end - start)
        };
        let anneal = |[from, to]: [f64; 2]| match self.anneal_strategy {
            Anneal::Cos => cosine_between(from, to, share),
            Anneal::Linear => from + (to - from) * share,
        };
        StepRates {
            lr: anneal(rates),
            momentum: self.cycle_momentum.then(|| anneal(momenta)),
        }
    }
}
