//! Beale.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Beale's function: a flat cross with steep corners; the gradient is tiny inside and huge at the edge.
    ///
    /// (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)². Beale 1958.
    pub struct Beale("Beale") {}
}

impl Formula for Beale {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let [a, b, c] = [
            x * y - x + 1.5,
            x * (y * y) - x + 2.25,
            x * (y * y * y) - x + 2.625,
        ];
        a.square() + b.square() + c.square()
    }
}

impl Landscape for Beale {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(4.5))
    }

    fn start(&self) -> [f64; 2] {
        [1.0, 1.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([3.0, 0.5], 0.0)]
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![
            Mark::new([0.0, 1.0], 14.203_125),
            Mark::new(
                [0.100_537_937_324_158_42, -2.644_513_585_023_124_5],
                9.864_512_284_755_56,
            ),
        ]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.002", "2e-4", "0.2", "0.01", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
