//! Levy 13.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Levy's function no. 13: short ripples on a round bowl, finer along x than along y; most runs end in the nearest dent.
    ///
    /// sin² 3πx + (x − 1)² (1 + sin² 3πy) + (y − 1)² (1 + sin² 2πy). SFU virtual library.
    pub struct Levy13("Levy 13") {}
}

impl Formula for Levy13 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn wave<S: Scalar>(t: S, times: f64) -> S {
            (t * (times * PI)).sin().square()
        }
        // The waves are computed relative to the minimum, a whole period away: exact near it.
        let (u, v) = (x - 1.0, y - 1.0);
        wave(u, 3.0) + u.square() * (wave(v, 3.0) + 1.0) + v.square() * (wave(v, 2.0) + 1.0)
    }
}

impl Landscape for Levy13 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "sin² 3πx + (x − 1)² (1 + sin² 3πy) + (y − 1)² (1 + sin² 2πy)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn view(&self) -> Rect {
        Rect::square(5.0)
    }

    fn start(&self) -> [f64; 2] {
        [-3.5, 4.2]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([1.0, 1.0], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-4", "0.001", "0.5", "0.05", "0.5"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
