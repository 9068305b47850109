//! Data set: exclusive or.

use super::{Data, DataError, Dataset, Noise};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use rand::RngExt;

settings! {
    /// Points of the square from −1 to 1; the class is 1 where x and y have different signs. Noise is added afterwards.
    pub struct Xor("XOR") {
        /// Number of samples.
        samples: u64 = 200, in 1.0..=1e6, log 10.0..=1e4;
        /// Standard deviation of the noise on x and y.
        noise: f64 = 0.0, in 0.0.., linear 0.0..=1.0;
        /// Seed of points and noise.
        seed: u64 = 0;
    }
}

impl Dataset for Xor {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let point = |_| {
            let at = [(); 2].map(|()| 2.0 * noise.random.random::<f64>() - 1.0);
            let class = u32::from((at[0] > 0.0) != (at[1] > 0.0));
            (noise.jitter(at), class)
        };
        Ok(Data::from_points((0..self.samples).map(point).collect()))
    }
}
