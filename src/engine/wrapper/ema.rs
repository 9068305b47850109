//! Averages of the weights: `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn`.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::optimizer::AnyRule;
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::StepRates;

settings! {
    /// Weight averaging: an exponential moving average of the iterates, drawn as a trail of its own.
    ///
    /// a ← β a + (1 − β) θ after each step, from the first step's θ on; the trajectory itself is unchanged. Polyak & Juditsky
    /// 1992, in PyTorch's exponential form.
    pub struct Ema("Average") {
        /// β: decay rate of the moving average.
        decay: f64 = 0.99, in 0.0..=1.0, linear 0.5..=0.999;
    }
}

impl Wrapper for Ema {
    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, blocks: &Blocks) -> AnyRule<'a> {
        Box::new(EmaRule {
            decay: self.decay,
            rule,
            average: vec![0.0; blocks.dim],
            begun: false,
        })
    }

    fn keeps_average(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{a} ← {β=decay} {a<} + (1 − {β=decay}) {θ}, at first {θ}"]
    }
}

struct EmaRule<'a> {
    decay: f64,
    rule: AnyRule<'a>,
    average: Vec<f64>,
    begun: bool,
}

impl UpdateRule for EmaRule<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.rule.step(theta, oracle, rates);
        if self.begun {
            for (average, theta) in self.average.iter_mut().zip(theta.iter()) {
                *average += (theta - *average) * (1.0 - self.decay);
            }
        } else {
            self.average.copy_from_slice(theta);
            self.begun = true;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        self.rule.decay(theta, rates);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
        if self.begun {
            visitor(StateEntry::place("a", "average", &self.average));
        }
    }

    fn next_lr(&mut self, theta: &[f64], oracle: &mut Oracle, lr: f64) -> f64 {
        self.rule.next_lr(theta, oracle, lr)
    }

    fn stuck(&self) -> Option<Reason> {
        self.rule.stuck()
    }

    fn failure(&self) -> Option<Reason> {
        self.rule.failure()
    }

    fn average(&self) -> Option<&[f64]> {
        self.begun.then_some(&self.average)
    }
}
