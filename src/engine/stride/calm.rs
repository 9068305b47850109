//! Many steps of many runs that are nowhere near an end.
//!
//! To look at every loss and gradient takes as long as a step itself. Where a formula is known to be tame in a square, it is enough to
//! know that the runs stay there, and even that is looked at once after many steps.

use super::Stride;
use super::herd::{GROUP, Runs, advance};
use crate::engine::majorant::tame_radius;
use crate::engine::numeric::real::{Kernel, Lanes8, Real, dispatch};
use crate::engine::objective::{Formula, gradient_on_lanes};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Fewer steps than this are not worth a copy of all runs, to which they may have to go back.
const FEWEST: usize = 16;

/// After steps that were not calm so many marches are not even tried: where runs end one after the other they seldom are.
const PAUSE: u8 = 4;

/// Whether steps may be calm.
#[derive(Default)]
pub(super) struct Calm {
    /// [`tame_radius`], once it is known.
    radius: Option<f64>,
    pause: u8,
}

impl Calm {
    /// Takes all steps but the last where no run can end where one of them begins. Returns how many were taken: otherwise none.
    #[inline(always)]
    pub(super) fn march<F: Formula, T: Stride>(
        &mut self,
        formula: &F,
        stride: &mut T,
        runs: &mut Runs,
        rates: &[f64],
    ) -> usize {
        let radius = *self.radius.get_or_insert_with(|| tame_radius(formula));
        if rates.len() <= FEWEST || radius == 0.0 {
            return 0;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return 0;
        }
        let rates = &rates[..rates.len() - 1];
        let before = (stride.clone(), runs.clone());
        let calm = if runs.above < 0.0 {
            dispatch(Stroll::<_, _, false> {
                formula,
                stride,
                runs,
                rates,
                radius,
            })
        } else {
            dispatch(Stroll::<_, _, true> {
                formula,
                stride,
                runs,
                rates,
                radius,
            })
        };
        if calm {
            return rates.len();
        }
        (*stride, *runs) = before;
        self.pause = PAUSE;
        0
    }
}

/// Steps in place. Whether a gradient is long enough is looked at only where runs can converge.
struct Stroll<'a, F, T, const CONVERGE: bool> {
    formula: &'a F,
    stride: &'a mut T,
    runs: &'a mut Runs,
    rates: &'a [f64],
    radius: f64,
}

impl<F: Formula, T: Stride, const CONVERGE: bool> Kernel for Stroll<'_, F, T, CONVERGE> {
    type Output = bool;

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) -> bool {
        let (groups, now) = (self.runs.end() / GROUP, self.runs.now & 1);
        let [xs, ys] = &mut self.runs.theta[now];
        let [[of_x, of_y], [more_of_x, more_of_y]] = &mut self.runs.carried;
        let [xs, ys, of_x, of_y, more_of_x, more_of_y] = [xs, ys, of_x, of_y, more_of_x, more_of_y]
            .map(|column| &mut column.as_chunks_mut::<GROUP>().0[..groups]);
        let zero = Lanes8::<S>::splat(simd, 0.0);
        // A sum of squares that is in bounds tells that all of them are.
        let (mut all_x, mut all_y) = (zero, zero);
        let mut least = Lanes8::splat(simd, f64::INFINITY);
        for lr in self.rates {
            let factors = self.stride.factors(*lr);
            for group in 0..groups {
                let [x, y] = [&xs[group], &ys[group]].map(|from| Lanes8::load(simd, from, 0));
                let [_, gx, gy] = gradient_on_lanes(self.formula, simd, x, y);
                all_x = all_x.plus_square(x);
                all_y = all_y.plus_square(y);
                if CONVERGE {
                    least = least.lane_min((gx * gx).plus_square(gy));
                }
                let of = [&mut of_x[group][..], &mut more_of_x[group]];
                advance::<_, _, T>(simd, factors, [x, gx], of, 0).store(&mut xs[group], 0);
                let of = [&mut of_y[group][..], &mut more_of_y[group]];
                advance::<_, _, T>(simd, factors, [y, gy], of, 0).store(&mut ys[group], 0);
            }
        }
        let near = (all_x + all_y).le_mask(zero.broadcast(self.radius * self.radius));
        let moving = zero.broadcast(self.runs.above).lt_mask(least);
        (near & moving).all_true()
    }
}
