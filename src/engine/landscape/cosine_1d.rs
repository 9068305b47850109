//! A cosine that grows, of one parameter.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::UnivariateFormula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Hills and valleys of one parameter: a small learning rate ends in the nearest valley, a larger one jumps out of it, and
    /// Newton's method climbs where the curve bends downwards.
    ///
    /// x cos(cπ x), with c = .15 the non-convex example of Zhang et al., Dive into Deep Learning, section 12.3.
    pub struct Cosine1d("Growing cosine, 1-D") {
        /// c: half waves per unit of x.
        c: f64 = 0.15, in 1e-3..=1e3, linear 0.05..=1.0;
    }
}

/// The solution of tan u = 1/u between π and 3π/2, where u cos u is lowest.
const LOWEST: f64 = 3.425_618_459_481_728;

/// The value at the minimum.
const VALUE: f64 = -3.288_371_395_590_896;

impl UnivariateFormula for Cosine1d {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S) -> S {
        x * (x * (self.c * PI)).cos()
    }
}

impl Landscape for Cosine1d {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "x cos(cπ x)".to_owned()
    }

    fn dim(&self) -> usize {
        1
    }

    /// Returns the domain in which one valley is the deepest.
    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(1.65 / self.c))
    }

    fn start(&self) -> [f64; 2] {
        [1.5 / self.c, 0.0]
    }

    fn minima(&self) -> Vec<Mark> {
        let wave = self.c * PI;
        vec![Mark::new([LOWEST / wave, 0.0], VALUE / wave)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.2", "0.02", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::one_dimensional(self, self.clone()))
    }
}
