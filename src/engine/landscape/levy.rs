//! Levy.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::{PI, TAU};

settings! {
    /// Levy's function: long ripples over a bowl, like corrugated iron. Momentum rolls over them, small steps stay in one.
    ///
    /// sin² πw₁ + (w₁ − 1)² (1 + 10 sin²(πw₁ + 1)) + (w₂ − 1)² (1 + sin² 2πw₂) with w = 1 + (t − 1)/4 over t = x, y.
    /// Levy & Montalvo 1985; SFU virtual library.
    pub struct Levy("Levy") {}
}

impl Formula for Levy {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // Uses w − 1 instead of w, a whole period away: exact near the minimum.
        let (u, v) = ((x - 1.0) * 0.25, (y - 1.0) * 0.25);
        let first = (u * PI + 1.0).sin().square() * 10.0 + 1.0;
        let second = (v * TAU).sin().square() + 1.0;
        (u * PI).sin().square() + u.square() * first + v.square() * second
    }
}

impl Landscape for Levy {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "sin² πw₁ + (w₁ − 1)² (1 + 10 sin²(πw₁ + 1)) + (w₂ − 1)² (1 + sin² 2πw₂), w = 1 + (t − 1)/4 over t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-7.5, 6.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([1.0, 1.0], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.2", "5e-4", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
