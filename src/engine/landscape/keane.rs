//! Keane.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Keane's bump: ripples that die away from two equal minima on the axes; away from them the function is nearly flat.
    ///
    /// −sin²(x − y) sin²(x + y) / √(x² + y²). Jamil & Yang 2013. At the origin, where the formula is 0/0, it is 0.
    pub struct Keane("Keane") {}
}

impl Formula for Keane {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // The limit at the origin is 0; the smallest number keeps 0/0 away.
        let square = (x * x + y * y).max(x.constant(f64::MIN_POSITIVE));
        -((x - y).sin() * (x + y).sin()).square() / square.sqrt()
    }
}

impl Landscape for Keane {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "−sin²(x − y) sin²(x + y) / √(x² + y²)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([0.0, 10.0], [0.0, 10.0])
    }

    fn start(&self) -> [f64; 2] {
        [3.2, 1.9]
    }

    fn minima(&self) -> Vec<Mark> {
        let x = 1.393_249_075_325_588_5;
        [[0.0, x], [x, 0.0]]
            .map(|at| Mark::new(at, -0.673_667_521_146_854_7))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.002", "0.02", "0.002", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
