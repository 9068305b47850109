//! Data set: two interleaving half circles.

use super::{Data, DataError, Dataset, Noise, linspace};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use std::f64::consts::PI;

settings! {
    /// Two interleaving half circles, as scikit-learn's make_moons. The upper one is class 0.
    pub struct Moons("Moons") {
        /// Number of samples, half of them in each moon.
        samples: u64 = 200, in 1.0..=1e6, log 10.0..=1e4;
        /// Standard deviation of the noise on x and y.
        noise: f64 = 0.1, in 0.0.., linear 0.0..=0.5;
        /// Seed of the noise.
        seed: u64 = 0;
    }
}

impl Dataset for Moons {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let upper = self.samples / 2;
        let point = |i| {
            let (at, class) = if i < upper {
                let (sin, cos) = (PI * linspace(i, upper)).sin_cos();
                ([cos, sin], 0)
            } else {
                let (sin, cos) = (PI * linspace(i - upper, self.samples - upper)).sin_cos();
                ([1.0 - cos, 0.5 - sin], 1)
            };
            (noise.jitter(at), class)
        };
        Ok(Data::from_points((0..self.samples).map(point).collect()))
    }
}
