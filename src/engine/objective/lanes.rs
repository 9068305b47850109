//! Formulas at many points with SIMD lanes, for surfaces and batches of starts.

use super::{Formula, gradients_one_by_one};
use crate::engine::numeric::jet::Jet1;
use crate::engine::numeric::real::{Kernel, Lanes, Real, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Number of points from which on vectors are used: the lanes of the widest vector.
pub(super) const MIN_POINTS: usize = 8;

/// Number of rows computed together, so that the compiler hoists terms of x alone out of the rows and terms of y alone out of the
/// columns.
pub(super) const ROWS: usize = 4;

/// Computes the values at many x, at least [`MIN_POINTS`], for each y, row by row.
pub(super) fn rows<F: Formula>(formula: &F, x: &[f64], y: &[f64], losses: &mut [f64]) {
    dispatch(Rows {
        formula,
        x,
        y,
        losses,
    });
}

/// Computes the values and gradients at many points, at least [`MIN_POINTS`].
pub(super) fn gradients<F: Formula>(
    formula: &F,
    points: [&[f64]; 2],
    losses: &mut [f64],
    gradient: [&mut [f64]; 2],
) {
    dispatch(Gradients {
        formula,
        points,
        losses,
        gradient,
    });
}

/// Calls `body` with the first index of each group of `lanes` of `count` places, at least one; the last group may overlap
/// the one before.
#[inline(always)]
fn groups(count: usize, lanes: usize, mut body: impl FnMut(usize)) {
    let last = count - lanes;
    let mut first = 0;
    loop {
        body(first); // The one place, because all of a formula is compiled into it.
        if first == last {
            return;
        }
        first = (first + lanes).min(last);
    }
}

/// Whether rows are computed [`ROWS`] at a time: not on narrow vectors, and not in debug builds, whose stack frames would be too large.
const fn wide<F: Formula, S: Simd>() -> bool {
    S::f64s::LEN >= 4 && !F::INTERPRETED && !cfg!(debug_assertions)
}

struct Rows<'a, F> {
    formula: &'a F,
    x: &'a [f64],
    y: &'a [f64],
    losses: &'a mut [f64],
}

impl<F: Formula> Kernel for Rows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let Self {
            formula,
            x,
            y,
            losses,
        } = self;
        let width = x.len();
        let band = if wide::<F, S>() { ROWS } else { 1 };
        for (y, losses) in y.chunks(band).zip(losses.chunks_mut(band * width)) {
            // A shorter last band computes its last row several times.
            let last = y.len() - 1;
            let rows = [0, 1.min(last), 2.min(last), last];
            let [a, b, c, d] = [
                Lanes::splat(simd, y[rows[0]]),
                Lanes::splat(simd, y[rows[1]]),
                Lanes::splat(simd, y[rows[2]]),
                Lanes::splat(simd, y[rows[3]]),
            ];
            let starts = [0, rows[1] * width, rows[2] * width, rows[3] * width];
            groups(
                width,
                S::f64s::LEN,
                #[inline(always)]
                |first| {
                    let across = Lanes::<S>::load(simd, x, first);
                    // Not a loop, so that what belongs to a row leaves the loop over x.
                    let mut far = formula.eval(across, a).store(losses, first);
                    if const { wide::<F, S>() } {
                        far |= formula.eval(across, b).store(losses, starts[1] + first);
                        far |= formula.eval(across, c).store(losses, starts[2] + first);
                        far |= formula.eval(across, d).store(losses, starts[3] + first);
                    }
                    if far.any_true() {
                        for (y, losses) in y.iter().zip(losses.chunks_mut(width)) {
                            let group = first..first + S::f64s::LEN;
                            one_row(formula, &x[group.clone()], *y, &mut losses[group]);
                        }
                    }
                },
            );
        }
    }
}

/// The values of a row, one after the other.
#[cold]
#[inline(never)]
fn one_row<F: Formula>(formula: &F, x: &[f64], y: f64, losses: &mut [f64]) {
    for (x, loss) in x.iter().zip(losses) {
        *loss = formula.eval(*x, y);
    }
}

struct Gradients<'a, F> {
    formula: &'a F,
    points: [&'a [f64]; 2],
    losses: &'a mut [f64],
    gradient: [&'a mut [f64]; 2],
}

impl<F: Formula> Kernel for Gradients<'_, F> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let Self {
            formula,
            points: [x, y],
            losses,
            gradient: [gx, gy],
        } = self;
        let lanes = S::f64s::LEN;
        let count = [x.len(), y.len(), losses.len(), gx.len(), gy.len()]
            .into_iter()
            .fold(usize::MAX, usize::min);
        groups(
            count,
            lanes,
            #[inline(always)]
            |first| {
                let across = Lanes::<S>::load(simd, x, first);
                let along = Lanes::<S>::load(simd, y, first);
                let jet = at(formula, across, along);
                let [dx, dy] = jet.gradient();
                let far =
                    jet.value.store(losses, first) | dx.store(gx, first) | dy.store(gy, first);
                if far.any_true() {
                    let group = first..first + S::f64s::LEN;
                    gradients_one_by_one(
                        formula,
                        [&x[group.clone()], &y[group.clone()]],
                        &mut losses[group.clone()],
                        [&mut gx[group.clone()], &mut gy[group]],
                    );
                }
            },
        );
    }
}

#[inline(always)]
fn at<F: Formula, R: Real>(formula: &F, x: R, y: R) -> Jet1<R> {
    let [x, y] = Jet1::variables([x, y]);
    formula.eval(x, y)
}

#[cfg(test)]
mod tests {
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::numeric::real::Real;
    use crate::engine::objective::plane::Plane;

    #[test]
    fn a_point_has_the_same_bits_alone_and_in_a_row() {
        let others = [
            "quadratic:a=2,b=30,angle=30",
            "formula:f=sin(3*x)*exp(-y^2/4)+abs(x-y)^1.5+max(x,y/2)+ln(x)",
        ];
        let others = others.map(|spec| spec.parse().unwrap());
        let same = |(a, b): (&f64, &f64)| {
            a.to_bits() == b.to_bits() || a.eq_mask(*b) || a.is_nan() && b.is_nan()
        };
        for any in AnyLandscape::all().into_iter().chain(others) {
            let problem = any.as_dyn().load(&NoFiles).unwrap();
            let (objective, view) = (&*problem.objective, problem.view);
            if objective.dim() == 1 {
                let x: Vec<f64> = (0..9)
                    .map(|i| view.at([f64::from(i) / 8.0, 0.0])[0])
                    .collect();
                let mut row = vec![0.0; x.len()];
                objective.rows(&Plane::line(), &x, &[0.0], &mut row, &mut [0.0]);
                for (x, beside) in x.iter().zip(row) {
                    assert_eq!(objective.value(&[*x]).to_bits(), beside.to_bits(), "{any}");
                }
                continue;
            }
            for count in [1, 3, 8, 21, 64] {
                let place = |i: i32| f64::from(i) / f64::from(count);
                let x: Vec<f64> = (0..count).map(|i| view.at([place(i), 0.0])[0]).collect();
                let y: Vec<f64> = (0..count)
                    .map(|i| view.at([0.0, place(i * 7 % count)])[1])
                    .collect();
                let [mut losses, mut gx, mut gy] = [0; 3].map(|_| vec![0.0; x.len()]);
                objective.gradients([&x, &y], &mut losses, [&mut gx, &mut gy]);
                // A band of rows that is not filled.
                let few = &y[..y.len().min(super::ROWS + 2)];
                let mut rows = vec![0.0; x.len() * few.len()];
                objective.rows(&Plane::identity(), &x, few, &mut rows, &mut [0.0; 2]);
                for (y, row) in few.iter().zip(rows.chunks(x.len())) {
                    for (x, beside) in x.iter().zip(row) {
                        let alone = objective.value(&[*x, *y]);
                        assert!(
                            same((&alone, beside)),
                            "{any} at {x}, {y}: {alone}, {beside}"
                        );
                    }
                }
                for i in 0..x.len() {
                    let mut gradient = [0.0; 2];
                    let loss = objective.gradient(&[x[i], y[i]], &mut gradient);
                    let alone = [loss, gradient[0], gradient[1]];
                    let beside = [losses[i], gx[i], gy[i]];
                    assert!(
                        alone.iter().zip(&beside).all(same),
                        "{any} at {:?}: {alone:?}, {beside:?}",
                        [x[i], y[i]]
                    );
                }
            }
        }
    }
}
