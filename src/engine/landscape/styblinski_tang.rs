//! Styblinski–Tang.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

/// The roots of 4t³ − 32t + 5 = 0, at which one term is stationary.
const LOW: f64 = -2.903_534_027_771_177_4;
const TOP: f64 = 0.156_731_256_780_340_1;
const HIGH: f64 = 2.746_802_770_990_837;

settings! {
    /// Styblinski and Tang's function: a global minimum and three worse ones, one in each quadrant.
    ///
    /// ½ Σ (t⁴ − 16t² + 5t) over t = x, y. Styblinski & Tang 1990.
    pub struct StyblinskiTang("Styblinski–Tang") {}
}

impl Formula for StyblinskiTang {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn term<S: Scalar>(t: S) -> S {
            let square = t * t;
            square * square - square * 16.0 + t * 5.0
        }
        (term(x) + term(y)) * 0.5
    }
}

impl Landscape for StyblinskiTang {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "½ Σ (t⁴ − 16t² + 5t) over t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [0.5, 1.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([LOW, LOW], -78.332_331_407_542_82)]
    }

    fn saddles(&self) -> Vec<Mark> {
        let [deep, shallow] = [-38.970_553_344_716_06, -24.833_834_296_228_58];
        vec![
            Mark::new([LOW, TOP], deep),
            Mark::new([TOP, LOW], deep),
            Mark::new([HIGH, TOP], shallow),
            Mark::new([TOP, HIGH], shallow),
        ]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.002", "2e-4", "0.1", "0.01", "0.02"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
