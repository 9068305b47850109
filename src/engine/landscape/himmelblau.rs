//! Himmelblau.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Himmelblau's function: four minima of equal value; a small change of start or learning rate picks another one.
    ///
    /// (x² + y − 11)² + (x + y² − 7)². Himmelblau 1972.
    pub struct Himmelblau("Himmelblau") {}
}

impl Formula for Himmelblau {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x * x + y - 11.0).square() + (x + y * y - 7.0).square()
    }
}

impl Landscape for Himmelblau {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "(x² + y − 11)² + (x + y² − 7)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [-0.5, -1.0]
    }

    fn minima(&self) -> Vec<Mark> {
        [
            [3.0, 2.0],
            [-2.805_118_086_952_745, 3.131_312_518_250_573],
            [-3.779_310_253_377_747, -3.283_185_991_286_17],
            [3.584_428_340_330_492, -1.848_126_526_964_403_5],
        ]
        .map(|at| Mark::new(at, 0.0))
        .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![
            Mark::new(
                [-3.073_025_750_764_39, -0.081_353_044_287_967_51],
                104.015_162_917_558_11,
            ),
            Mark::new(
                [-0.127_961_346_730_680_05, -1.953_714_980_244_576_6],
                178.337_239_202_927_45,
            ),
            Mark::new(
                [0.086_677_504_555_396_36, 2.884_254_701_174_776],
                67.719_150_087_526_13,
            ),
            Mark::new(
                [3.385_154_183_607_021, 0.073_851_879_837_749_3],
                13.311_926_270_405_587,
            ),
        ]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.001", "2e-4", "0.2", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
