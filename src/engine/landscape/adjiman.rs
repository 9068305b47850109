//! Adjiman.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race_without_lbfgs};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Adjiman's function: a gentle slope whose minimum lies on the border of the domain, where the gradient is not zero.
    /// Runs are not stopped at the border and go on beyond it.
    ///
    /// cos x sin y − x / (y² + 1). Adjiman et al. 1998; Jamil & Yang 2013.
    pub struct Adjiman("Adjiman") {}
}

impl Formula for Adjiman {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        x.cos() * y.sin() - x / (y * y + 1.0)
    }
}

impl Landscape for Adjiman {
    fn group(&self) -> Group {
        Group::Plates
    }

    fn formula(&self) -> String {
        "cos x sin y − x / (y² + 1)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-1.0, 2.0], [-1.0, 1.0])
    }

    fn start(&self) -> [f64; 2] {
        [-0.6, 0.3]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [2.0, 0.105_783_469_451_716_9],
            -2.021_806_783_359_787,
        )]
    }

    fn saddles(&self) -> Vec<Mark> {
        let [x, y] = [0.794_573_329_297_420_4, -0.893_508_131_747_063_4];
        let value = -0.987_784_708_089_985_4;
        vec![Mark::new([x, y], value), Mark::new([-x, -y], -value)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race_without_lbfgs(["0.005", "5e-4", "0.02", "0.002", "0.002"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
