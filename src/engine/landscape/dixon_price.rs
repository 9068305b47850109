//! Dixon–Price.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::FRAC_1_SQRT_2;

settings! {
    /// Dixon and Price's function: a parabolic valley lying on its side with a minimum on either branch; a saddle decides
    /// which one a run reaches.
    ///
    /// (x − 1)² + 2 (2y² − x)². Dixon & Price 1989; SFU virtual library.
    pub struct DixonPrice("Dixon–Price") {}
}

impl Formula for DixonPrice {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x - 1.0).square() + (y * y * 2.0 - x).square() * 2.0
    }
}

impl Landscape for DixonPrice {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "(x − 1)² + 2 (2y² − x)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-7.0, 1.5]
    }

    fn minima(&self) -> Vec<Mark> {
        [[1.0, FRAC_1_SQRT_2], [1.0, -FRAC_1_SQRT_2]]
            .map(|at| Mark::new(at, 0.0))
            .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![Mark::new([1.0 / 3.0, 0.0], 2.0 / 3.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.002", "2e-4", "0.5", "0.05", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
