//! Cross in tray.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Cross in tray: four equal minima in a tray parted by razor-sharp ridges, on which the gradient is beyond all bounds.
    ///
    /// −.0001 (|sin x sin y e^|100 − √(x² + y²)/π|| + 1)^.1. Mishra 2006; SFU virtual library. It has kinks where sin x or
    /// sin y is 0; there the derivative of |·| is taken as 0.
    pub struct CrossInTray("Cross in tray") {}
}

impl Formula for CrossInTray {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let radius = (x * x + y * y).sqrt();
        let wave = (x.sin() * y.sin()).abs() * (-(radius / PI) + 100.0).abs().exp();
        (wave + 1.0).powf(0.1) * -1e-4
    }
}

impl Landscape for CrossInTray {
    fn group(&self) -> Group {
        Group::SteepRidges
    }

    fn formula(&self) -> String {
        "−.0001 (|sin x sin y e^|100 − √(x² + y²)/π|| + 1)^.1".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-7.1, 4.0]
    }

    fn minima(&self) -> Vec<Mark> {
        let t = 1.349_406_617_153_910_8;
        [[t, t], [t, -t], [-t, t], [-t, -t]]
            .map(|at| Mark::new(at, -2.062_611_870_822_737))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.1", "0.01", "0.05", "0.002", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
