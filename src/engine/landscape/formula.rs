//! The user's own formula.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::expression::Expression;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Your own formula in x and y, with exact derivatives.
    ///
    /// Operators + − * / ^; functions sin cos tan sinh cosh tanh exp ln log2 log10 sqrt abs sigmoid hypot pow min max; constants
    /// pi and e. Write 2*x, not 2x.
    pub struct UserFormula("Formula") {
        /// The formula.
        f: String = "(1-x)^2 + 100*(y-x^2)^2".to_owned();
        /// Half the width of the first view.
        radius: f64 = 5.0, in 1e-9..=1e9, log 0.1..=100.0;
    }
}

/// The objective of a parsed formula.
struct Parsed(Expression);

impl Formula for Parsed {
    const INTERPRETED: bool = true;

    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        self.0.eval(x, y)
    }
}

impl Landscape for UserFormula {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        self.f.clone()
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    fn view(&self) -> Rect {
        Rect::square(self.radius)
    }

    fn start(&self) -> [f64; 2] {
        [-0.6 * self.radius, 0.4 * self.radius]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["1e-5", "1e-5", "0.1", "0.01", "0.02"])
    }

    /// Fails if the formula does not parse or is not finite at any point of a grid over the view.
    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        const SIDE: i32 = 33;
        let expression = Expression::parse(&self.f)?;
        let view = self.view();
        let share = |i: i32| (f64::from(i) + 0.5) / f64::from(SIDE);
        let finite = (0..SIDE * SIDE).any(|i| {
            let [x, y] = view.at([share(i % SIDE), share(i / SIDE)]);
            expression.eval(x, y).is_finite()
        });
        if !finite {
            return Err(LandscapeError::NowhereFinite {
                formula: self.f.clone(),
                view: format!("x {:?}, y {:?}", view.x(), view.y()),
            });
        }
        Ok(LoadedLandscape::new(self, Parsed(expression)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;

    fn refusal(f: &str) -> String {
        let formula = UserFormula {
            f: f.to_owned(),
            ..UserFormula::default()
        };
        formula
            .load(&NoFiles)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_formula_without_finite_values_is_refused() {
        assert_eq!(
            refusal("sqrt(-1-x^2)"),
            "formula: `sqrt(-1-x^2)` is not finite anywhere in x [-5.0, 5.0], y [-5.0, 5.0]; choose another formula"
        );
        assert_eq!(refusal("ln(x)"), "", "finite in half of the view");
    }
}
