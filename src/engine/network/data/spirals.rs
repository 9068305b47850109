//! Data set: spirals.

use super::{Data, DataError, Dataset, Noise, linspace};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::real;
use std::f64::consts::TAU;

settings! {
    /// Spirals from the origin to the circle of radius 1, one per class, at equal angles.
    pub struct Spirals("Spirals") {
        /// Number of samples, equal for all classes up to one.
        samples: u64 = 300, in 1.0..=1e6, log 10.0..=1e4;
        /// Number of spirals.
        classes: u64 = 2, in 1.0..=100.0, linear 2.0..=8.0;
        /// Turns of each spiral.
        turns: f64 = 1.0, in 0.0..=20.0, linear 0.0..=3.0;
        /// Standard deviation of the noise on x and y.
        noise: f64 = 0.03, in 0.0.., linear 0.0..=0.2;
        /// Seed of the noise.
        seed: u64 = 0;
    }
}

impl Dataset for Spirals {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        let mut noise = Noise::new(self.seed, self.noise);
        let classes = (0_u32..).zip(0..self.classes).cycle();
        let points = (0..self.samples).zip(classes).map(|(i, (class, arm))| {
            let radius = linspace(i / self.classes, self.samples.div_ceil(self.classes));
            let turn = real(arm) / real(self.classes) + self.turns * radius;
            let (sin, cos) = (TAU * turn).sin_cos();
            (noise.jitter([radius * cos, radius * sin]), class)
        });
        Ok(Data::from_points(points.collect()))
    }
}
