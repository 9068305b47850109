//! Gradient accumulation.

use super::{Blocks, Wrapper};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{GradientTransform, Upstream};

settings! {
    /// Gradient accumulation: one step uses the gradients of several mini-batches, like one larger batch.
    ///
    /// g ← Σ gⱼ / k over the next k mini-batches, or their sum, as in code that does not divide the loss by k.
    pub struct Accumulate("Accumulated") {
        /// k: number of mini-batches per step.
        k: u64 = 4, in 1.0..=10000.0, log 1.0..=64.0;
        /// Averages the gradients instead of summing them.
        mean: bool = true;
    }
}

impl Wrapper for Accumulate {
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        Some(Box::new(GradientAccumulator {
            k: usize::try_from(self.k).unwrap_or(usize::MAX).max(1),
            mean: self.mean,
            single: vec![0.0; blocks.dim],
        }))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![if self.mean {
            "{g} ← mean of the gradients of {k=k} mini-batches"
        } else {
            "{g} ← sum of the gradients of {k=k} mini-batches"
        }]
    }
}

struct GradientAccumulator {
    k: usize,
    mean: bool,
    single: Vec<f64>,
}

impl GradientTransform for GradientAccumulator {
    fn gradient(&mut self, upstream: &mut Upstream, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut loss = upstream.gradient(theta, gradient);
        for _ in 1..self.k {
            upstream.next_batch();
            loss += upstream.gradient(theta, &mut self.single);
            for (sum, single) in gradient.iter_mut().zip(&self.single) {
                *sum += single;
            }
        }
        if self.mean {
            gradient.iter_mut().for_each(|g| *g /= real(self.k));
        }
        loss / real(self.k)
    }
}
