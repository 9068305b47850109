//! Hutchinson's estimate of the Hessian's diagonal, for optimizers that divide by it.

use crate::engine::declare::settings;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::objective::Oracle;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

settings! {
    /// Distribution of the entries of the random vectors: ±1 (Rademacher), or normal (Gaussian).
    pub enum HessianDistribution { Rademacher = "rademacher", Gaussian = "gaussian" }
}

/// Estimator of diag H: the mean of z ∘ H z over random vectors z. With Rademacher vectors it is exact if H is diagonal.
pub(super) struct Hutchinson {
    distribution: HessianDistribution,
    samples: u64,
    random: ChaCha8Rng,
    z: Vec<f64>,
    product: Vec<f64>,
    pub(super) estimate: Vec<f64>,
}

impl Hutchinson {
    pub(super) fn new(
        distribution: HessianDistribution,
        samples: u64,
        seed: u64,
        zeros: Vec<f64>,
    ) -> Self {
        Self {
            distribution,
            samples,
            random: stream(seed, Purpose::Hutchinson, 0),
            z: zeros.clone(),
            product: zeros.clone(),
            estimate: zeros,
        }
    }

    /// Computes a new estimate at `theta`.
    pub(super) fn draw(&mut self, theta: &[f64], oracle: &mut Oracle) {
        self.estimate.fill(0.0);
        for _ in 0..self.samples {
            for z in &mut self.z {
                *z = match self.distribution {
                    HessianDistribution::Rademacher => {
                        if self.random.next_u32() & 1 == 0 {
                            -1.0
                        } else {
                            1.0
                        }
                    }
                    HessianDistribution::Gaussian => StandardNormal.sample(&mut self.random),
                };
            }
            oracle.hessian_vector(theta, &self.z, &mut self.product);
            let products = self.z.iter().zip(self.product.iter());
            for (estimate, (z, product)) in self.estimate.iter_mut().zip(products) {
                *estimate += z * product / crate::engine::numeric::real(self.samples);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::numeric::jet::Scalar;
    use crate::engine::objective::{Formula, GradientSettings};

    /// Quadratic with the Hessian (4, c; c, 10).
    struct Bowl(f64);
    impl Formula for Bowl {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            x * x * 2.0 + x * y * self.0 + y * y * 5.0
        }
    }

    #[test]
    fn rademacher_is_exact_on_a_diagonal_and_both_distributions_are_unbiased() {
        let (cancel, at) = (Cancel::default(), [1.0, 2.0]);
        let estimate = |distribution, samples, skew| {
            let bowl = Bowl(skew);
            let zeros = || vec![0.0; 2];
            let mut oracle = Oracle::new(&bowl, GradientSettings::default(), zeros(), &cancel);
            let mut diagonal = Hutchinson::new(distribution, samples, 7, zeros());
            diagonal.draw(&at, &mut oracle);
            assert_eq!(oracle.counts().hessian_vectors, samples);
            [diagonal.estimate[0], diagonal.estimate[1]]
        };
        assert_eq!(
            estimate(HessianDistribution::Rademacher, 1, 0.0),
            [4.0, 10.0]
        );
        for distribution in [
            HessianDistribution::Rademacher,
            HessianDistribution::Gaussian,
        ] {
            let [x, y] = estimate(distribution, 10_000, 3.0);
            assert!((x - 4.0).abs() < 0.5 && (y - 10.0).abs() < 0.5);
        }
    }
}
