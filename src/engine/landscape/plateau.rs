//! Plateau.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// A wide plateau around a narrow funnel: far out the gradient vanishes, so that plain descent stands still while Adam's
    /// scaled steps go on.
    ///
    /// 1 − e^(−(x² + y²)/w).
    pub struct Plateau("Plateau") {
        /// w: the squared radius of the funnel.
        w: f64 = 1.0, in 0.01..=1e6, log 0.1..=20.0;
    }
}

impl Formula for Plateau {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        -(-(x * x + y * y) / self.w).exp_m1()
    }
}

impl Landscape for Plateau {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "1 − e^(−(x² + y²)/w)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [-1.9, 1.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.2", "0.05", "0.05", "0.005", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
