//! Trid.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Trid: a tilted bowl whose only minimum, −2, lies away from the middle, so that weight decay visibly misses it.
    ///
    /// (x − 1)² + (y − 1)² − xy. SFU virtual library.
    pub struct Trid("Trid") {}
}

impl Formula for Trid {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x - 1.0).square() + (y - 1.0).square() - x * y
    }
}

impl Landscape for Trid {
    fn group(&self) -> Group {
        Group::Bowls
    }

    fn formula(&self) -> String {
        "(x − 1)² + (y − 1)² − xy".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(4.0))
    }

    fn start(&self) -> [f64; 2] {
        [-3.5, 1.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([2.0, 2.0], -2.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.5", "0.05", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
