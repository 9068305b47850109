//! Holder table.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Holder table: four legs, the equal minima, in the corners of a table full of dents with sharp edges between them.
    ///
    /// −|sin x cos y e^|1 − √(x² + y²)/π||. Mishra 2006; SFU virtual library. It has kinks where sin x or cos y is 0, at the
    /// origin and on the circle of radius π; there the derivative of |·| and the cone's gradient are taken as 0.
    pub struct HolderTable("Holder table") {}
}

impl Formula for HolderTable {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let radius = (x * x + y * y).sqrt();
        -((x.sin() * y.cos()).abs() * (-(radius / PI) + 1.0).abs().exp())
    }
}

impl Landscape for HolderTable {
    fn group(&self) -> Group {
        Group::SteepRidges
    }

    fn formula(&self) -> String {
        "−|sin x cos y e^|1 − √(x² + y²)/π||".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [3.1, -4.6]
    }

    fn minima(&self) -> Vec<Mark> {
        let (x, y) = (8.055_023_475_736_563, 9.664_590_019_241_272);
        [[x, y], [x, -y], [-x, y], [-x, -y]]
            .map(|at| Mark::new(at, -19.208_502_567_886_73))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "1", "5", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
