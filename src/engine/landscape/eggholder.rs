//! Eggholder.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Eggholder: a jagged range of hundreds of dents; the deepest one is at the border of the domain. Hardly any descent
    /// finds it.
    ///
    /// −(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|. SFU virtual library; Jamil & Yang 2013. Along x/2 + y + 47 = 0 and
    /// x − y − 47 = 0 it has cusps, at which the derivative of the root is taken as 0. Runs are not stopped at the border; beyond it the
    /// function falls further.
    pub struct Eggholder("Eggholder") {}
}

impl Formula for Eggholder {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        #[inline(always)]
        fn wave<S: Scalar>(t: S) -> S {
            t.abs().sqrt().sin()
        }
        -((y + 47.0) * wave(x * 0.5 + y + 47.0)) - x * wave(x - y - 47.0)
    }
}

impl Landscape for Eggholder {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "−(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(512.0))
    }

    fn start(&self) -> [f64; 2] {
        [-100.0, 300.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new(
            [512.0, 404.231_805_113_757_8],
            -959.640_662_720_850_8,
        )]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.2", "0.02", "10", "1", "2"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
