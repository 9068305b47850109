//! Rosenbrock.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Rosenbrock's valley: falling into the curved valley is easy, following its flat floor to the minimum is not.
    ///
    /// (a − x)² + b (y − x²)². Rosenbrock 1960.
    pub struct Rosenbrock("Rosenbrock") {
        /// a: the minimum is at (a, a²).
        a: f64 = 1.0, linear -1.4..=1.4;
        /// b: steepness of the valley's walls.
        b: f64 = 100.0, in 0.0.., log 1.0..=1000.0;
    }
}

impl Formula for Rosenbrock {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (-x + self.a).square() + (y - x * x).square() * self.b
    }
}

impl Landscape for Rosenbrock {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "(a − x)² + b (y − x²)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(2.048))
    }

    fn start(&self) -> [f64; 2] {
        [-1.5, 2.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([self.a, self.a * self.a], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
