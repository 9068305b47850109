//! Alpine 1.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::PI;

settings! {
    /// Alpine no. 1: a range of creases. Every minimum is the corner of a V, where a fixed step jumps to and fro for ever.
    ///
    /// Σ |t sin t + .1t| over t = x, y. Jamil & Yang 2013. It is 0 not at the origin alone but wherever both coordinates are 0
    /// or have sin t = −.1. There it has kinks, at which the derivative of |·| is taken as 0.
    pub struct Alpine1("Alpine 1") {}
}

impl Formula for Alpine1 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn term<S: Scalar>(t: S) -> S {
            (t * (t.sin() + 0.1)).abs()
        }
        term(x) + term(y)
    }
}

impl Landscape for Alpine1 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "Σ |t sin t + .1t| over t = x, y".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(10.0))
    }

    fn start(&self) -> [f64; 2] {
        [-7.3, 5.2]
    }

    fn minima(&self) -> Vec<Mark> {
        let a = 0.1_f64.asin();
        // 0, and where sin t = −.1.
        let roots = [
            0.0,
            -a,
            PI + a,
            a - PI,
            2.0 * PI - a,
            -2.0 * PI - a,
            3.0 * PI + a,
            a - 3.0 * PI,
        ];
        let row = |y: f64| roots.map(|x| Mark::new([x, y], 0.0));
        roots.into_iter().flat_map(row).collect()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.002", "5e-4", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
