//! Quadratic.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// A quadratic bowl, for which all convergence rates are known; its condition number is the ratio of a and b.
    ///
    /// ½ (a u² + b v²), where u and v are the axes turned by `angle`.
    pub struct Quadratic("Quadratic") {
        /// Curvature along the first axis.
        a: f64 = 1.0, linear 0.0..=10.0;
        /// Curvature along the second axis.
        b: f64 = 10.0, linear 0.0..=100.0;
        /// Angle of the axes, counter-clockwise.
        angle: f64 = 0.0, linear -90.0..=90.0, unit "°";
    }
}

impl Formula for Quadratic {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let (sin, cos) = self.angle.to_radians().sin_cos();
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        (u * u * self.a + v * v * self.b) * 0.5
    }
}

impl Landscape for Quadratic {
    fn group(&self) -> Group {
        Group::Bowls
    }

    fn formula(&self) -> String {
        "½ (a u² + b v²), u = x cos φ + y sin φ, v = y cos φ − x sin φ".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [-4.0, 2.0]
    }

    fn minima(&self) -> Vec<Mark> {
        if self.a > 0.0 && self.b > 0.0 {
            vec![Mark::new([0.0; 2], 0.0)]
        } else {
            Vec::new()
        }
    }

    fn saddles(&self) -> Vec<Mark> {
        if self.a * self.b < 0.0 {
            vec![Mark::new([0.0; 2], 0.0)]
        } else {
            Vec::new()
        }
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.01", "0.001", "0.2", "0.02", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
