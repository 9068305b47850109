//! The piecewise quadratic that traps heavy ball, of one parameter.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::UnivariateFormula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Strongly convex and smooth, with curvatures from 1 to 25; yet momentum with the optimal constants for
    /// quadratics of these curvatures, `sgd:lr=0.1111111,momentum=0.4444444`, cycles between three points for ever. Plain
    /// gradient descent converges, and so does momentum with other constants.
    ///
    /// f′ is 25x where x < 1, x + 24 up to x = 2, and 25x − 24 beyond. Lessard, Recht & Packard 2016, section 4.6; α is
    /// 4/(√25 + √1)² = 1/9, β is ((√25 − √1)/(√25 + √1))² = 4/9 (Polyak 1964).
    pub struct HeavyBallTrap("Heavy-ball trap, 1-D") {}
}

impl UnivariateFormula for HeavyBallTrap {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S) -> S {
        // f′ is 25x − 24 t, where t rises from 0 to 1 between x = 1 and x = 2; this is its integral.
        let beyond = x - 1.0;
        let t = beyond.max(x.constant(0.0)).min(x.constant(1.0));
        x * x * 12.5 - t * (beyond - t * 0.5) * 24.0
    }
}

impl Landscape for HeavyBallTrap {
    fn group(&self) -> Group {
        Group::Teaching
    }

    fn formula(&self) -> String {
        "12.5 x² − 24 t (x − 1 − t/2), t = min(max(x − 1, 0), 1)".to_owned()
    }

    fn dim(&self) -> usize {
        1
    }

    fn domain(&self) -> Option<Rect> {
        Some(Rect::square(4.0))
    }

    fn start(&self) -> [f64; 2] {
        [3.3, 0.0]
    }

    fn minima(&self) -> Vec<Mark> {
        vec![Mark::new([0.0; 2], 0.0)]
    }

    fn curvature_bounds(&self, _start: [f64; 2]) -> Option<[f64; 2]> {
        Some([1.0, 25.0])
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        let mut runs = race(["0.001", "1e-4", "0.2", "0.02", "0.05"]);
        "sgd:lr=0.1111111,momentum=0.4444444".clone_into(&mut runs[1]);
        runs
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        Ok(LoadedLandscape::one_dimensional(self, self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::numeric::jet::Jet2;
    use crate::engine::objective::GradientSettings;
    use crate::engine::training::{RunSettings, Trajectory, run};

    #[test]
    fn the_gradient_matches_the_paper() {
        for i in -40..=40 {
            let x = f64::from(i) * 0.1 + 0.05;
            let [jet, _] = Jet2::variables([x, 0.0]);
            let jet = HeavyBallTrap {}.eval(jet);
            let (slope, bend) = match x {
                _ if x < 1.0 => (25.0 * x, 25.0),
                _ if x < 2.0 => (x + 24.0, 1.0),
                _ => (25.0 * x - 24.0, 25.0),
            };
            assert!((jet.gradient()[0] - slope).abs() < 1e-12, "f′ at {x}");
            assert_eq!(jet.hessian()[0], bend, "f″ at {x}");
        }
        let f = |x: f64| HeavyBallTrap {}.eval(x);
        assert_eq!([f(0.0), f(1.0), f(2.0)], [0.0, 12.5, 38.0]);
        // The kinks of f′ take neither side.
        for (x, slope) in [(1.0, 25.0), (2.0, 26.0)] {
            let [jet, _] = Jet2::variables([x, 0.0]);
            assert_eq!(HeavyBallTrap {}.eval(jet).gradient()[0], slope);
        }
    }

    fn from_there(spec: &str) -> Trajectory {
        let problem = HeavyBallTrap {}.load(&NoFiles).unwrap();
        let run_settings = RunSettings {
            steps: 999,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let (start, spec) = ([3.3], spec.parse().unwrap());
        run(
            &*problem.objective,
            &start,
            &spec,
            &run_settings,
            &Cancel::default(),
        )
        .unwrap()
    }

    #[test]
    fn heavy_ball_cycles_between_three_points() {
        let path = from_there(&format!("sgd:lr={},momentum={}", 1.0 / 9.0, 4.0 / 9.0));
        assert_eq!(path.dim, 1);
        let cycle = [792.0, -2208.0, 2592.0].map(|x| x / 1225.0);
        for round in 300..333 {
            let mut found: Vec<f64> = path.theta[3 * round..3 * round + 3].to_vec();
            let first = found.iter().position(|x| (x - cycle[0]).abs() < 1e-9);
            found.rotate_left(first.expect("the first place of the cycle"));
            let close = |(x, expected): (&f64, &f64)| (x - expected).abs() < 1e-9;
            assert!(found.iter().zip(&cycle).all(close), "{found:?}");
        }
    }

    #[test]
    fn plain_descent_and_other_momenta_converge() {
        for spec in [
            format!("sgd:lr={}", 2.0 / 26.0),
            format!("sgd:lr={},momentum=0.2", 2.0 / 26.0),
            format!("sgd:lr={},momentum=0.4444444", 1.0 / 25.0),
        ] {
            let path = from_there(&spec);
            let [end] = path.theta(usize::MAX).unwrap() else {
                panic!("one number a row")
            };
            assert!(end.abs() < 1e-9, "{spec} ends at {end}");
        }
    }
}
