//! Matyas.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Matyas's function: a long flat bowl along the diagonal, condition number 25. The plain gradient points across it;
    /// momentum or curvature goes along it.
    ///
    /// .26 (x² + y²) − .48 xy. Jamil & Yang 2013.
    pub struct Matyas("Matyas") {}
}

impl Formula for Matyas {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // Written as a sum of squares, so that nothing cancels along the diagonal.
        (x - y).square() * 0.25 + (x + y).square() * 0.01
    }
}

impl Landscape for Matyas {
    fn group(&self) -> Group {
        Group::Bowls
    }

    fn formula(&self) -> String {
        ".26 (x² + y²) − .48 xy".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-8.0, 3.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.002", "0.5", "0.05", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
