//! Rastrigin.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Rastrigin's function: a bowl under a grid of deep dents; most runs end in the nearest one.
    ///
    /// 20 + Σ (t² − 10 cos 2πt) over t = x, y. Rastrigin 1974.
    pub struct Rastrigin("Rastrigin") {}
}

impl Formula for Rastrigin {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn term<S: Scalar>(t: S) -> S {
            t * t + (t * PI).sin().square() * 20.0
        }
        // 1 − cos 2a = 2 sin² a, which does not cancel at the minimum.
        term(x) + term(y)
    }
}

impl Landscape for Rastrigin {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "20 + Σ (t² − 10 cos 2πt) over t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.12))
    }

    fn start(&self) -> [f64; 2] {
        [-3.2, 2.4]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-4", "1e-5", "1", "0.002", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
