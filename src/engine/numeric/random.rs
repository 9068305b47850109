//! Random streams, the only source of random numbers: each depends on a seed, a purpose and an index, and on nothing else.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Purpose of a random stream; two purposes never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Gaussian noise on gradients. All runs of a scene share one stream, so that they stay comparable.
    GradientNoise = 1,
    /// The order of samples in an epoch.
    Batches = 2,
    /// Noise in built-in data.
    Data = 3,
    /// Hutchinson vectors for the diagonal of the Hessian.
    Hutchinson = 4,
    /// Populations of evolution strategies.
    Population = 5,
    /// Initial weights of networks; the index is that of the tensor.
    Weights = 6,
    /// Split of samples into training and test set.
    Split = 7,
    /// Directions of planes through parameter space; the index is 0 for the first, 1 for the second.
    Plane = 8,
    /// First vectors of Lanczos' method; the index counts its restarts.
    Eigenvectors = 9,
    /// Random vectors for traces and spectral densities.
    Traces = 10,
    /// Directions of the average sharpness.
    Sharpness = 11,
    /// Order of layers in weight matching; the index is 0 for the first search, 1 for the second.
    Matching = 12,
}

/// Returns the stream of a seed, a purpose and an index: ChaCha with 8 rounds, the same on every machine.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    key[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |seed, purpose, index| stream(seed, purpose, index).next_u64();
        assert_eq!(first(0, Purpose::Data, 0), first(0, Purpose::Data, 0));
        assert_ne!(first(0, Purpose::Data, 0), first(1, Purpose::Data, 0));
        assert_ne!(first(0, Purpose::Data, 0), first(0, Purpose::Batches, 0));
        assert_ne!(first(0, Purpose::Data, 0), first(0, Purpose::Data, 1));
    }
}
