//! Booth.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Booth's function: a bowl of condition number 9 whose axes are the diagonals.
    ///
    /// (x + 2y − 7)² + (2x + y − 5)².
    pub struct Booth("Booth") {}
}

impl Formula for Booth {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x + y * 2.0 - 7.0).square() + (x * 2.0 + y - 5.0).square()
    }
}

impl Landscape for Booth {
    fn group(&self) -> Group {
        Group::Bowls
    }

    fn formula(&self) -> String {
        "(x + 2y − 7)² + (2x + y − 5)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-6.0, -8.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([1.0, 3.0], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.001", "1e-4", "0.5", "0.05", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
