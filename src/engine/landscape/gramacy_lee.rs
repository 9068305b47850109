//! Gramacy–Lee.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::FRAC_1_SQRT_2;

settings! {
    /// Gramacy and Lee's function: a dent and a bump in the corner of a wide plain. Started on the plain, plain descent
    /// sees no gradient; scaled steps do.
    ///
    /// x e^(−x² − y²). Gramacy & Lee 2008.
    pub struct GramacyLee("Gramacy–Lee") {}
}

impl Formula for GramacyLee {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        x * (-(x * x + y * y)).exp()
    }
}

impl Landscape for GramacyLee {
    fn group(&self) -> Group {
        Group::Plates
    }

    fn formula(&self) -> String {
        "x e^(−x² − y²)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-2.0, 6.0], [-2.0, 6.0])
    }

    fn start(&self) -> [f64; 2] {
        [0.4, 1.6]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([-FRAC_1_SQRT_2, 0.0], -0.428_881_942_480_353_4)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.5", "0.2", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
