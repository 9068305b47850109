//! Absolute value, of one parameter.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::UnivariateFormula;
use crate::engine::objective::plane::Rect;

settings! {
    /// A slope that is as steep near the minimum as far away: steps of constant length jump to and fro over the tip for ever,
    /// and only a decreasing learning rate converges.
    ///
    /// |x| − δ/2, and x²/(2δ) where |x| < δ: PyTorch's SmoothL1Loss
    /// with β = δ, which is Huber's function (1964, eq. 2.1) divided by δ. A learning rate below 2δ then converges.
    pub struct Absolute("Absolute value, 1-D") {
        /// δ: distance from the minimum up to which the tip is rounded; 0 is a sharp tip.
        delta: f64 = 0.0, in 0.0..=1e6, linear 0.0..=2.0;
    }
}

impl UnivariateFormula for Absolute {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S) -> S {
        if self.delta == 0.0 {
            return x.abs();
        }
        let clipped = x.min(x.constant(self.delta)).max(x.constant(-self.delta));
        clipped * (x - clipped * 0.5) / self.delta
    }
}

impl Landscape for Absolute {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        if self.delta == 0.0 {
            "|x|".to_owned()
        } else {
            "x²/(2δ) where |x| < δ, else |x| − δ/2".to_owned()
        }
    }

    fn dim(&self) -> usize {
        1
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(5.0))
    }

    fn start(&self) -> [f64; 2] {
        [4.2, 0.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.005", "0.2", "0.02", "0.05"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::one_dimensional(self, self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::jet::Jet2;

    #[test]
    fn a_rounded_tip_is_smooth_l1() {
        for delta in [0.5, 2.0] {
            for x in [-3.0, -0.25, 0.0, 1e-9, 0.4, 7.0_f64] {
                let [jet, _] = Jet2::variables([x, 0.0]);
                let jet = Absolute { delta }.eval(jet);
                let expected = if x.abs() < delta {
                    [x * x / (2.0 * delta), x / delta, 1.0 / delta]
                } else {
                    [x.abs() - 0.5 * delta, x.signum(), 0.0]
                };
                let found = [jet.value, jet.gradient()[0], jet.hessian()[0]];
                assert_eq!(found, expected, "δ = {delta}, x = {x}");
            }
        }
    }
}
