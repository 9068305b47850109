//! Noise on the gradients of one run.

use super::{Parameters, Wrapper};
use crate::engine::declare::settings;
use crate::engine::objective::{Lens, Sight};
use crate::engine::rng::{Purpose, stream};
use rand_chacha::ChaCha8Rng;
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
    fn lens(&self, _dim: usize) -> Option<Box<dyn Lens<Parameters>>> {
        Some(Box::new(Noisy {
            std: self.std,
            stream: stream(self.seed, Purpose::GradientNoise, 1),
        }))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} + {σ=std} ξ, ξ ~ N(0, 1)"]
    }
}

struct Noisy {
    std: f64,
    stream: ChaCha8Rng,
}

impl Lens<Parameters> for Noisy {
    fn gradient(
        &mut self,
        beyond: &mut Sight<Parameters>,
        theta: &[f64],
        gradient: &mut Parameters,
    ) -> f64 {
        let loss = beyond.gradient(theta, gradient);
        for g in gradient.iter_mut() {
            let normal: f64 = StandardNormal.sample(&mut self.stream);
            *g += self.std * normal;
        }
        loss
    }
}
