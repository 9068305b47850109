//! Three-hump camel.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Three-hump camel: a flat middle with one global minimum between two local ones.
    ///
    /// 2x² − 1.05x⁴ + x⁶/6 + xy + y².
    pub struct ThreeHumpCamel("Three-hump camel") {}
}

impl Formula for ThreeHumpCamel {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let square = x * x;
        square * 2.0 - square * square * 1.05 + square * square * square / 6.0 + x * y + y * y
    }
}

impl Landscape for ThreeHumpCamel {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "2x² − 1.05x⁴ + x⁶/6 + xy + y²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [-4.0, 3.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn saddles(&self) -> Vec<Mark> {
        let [x, y] = [1.070_542_291_823_659_8, -0.535_271_145_911_829_9];
        [[x, y], [-x, -y]]
            .map(|at| Mark::new(at, 0.877_361_557_763_140_2))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-4", "1e-5", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
