//! Langermann.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race_without_lbfgs};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::{FRAC_1_PI, PI};

/// The centres and their weights.
const CENTRES: [[f64; 3]; 5] = [
    [3.0, 5.0, 1.0],
    [5.0, 2.0, 2.0],
    [2.0, 1.0, 5.0],
    [1.0, 4.0, 2.0],
    [7.0, 9.0, 3.0],
];

settings! {
    /// Langermann's function: rings around five centres that run into each other, without any symmetry.
    ///
    /// Σ c e^(−d/π) cos πd, where d is the square of the distance to (3, 5), (5, 2), (2, 1), (1, 4), (7, 9) and c is
    /// 1, 2, 5, 2, 3. SFU virtual library. The often quoted −5.1621 belongs to −f.
    pub struct Langermann("Langermann") {}
}

impl Formula for Langermann {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let mut sum = x.constant(0.0);
        for [a, b, c] in CENTRES {
            let d = (x - a).square() + (y - b).square();
            sum = sum + (d * -FRAC_1_PI).exp() * (d * PI).cos() * c;
        }
        sum
    }
}

impl Landscape for Langermann {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "Σ c e^(−d/π) cos πd, d = (x − a)² + (y − b)², (a, b, c) = (3, 5, 1), (5, 2, 2), (2, 1, 5), (1, 4, 2), (7, 9, 3)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([0.0, 10.0], [0.0, 10.0])
    }

    fn start(&self) -> [f64; 2] {
        [4.3, 3.2]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [2.793_402_208_645_037, 1.597_232_501_328_360_1],
            -4.155_809_291_847_785,
        )]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race_without_lbfgs(["0.001", "2e-4", "0.02", "0.001", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
