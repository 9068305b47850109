//! Data set: a straight line.

use super::{Data, DataError, Dataset, Noise, linspace, opening_runs};
use crate::engine::declare::settings;
use crate::engine::files::Files;

settings! {
    /// y = slope · x + intercept with noise, x evenly spaced from −1 to 1.
    pub struct Line("Line") {
        /// Number of samples.
        samples: u64 = 100, in 1.0..=1e6, log 10.0..=1e4;
        /// Standard deviation of the noise on y.
        noise: f64 = 0.1, in 0.0.., linear 0.0..=1.0;
        /// Slope of the line.
        slope: f64 = 2.0, linear -5.0..=5.0;
        /// Intercept: y at x = 0.
        intercept: f64 = 1.0, linear -5.0..=5.0;
        /// Seed of the noise.
        seed: u64 = 0;
    }
}

impl Dataset for Line {
    fn opening_runs(&self) -> Vec<String> {
        opening_runs(["0.05", "0.01", "0.01", "0.01"])
    }

    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let point = |i| {
            let x = 2.0 * linspace(i, self.samples) - 1.0;
            [x, self.slope * x + self.intercept + noise.sample()]
        };
        Ok(Data::from_curve((0..self.samples).map(point).collect()))
    }
}
