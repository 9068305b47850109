//! Goldstein–Price.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Goldstein and Price's function: values over six decades and three local minima besides the global one. Gradients of
    /// 10⁵ next to flat valleys punish every fixed learning rate.
    ///
    /// [1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²)] · [30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²)].
    /// Goldstein & Price 1971.
    pub struct GoldsteinPrice("Goldstein–Price") {}
}

impl Formula for GoldsteinPrice {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let (xx, xy, yy) = (x * x, x * y, y * y);
        let first = xx * 3.0 + xy * 6.0 + yy * 3.0 - x * 14.0 - y * 14.0 + 19.0;
        let second = xx * 12.0 - xy * 36.0 + yy * 27.0 - x * 32.0 + y * 48.0 + 18.0;
        ((x + y + 1.0).square() * first + 1.0) * ((x * 2.0 - y * 3.0).square() * second + 30.0)
    }
}

impl Landscape for GoldsteinPrice {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "[1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²)] · [30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²)]".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(2.0))
    }

    fn start(&self) -> [f64; 2] {
        [-1.5, 0.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0, -1.0], 3.0)]
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![
            Mark::new([-0.4, -0.6], 35.0),
            Mark::new([1.2, -0.2], 99.0),
            Mark::new([1.4, 0.6], 980.0),
            Mark::new([0.6, 0.4], 990.0),
        ]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-5", "1e-5", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
