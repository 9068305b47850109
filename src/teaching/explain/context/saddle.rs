//! Waits of a run at a saddle that it left again.

use super::{Context, count, start_text};

/// Share of the smaller one of the largest gradient norms before and after a wait that its norms are below.
const SMALL: f64 = 0.3;

/// Smallest number of rows of a wait.
const MIN_ROWS: usize = 5;

/// A wait at a saddle: a stretch of rows with small gradients, between larger ones, around a point of negative curvature.
#[derive(Clone, Copy, Debug)]
pub(in crate::teaching::explain) struct SaddleWait {
    /// First and last step.
    pub(in crate::teaching::explain) from: f64,
    pub(in crate::teaching::explain) to: f64,
    /// Share of the steps that the run took.
    pub(in crate::teaching::explain) share: f64,
    /// The row of the smallest gradient norm, and λmin there.
    pub(in crate::teaching::explain) row: usize,
    pub(in crate::teaching::explain) lambda_min: f64,
    /// The largest gradient norm of the wait.
    pub(in crate::teaching::explain) grad_norm: f64,
}

impl Context<'_> {
    /// Returns the longest wait at a saddle of a run on a landscape.
    pub(in crate::teaching::explain) fn saddle_wait(&self) -> Option<SaddleWait> {
        *self.saddle_wait.get_or_init(|| self.find_saddle_wait())
    }

    fn find_saddle_wait(&self) -> Option<SaddleWait> {
        if self.facts.trained().is_some() {
            return None;
        }
        let norms = &self.facts.trajectory().grad_norm;
        let last = self.facts.last();
        let largest = |norms: &[f64]| norms.iter().copied().fold(0.0, f64::max);
        // The deepest dip between two larger gradients: the row whose ratio to the smaller one of both sides' largest is least.
        let mut after = vec![0.0_f64; last + 1];
        for row in (0..last).rev() {
            after[row] = after[row + 1].max(norms[row + 1]);
        }
        let mut before = norms[0];
        let mut dip = (1.0, 0, 0.0);
        for row in 1..last {
            let rim = before.min(after[row]);
            if rim > 0.0 && norms[row] / rim < dip.0 {
                dip = (norms[row] / rim, row, rim);
            }
            before = before.max(norms[row]);
        }
        let (_, row, rim) = dip;
        let is_small = |row: &usize| norms[*row] <= SMALL * rim;
        let from = row - (0..row).rev().take_while(is_small).count();
        let to = row + (row + 1..=last).take_while(is_small).count();
        let [low, high] = self.facts.eigenvalues(row)?;
        let bends = low < -1e-3 * high.abs() && high > 0.0;
        if rim == 0.0 || to - from < MIN_ROWS || !bends || !self.is_near_saddle(row) {
            return None;
        }
        let step = |row: usize| count(self.facts.runs.step(row));
        Some(SaddleWait {
            from: step(from),
            to: step(to),
            share: (step(to) - step(from)) / self.end_step(),
            row,
            lambda_min: low,
            grad_norm: largest(&norms[from..=to]),
        })
    }

    /// Returns a start beside that of the run, a twentieth of the view along the direction of negative curvature at the saddle, to the side
    /// that the run left by.
    pub(in crate::teaching::explain) fn saddle_wait_start(&self) -> Option<String> {
        let wait = self.saddle_wait()?;
        let (&[x, y], &[from_x, from_y], &[to_x, to_y]) = (
            self.facts.theta(0),
            self.facts.theta(wait.row),
            self.facts.theta(self.facts.last()),
        ) else {
            return None;
        };
        let [a, b] = self.facts.steepest_direction(wait.row)?;
        // The direction of λmin is orthogonal to that of λmax.
        let side = (-b * (to_x - from_x) + a * (to_y - from_y)).signum();
        let step = 0.05 * self.extent() * side;
        Some(start_text([x - step * b, y + step * a], self.extent()))
    }
}
