//! Salomon.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Salomon's function: a cone of rings. A run has to climb out of every ring to reach the tip in the middle.
    ///
    /// 1 − cos 2πr + .1r with r = √(x² + y²). Salomon 1996. At the tip the gradient is taken as 0.
    pub struct Salomon("Salomon") {}
}

impl Formula for Salomon {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // 1 − cos 2a = 2 sin² a, which does not cancel at the minimum.
        let radius = (x * x + y * y).sqrt();
        (radius * PI).sin().square() * 2.0 + radius * 0.1
    }
}

impl Landscape for Salomon {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "1 − cos 2πr + .1r, r = √(x² + y²)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(6.0)
    }

    fn start(&self) -> [f64; 2] {
        [-3.4, 2.6]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["5e-4", "5e-5", "0.01", "0.001", "0.002"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
