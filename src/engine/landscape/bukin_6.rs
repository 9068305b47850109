//! Bukin 6.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Bukin's function no. 6: a crease along a parabola with infinitely steep walls. A run falls into it at once and then
    /// jumps from wall to wall instead of following it.
    ///
    /// 100 √|y − .01x²| + .01 |x + 10|. SFU virtual library; Jamil & Yang 2013. It has no derivative in the crease y = .01x² nor
    /// at x = −10; that of |·|, and of the root of zero, is taken as 0 there.
    pub struct Bukin6("Bukin 6") {}
}

impl Formula for Bukin6 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (y - x * x * 0.01).abs().sqrt() * 100.0 + (x + 10.0).abs() * 0.01
    }
}

impl Landscape for Bukin6 {
    fn group(&self) -> Group {
        Group::SteepRidges
    }

    fn formula(&self) -> String {
        "100 √|y − .01x²| + .01 |x + 10|".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-15.0, -5.0], [-3.0, 3.0])
    }

    fn start(&self) -> [f64; 2] {
        [-6.2, 2.3]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([-10.0, 1.0], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-4", "2e-5", "0.05", "0.005", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
