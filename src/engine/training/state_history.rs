//! Sizes of the optimizer state over a run: norms of velocities and second moments, distances of slow weights and averages.

use super::{RunSettings, RunSpec, StepView, run_with_observer};
use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::state::{OptimizerStateKind, StateEntry};
use std::ops::ControlFlow;

/// Size of one entry of the optimizer state at a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizerStateSize {
    /// Symbol in the update lines.
    pub symbol: &'static str,
    /// Name in legends.
    pub name: &'static str,
    /// Kind of the entry, which decides the measure of its size.
    pub kind: OptimizerStateKind,
    /// Size: the Euclidean norm of a direction and of per-parameter numbers; the distance of a point from θ, and of the farthest of
    /// several points; the distance of trial points from the start of the step; the square root of a covariance's trace, the root mean
    /// square of that distance; a number itself. NaN where unknown.
    pub size: f64,
}

/// Sizes of one entry of the optimizer state at the rows of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerStateSeries {
    /// Symbol in the update lines.
    pub symbol: &'static str,
    /// Name in legends.
    pub name: &'static str,
    /// Kind of the entry.
    pub kind: OptimizerStateKind,
    /// Rows of the run that suffice for a chart, in rising order: all rows of a short run; the first, lowest, highest and last row of each
    /// segment of a long one.
    pub rows: Vec<usize>,
    /// Size at each of these rows; NaN where unknown.
    pub sizes: Vec<f64>,
}

/// Runs `spec` again and returns the sizes of its optimizer state, with the length of its steps first; `None` if it was cancelled.
///
/// Memory use does not grow with the steps of a long run.
pub fn state_history(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
) -> Option<Vec<OptimizerStateSeries>> {
    let mut record = OptimizerStateRecord::default();
    let mut sizes = Vec::new();
    run_with_observer(objective, start, spec, run_settings, cancel, |row| {
        row.state_sizes(&mut sizes);
        record.push(&sizes);
        ControlFlow::Continue(())
    });
    (!cancel.is_cancelled()).then(|| record.finish())
}

impl StepView<'_> {
    /// Writes the length of the last step and the sizes of the optimizer state to `sizes`.
    pub fn state_sizes(&self, sizes: &mut Vec<OptimizerStateSize>) {
        let Self {
            theta, previous, ..
        } = *self;
        let begun = self.step > 0;
        sizes.clear();
        sizes.push(OptimizerStateSize {
            symbol: "Δθ",
            name: "step",
            kind: OptimizerStateKind::Step,
            size: known(begun, distance(theta, previous)),
        });
        self.visit_state(&mut |entry| {
            let StateEntry {
                symbol,
                name,
                kind,
                numbers,
            } = entry;
            let farthest = |from: &[f64]| {
                let places = numbers.chunks_exact(from.len().max(1));
                let distances = places.map(|place| distance(place, from));
                distances.reduce(f64::max).unwrap_or(f64::NAN)
            };
            let size = match kind {
                OptimizerStateKind::Direction
                | OptimizerStateKind::Step
                | OptimizerStateKind::Each => norm(numbers.iter().copied()),
                OptimizerStateKind::Place | OptimizerStateKind::Places => farthest(theta),
                OptimizerStateKind::Trials => known(begun, farthest(previous)),
                OptimizerStateKind::Number | OptimizerStateKind::Radius => {
                    numbers.first().copied().unwrap_or(f64::NAN)
                }
                OptimizerStateKind::Spread => {
                    let diagonal = numbers.iter().step_by(theta.len() + 1);
                    diagonal.sum::<f64>().sqrt()
                }
            };
            sizes.push(OptimizerStateSize {
                symbol,
                name,
                kind,
                size,
            });
        });
    }
}

fn known(begun: bool, size: f64) -> f64 {
    if begun { size } else { f64::NAN }
}

/// The norm of the numbers that there are: a group of parameters that carries less than the others has NaN there.
fn norm(numbers: impl Iterator<Item = f64>) -> f64 {
    let known = numbers.filter(|number| !number.is_nan());
    let squares = known.map(|number| number * number);
    squares.reduce(|a, b| a + b).map_or(f64::NAN, f64::sqrt)
}

/// Returns the distance of two points.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(a.iter().zip(b).map(|(a, b)| a - b))
}

/// Record of the sizes of an optimizer state, filled row by row.
#[derive(Default)]
pub struct OptimizerStateRecord {
    rows: usize,
    entries: Vec<(OptimizerStateSize, Decimated)>,
}

impl OptimizerStateRecord {
    /// Adds a row. Entries that a row does not have are NaN there.
    pub fn push(&mut self, sizes: &[OptimizerStateSize]) {
        let row = self.rows;
        self.rows += 1;
        for size in sizes {
            let same = |(entry, _): &(OptimizerStateSize, Decimated)| {
                (entry.symbol, entry.name, entry.kind) == (size.symbol, size.name, size.kind)
            };
            let known = self.entries.iter().position(same);
            let at = known.unwrap_or(self.entries.len());
            if known.is_none() {
                self.entries.push((*size, Decimated::default()));
            }
            let (_, column) = &mut self.entries[at];
            if column.count <= row {
                column.fill(row);
                column.push(size.size);
            }
        }
    }

    /// Returns the series of all entries.
    pub fn finish(self) -> Vec<OptimizerStateSeries> {
        let series = self.entries.into_iter().map(|(of, mut column)| {
            column.fill(self.rows);
            let (rows, sizes) = column.finish();
            OptimizerStateSeries {
                symbol: of.symbol,
                name: of.name,
                kind: of.kind,
                rows,
                sizes,
            }
        });
        series.collect()
    }
}

/// Largest number of segments of a decimated run, more than a chart has pixels.
const MAX_SEGMENTS: usize = 3000;

/// Series of numbers, decimated while it grows.
struct Decimated {
    /// Number of numbers so far.
    count: usize,
    /// Numbers per segment.
    length: usize,
    /// First, lowest, highest and last number of each segment, with their rows.
    segments: Vec<[(usize, f64); 4]>,
}

impl Default for Decimated {
    fn default() -> Self {
        Self {
            count: 0,
            length: 1,
            segments: Vec::new(),
        }
    }
}

impl Decimated {
    /// Adds NaN until there are `count` numbers.
    fn fill(&mut self, count: usize) {
        while self.count < count {
            self.push(f64::NAN);
        }
    }

    fn push(&mut self, value: f64) {
        let own = [(self.count, value); 4];
        let begins = self.count.is_multiple_of(self.length);
        self.count += 1;
        match self.segments.last_mut() {
            Some(last) if !begins => *last = joined(*last, own),
            _ => self.segments.push(own),
        }
        if self.segments.len() > MAX_SEGMENTS {
            let pairs = self.segments.chunks(2).map(|pair| match *pair {
                [a, b] => joined(a, b),
                _ => pair[0],
            });
            self.segments = pairs.collect();
            self.length *= 2;
        }
    }

    fn finish(self) -> (Vec<usize>, Vec<f64>) {
        let mut all: Vec<(usize, f64)> = { self.segments.into_iter() }
            .flat_map(|[first, low, high, last]| {
                let [a, b] = if low.0 <= high.0 {
                    [low, high]
                } else {
                    [high, low]
                };
                [first, a, b, last]
            })
            .collect();
        all.dedup_by_key(|(row, _)| *row);
        all.into_iter().unzip()
    }
}

/// Joins two adjacent segments.
fn joined(a: [(usize, f64); 4], b: [(usize, f64); 4]) -> [(usize, f64); 4] {
    // A comparison with NaN is false, so numbers win against NaN.
    let low = |a: (usize, f64), b: (usize, f64)| if a.1 <= b.1 || b.1.is_nan() { a } else { b };
    let high = |a: (usize, f64), b: (usize, f64)| if a.1 >= b.1 || b.1.is_nan() { a } else { b };
    [a[0], low(a[1], b[1]), high(a[2], b[2]), b[3]]
}

#[cfg(test)]
mod tests;
