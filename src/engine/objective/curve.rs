//! Objectives of one parameter: a formula f(x), and its graph.

use super::Objective;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::jet::{Jet1, Jet2, Scalar};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;

/// Formula in one variable, written once over [`Scalar`]. [`Objective1d`] makes it an [`Objective`] with exact derivatives.
pub trait UnivariateFormula: Send + Sync {
    /// Returns f(x).
    fn eval<S: Scalar>(&self, x: S) -> S;
}

/// Objective of one parameter with a [`UnivariateFormula`].
pub struct Objective1d<C>(pub C);

impl<C: UnivariateFormula> Objective1d<C> {
    /// Returns f, f′ and f″.
    fn derivatives(&self, x: f64) -> [f64; 3] {
        let [x, _] = Jet2::variables([x, 0.0]);
        let jet = self.0.eval(x);
        [jet.value, jet.gradient()[0], jet.hessian()[0]]
    }
}

impl<C: UnivariateFormula> Objective for Objective1d<C> {
    fn dim(&self) -> usize {
        1
    }

    #[inline]
    fn value(&self, theta: &[f64]) -> f64 {
        self.0.eval(theta[0])
    }

    #[inline]
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let [x, _] = Jet1::variables([theta[0], 0.0]);
        let jet = self.0.eval(x);
        [gradient[0], _] = jet.gradient();
        jet.value
    }

    /// Returns the whole loss, as there are no samples.
    fn batch_gradient(&self, theta: &[f64], _batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.gradient(theta, gradient)
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        [_, _, hessian[0]] = self.derivatives(theta[0]);
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let [_, _, bend] = self.derivatives(theta[0]);
        product[0] = bend * vector[0];
    }
}

/// Number of points across a window at which a graph is sampled: some for every pixel of a wide screen.
const SAMPLES: u32 = 2400;

/// Returns evenly spaced points from end to end.
fn linspace([low, high]: [f64; 2], samples: u32) -> impl Iterator<Item = f64> {
    (0..=samples).map(move |i| low + (high - low) * (f64::from(i) / f64::from(samples)))
}

/// Returns the graph of an objective of one parameter over the width of a window: its pieces from left to right, as points
/// (x, f), broken where f is not finite and at poles; `None` if it was cancelled.
pub fn sample_graph(
    objective: &dyn Objective,
    window: Rect,
    cancel: &Cancel,
) -> Option<Vec<Vec<[f64; 2]>>> {
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut piece: Vec<[f64; 2]> = Vec::new();
    let mut last_slope = 0.0;
    for x in linspace(window.x(), SAMPLES) {
        if cancel.is_cancelled() {
            return None;
        }
        let mut slope = [0.0];
        let f = objective.gradient(&[x], &mut slope);
        // At a pole the graph leaves the window on one side and comes back from the other, against its slopes.
        let pole = piece.last().is_some_and(|[_, before]| {
            let rise = f - before;
            rise.abs() > window.height() && rise * slope[0] < 0.0 && rise * last_slope < 0.0
        });
        if (pole || !f.is_finite()) && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
        if f.is_finite() {
            piece.push([x, f]);
        }
        [last_slope] = slope;
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    Some(pieces)
}

/// Returns the window that shows the graph of an objective of one parameter from `x[0]` to `x[1]` with some margin, except parts
/// far above or below the rest, as at a pole. The points at `places` are always inside.
pub fn first_view(objective: &dyn Objective, x: [f64; 2], places: &[f64]) -> Rect {
    const AIR: f64 = 0.07;
    let value = |x: f64| Some(objective.value(&[x])).filter(|f| f.is_finite());
    let mut heights: Vec<f64> = linspace(x, SAMPLES).filter_map(value).collect();
    heights.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of an index is one"
        )]
        let index = (share * real(heights.len().saturating_sub(1))) as usize;
        heights.get(index).copied()
    };
    let sound = |y: [f64; 2]| Rect::new(x, y);
    let shown = || {
        let [min, low, high, max] = [at(0.0)?, at(0.02)?, at(0.98)?, at(1.0)?];
        let rest = 0.5 * (high - low);
        let ends = [min.max(low - rest), max.min(high + rest)];
        let [low, high] = places
            .iter()
            .copied()
            .filter(|place| (x[0]..=x[1]).contains(place))
            .filter_map(value)
            .fold(ends, |[low, high], f| [low.min(f), high.max(f)]);
        let air = AIR * (high - low);
        sound([low - air, high + air]).or_else(|| {
            let half = if low == 0.0 { 1.0 } else { 0.5 * low.abs() };
            sound([low - half, low + half])
        })
    };
    shown()
        .or_else(|| sound([-1.0, 1.0]))
        .unwrap_or(Rect::square(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::expression::Expression;

    struct Typed(Expression);

    impl UnivariateFormula for Typed {
        fn eval<S: Scalar>(&self, x: S) -> S {
            self.0.eval(x, x)
        }
    }

    fn typed(f: &str) -> Objective1d<Typed> {
        Objective1d(Typed(Expression::parse(f).unwrap()))
    }

    #[test]
    fn an_objective_of_one_parameter_has_one_derivative_of_each_order() {
        let cube = typed("x^3");
        let (mut gradient, mut hessian, mut product) = ([0.0], [0.0], [0.0]);
        assert_eq!(cube.dim(), 1);
        assert_eq!(cube.value(&[2.0]), 8.0);
        assert_eq!(cube.gradient(&[2.0], &mut gradient), 8.0);
        cube.hessian(&[2.0], &mut hessian);
        cube.hessian_vector(&[2.0], &[0.5], &mut product);
        assert_eq!((gradient, hessian, product), ([12.0], [12.0], [6.0]));
    }

    /// Returns the number of pieces of a graph over [−5, 5]².
    fn pieces(f: &str) -> usize {
        sample_graph(&typed(f), Rect::square(5.0), &Cancel::default())
            .unwrap()
            .len()
    }

    #[test]
    fn a_graph_breaks_where_it_has_to() {
        for (f, expected) in [
            ("x^2", 1),
            ("abs(x)", 1),
            ("1000000*x", 1),
            ("tanh(1e9*x)*100", 1),
            ("1/x", 2),
            ("1/(x-0.0001)", 2),
            ("1/(x-0.001)^2", 1),
            ("tan(x)", 5),
            ("ln(x)", 1),
            ("sqrt(x^2-1)", 2),
            ("sqrt(-1-x^2)", 0),
        ] {
            assert_eq!(pieces(f), expected, "{f}");
        }
    }

    #[test]
    fn the_first_view_holds_the_graph_but_not_its_poles() {
        let heights = |f: &str| first_view(&typed(f), [-5.0, 5.0], &[]).y();
        let [low, high] = heights("x^2");
        assert!((-3.0..0.0).contains(&low) && (25.0..28.0).contains(&high));
        let [low, high] = heights("1/x");
        assert!(low > -50.0 && high < 50.0, "{low}, {high}");
        assert_eq!(heights("3"), [1.5, 4.5]);
        assert_eq!(heights("0*x"), [-1.0, 1.0]);
        assert_eq!(heights("sqrt(-1-x^2)"), [-1.0, 1.0]);
        let [low, _] = first_view(&typed("x - 9*exp(-1e6*x^2)"), [-5.0, 5.0], &[0.0]).y();
        assert!(low < -9.0, "a narrow minimum that is known is shown");
    }

    #[test]
    fn cancelled_work_leaves_nothing() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert_eq!(sample_graph(&typed("x"), Rect::square(1.0), &cancel), None);
    }
}
