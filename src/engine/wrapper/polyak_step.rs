//! Polyak's step size.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::objective::{Oracle, norm};
use crate::engine::optimizer::AnyRule;
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::StepRates;

settings! {
    /// Polyak step size: sets the learning rate of each step from the distance of the loss to its known minimum.
    ///
    /// γ = (f(θ) − f*) / (c ‖g‖²) instead of the learning rate, at most `max_lr`. Polyak 1969; with c and a bound: Loizou et al. 2021.
    pub struct PolyakStep("Polyak step") {
        /// f*: the loss at the minimum.
        minimum: f64 = 0.0;
        /// c: divisor of the step size.
        c: f64 = 1.0, in 0.0.., log 0.1..=10.0;
        /// Maximum learning rate.
        max_lr: Option<f64> = None, in 0.0.., log 1e-3..=10.0, none "none";
    }
}

impl Wrapper for PolyakStep {
    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, _blocks: &Blocks) -> AnyRule<'a> {
        Box::new(PolyakRule {
            settings: self,
            rule,
            lr: 0.0,
        })
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![if self.max_lr.is_none() {
            "{γ} ← (f(θ) − {f*=minimum}) / ({c=c} ‖{g}‖²)"
        } else {
            "{γ} ← min((f(θ) − {f*=minimum}) / ({c=c} ‖{g}‖²), {γmax=max_lr})"
        }]
    }
}

struct PolyakRule<'a> {
    settings: &'a PolyakStep,
    rule: AnyRule<'a>,
    lr: f64,
}

impl PolyakRule<'_> {
    /// Returns the learning rate γ at `theta`. The evaluation is free, because the step reuses its gradient.
    fn rate(&self, theta: &[f64], oracle: &mut Oracle) -> f64 {
        let PolyakStep { minimum, c, max_lr } = *self.settings;
        let (loss, gradient) = oracle.peek(theta);
        let length = norm(gradient);
        // Where the gradient is 0 or the loss is below f*, γ is 0.
        if length == 0.0 {
            return 0.0;
        }
        let lr = ((loss - minimum) / (c * length * length)).max(0.0);
        lr.min(max_lr.unwrap_or(f64::INFINITY))
    }
}

impl UpdateRule for PolyakRule<'_> {
    fn next_lr(&mut self, theta: &[f64], oracle: &mut Oracle, _lr: f64) -> f64 {
        self.rate(theta, oracle)
    }

    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.lr = self.rate(theta, oracle);
        self.rule.step(
            theta,
            oracle,
            StepRates {
                lr: self.lr,
                ..rates
            },
        );
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
        visitor(StateEntry::number("γ", "Polyak's learning rate", &self.lr));
    }

    fn stuck(&self) -> Option<Reason> {
        self.rule.stuck()
    }

    fn failure(&self) -> Option<Reason> {
        self.rule.failure()
    }

    fn average(&self) -> Option<&[f64]> {
        self.rule.average()
    }
}
