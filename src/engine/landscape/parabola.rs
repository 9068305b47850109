//! Parabola, of one parameter.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::UnivariateFormula;
use crate::engine::objective::plane::Rect;

settings! {
    /// The curve on which every step can be done by hand: gradient descent takes x to (1 − 2 lr a) x.
    ///
    /// a x². Below lr = 1/(2a) x approaches 0 from one side, up to 1/a from alternating sides, and beyond it the steps
    /// grow. With a = 1 it is the first example of Zhang et al., Dive into Deep Learning, section 12.3.
    pub struct Parabola("Parabola, 1-D") {
        /// a: half the curvature.
        a: f64 = 1.0, linear 0.0..=10.0;
    }
}

impl UnivariateFormula for Parabola {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S) -> S {
        x * x * self.a
    }
}

impl Landscape for Parabola {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "a x²".to_owned()
    }

    fn dim(&self) -> usize {
        1
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(12.0))
    }

    fn start(&self) -> [f64; 2] {
        [10.0, 0.0]
    }

    fn minima(&self) -> Vec<Mark> {
        if self.a > 0.0 {
            vec![Mark::new([0.0; 2], 0.0)]
        } else {
            Vec::new()
        }
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.5", "0.05", "0.1"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::one_dimensional(self, self.clone()))
    }
}
