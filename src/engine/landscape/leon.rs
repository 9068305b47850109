//! Leon.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Leon's function: Rosenbrock's valley with a cubic floor, steeper to both sides and harder to follow.
    ///
    /// (1 − x)² + 100 (y − x³)². Leon 1966; with this domain Jamil & Yang 2013.
    pub struct Leon("Leon") {}
}

impl Formula for Leon {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (-x + 1.0).square() + (y - x * x * x).square() * 100.0
    }
}

impl Landscape for Leon {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "(1 − x)² + 100 (y − x³)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([0.0, 10.0], [0.0, 10.0])
    }

    fn view(&self) -> Rect {
        Rect::new([0.0, 2.0], [0.0, 4.0]).unwrap_or(Rect::square(2.0))
    }

    fn start(&self) -> [f64; 2] {
        [0.2, 1.8]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([1.0, 1.0], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["5e-5", "1e-5", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
