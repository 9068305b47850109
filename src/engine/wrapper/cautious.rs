//! Cautious steps.

use super::{AnyRule, Parameters, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::optimizer::{Internal, Probe, Rule};
use crate::engine::real;
use crate::engine::run::Reason;
use crate::engine::schedule::Pace;

settings! {
    /// Cautious: leaves out the parts of a step that go against the gradient, and makes the others longer instead.
    ///
    /// Of the step u stays φ u / max(mean φ, 10⁻³), where φ is 1 for −u g > 0 and 0 elsewhere. Algorithm 1 of Liang et al. 2024.
    pub struct Cautious("Cautious") {}
}

impl Wrapper for Cautious {
    fn around<'a>(&'a self, rule: AnyRule<'a>, dim: usize) -> AnyRule<'a> {
        Box::new(Masked {
            rule,
            before: vec![0.0; dim],
            step: vec![0.0; dim],
        })
    }

    fn rule(&self) -> Vec<&'static str> {
        vec![
            "{u} ← {θ} − {θ<}, but 0 where {u} {g} ≥ 0",
            "{θ} ← {θ<} + {u} / share of entries that are left",
        ]
    }
}

struct Masked<'a> {
    rule: AnyRule<'a>,
    before: Parameters,
    step: Parameters,
}

impl Rule<Parameters> for Masked<'_> {
    fn step(&mut self, theta: &mut Parameters, oracle: &mut Oracle<Parameters>, pace: Pace) {
        self.before.copy_from_slice(theta);
        self.rule.step(theta, oracle, pace);
        let mut left = 0;
        for (((theta, before), step), g) in theta
            .iter()
            .zip(&self.before)
            .zip(&mut self.step)
            .zip(oracle.last())
        {
            let whole = theta - before;
            let agrees = whole * g < 0.0;
            *step = if agrees { whole } else { 0.0 };
            left += usize::from(agrees);
        }
        let share = (real(left) / real(theta.len())).max(1e-3);
        for ((theta, before), step) in theta.iter_mut().zip(&self.before).zip(&mut self.step) {
            *step /= share;
            // A run that left the numbers must not come back to where it was.
            *theta = if theta.is_finite() {
                before + *step
            } else {
                *theta
            };
        }
    }

    fn probe(&self, probe: &mut Probe) {
        self.rule.probe(probe);
        probe(Internal::step("u", "cautious step", &self.step));
    }

    fn next_lr(&mut self, theta: &Parameters, oracle: &mut Oracle<Parameters>, lr: f64) -> f64 {
        self.rule.next_lr(theta, oracle, lr)
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
