//! Lookahead: slow weights that follow the optimizer's fast ones.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::optimizer::AnyRule;
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::StepRates;

settings! {
    /// Lookahead: every k steps of the optimizer, slow weights move a fraction of the way to the fast ones, which restart
    /// there.
    ///
    /// Every k steps φ ← φ + α (θ − φ), θ ← φ; the optimizer keeps its state. Algorithm 1 of Zhang et al. 2019.
    pub struct Lookahead("Lookahead") {
        /// k: steps of the optimizer per update of the slow weights.
        k: u64 = 5, in 1.0.., log 1.0..=100.0;
        /// α: step size of the slow weights, as a fraction of the distance.
        alpha: f64 = 0.5, in 0.0..=1.0, linear 0.0..=1.0;
    }
}

impl Wrapper for Lookahead {
    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, blocks: &Blocks) -> AnyRule<'a> {
        Box::new(LookaheadRule {
            settings: self,
            rule,
            slow: vec![0.0; blocks.dim],
            steps: 0,
        })
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["every {k=k} steps: {φ} ← {φ<} + {α=alpha} ({θ} − {φ<}), {θ} ← {φ}"]
    }
}

struct LookaheadRule<'a> {
    settings: &'a Lookahead,
    rule: AnyRule<'a>,
    slow: Vec<f64>,
    steps: u64,
}

impl UpdateRule for LookaheadRule<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        if self.steps == 0 {
            self.slow.copy_from_slice(theta);
        }
        self.rule.step(theta, oracle, rates);
        self.steps += 1;
        if self.steps.is_multiple_of(self.settings.k.max(1)) {
            let alpha = self.settings.alpha;
            for (theta, slow) in theta.iter_mut().zip(&mut self.slow) {
                *slow = *theta * alpha + *slow * (1.0 - alpha);
                *theta = *slow;
            }
        }
    }

    /// Applies the decay of the wrapped rule, scaled by α in a step that moves the slow weights.
    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        if !self.steps.is_multiple_of(self.settings.k.max(1)) {
            return self.rule.decay(theta, rates);
        }
        let before = theta.to_vec();
        self.rule.decay(theta, rates);
        for (theta, before) in theta.iter_mut().zip(before) {
            *theta = before + (*theta - before) * self.settings.alpha;
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
        if self.steps > 0 {
            visitor(StateEntry::place("φ", "slow weights", &self.slow));
        }
    }

    fn next_lr(&mut self, theta: &[f64], oracle: &mut Oracle, lr: f64) -> f64 {
        self.rule.next_lr(theta, oracle, lr)
    }

    fn failure(&self) -> Option<Reason> {
        self.rule.failure()
    }

    fn average(&self) -> Option<&[f64]> {
        self.rule.average()
    }
}
