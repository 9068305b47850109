//! Weight decay as a wrapper of any optimizer.

use super::{Blocks, Wrapper, transform_fn};
use crate::engine::declare::settings;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::StateVisitor;
use crate::engine::objective::{GradientTransform, Oracle};
use crate::engine::optimizer::AnyRule;
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::StepRates;

settings! {
    /// Weight decay: pulls the parameters towards 0, by the gradient or decoupled from it.
    ///
    /// g ← g + λθ as in SGD; decoupled θ ← θ − γλθ in each step as in AdamW. Loshchilov & Hutter 2019, section 2.
    pub struct WeightDecay("Decay") {
        /// λ: weight decay coefficient.
        weight_decay: f64 = 1e-2, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
    }
}

impl Wrapper for WeightDecay {
    fn gradient_transform(&self, _blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let weight_decay = self.weight_decay;
        let pull = move |gradient: &mut [f64], theta: &[f64]| {
            for (g, theta) in gradient.iter_mut().zip(theta) {
                *g += weight_decay * theta;
            }
        };
        (!self.decoupled_weight_decay).then(|| transform_fn(pull))
    }

    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, blocks: &Blocks) -> AnyRule<'a> {
        if !self.decoupled_weight_decay {
            return rule;
        }
        Box::new(WeightDecayRule {
            weight_decay: self.weight_decay,
            rule,
            before: vec![0.0; blocks.dim],
        })
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![if self.decoupled_weight_decay {
            "{θ} ← {θ} − {γ=lr} {λ=weight_decay} {θ<}"
        } else {
            "{g} ← {g<} + {λ=weight_decay} {θ<}"
        }]
    }
}

struct WeightDecayRule<'a> {
    weight_decay: f64,
    rule: AnyRule<'a>,
    before: Vec<f64>,
}

impl UpdateRule for WeightDecayRule<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.before.copy_from_slice(theta);
        self.rule.step(theta, oracle, rates);
        let share = rates.lr * self.weight_decay;
        for (theta, before) in theta.iter_mut().zip(&self.before) {
            *theta -= share * before;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        self.rule.decay(theta, rates);
        let share = rates.lr * self.weight_decay;
        for (theta, before) in theta.iter_mut().zip(&self.before) {
            *theta -= share * before;
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
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
