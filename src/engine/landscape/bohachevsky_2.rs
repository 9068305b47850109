//! Bohachevsky 2.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Bohachevsky's function no. 2: the bowl of no. 1 with the two ripples multiplied, so that its dents form a chessboard.
    ///
    /// x² + 2y² − .3 cos 3πx cos 4πy + .3. Bohachevsky, Johnson & Stein 1986.
    pub struct Bohachevsky2("Bohachevsky 2") {}
}

impl Formula for Bohachevsky2 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // 1 − cos a cos b = sin²((a + b)/2) + sin²((a − b)/2), which does not cancel at the minimum.
        let (a, b) = (x * (1.5 * PI), y * (2.0 * PI));
        x * x + y * y * 2.0 + ((a + b).sin().square() + (a - b).sin().square()) * 0.3
    }
}

impl Landscape for Bohachevsky2 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "x² + 2y² − .3 cos 3πx cos 4πy + .3".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(3.0)
    }

    fn start(&self) -> [f64; 2] {
        [2.2, -1.9]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.005", "5e-4", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
