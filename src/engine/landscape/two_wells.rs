//! Two wells.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Two wells: a bowl with a deep well and a shallow one on either side of a low saddle. Learning rate, momentum and noise
    /// decide in which well a run ends.
    ///
    /// x² + y² − 2 e^(−((x − 1)² + y²)/.2) − 3 e^(−((x + 1)² + y²)/.2).
    pub struct TwoWells("Two wells") {}
}

impl Formula for TwoWells {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let [right, left] = [(x - 1.0).square() + y * y, (x + 1.0).square() + y * y];
        x * x + y * y - (right * -5.0).exp() * 2.0 - (left * -5.0).exp() * 3.0
    }
}

impl Landscape for TwoWells {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "x² + y² − 2 e^(−((x − 1)² + y²)/.2) − 3 e^(−((x + 1)² + y²)/.2)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(2.0))
    }

    fn start(&self) -> [f64; 2] {
        [1.7, 1.1]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [-0.936_300_634_010_918_6, 0.0],
            -2.063_090_251_768_194,
        )]
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![Mark::new(
            [0.068_602_436_708_096_57, 0.0],
            -0.031_374_273_270_045_72,
        )]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.005", "0.01", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
