//! Branin.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Branin's function: three global minima of equal value in one curved, gentle valley; a small change of start or
    /// learning rate picks another one.
    ///
    /// (y − 5.1x²/4π² + 5x/π − 6)² + 10 (1 − 1/8π) cos x + 10. Branin 1972; SFU virtual library.
    pub struct Branin("Branin") {}
}

impl Formula for Branin {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let floor = y - x * x * (5.1 / (4.0 * PI * PI)) + x * (5.0 / PI) - 6.0;
        floor.square() + x.cos() * (10.0 - 1.25 / PI) + 10.0
    }
}

impl Landscape for Branin {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "(y − 5.1x²/4π² + 5x/π − 6)² + 10 (1 − 1/8π) cos x + 10".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-5.0, 10.0], [0.0, 15.0])
    }

    fn start(&self) -> [f64; 2] {
        [5.5, 13.0]
    }

    fn minima(&self) -> Vec<Mark> {
        [[-PI, 12.275], [PI, 2.275], [3.0 * PI, 2.475]]
            .map(|at| Mark::new(at, 1.25 / PI))
            .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        [[0.0, 6.0], [2.0 * PI, 1.1]]
            .map(|at| Mark::new(at, 20.0 - 1.25 / PI))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.5", "0.05", "0.2"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
