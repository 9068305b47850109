//! Schwefel.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

/// The maximizer of t sin √t on the domain, and twice its value there.
const BEST: f64 = 420.968_746_359_982_03;
const HEIGHT: f64 = 837.965_774_544_867_4;

settings! {
    /// Schwefel's function: deep dents that grow outwards, the best one near a corner and far from the next best. Going
    /// downhill from the middle leads away from it.
    ///
    /// 837.9657745448674 − Σ t sin √|t| over t = x, y. Schwefel 1981; SFU virtual library. At t = 0 the second derivative is
    /// infinite; it is taken as 0.
    pub struct Schwefel("Schwefel") {}
}

impl Formula for Schwefel {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn term<S: Scalar>(t: S) -> S {
            t * t.abs().sqrt().sin()
        }
        -(term(x) + term(y)) + HEIGHT
    }
}

impl Landscape for Schwefel {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "837.9657745448674 − Σ t sin √|t| over t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(500.0))
    }

    fn start(&self) -> [f64; 2] {
        [-120.0, 260.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([BEST, BEST], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.1", "0.01", "5", "0.2", "0.5"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
