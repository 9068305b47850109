//! Basins of attraction: the minimum that an optimizer reaches from every start of a window, or that it diverges, and the number of steps.
//!
//! A start belongs to a minimum if Newton's method, with decreasing values only, leads from the run's final point to the minimum without
//! leaving the neighbourhood. Other final points, on a plateau or still far from a minimum, are undecided.

mod refine;
mod valley_floor;

use crate::engine::cancel::Cancel;
use crate::engine::landscape::Mark;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{self, Outcome, Reason, RunSettings, RunSpec};
use rayon::prelude::*;
use refine::{Endpoint, MinimumIdentity};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Default gradient norm below which a run has converged.
pub const TOLERANCE: f64 = 1e-3;

/// Largest number of distinct minima; starts of further ones stay undecided.
pub const MAX_MINIMA: usize = 1000;

/// Largest number of starts along a side of the grid.
pub const MAX_SIDE: usize = 1024;

/// Error sentence for landscapes of one parameter.
pub const NEEDS_TWO_PARAMETERS: &str =
    "there are no basins to draw of one parameter; expected a landscape of two";

/// Minimum that runs end in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// Point and value.
    pub mark: Mark,
    /// Whether it is a point of a valley floor, which counts as one minimum.
    pub valley: bool,
}

/// Result of the run from a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasinLabel {
    /// The run ends at the minimum of this index.
    Converges(u16),
    /// The run ends at no minimum.
    Undecided,
    /// The run diverges.
    Diverges,
}

/// Result of one start of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Minimum, divergence or neither.
    pub label: BasinLabel,
    /// Number of steps until the run converged or diverged; all steps where it did neither.
    pub steps: u32,
}

/// Basins of attraction on a grid of starts, whose outer ones lie on the border of the window. Row 0 is at the low end of y.
#[derive(Clone, Debug, PartialEq)]
pub struct Basins {
    /// Window that the grid covers.
    pub window: Rect,
    /// Number of starts along a side.
    pub side: usize,
    /// Minima: first those that the landscape declares, then the others by ascending value.
    pub minima: Vec<Minimum>,
    /// Results of the starts, row by row.
    pub cells: Vec<Cell>,
    /// Whether a start was not computed, row by row; empty if all were.
    pub missing: Vec<bool>,
    /// Number of steps of a run that neither converges nor diverges.
    pub max_steps: u64,
}

impl Basins {
    /// Returns the start in a column and row of the grid.
    pub fn start(&self, column: usize, row: usize) -> [f64; 2] {
        start(self.window, self.side, column, row)
    }

    /// Returns the cell nearest to a point of the window.
    pub fn nearest(&self, [x, y]: [f64; 2]) -> Option<&Cell> {
        let index = |at: f64, low: f64, width: f64| {
            let place = ((at - low) / width * real(self.side - 1)).round();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be an index"
            )]
            (0.0..real(self.side))
                .contains(&place)
                .then_some(place as usize)
        };
        let column = index(x, self.window.x()[0], self.window.width())?;
        let row = index(y, self.window.y()[0], self.window.height())?;
        self.cells.get(row * self.side + column)
    }

    /// Returns the share of all starts with a label.
    pub fn share(&self, label: BasinLabel) -> f64 {
        let count = self.cells.iter().filter(|cell| cell.label == label).count();
        real(count) / real(self.cells.len().max(1))
    }
}

fn start(window: Rect, side: usize, column: usize, row: usize) -> [f64; 2] {
    let share = |index: usize| real(index) / real(side - 1);
    window.at([share(column), share(row)])
}

/// Inputs of a computation of basins, except for the grid.
#[derive(Clone, Copy)]
pub struct BasinQuery<'a> {
    /// Objective in two parameters.
    pub objective: &'a dyn Objective,
    /// Known minima of the objective.
    pub known: &'a [Mark],
    /// Optimizer with its schedule.
    pub spec: &'a RunSpec,
    /// Run settings; the tolerance defaults to [`TOLERANCE`].
    pub run_settings: RunSettings,
    /// Window of the starts.
    pub window: Rect,
}

impl BasinQuery<'_> {
    /// Checks that `side`² starts are distinct in f64, and that f is finite at one of them at least. The error is the second half of a
    /// sentence.
    pub fn check(&self, side: usize) -> Result<(), String> {
        let view = || format!("x {:?}, y {:?}", self.window.x(), self.window.y());
        let equal = |index: usize| {
            let [[x, y], [next_x, next_y]] =
                [index, index + 1].map(|index| start(self.window, side, index, index));
            x >= next_x || y >= next_y
        };
        if (0..side - 1).any(equal) {
            let view = view();
            return Err(format!(
                "f64 cannot tell {side} numbers apart in the view {view}; expected fewer starts, or a wider view"
            ));
        }
        let finite = |index: usize| {
            let at = start(self.window, side, index % side, index / side);
            self.objective.value(&at).is_finite()
        };
        if !(0..side * side).into_par_iter().any(finite) {
            let view = view();
            return Err(format!(
                "f is not finite at any start of the view {view}; expected a view where it is"
            ));
        }
        Ok(())
    }

    /// Computes the basins of `side`² starts, at least 2 along a side. Minima of `earlier` basins of this query keep their indices. `progress`
    /// counts finished starts. `None` if cancelled.
    ///
    /// Starts are distributed over the threads of the current pool; the result does not depend on their number.
    pub fn compute(
        &self,
        side: usize,
        earlier: Option<&Basins>,
        progress: &AtomicUsize,
        cancel: &Cancel,
    ) -> Option<Basins> {
        let side = side.max(2);
        let run_settings = self.settings();
        let mut ends = vec![None; side * side];
        self.final_points(&mut ends, side, &run_settings, progress, cancel)?;
        let ends: Vec<([f64; 2], Outcome)> = ends.into_iter().collect::<Option<_>>()?;
        self.classified(&ends, side, earlier, cancel)
    }

    /// Computes the basins like [`compute`](Self::compute), and those of the starts so far if it is cancelled.
    pub fn compute_so_far(&self, side: usize, progress: &AtomicUsize, cancel: &Cancel) -> Basins {
        let side = side.max(2);
        let mut ends = vec![None; side * side];
        let run_settings = self.settings();
        // `None` if it was cancelled, which shows in the ends.
        let _ = self.final_points(&mut ends, side, &run_settings, progress, cancel);
        let missing: Vec<bool> = ends.iter().map(Option::is_none).collect();
        let nowhere = ([f64::NAN; 2], Outcome::Diverged(0, Reason::Interrupted));
        let ends: Vec<([f64; 2], Outcome)> = { ends.into_iter() }
            .map(|end| end.unwrap_or(nowhere))
            .collect();
        let found = self.classified(&ends, side, None, &Cancel::default());
        let empty = Basins {
            window: self.window,
            side,
            cells: Vec::new(),
            missing: Vec::new(),
            minima: Vec::new(),
            max_steps: run_settings.steps,
        };
        // Only cancelling gives `None`, and nothing cancels the classification.
        let found = found.unwrap_or(empty);
        if missing.contains(&true) {
            Basins { missing, ..found }
        } else {
            found
        }
    }

    /// Returns the settings of the runs.
    fn settings(&self) -> RunSettings {
        RunSettings {
            tolerance: self.run_settings.tolerance.or(Some(TOLERANCE)),
            ..self.run_settings
        }
    }

    /// Returns the basins of the final points of all starts; `None` if cancelled.
    fn classified(
        &self,
        ends: &[([f64; 2], Outcome)],
        side: usize,
        earlier: Option<&Basins>,
        cancel: &Cancel,
    ) -> Option<Basins> {
        let run_settings = self.settings();
        let first = self
            .known
            .iter()
            .map(|&mark| Minimum {
                mark,
                valley: false,
            })
            .collect();
        let mut minima: Vec<Minimum> = earlier.map_or(first, |earlier| earlier.minima.clone());
        let endpoints: Vec<Endpoint> = ends
            .par_iter()
            .map(|(at, outcome)| match outcome {
                _ if cancel.is_cancelled() => Endpoint::Nowhere,
                Outcome::Diverged(..) => Endpoint::Nowhere,
                _ => self.classify(*at, earlier.map(|_| &minima[..])),
            })
            .collect();
        if cancel.is_cancelled() {
            return None;
        }
        let identities = |minima: &[Minimum]| -> Vec<MinimumIdentity> {
            minima
                .par_iter()
                .map(|minimum| self.identity(minimum))
                .collect()
        };
        let known = identities(&minima);
        let (mut found, mut new): (Vec<Minimum>, Vec<MinimumIdentity>) = Default::default();
        for endpoint in &endpoints {
            if let Endpoint::At(minimum) = endpoint
                && minima.len() + found.len() < MAX_MINIMA
                && self.index(&known, minimum).is_none()
                && self.index(&new, minimum).is_none()
            {
                found.push(*minimum);
                new.push(self.identity(minimum));
            }
        }
        found.sort_by(|a, b| {
            let key = |minimum: &Minimum| (minimum.mark.value, minimum.mark.at);
            let ((u, p), (v, q)) = (key(a), key(b));
            u.total_cmp(&v)
                .then(p[0].total_cmp(&q[0]))
                .then(p[1].total_cmp(&q[1]))
        });
        minima.append(&mut found);
        let identities = identities(&minima);
        let cell = |((at, outcome), endpoint): (&([f64; 2], Outcome), &Endpoint)| {
            let label = match (outcome, endpoint) {
                (Outcome::Diverged(..), _) => BasinLabel::Diverges,
                (_, Endpoint::Near(index)) => label_for(Some(*index)),
                (_, Endpoint::At(minimum)) => label_for(self.index(&identities, minimum)),
                (_, Endpoint::Nowhere) => label_for(self.nearest_minimum(&minima, *at)),
            };
            let steps = match outcome {
                Outcome::Converged(steps)
                | Outcome::Diverged(steps, _)
                | Outcome::Stopped(steps, _) => *steps,
                Outcome::Finished => run_settings.steps,
            };
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            Cell { label, steps }
        };
        Some(Basins {
            window: self.window,
            side,
            cells: ends.par_iter().zip(&endpoints).map(cell).collect(),
            missing: Vec::new(),
            minima,
            max_steps: run_settings.steps,
        })
    }

    /// Runs the optimizer from all starts, and stores their final points and outcomes.
    fn final_points(
        &self,
        ends: &mut [Option<([f64; 2], Outcome)>],
        side: usize,
        run_settings: &RunSettings,
        progress: &AtomicUsize,
        cancel: &Cancel,
    ) -> Option<()> {
        // Neighbouring starts take about as many steps, so that tiles of columns × rows are good batches.
        const TILE: [usize; 2] = [16, 8];
        ends.par_chunks_mut(side * TILE[1])
            .enumerate()
            .try_for_each(|(band, ends)| {
                let rows = ends.len() / side;
                let mut starts = Vec::with_capacity(TILE[0] * TILE[1]);
                for left in (0..side).step_by(TILE[0]) {
                    let columns = left..(left + TILE[0]).min(side);
                    let places =
                        (0..rows).flat_map(|row| columns.clone().map(move |column| (row, column)));
                    starts.clear();
                    starts.extend(places.clone().map(|(row, column)| {
                        start(self.window, side, column, band * TILE[1] + row)
                    }));
                    let arrived = training::run_to_end_batch(
                        self.objective,
                        &starts,
                        self.spec,
                        run_settings,
                        cancel,
                    )?;
                    for ((row, column), end) in places.zip(arrived) {
                        ends[row * side + column] = Some(end);
                    }
                    progress.fetch_add(starts.len(), Ordering::Relaxed);
                }
                Some(())
            })
    }
}

/// Returns the label of a minimum's index; undecided where it is none, or beyond u16.
fn label_for(index: Option<usize>) -> BasinLabel {
    index
        .and_then(|index| u16::try_from(index).ok())
        .map_or(BasinLabel::Undecided, BasinLabel::Converges)
}

#[cfg(test)]
mod tests;
