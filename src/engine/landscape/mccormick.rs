//! McCormick.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// McCormick's function: a gentle sheet with a wave in it. Its global minimum and a worse one lie in parallel troughs
    /// with a saddle between them.
    ///
    /// sin(x + y) + (x − y)² − 1.5x + 2.5y + 1. SFU virtual library; Jamil & Yang 2013. Along the troughs it falls without bound:
    /// the minimum is that of the domain.
    pub struct Mccormick("McCormick") {}
}

impl Formula for Mccormick {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        (x + y).sin() + (x - y).square() - x * 1.5 + y * 2.5 + 1.0
    }
}

impl Landscape for Mccormick {
    fn group(&self) -> Group {
        Group::Plates
    }

    fn formula(&self) -> String {
        "sin(x + y) + (x − y)² − 1.5x + 2.5y + 1".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-1.5, 4.0], [-3.0, 4.0])
    }

    fn start(&self) -> [f64; 2] {
        [2.0, -1.5]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [-0.547_197_551_196_597_8, -1.547_197_551_196_597_7],
            -1.913_222_954_981_037,
        )]
    }

    fn saddles(&self) -> Vec<Mark> {
        vec![Mark::new(
            [1.547_197_551_196_597_7, 0.547_197_551_196_597_8],
            1.913_222_954_981_037,
        )]
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
