//! The training loop that forgets `optimizer.zero_grad()`.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::state::{StateEntry, StateVisitor};
use crate::engine::objective::{GradientTransform, Upstream};

settings! {
    /// Missing zero_grad: gradients accumulate from step to step, as in PyTorch without optimizer.zero_grad().
    ///
    /// g ← g₁ + g₂ + … + g. It acts like momentum without decay.
    pub struct ForgetZeroGrad("No zero_grad") {
        /// Number of steps after which the gradients are zeroed.
        every: Option<u64> = None, in 1.0.., log 1.0..=1000.0, none "never";
    }
}

impl Wrapper for ForgetZeroGrad {
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        Some(Box::new(GradientSum {
            every: self.every,
            calls: 0,
            sum: vec![0.0; blocks.dim],
        }))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{Σ} ← {Σ<} + {g<}", "{g} ← {Σ}"]
    }
}

struct GradientSum {
    every: Option<u64>,
    calls: u64,
    sum: Vec<f64>,
}

impl GradientTransform for GradientSum {
    fn gradient(&mut self, upstream: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let loss = upstream.gradient(theta, gradient);
        if self
            .every
            .is_some_and(|every| self.calls.is_multiple_of(every.max(1)))
        {
            self.sum.fill(0.0);
        }
        self.calls += 1;
        for (sum, g) in self.sum.iter_mut().zip(gradient.iter_mut()) {
            *sum += *g;
            *g = *sum;
        }
        loss
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "Σ",
            "sum of all gradients",
            &self.sum,
        ));
    }
}
