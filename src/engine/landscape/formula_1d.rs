//! The user's own formula of one parameter.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::expression::Expression;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::UnivariateFormula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Your own formula in x alone, with exact derivatives; the map shows its graph.
    ///
    /// Operators + − * / ^; functions sin cos tan sinh cosh tanh exp ln log2 log10 sqrt abs sigmoid hypot pow min max; constants
    /// pi and e. Write 2*x, not 2x.
    pub struct Formula1d("Formula, 1-D") {
        /// The formula.
        f: String = "x^4 - 3*x^2 + x".to_owned();
        /// Half the width of the first view.
        radius: f64 = 2.5, in 1e-9..=1e9, log 0.1..=100.0;
    }
}

/// The objective of a parsed formula.
struct Parsed(Expression);

impl UnivariateFormula for Parsed {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S) -> S {
        self.0.eval(x, x)
    }
}

impl Landscape for Formula1d {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        self.f.clone()
    }

    fn dim(&self) -> usize {
        1
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    fn view(&self) -> Rect {
        Rect::square(self.radius)
    }

    fn start(&self) -> [f64; 2] {
        [0.8 * self.radius, 0.0]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.001", "0.005", "0.05", "0.005", "0.5"])
    }

    /// Fails if the formula does not parse or is not finite anywhere in its first view.
    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        const PLACES: i32 = 1001;
        let expression = Expression::parse_in_x(&self.f)?;
        let [low, high] = self.view().x();
        let finite = (0..PLACES).any(|i| {
            let x = low + (high - low) * (f64::from(i) + 0.5) / f64::from(PLACES);
            expression.eval(x, x).is_finite()
        });
        if !finite {
            return Err(LandscapeError::NowhereFinite {
                formula: self.f.clone(),
                view: format!("x {:?}", [low, high]),
            });
        }
        Ok(LoadedLandscape::one_dimensional(self, Parsed(expression)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;

    #[test]
    fn formulas_in_y_or_without_finite_values_are_refused() {
        for (f, expected) in [
            (
                "x^2 + y",
                "formula: expected a formula in x alone, found `y` at column 7 (the landscape `formula` has x and y)\n  \
                 x^2 + y\n        ^",
            ),
            (
                "sqrt(-1-x^2)",
                "formula: `sqrt(-1-x^2)` is not finite anywhere in x [-2.5, 2.5]; choose another formula",
            ),
            ("ln(x)", ""),
        ] {
            let formula = Formula1d {
                f: f.to_owned(),
                ..Formula1d::default()
            };
            let refusal = formula.load(&NoFiles).err();
            let said = refusal.map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(said, expected, "{f}");
        }
    }
}
