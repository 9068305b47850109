//! Deckkers–Aarts.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Deckkers and Aarts's function: one straight valley along y, a hundred thousand times steeper across than along, with
    /// two deep minima and a shallow one at the origin between them.
    ///
    /// 100000 x² + y² − (x² + y²)² + .00001 (x² + y²)⁴. Dekkers & Aarts 1991; Jamil & Yang 2013.
    pub struct DeckkersAarts("Deckkers–Aarts") {}
}

impl Formula for DeckkersAarts {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let square = x * x + y * y;
        let fourth = square * square;
        x * x * 1e5 + y * y - fourth + fourth * fourth * 1e-5
    }
}

impl Landscape for DeckkersAarts {
    fn group(&self) -> Group {
        Group::Valleys
    }

    fn formula(&self) -> String {
        "100000 x² + y² − (x² + y²)² + .00001 (x² + y²)⁴".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(20.0))
    }

    fn start(&self) -> [f64; 2] {
        [-12.0, 3.0]
    }

    fn minima(&self) -> Vec<Mark> {
        [
            [0.0, 14.945_112_151_891_958],
            [0.0, -14.945_112_151_891_958],
        ]
        .map(|at| Mark::new(at, -24_776.518_342_317_69))
        .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        let y = 0.707_108_548_977_807_8;
        [[0.0, y], [0.0, -y]]
            .map(|at| Mark::new(at, 0.250_000_625_006_250_1))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-5", "1e-5", "1", "0.05", "0.2"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
