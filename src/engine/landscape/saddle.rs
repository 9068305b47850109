//! Saddle.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race_without_lbfgs};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// A saddle: down along y, up along x. A start on the ridge y = 0 stays there without noise; c > 0 makes two minima.
    ///
    /// a x² − b y² + c y⁴.
    pub struct Saddle("Saddle") {
        /// Curvature of the walls along x.
        a: f64 = 1.0, linear 0.0..=5.0;
        /// b: steepness of the descent along y.
        b: f64 = 1.0, linear 0.0..=5.0;
        /// c: quartic walls along y; with 0 the function falls without bound.
        c: f64 = 0.0, linear 0.0..=2.0;
    }
}

impl Formula for Saddle {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let square = y * y;
        x * x * self.a - square * self.b + square * square * self.c
    }
}

impl Landscape for Saddle {
    fn group(&self) -> Group {
        Group::Saddles
    }

    fn formula(&self) -> String {
        "a x² − b y² + c y⁴".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(2.0))
    }

    fn start(&self) -> [f64; 2] {
        [-1.5, 0.001]
    }

    fn minima(&self) -> Vec<Mark> {
        if self.a <= 0.0 || self.b <= 0.0 || self.c <= 0.0 {
            return Vec::new();
        }
        let y = (self.b / (2.0 * self.c)).sqrt();
        [[0.0, y], [0.0, -y]]
            .map(|at| Mark::new(at, -self.b * self.b / (4.0 * self.c)))
            .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        if self.a * self.b > 0.0 {
            vec![Mark::new([0.0; 2], 0.0)]
        } else {
            Vec::new()
        }
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race_without_lbfgs(["0.005", "5e-4", "0.02", "0.002", "0.002"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
