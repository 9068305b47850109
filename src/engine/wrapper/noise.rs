//! Noise on the gradients of one run.

use super::{Blocks, Wrapper, transform_fn};
use crate::engine::declare::settings;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::GradientTransform;
use rand_distr::{Distribution, StandardNormal};

settings! {
    /// Gradient noise: adds Gaussian noise to every gradient, like that of mini-batches.
    ///
    /// gᵢ ← gᵢ + σ ξᵢ with ξᵢ ~ N(0, 1), drawn independently for each gradient.
    pub struct Noise("Noise") {
        /// σ: standard deviation per component.
        std: f64 = 0.1, in 0.0.., log 1e-3..=100.0;
        /// Seed of the random numbers.
        seed: u64 = 0;
    }
}

impl Wrapper for Noise {
    fn gradient_transform(&self, _blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let (std, mut stream) = (self.std, stream(self.seed, Purpose::GradientNoise, 1));
        Some(transform_fn(move |gradient, _| {
            for g in gradient {
                let normal: f64 = StandardNormal.sample(&mut stream);
                *g += std * normal;
            }
        }))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} + {σ=std} ξ, ξ ~ N(0, 1)"]
    }
}
