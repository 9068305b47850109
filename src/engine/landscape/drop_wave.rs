//! Drop-wave.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Drop-wave: rings like those around a drop in water, deepest in the middle. Every ring is a closed valley.
    ///
    /// −(1 + cos 12r) / (½r² + 2) with r = √(x² + y²). SFU virtual library.
    pub struct DropWave("Drop-wave") {}
}

impl Formula for DropWave {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // cos 12r is smooth at the origin, but the root's derivatives are not: a tiny summand keeps them finite and changes no value.
        let square = x * x + y * y;
        -(((square + 1e-30).sqrt() * 12.0).cos() + 1.0) / (square * 0.5 + 2.0)
    }
}

impl Landscape for DropWave {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "−(1 + cos 12r) / (½r² + 2), r = √(x² + y²)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.12))
    }

    fn start(&self) -> [f64; 2] {
        [-2.4, 1.55]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], -1.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.005", "0.001", "1", "0.005", "0.5"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
