//! Clouds of points.

use super::{Data, DataError, Dataset, Noise};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use rand::RngExt;

settings! {
    /// Round clouds of normally distributed points around centres in the square from −10 to 10, a class each: scikit-learn's
    /// make_blobs.
    pub struct Blobs("Blobs") {
        /// How many samples, as many of each class as of the others or one more.
        samples: u64 = 200, in 1.0..=1e6, log 10.0..=1e4;
        /// How many clouds.
        classes: u64 = 3, in 1.0..=100.0, linear 2.0..=10.0;
        /// The standard deviation of a cloud.
        noise: f64 = 1.0, in 0.0.., linear 0.0..=5.0;
        /// Other centres and points for each number.
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
