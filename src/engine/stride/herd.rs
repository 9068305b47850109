//! Many runs side by side.

use super::calm::Calm;
use super::{AnyStride, Stride};
use crate::engine::numeric::real::{Kernel, Lanes, Real, dispatch};
use crate::engine::objective::params::CROWD;
use crate::engine::objective::{Formula, Objective, gradient_on_lanes};
use crate::engine::training::MAX_GROWTH;
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// The widest vector has so many lanes. Runs go in groups of as many; where there are fewer the last group is filled with copies.
pub(super) const GROUP: usize = 8;

/// A number for each run.
type Column = [f64; CROWD];

/// Runs of one rule in two parameters, at most [`CROWD`], all after the same number of steps.
pub struct Herd {
    stride: AnyStride,
    runs: Runs,
    calm: Calm,
}

/// Where the runs of a herd are and what they carry.
#[derive(Clone)]
#[repr(align(64))]
pub(super) struct Runs {
    /// θ, of even and of odd steps.
    pub(super) theta: [[Column; 2]; 2],
    /// The parity of the next step.
    pub(super) now: usize,
    pub(super) carried: [[Column; 2]; 2],
    /// The number of each run among the starts.
    numbers: [usize; CROWD],
    /// How many runs are under way.
    left: usize,
    /// A run has not converged while its gradient's squared norm is above.
    pub(super) above: f64,
}

impl Herd {
    /// Runs before their first step: of the first [`CROWD`] starts. A run has surely not converged while its gradient's squared
    /// norm is above `above`.
    pub fn new(stride: AnyStride, starts: &[[f64; 2]], above: f64) -> Self {
        let nothing = [[0.0; CROWD]; 2];
        let mut runs = Runs {
            theta: [nothing; 2],
            now: 0,
            carried: [nothing; 2],
            numbers: std::array::from_fn(|i| i),
            left: starts.len().min(CROWD),
            above,
        };
        let [xs, ys] = &mut runs.theta[0];
        for ((x, y), start) in xs.iter_mut().zip(ys).zip(starts) {
            [*x, *y] = *start;
        }
        runs.fill_up();
        let calm = Calm::default();
        Self { stride, runs, calm }
    }

    /// How many runs are under way.
    pub fn left(&self) -> usize {
        self.runs.left
    }

    /// Where the last step began: all x, all y.
    pub fn places(&self) -> [&[f64]; 2] {
        let Runs {
            theta, now, left, ..
        } = &self.runs;
        let [x, y] = &theta[(now & 1) ^ 1];
        [&x[..*left], &y[..*left]]
    }

    /// The number that a run had among the starts.
    pub fn number(&self, run: usize) -> usize {
        self.runs.numbers[run]
    }

    /// Takes out the runs of which `ended` is true, asked from the last one to the first. The last one takes the place of each.
    pub fn take_out(&mut self, mut ended: impl FnMut(usize) -> bool) {
        let runs = &mut self.runs;
        for run in (0..runs.left).rev() {
            if ended(run) {
                runs.left -= 1;
                runs.copy(runs.left, run);
                runs.numbers[run] = runs.numbers[runs.left];
            }
        }
        runs.fill_up();
    }
}

impl Runs {
    /// The end of the last group.
    pub(super) fn end(&self) -> usize {
        self.left.next_multiple_of(GROUP).min(CROWD)
    }

    /// Where some runs are.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, now: usize, first: usize) -> [Lanes<S>; 2] {
        let [x, y] = &self.theta[now & 1];
        [Lanes::load(simd, x, first), Lanes::load(simd, y, first)]
    }

    /// Takes a step of some runs, given where they are and the gradients there.
    #[inline(always)]
    fn step<S: Simd, T: Stride>(
        &mut self,
        simd: S,
        now: usize,
        first: usize,
        factors: T::Factors,
        [x, y]: [Lanes<S>; 2],
        [gx, gy]: [Lanes<S>; 2],
    ) {
        let [x_after, y_after] = &mut self.theta[(now & 1) ^ 1];
        let [[of_x, of_y], [more_of_x, more_of_y]] = &mut self.carried;
        advance::<_, _, T>(simd, factors, [x, gx], [of_x, more_of_x], first).store(x_after, first);
        advance::<_, _, T>(simd, factors, [y, gy], [of_y, more_of_y], first).store(y_after, first);
    }

    fn fill_up(&mut self) {
        for run in self.left..self.end() {
            self.copy(0, run);
        }
    }

    fn copy(&mut self, from: usize, to: usize) {
        let columns = self.theta.as_flattened_mut().iter_mut();
        for column in columns.chain(self.carried.as_flattened_mut()) {
            column[to] = column[from];
        }
    }
}

/// Where a step takes one parameter of some runs, given where it is and its gradient; what they carry from `first` on goes along.
#[inline(always)]
pub(super) fn advance<S: Simd, V: SimdFloat<S, Element = f64>, T: Stride>(
    simd: S,
    factors: T::Factors,
    [theta, g]: [Lanes<S, V>; 2],
    [one, other]: [&mut [f64]; 2],
    first: usize,
) -> Lanes<S, V> {
    let mut carried = [
        Lanes::load(simd, one, first),
        Lanes::load(simd, other, first),
    ];
    let after = T::step(factors, theta, g, &mut carried);
    carried[0].store(one, first);
    if T::CARRIED > 1 {
        carried[1].store(other, first);
    }
    after
}

/// Takes steps of all runs down the gradient of a formula, one at each learning rate, until a run may have ended where a step began: its
/// loss or θ may be beyond [`MAX_GROWTH`], its gradient not finite or short. That step is the last. Returns the number of steps,
/// and whether none may have ended.
#[inline(always)]
pub fn march<F: Formula>(formula: &F, herd: &mut Herd, rates: &[f64]) -> (usize, bool) {
    let Herd { stride, runs, calm } = herd;
    match stride {
        AnyStride::HeavyBall(stride) => watched(formula, stride, runs, calm, rates),
        AnyStride::TwoMeans(stride) => watched(formula, stride, runs, calm, rates),
    }
}

/// The last of the steps is watched closely, and all of them where they are not calm.
#[inline(always)]
fn watched<F: Formula, T: Stride>(
    formula: &F,
    stride: &mut T,
    runs: &mut Runs,
    calm: &mut Calm,
    rates: &[f64],
) -> (usize, bool) {
    let taken = calm.march(formula, stride, runs, rates);
    let rates = &rates[taken..];
    let (more, under_way) = dispatch(March {
        formula,
        stride,
        runs,
        rates,
    });
    (taken + more, under_way)
}

struct March<'a, F, T> {
    formula: &'a F,
    stride: &'a mut T,
    runs: &'a mut Runs,
    rates: &'a [f64],
}

impl<F: Formula, T: Stride> Kernel for March<'_, F, T> {
    type Output = (usize, bool);

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) -> (usize, bool) {
        let Self {
            formula,
            stride,
            runs,
            rates,
        } = self;
        let end = runs.end();
        for (step, lr) in rates.iter().enumerate() {
            let (now, factors) = (runs.now, stride.factors(*lr));
            let zero = Lanes::<S>::splat(simd, 0.0);
            // Sums of squares that are in bounds tell that all their parts are.
            let (mut losses, mut xs, mut ys, mut slopes) = (zero, zero, zero, zero);
            let mut least = Lanes::splat(simd, f64::INFINITY);
            let mut first = 0;
            while first < end {
                let [x, y] = runs.load(simd, now, first);
                let [loss, gx, gy] = gradient_on_lanes(formula, simd, x, y);
                let slope = (gx * gx).plus_square(gy);
                losses = losses.plus_square(loss);
                xs = xs.plus_square(x);
                ys = ys.plus_square(y);
                slopes = slopes + slope;
                least = least.lane_min(slope);
                runs.step::<S, T>(simd, now, first, factors, [x, y], [gx, gy]);
                first += S::f64s::LEN;
            }
            runs.now ^= 1;
            let reach = losses + xs + ys + slopes;
            let bounded = reach.le_mask(reach.broadcast(MAX_GROWTH * MAX_GROWTH));
            let moving = least.broadcast(runs.above).lt_mask(least);
            if !(bounded & moving).all_true() {
                return (step + 1, false);
            }
        }
        (rates.len(), true)
    }
}

/// The same for any objective: all gradients of a step, then the step.
pub fn march_apart(objective: &dyn Objective, herd: &mut Herd, rates: &[f64]) -> (usize, bool) {
    let Herd { stride, runs, .. } = herd;
    match stride {
        AnyStride::HeavyBall(stride) => dispatch(Apart {
            objective,
            stride,
            runs,
            rates,
        }),
        AnyStride::TwoMeans(stride) => dispatch(Apart {
            objective,
            stride,
            runs,
            rates,
        }),
    }
}

struct Apart<'a, T> {
    objective: &'a dyn Objective,
    stride: &'a mut T,
    runs: &'a mut Runs,
    rates: &'a [f64],
}

impl<T: Stride> Kernel for Apart<'_, T> {
    type Output = (usize, bool);

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) -> (usize, bool) {
        let Self {
            objective,
            stride,
            runs,
            rates,
        } = self;
        let end = runs.end();
        let [mut losses, mut gx, mut gy] = [[0.0; CROWD]; 3];
        for (step, lr) in rates.iter().enumerate() {
            let (now, factors) = (runs.now, stride.factors(*lr));
            let [x, y] = &runs.theta[now & 1];
            let extent = objective.gradients(
                [&x[..end], &y[..end]],
                &mut losses[..end],
                [&mut gx[..end], &mut gy[..end]],
            );
            let mut first = 0;
            while first < end {
                let theta = runs.load(simd, now, first);
                let gradient = [Lanes::load(simd, &gx, first), Lanes::load(simd, &gy, first)];
                runs.step::<S, T>(simd, now, first, factors, theta, gradient);
                first += S::f64s::LEN;
            }
            runs.now ^= 1;
            if !(extent.bounded && extent.least > runs.above) {
                return (step + 1, false);
            }
        }
        (rates.len(), true)
    }
}
