//! Easom.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Easom's function: a needle in a plain. The gradient is nearly zero everywhere but close to the one deep dent, and a
    /// run that starts a little further out does not move.
    ///
    /// −cos x cos y e^(−(x − π)² − (y − π)²). Easom 1990; SFU virtual library.
    pub struct Easom("Easom") {}
}

impl Formula for Easom {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let distance = (x - PI).square() + (y - PI).square();
        -(x.cos() * y.cos() * (-distance).exp())
    }
}

impl Landscape for Easom {
    fn group(&self) -> Group {
        Group::Plates
    }

    fn formula(&self) -> String {
        "−cos x cos y e^(−(x − π)² − (y − π)²)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(10.0)
    }

    fn start(&self) -> [f64; 2] {
        [1.8, 4.1]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([PI, PI], -1.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.05", "0.01", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
