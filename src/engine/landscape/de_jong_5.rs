//! De Jong 5.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

/// The rows and columns of the holes.
const GRID: [f64; 5] = [-32.0, -16.0, 0.0, 16.0, 32.0];

settings! {
    /// De Jong's function no. 5, Shekel's foxholes: a plain with 25 steep holes, each a little deeper than the last. Between
    /// the holes the gradient is nearly zero.
    ///
    /// 1 / (.002 + Σ 1 / (j + (x − a)⁶ + (y − b)⁶)) over j = 1 … 25, where (a, b) runs along the rows of a 5 × 5 grid from
    /// −32 to 32. De Jong 1975.
    pub struct DeJong5("De Jong 5") {}
}

impl Formula for DeJong5 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn sixth<S: Scalar>(t: S) -> S {
            let square = t * t;
            square * square * square
        }
        let one = x.constant(1.0);
        let [a, b, c, d, e] = GRID;
        let columns = [
            sixth(x - a),
            sixth(x - b),
            sixth(x - c),
            sixth(x - d),
            sixth(x - e),
        ];
        let (mut sum, mut j) = (x.constant(0.002), 0.0);
        for b in GRID {
            let row = sixth(y - b);
            for column in columns {
                j += 1.0;
                sum = sum + one / (column + row + j);
            }
        }
        one / sum
    }
}

impl Landscape for DeJong5 {
    fn group(&self) -> Group {
        Group::SteepRidges
    }

    fn formula(&self) -> String {
        "1 / (.002 + Σ 1 / (j + (x − a)⁶ + (y − b)⁶)) over j = 1 … 25, (a, b) on a 5 × 5 grid from −32 to 32".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(65.536))
    }

    fn start(&self) -> [f64; 2] {
        [-12.4, 19.3]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [-31.978_334_835_656_97, -31.978_334_837_300_795],
            0.998_003_837_794_450_3,
        )]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["2e-4", "2e-5", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
