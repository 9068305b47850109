//! Noise on the gradients of one run.

use super::{Blocks, Parameters, Wrapper, changed};
use crate::engine::declare::settings;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::Lens;
use rand_distr::{Distribution, StandardNormal};

settings! {
    /// Noise: every gradient is off by a Gaussian, as gradients of mini-batches are.
    ///
    /// gᵢ ← gᵢ + σ ξᵢ with ξᵢ ~ N(0, 1), anew for each gradient.
    pub struct Noise("Noise") {
        /// σ: standard deviation of each component.
        std: f64 = 0.1, in 0.0.., log 1e-3..=100.0;
        /// Seed of the random numbers.
        seed: u64 = 0;
    }
}

impl Wrapper for Noise {
    fn lens(&self, _blocks: &Blocks) -> Option<Box<dyn Lens<Parameters>>> {
        let (std, mut stream) = (self.std, stream(self.seed, Purpose::GradientNoise, 1));
        Some(changed(move |gradient, _| {
            for g in gradient {
                let normal: f64 = StandardNormal.sample(&mut stream);
                *g += std * normal;
            }
        }))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} + {σ=std} ξ, ξ ~ N(0, 1)"]
    }
}
