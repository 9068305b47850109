//! One run.

use super::{AnyStride, Stride};
use crate::engine::training::DivergenceLimit;

/// The most steps that are taken at once.
pub const ROWS: usize = 64;

/// A run in two parameters.
pub struct Walker {
    stride: AnyStride,
    theta: [f64; 2],
    carried: [[f64; 2]; 2],
    limit: DivergenceLimit,
}

/// What a run recorded of its last steps.
pub struct Rows {
    /// θ where each step began.
    pub theta: [[f64; 2]; ROWS],
    /// The loss there.
    pub loss: [f64; ROWS],
    /// The norm of its gradient.
    pub grad_norm: [f64; ROWS],
}

impl Rows {
    /// Rows that are to be written.
    pub fn blank() -> Self {
        Self {
            theta: [[0.0; 2]; ROWS],
            loss: [0.0; ROWS],
            grad_norm: [0.0; ROWS],
        }
    }
}

impl Walker {
    /// A run before its first step.
    pub fn new(stride: AnyStride, start: [f64; 2], limit: DivergenceLimit) -> Self {
        Self {
            stride,
            theta: start,
            carried: [[0.0; 2]; 2],
            limit,
        }
    }

    /// Returns the bounds beyond which it has diverged.
    pub fn limit(&self) -> DivergenceLimit {
        self.limit
    }
}

/// Takes steps down the `gradient`, which comes with the loss before it, and writes a row of each: one at each learning rate, of
/// which there are at most [`ROWS`], until the loss or θ is beyond its limit or the gradient's norm is not finite or below
/// `tolerance`. Returns the number of steps taken. Where there were more rates, the row after the last step says why.
#[inline(always)]
pub fn walk(
    gradient: impl Fn(f64, f64) -> [f64; 3],
    walker: &mut Walker,
    rates: &[f64],
    tolerance: f64,
    rows: &mut Rows,
) -> usize {
    let Walker {
        stride,
        theta,
        carried,
        limit,
    } = walker;
    let end = (tolerance, *limit);
    match stride {
        AnyStride::HeavyBall(stride) => steps(gradient, stride, theta, carried, rates, end, rows),
        AnyStride::TwoMeans(stride) => steps(gradient, stride, theta, carried, rates, end, rows),
    }
}

#[inline(always)]
fn steps<T: Stride>(
    gradient: impl Fn(f64, f64) -> [f64; 3],
    stride: &mut T,
    theta: &mut [f64; 2],
    carried: &mut [[f64; 2]; 2],
    rates: &[f64],
    (tolerance, limit): (f64, DivergenceLimit),
    rows: &mut Rows,
) -> usize {
    let ([mut x, mut y], [mut of_x, mut of_y]) = (*theta, *carried);
    let columns = rows.theta.iter_mut().zip(&mut rows.loss);
    let mut taken = 0;
    for (((row, row_loss), row_norm), lr) in columns.zip(&mut rows.grad_norm).zip(rates) {
        let [loss, gx, gy] = gradient(x, y);
        let grad_norm = (gx * gx + gy * gy).sqrt();
        (*row, *row_loss, *row_norm) = ([x, y], loss, grad_norm);
        if !(limit.holds(loss, &[x, y], grad_norm) && grad_norm >= tolerance) {
            break;
        }
        let factors = stride.factors(*lr);
        x = T::step(factors, x, gx, &mut of_x);
        y = T::step(factors, y, gy, &mut of_y);
        taken += 1;
    }
    (*theta, *carried) = ([x, y], [of_x, of_y]);
    taken
}
