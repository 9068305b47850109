//! Egg crate.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Egg crate: a regular grid of round dents in a bowl, few enough to follow each run by eye.
    ///
    /// x² + y² + 25 (sin² x + sin² y). Jamil & Yang 2013.
    pub struct EggCrate("Egg crate") {}
}

impl Formula for EggCrate {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn term<S: Scalar>(t: S) -> S {
            t * t + t.sin().square() * 25.0
        }
        term(x) + term(y)
    }
}

impl Landscape for EggCrate {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "x² + y² + 25 (sin² x + sin² y)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [4.2, -2.2]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["5e-4", "5e-5", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
