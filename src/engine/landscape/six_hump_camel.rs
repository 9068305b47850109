//! Six-hump camel.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Six-hump camel: six local minima in symmetric pairs, two of them global, with saddles between them. Start and momentum
    /// decide where a run ends.
    ///
    /// (4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y². Dixon & Szegő 1978.
    pub struct SixHumpCamel("Six-hump camel") {}
}

impl Formula for SixHumpCamel {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let (xx, yy) = (x * x, y * y);
        (xx * xx / 3.0 - xx * 2.1 + 4.0) * xx + x * y + (yy * 4.0 - 4.0) * yy
    }
}

impl Landscape for SixHumpCamel {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "(4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([-3.0, 3.0], [-2.0, 2.0])
    }

    fn start(&self) -> [f64; 2] {
        [-2.6, 1.5]
    }

    fn minima(&self) -> Vec<Mark> {
        [
            [0.089_842_013_100_318_06, -0.712_656_403_020_739_6],
            [-0.089_842_013_100_318_06, 0.712_656_403_020_739_6],
        ]
        .map(|at| Mark::new(at, -1.031_628_453_489_877_4))
        .to_vec()
    }

    fn saddles(&self) -> Vec<Mark> {
        let pairs = [
            (
                [1.109_205_336_804_786_5, -0.768_268_092_509_539_8],
                0.543_718_600_978_185_1,
            ),
            (
                [1.638_067_984_189_778_6, 0.228_674_069_044_394_07],
                2.229_357_197_530_714_7,
            ),
            (
                [1.296_070_267_167_109_2, 0.605_084_388_038_658_5],
                2.229_470_818_029_86,
            ),
        ];
        let both = |([x, y], value): ([f64; 2], f64)| {
            [Mark::new([x, y], value), Mark::new([-x, -y], value)]
        };
        std::iter::once(Mark::new([0.0; 2], 0.0))
            .chain(pairs.into_iter().flat_map(both))
            .collect()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["2e-4", "2e-5", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
