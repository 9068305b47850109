//! Bird.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::TAU;

settings! {
    /// Bird: two global minima far apart between high exponential walls; near a wall the gradient is hundreds of times that
    /// on the floor.
    ///
    /// sin x e^((1 − cos y)²) + cos y e^((1 − sin x)²) + (x − y)². Mishra 2006; Jamil & Yang 2013.
    pub struct Bird("Bird") {}
}

impl Formula for Bird {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let (sin, cos) = (x.sin(), y.cos());
        sin * (cos - 1.0).square().exp() + cos * (sin - 1.0).square().exp() + (x - y).square()
    }
}

impl Landscape for Bird {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "sin x e^((1 − cos y)²) + cos y e^((1 − sin x)²) + (x − y)²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(TAU))
    }

    fn start(&self) -> [f64; 2] {
        [-4.4, 1.2]
    }

    fn minima(&self) -> Vec<Mark> {
        [
            [4.701_043_130_249_553, 3.152_938_503_724_93],
            [-1.582_142_176_930_033_5, -3.130_246_803_454_656_4],
        ]
        .map(|at| Mark::new(at, -106.764_536_749_264_67))
        .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.005", "5e-4", "0.2", "0.02", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
