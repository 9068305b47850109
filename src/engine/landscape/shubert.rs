//! Shubert.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Shubert's function: a product of two waves with hundreds of dents, four of them equally deep on this domain. Next to
    /// each minimum rises an equally sharp peak.
    ///
    /// Π Σ i cos((i + 1) t + i) over i = 1 … 5 and t = x, y. Shubert 1972; SFU virtual library.
    pub struct Shubert("Shubert") {}
}

impl Formula for Shubert {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn wave<S: Scalar>(t: S, i: f64) -> S {
            (t * (i + 1.0) + i).cos() * i
        }
        #[inline(always)]
        fn sum<S: Scalar>(t: S) -> S {
            wave(t, 1.0) + wave(t, 2.0) + wave(t, 3.0) + wave(t, 4.0) + wave(t, 5.0)
        }
        sum(x) * sum(y)
    }
}

impl Landscape for Shubert {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "Π Σ i cos((i + 1) t + i) over i = 1 … 5, t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.12))
    }

    fn start(&self) -> [f64; 2] {
        [-3.1, 2.9]
    }

    fn minima(&self) -> Vec<Mark> {
        let (a, b, c) = (
            -0.800_321_100_471_973_1,
            -1.425_128_428_319_761,
            4.858_056_878_859_826,
        );
        [[a, b], [b, a], [a, c], [c, a]]
            .map(|at| Mark::new(at, -186.730_908_831_023_83))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["5e-5", "1e-5", "1", "5e-4", "0.5"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
