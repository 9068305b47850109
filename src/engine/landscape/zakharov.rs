//! Zakharov.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Zakharov's function: a bowl whose walls rise with the fourth power in one direction. A learning rate that is right near the
    /// minimum diverges far from it.
    ///
    /// x² + y² + s² + s⁴ with s = ½x + y. SFU virtual library; Jamil & Yang 2013.
    pub struct Zakharov("Zakharov") {}
}

impl Formula for Zakharov {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let square = (x * 0.5 + y).square();
        x * x + y * y + square + square * square
    }
}

impl Landscape for Zakharov {
    fn group(&self) -> Group {
        Group::Bowls
    }

    fn formula(&self) -> String {
        "x² + y² + s² + s⁴, s = ½x + y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-5.0, 10.0], [-5.0, 10.0])
    }

    fn start(&self) -> [f64; 2] {
        [8.5, -3.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    /// The Hessian is 2 I + (2 + 12 s²) v vᵀ with v = (½, 1), and x² + y² ≥ s²/‖v‖² = 0.8 s², so that 1.8 s² + s⁴ ≤ f.
    fn curvature_bounds(&self, start: [f64; 2]) -> Option<[f64; 2]> {
        let height: f64 = self.eval(start[0], start[1]);
        let largest_square = ((0.81 + height).sqrt() - 0.9).max(0.0);
        Some([2.0, 2.0 + 1.25 * (2.0 + 12.0 * largest_square)])
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.5", "0.05", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
