//! Cautious steps: the mask of `C-AdamW` and `C-Lion`.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::optimizer::AnyRule;
use crate::engine::optimizer::UpdateRule;
use crate::engine::schedule::StepRates;
use std::ops::Range;

settings! {
    /// Scale of the components of a step that remain.
    pub enum Longer { Mean = "mean", Count = "count" }
}

settings! {
    /// Cautious: masks the components of a step that oppose the gradient, and scales up the others.
    ///
    /// The step u becomes s φ u, where φ is 1 for −u g > 0 and 0 elsewhere. Decoupled weight decay is not part of u and not
    /// masked, as in algorithm 1 of Liang et al. 2024. In a network φ is scaled per tensor, as in the authors' code. The
    /// cautious Lion, ADOPT and LaProp of pytorch_optimizer are these optimizers with scale=count; its AdEMAMix masks only
    /// the faster of its two means, which is ademamix:cautious=true.
    pub struct Cautious("Cautious") {
        /// s: mean is 1 / max(mean φ, 10⁻³), as in the authors' C-AdamW (c_adamw.py) and in timm; count is n / (Σφ + 1) for n
        /// parameters, as in their C-Lion (c_lion.py), in pytorch_optimizer 4.1 and in mars:cautious=true.
        scale: Longer = Longer::Mean;
    }
}

impl Wrapper for Cautious {
    fn wrap_rule<'a>(&'a self, rule: AnyRule<'a>, blocks: &Blocks) -> AnyRule<'a> {
        let zeros = vec![0.0; blocks.dim];
        Box::new(CautiousRule {
            scale: self.scale,
            rule,
            tensors: blocks.ranges().collect(),
            decayed: zeros.clone(),
            step: zeros,
        })
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "{u} ← {θ} − {δ}, but 0 where {u} {g} ≥ 0; {δ} is {θ<} after decoupled weight decay",
            match self.scale {
                Longer::Mean => "{θ} ← {δ} + {u} / max(share of entries that are left, 10⁻³)",
                Longer::Count => "{θ} ← {δ} + {u} n / (entries that are left + 1)",
            },
        ]
    }
}

struct CautiousRule<'a> {
    scale: Longer,
    rule: AnyRule<'a>,
    tensors: Vec<Range<usize>>,
    /// Parameters after the decoupled weight decay of the step alone.
    decayed: Vec<f64>,
    step: Vec<f64>,
}

impl UpdateRule for CautiousRule<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        self.decayed.copy_from_slice(theta);
        self.rule.step(theta, oracle, rates);
        self.rule.decay(&mut self.decayed, rates);
        for tensor in self.tensors.iter().cloned() {
            let (theta, step) = (&mut theta[tensor.clone()], &mut self.step[tensor.clone()]);
            let decayed = &self.decayed[tensor.clone()];
            let mut agreeing = 0;
            let gradient = &oracle.last()[tensor];
            for (((theta, decayed), step), g) in
                theta.iter().zip(decayed).zip(&mut *step).zip(gradient)
            {
                let full = theta - decayed;
                let agrees = full * g < 0.0;
                *step = if agrees { full } else { 0.0 };
                agreeing += usize::from(agrees);
            }
            let (agreeing, entries) = (real(agreeing), real(theta.len()));
            let share = match self.scale {
                Longer::Mean => (agreeing / entries).max(1e-3),
                Longer::Count => (agreeing + 1.0) / entries,
            };
            for ((theta, decayed), step) in theta.iter_mut().zip(decayed).zip(step) {
                *step /= share;
                // A step that is not finite must not be masked away, or a diverged run would seem to continue.
                if theta.is_finite() {
                    *theta = decayed + *step;
                }
            }
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        self.rule.decay(theta, rates);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        self.rule.visit_state(visitor);
        visitor(StateEntry::step("u", "cautious step", &self.step));
        visitor(StateEntry::place(
            "δ",
            "after weight decay alone",
            &self.decayed,
        ));
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
        self.rule.average()
    }
}
