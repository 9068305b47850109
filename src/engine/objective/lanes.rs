//! A formula at many points, as many at a time as the processor's vectors have lanes.

use super::Formula;
use crate::engine::jet::Jet1;
use crate::engine::real::{Kernel, Lanes, Real, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// The fewest places that are worth a vector; the widest holds as many.
pub(super) const FEWEST: usize = 8;

/// The values at many x, at least [`FEWEST`], and one y.
pub(super) fn row<F: Formula>(formula: &F, x: &[f64], y: f64, losses: &mut [f64]) {
    dispatch(Row {
        formula,
        x,
        y,
        losses,
    });
}

/// The values and gradients at many points, at least [`FEWEST`].
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

struct Row<'a, F> {
    formula: &'a F,
    x: &'a [f64],
    y: f64,
    losses: &'a mut [f64],
}

impl<F: Formula> Kernel for Row<'_, F> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let Self {
            formula,
            x,
            y,
            losses,
        } = self;
        let lanes = S::f64s::LEN;
        let count = x.len().min(losses.len());
        let across = Lanes::<S>(S::f64s::simd_from(simd, y));
        groups(
            count,
            lanes,
            #[inline(always)]
            |first| {
                let loss = formula.eval(Lanes::<S>::load(simd, x, first), across);
                loss.store(losses, first);
            },
        );
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
                let jet = at(
                    formula,
                    Lanes::<S>::load(simd, x, first),
                    Lanes::<S>::load(simd, y, first),
                );
                let [dx, dy] = jet.gradient();
                jet.value.store(losses, first);
                dx.store(gx, first);
                dy.store(gy, first);
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
    use crate::engine::landscape::{AnyLandscape, NoFiles};
    use crate::engine::plane::Plane;
    use crate::engine::real::Real;

    #[test]
    fn a_point_has_the_same_bits_alone_and_in_a_row() {
        let others = [
            "quadratic:a=2,b=30,angle=30",
            "formula:f=sin(3*x)*exp(-y^2/4)+abs(x-y)^1.5+max(x,y/2)+ln(x)",
        ];
        let others = others.map(|spec| spec.parse().unwrap());
        for any in AnyLandscape::all().into_iter().chain(others) {
            let ground = any.as_dyn().ground(&NoFiles).unwrap();
            let (objective, view) = (&*ground.objective, ground.view);
            if objective.dim() == 1 {
                let x: Vec<f64> = (0..9)
                    .map(|i| view.at([f64::from(i) / 8.0, 0.0])[0])
                    .collect();
                let mut row = vec![0.0; x.len()];
                objective.row(&Plane::line(), &x, 0.0, &mut row, &mut [0.0]);
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
                let mut row = losses.clone();
                objective.row(&Plane::identity(), &x, y[0], &mut row, &mut [0.0; 2]);
                for i in 0..x.len() {
                    let mut gradient = [0.0; 2];
                    let loss = objective.gradient(&[x[i], y[i]], &mut gradient);
                    let alone = [
                        loss,
                        gradient[0],
                        gradient[1],
                        objective.value(&[x[i], y[0]]),
                    ];
                    let beside = [losses[i], gx[i], gy[i], row[i]];
                    let same = |(a, b): (&f64, &f64)| {
                        a.to_bits() == b.to_bits() || a.equal(*b) || a.is_nan() && b.is_nan()
                    };
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
