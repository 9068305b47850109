//! Michalewicz.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::{FRAC_PI_2, PI};

settings! {
    /// Michalewicz's function: a flat table cut by narrow ditches that cross at the minimum. A larger m makes them narrower,
    /// and the flat parts give less information on where they are.
    ///
    /// −sin x (sin(x²/π))^(2m) − sin y (sin(2y²/π))^(2m). Michalewicz 1992; SFU virtual library.
    pub struct Michalewicz("Michalewicz") {
        /// m: half of the power; larger makes the ditches narrower.
        m: u64 = 10, in 1.0..=1000.0, log 1.0..=50.0;
    }
}

impl Formula for Michalewicz {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn ditch<S: Scalar>(t: S, i: f64, m: i32) -> S {
            t.sin() * (t * t * (i / PI)).sin().square().powi(m)
        }
        let m = i32::try_from(self.m).unwrap_or(i32::MAX);
        -ditch(x, 1.0, m) - ditch(y, 2.0, m)
    }
}

impl Landscape for Michalewicz {
    fn group(&self) -> Group {
        Group::SteepRidges
    }

    fn formula(&self) -> String {
        "−sin x (sin(x²/π))^(2m) − sin y (sin(2y²/π))^(2m)".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Rect::new([0.0, PI], [0.0, PI])
    }

    fn start(&self) -> [f64; 2] {
        [2.55, 1.95]
    }

    fn minima(&self) -> Vec<Mark> {
        // Along y it is π/2 for every m. Along x it is where cot x + 4m x/π cot(x²/π), which falls, is zero.
        let m = f64::from(u32::try_from(self.m).unwrap_or(u32::MAX));
        let slope = |x: f64| 1.0 / x.tan() + 4.0 * m * x / PI / (x * x / PI).tan();
        let [mut low, mut high] = [1.6, 2.3];
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if slope(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        vec![Mark::new([low, FRAC_PI_2], self.eval(low, FRAC_PI_2))]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.005", "0.02", "0.001", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
