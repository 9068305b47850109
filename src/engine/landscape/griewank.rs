//! Griewank.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::FRAC_1_SQRT_2;

settings! {
    /// Griewank's function: a wide shallow bowl with regular ripples. From afar they hardly matter; near the minimum they are
    /// all there is.
    ///
    /// 1 + (x² + y²)/4000 − cos x cos(y/√2). Griewank 1981.
    pub struct Griewank("Griewank") {}
}

impl Formula for Griewank {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // 1 − cos a cos b = sin²((a + b)/2) + sin²((a − b)/2), which does not cancel at the minimum.
        let (a, b) = (x * 0.5, y * (0.5 * FRAC_1_SQRT_2));
        (x * x + y * y) / 4000.0 + (a + b).sin().square() + (a - b).sin().square()
    }
}

impl Landscape for Griewank {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "1 + (x² + y²)/4000 − cos x cos(y/√2)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(600.0))
    }

    fn view(&self) -> Rect {
        Rect::square(20.0)
    }

    fn start(&self) -> [f64; 2] {
        [-16.0, 11.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.05", "0.005", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
