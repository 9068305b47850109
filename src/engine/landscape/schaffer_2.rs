//! Schaffer 2.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Schaffer's function no. 2: a flat cross of ripples that get finer outwards; the deepest dent is the one in the middle.
    ///
    /// ½ + (sin²(x² − y²) − ½) / (1 + .001 (x² + y²))². SFU virtual library.
    pub struct Schaffer2("Schaffer 2") {}
}

impl Formula for Schaffer2 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // Over one denominator ½ cancels out, and the minimum is exact.
        let far = (x * x + y * y) * 0.001;
        let wave = ((x - y) * (x + y)).sin().square();
        (wave + far * (far + 2.0) * 0.5) / (far + 1.0).square()
    }
}

impl Landscape for Schaffer2 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "½ + (sin²(x² − y²) − ½) / (1 + .001 (x² + y²))²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(5.0)
    }

    fn start(&self) -> [f64; 2] {
        [-3.2, 2.1]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.02", "0.5", "0.02", "0.2"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
