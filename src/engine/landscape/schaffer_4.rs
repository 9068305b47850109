//! Schaffer 4.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Schaffer's function no. 4: four equal minima in narrow, nearly level valleys that cross the axes.
    ///
    /// ½ + (cos²(sin |x² − y²|) − ½) / (1 + .001 (x² + y²))². SFU virtual library. The |·| changes nothing under the even cos²;
    /// without it the second derivatives are right on the diagonals too.
    pub struct Schaffer4("Schaffer 4") {}
}

impl Formula for Schaffer4 {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let far = (x * x + y * y) * 0.001;
        let wave = ((x - y) * (x + y)).sin().cos().square();
        (wave - 0.5) / (far + 1.0).square() + 0.5
    }
}

impl Landscape for Schaffer4 {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "½ + (cos²(sin |x² − y²|) − ½) / (1 + .001 (x² + y²))²".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(100.0))
    }

    fn view(&self) -> Rect {
        Rect::square(5.0)
    }

    fn start(&self) -> [f64; 2] {
        [3.4, 2.3]
    }

    fn minima(&self) -> Vec<Mark> {
        let y = 1.253_131_831_463_733_2;
        [[0.0, y], [0.0, -y], [y, 0.0], [-y, 0.0]]
            .map(|at| Mark::new(at, 0.292_578_632_035_980_55))
            .to_vec()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["5e-4", "1e-4", "0.005", "5e-4", "0.001"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
