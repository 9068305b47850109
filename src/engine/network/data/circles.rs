//! Data set: concentric circles.

use super::{Data, DataError, Dataset, Noise};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::real;
use std::f64::consts::TAU;

settings! {
    /// Two concentric circles, as scikit-learn's make_circles. The outer one has radius 1 and is class 0.
    pub struct Circles("Circles") {
        /// Number of samples, half of them on each circle.
        samples: u64 = 200, in 1.0..=1e6, log 10.0..=1e4;
        /// Standard deviation of the noise on x and y.
        noise: f64 = 0.05, in 0.0.., linear 0.0..=0.5;
        /// Radius of the inner circle.
        factor: f64 = 0.5, in 0.0..1.0, linear 0.0..=0.95;
        /// Seed of the noise.
        seed: u64 = 0;
    }
}

impl Dataset for Circles {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let outer = self.samples / 2;
        let point = |i| {
            let (number, count, radius, class) = if i < outer {
                (i, outer, 1.0, 0)
            } else {
                (i - outer, self.samples - outer, self.factor, 1)
            };
            let (sin, cos) = (TAU * real(number) / real(count)).sin_cos();
            (noise.jitter([radius * cos, radius * sin]), class)
        };
        Ok(Data::from_points((0..self.samples).map(point).collect()))
    }
}
