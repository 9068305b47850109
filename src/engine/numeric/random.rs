//! The only source of random numbers: streams that depend on a seed, a purpose and an index, and on nothing else.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What random numbers are for; two purposes never share a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Gaussian noise on gradients. All runs of a scene meet the same noise, so that they stay comparable.
    GradientNoise = 1,
    /// The order of samples in an epoch.
    Batches = 2,
    /// Noise in built-in data.
    Data = 3,
    /// Vectors that the Hessian is multiplied by, to estimate its diagonal.
    Hutchinson = 4,
    /// The populations of evolution strategies.
    Population = 5,
    /// The weights that networks begin with; the index is the tensor's.
    Weights = 6,
    /// Which samples are kept for a test.
    Split = 7,
    /// The directions of planes through parameter space; the index is 0 for the first, 1 for the second.
    Plane = 8,
    /// Where the search for eigenvectors begins; the index counts its beginnings.
    Eigenvectors = 9,
    /// Vectors whose products with a matrix tell of all its eigenvalues.
    Traces = 10,
    /// Directions in which sharpness is measured.
    Sharpness = 11,
    /// The order in which layers are matched to those of another network; the index is 0 for the first search, 1 for the second.
    Matching = 12,
}

/// The stream for a seed, a purpose and an index. ChaCha with 8 rounds: the same on every machine.
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
