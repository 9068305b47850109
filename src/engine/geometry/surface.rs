//! Surface: values of an objective on a grid over a rectangle of a plane.

use crate::engine::cancel::Cancel;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::{Plane, Rect};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Values on a regular grid whose outer points lie on the border of the view. Row 0 is at the low end of y.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// Rectangle that the grid covers.
    pub view: Rect,
    /// Number of points along x.
    pub columns: usize,
    /// Number of points along y.
    pub rows: usize,
    /// Values, row by row; they may be infinite or NaN.
    pub values: Vec<f64>,
}

impl Surface {
    /// Samples `objective` on `plane`, on at least 2 × 2 points. `None` if cancelled.
    ///
    /// Rows are distributed over the threads of the current pool; the values do not depend on their number.
    pub fn sample(
        objective: &dyn Objective,
        plane: &Plane,
        view: Rect,
        columns: usize,
        rows: usize,
        cancel: &Cancel,
    ) -> Option<Self> {
        Self::sample_into(Vec::new(), objective, plane, view, [columns, rows], cancel)
    }

    /// Samples like [`Surface::sample`] into the buffer of an earlier surface, so that a large one need not be allocated and zeroed.
    pub fn sample_into(
        values: Vec<f64>,
        objective: &dyn Objective,
        plane: &Plane,
        view: Rect,
        sides: [usize; 2],
        cancel: &Cancel,
    ) -> Option<Self> {
        let mut surface = Self::blank(values, view, sides, 0.0);
        let is_whole = surface.fill(objective, plane, cancel, &AtomicUsize::new(0));
        is_whole.then_some(surface)
    }

    /// Samples like [`Surface::sample`], and counts finished rows in `done`; values that a cancelled work does not reach are NaN.
    pub fn sample_so_far(
        objective: &dyn Objective,
        plane: &Plane,
        view: Rect,
        sides: [usize; 2],
        cancel: &Cancel,
        done: &AtomicUsize,
    ) -> Self {
        let mut surface = Self::blank(Vec::new(), view, sides, f64::NAN);
        surface.fill(objective, plane, cancel, done);
        surface
    }

    /// Returns a surface of at least 2 × 2 points, whose new values are `value`.
    fn blank(mut values: Vec<f64>, view: Rect, [columns, rows]: [usize; 2], value: f64) -> Self {
        let (columns, rows) = (columns.max(2), rows.max(2));
        values.resize(columns * rows, value);
        Self {
            view,
            columns,
            rows,
            values,
        }
    }

    /// Computes the values, row by row; returns false if it was cancelled.
    fn fill(
        &mut self,
        objective: &dyn Objective,
        plane: &Plane,
        cancel: &Cancel,
        done: &AtomicUsize,
    ) -> bool {
        let (view, columns, rows) = (self.view, self.columns, self.rows);
        let (together, points) = match plane.dim() {
            ..=2 => (8, 8 * columns),
            _ => (
                rows.div_ceil(4 * rayon::current_num_threads()),
                FIRST_POINTS,
            ),
        };
        let calls = Calls {
            points: AtomicUsize::new(points),
            cancel,
            done,
        };
        let x: Vec<f64> = (0..columns)
            .map(|column| view.at([share(column, columns), 0.0])[0])
            .collect();
        let filled = self
            .values
            .par_chunks_mut(together * columns)
            .enumerate()
            .try_for_each_init(
                || vec![0.0; plane.dim()],
                |theta, (band, values)| {
                    let first = band * together;
                    let y = first..first + values.len() / columns;
                    let y: Vec<f64> = y.map(|row| view.at([0.0, share(row, rows)])[1]).collect();
                    calls.fill(&x, &y, values, |x, y, values| {
                        objective.rows(plane, x, y, values, theta);
                    })
                },
            );
        filled.is_some()
    }

    /// Returns the point at fractional grid coordinates.
    pub fn point(&self, column: f64, row: f64) -> [f64; 2] {
        self.view
            .at([column / real(self.columns - 1), row / real(self.rows - 1)])
    }

    /// Returns the coordinates of the columns and of the rows, with the bits that the values were computed at.
    pub fn axes(&self) -> [Vec<f64>; 2] {
        let along = |count: usize, axis: usize| {
            let at = |index| self.view.at([share(index, count); 2])[axis];
            (0..count).map(at).collect()
        };
        [along(self.columns, 0), along(self.rows, 1)]
    }

    /// Returns the bilinear interpolation at a point; `None` outside the view, or where it is not finite.
    pub fn height(&self, at: [f64; 2]) -> Option<f64> {
        if !self.view.contains(at) {
            return None;
        }
        let along = |axis: usize, range: [f64; 2], count: usize| {
            let place = (at[axis] - range[0]) / (range[1] - range[0]) * real(count - 1);
            let first = (0..count - 1).rfind(|first| real(*first) <= place);
            let first = first.unwrap_or(0);
            (first, place - real(first))
        };
        let (column, right) = along(0, self.view.x(), self.columns);
        let (row, up) = along(1, self.view.y(), self.rows);
        let between = |row: usize| {
            let first = row * self.columns + column;
            let [low, high] = [self.values.get(first)?, self.values.get(first + 1)?];
            Some(low + right * (high - low))
        };
        let [low, high] = [between(row)?, between(row + 1)?];
        Some(low + up * (high - low)).filter(|height| height.is_finite())
    }

    /// Returns the lowest and the highest finite value; `None` if there is none.
    pub fn range(&self) -> Option<[f64; 2]> {
        let finite = self
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite());
        finite
            .map(|value| [value, value])
            .reduce(|[low, high], [value, _]| [low.min(value), high.max(value)])
    }

    /// Returns the quantile `share` of the finite values; `None` if there is none.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut finite: Vec<f64> = self
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        let last = finite.len().checked_sub(1)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of an index is one"
        )]
        let index = (share.clamp(0.0, 1.0) * real(last)) as usize;
        Some(*finite.select_nth_unstable_by(index, f64::total_cmp).1)
    }
}

/// Points of the first call of [`Objective::rows`] on a network.
const FIRST_POINTS: usize = 4;

/// Durations of a call of [`Objective::rows`] below which the next one has more points, and above which it has fewer.
const CALL_DURATIONS: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(500)];

/// Calls of [`Objective::rows`] of so many points that the work can be cancelled soon, but not of fewer: a network does part of its work
/// once per call.
struct Calls<'a> {
    points: AtomicUsize,
    cancel: &'a Cancel,
    /// Number of finished rows.
    done: &'a AtomicUsize,
}

impl Calls<'_> {
    /// Computes the values of the rows `y`, several rows or a part of one per call; `None` if it was cancelled.
    fn fill(
        &self,
        x: &[f64],
        mut y: &[f64],
        mut values: &mut [f64],
        mut compute: impl FnMut(&[f64], &[f64], &mut [f64]),
    ) -> Option<()> {
        while !y.is_empty() {
            let rows = self.points.load(Ordering::Relaxed) / x.len();
            let (now, later) = y.split_at(rows.clamp(1, y.len()));
            let (whole, rest) = values.split_at_mut(now.len() * x.len());
            let mut column = 0;
            while column < x.len() {
                if self.cancel.is_cancelled() {
                    return None;
                }
                let points = self.points.load(Ordering::Relaxed);
                let columns = match rows {
                    0 => points.clamp(1, x.len() - column),
                    _ => x.len(),
                };
                let part = column..column + columns;
                let values = match rows {
                    0 => &mut whole[part.clone()],
                    _ => &mut *whole,
                };
                let start = Instant::now();
                compute(&x[part], now, values);
                self.adapt(columns * now.len(), start.elapsed());
                column += columns;
            }
            self.done.fetch_add(now.len(), Ordering::Relaxed);
            (y, values) = (later, rest);
        }
        Some(())
    }

    /// Changes the number of points of further calls after one of `points` that took `elapsed`.
    fn adapt(&self, points: usize, elapsed: Duration) {
        let [short, long] = CALL_DURATIONS;
        if elapsed < short {
            self.points.fetch_max(2 * points, Ordering::Relaxed);
        } else if elapsed > long {
            self.points.fetch_min(points.div_ceil(2), Ordering::Relaxed);
        }
    }
}

/// Returns the position of index `index` of `count` points, from 0 to 1.
pub(in crate::engine) fn share(index: usize, count: usize) -> f64 {
    real(index) / real(count - 1)
}

#[cfg(test)]
mod tests;
