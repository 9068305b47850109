//! Edge of stability.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// A valley of minima xy = ±1 whose sharpness 2 (x² + y²) differs along it: a learning rate too large for one point bounces to a flatter one.
    ///
    /// ¼ (x²y² − 1)².
    pub struct EdgeOfStability("Edge of stability") {}
}

impl Formula for EdgeOfStability {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x * x * y * y - 1.0).square() * 0.25
    }
}

impl Landscape for EdgeOfStability {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "¼ (x²y² − 1)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(4.0))
    }

    fn start(&self) -> [f64; 2] {
        [3.5, 0.2]
    }

    fn minima(&self) -> Vec<Mark> {
        [[1.0, 1.0], [-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0]]
            .map(|at| Mark::new(at, 0.0))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.1", "0.1", "0.5", "0.05", "0.5"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
