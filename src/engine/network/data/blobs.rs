//! Data set: Gaussian blobs.

use super::{Data, DataError, Dataset, Noise};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use rand::RngExt;

settings! {
    /// Isotropic Gaussian blobs around random centres in the square from −10 to 10, one per class, as scikit-learn's make_blobs.
    pub struct Blobs("Blobs") {
        /// Number of samples, equal for all classes up to one.
        samples: u64 = 200, in 1.0..=1e6, log 10.0..=1e4;
        /// Number of blobs.
        classes: u64 = 3, in 1.0..=100.0, linear 2.0..=10.0;
        /// Standard deviation of each blob.
        noise: f64 = 1.0, in 0.0.., linear 0.0..=5.0;
        /// Seed of centres and points.
        seed: u64 = 0;
    }
}

impl Dataset for Blobs {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let mut coordinate = || 20.0 * noise.random.random::<f64>() - 10.0;
        let centres: Vec<_> = (0..self.classes)
            .map(|_| [coordinate(), coordinate()])
            .collect();
        let classes = (0_u32..).zip(&centres).cycle();
        let points = (0..self.samples).zip(classes);
        let points = points.map(|(_, (class, centre))| (noise.jitter(*centre), class));
        Ok(Data::from_points(points.collect()))
    }
}
