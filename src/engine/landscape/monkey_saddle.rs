//! Monkey saddle.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race_without_lbfgs};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// The monkey saddle: three descending and three ascending directions; at its centre gradient and Hessian both vanish.
    ///
    /// x³ − 3xy².
    pub struct MonkeySaddle("Monkey saddle") {}
}

impl Formula for MonkeySaddle {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        x * x * x - x * y * y * 3.0
    }
}

impl Landscape for MonkeySaddle {
    fn group(&self) -> Group {
        Group::Saddles
    }

    fn formula(&self) -> String {
        "x³ − 3xy²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(2.0))
    }

    fn start(&self) -> [f64; 2] {
        [0.8, 0.05]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race_without_lbfgs(["0.002", "2e-4", "0.02", "0.002", "0.002"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
