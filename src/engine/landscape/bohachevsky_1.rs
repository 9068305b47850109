//! Bohachevsky 1.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Bohachevsky's function no. 1: an elliptic bowl with ripples along both axes, deep enough to stop a slow run near the
    /// minimum only.
    ///
    /// x² + 2y² − .3 cos 3πx − .4 cos 4πy + .7. Bohachevsky, Johnson & Stein 1986.
    pub struct Bohachevsky1("Bohachevsky 1") {}
}

impl Formula for Bohachevsky1 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn wave<S: Scalar>(t: S) -> S {
            t.sin().square()
        }
        // 1 − cos 2a = 2 sin² a, which does not cancel at the minimum.
        x * x + y * y * 2.0 + wave(x * (1.5 * PI)) * 0.6 + wave(y * (2.0 * PI)) * 0.8
    }
}

impl Landscape for Bohachevsky1 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "x² + 2y² − .3 cos 3πx − .4 cos 4πy + .7".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(3.0)
    }

    fn start(&self) -> [f64; 2] {
        [-2.3, 1.7]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.005", "0.001", "0.1", "0.005", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
