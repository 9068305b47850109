//! Data set: a sine.

use super::{Data, DataError, Dataset, Noise, linspace, opening_runs};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use std::f64::consts::PI;

settings! {
    /// y = sin x with noise, x evenly spaced from −π to π.
    pub struct Sine("Sine") {
        /// Number of samples.
        samples: u64 = 100, in 1.0..=1e6, log 10.0..=1e4;
        /// Standard deviation of the noise on y.
        noise: f64 = 0.1, in 0.0.., linear 0.0..=1.0;
        /// Seed of the noise.
        seed: u64 = 0;
    }
}

impl Dataset for Sine {
    fn opening_runs(&self) -> Vec<String> {
        opening_runs(["0.05", "0.01", "0.01", "0.01"])
    }

    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let point = |i| {
            let x = PI * (2.0 * linspace(i, self.samples) - 1.0);
            [x, x.sin() + noise.sample()]
        };
        Ok(Data::from_curve((0..self.samples).map(point).collect()))
    }
}
