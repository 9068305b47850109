//! Ackley.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use std::f64::consts::{E, PI};

settings! {
    /// Ackley's function: a nearly flat plain full of dents around one deep funnel, with a cone's tip at the minimum.
    ///
    /// −20 e^(−.2 √(.5 (x² + y²))) − e^(.5 (cos 2πx + cos 2πy)) + e + 20. Ackley 1987. At the tip the gradient is taken as 0.
    pub struct Ackley("Ackley") {}
}

impl Formula for Ackley {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        /// Returns the wave term of one variable, e^(½ cos 2πt − ½) − 1.
        #[inline(always)]
        fn waves<S: Scalar>(t: S) -> S {
            (-(t * PI).sin().square()).exp_m1()
        }
        // With eᵗ − 1 and 1 − cos 2a = 2 sin² a, nothing cancels at the minimum. Each variable's wave term is computed once
        // for a row or a column of a picture.
        let radius = ((x * x + y * y) * 0.5).sqrt();
        let [a, b] = [waves(x), waves(y)];
        (radius * -0.2).exp_m1() * -20.0 - (a + b + a * b) * E
    }
}

impl Landscape for Ackley {
    fn group(&self) -> Group {
        Group::ManyMinima
    }

    fn formula(&self) -> String {
        "−20 e^(−.2 √(½(x² + y²))) − e^(½(cos 2πx + cos 2πy)) + e + 20".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [-3.4, 2.7]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.001", "0.05", "1", "0.002", "0.005"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::new(self, self.clone()))
    }
}
