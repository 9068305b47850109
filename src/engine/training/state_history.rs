//! How large the things are that a rule carries, over a whole run: velocities, second moments, distances of the places it keeps.

use super::inspect::OptimizerStateKind;
use super::{RunSettings, RunSpec, StepView, run_with_observer};
use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::state::{StateEntry, StateValue};
use std::ops::ControlFlow;

/// How large something is that a rule carries, after some steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizerStateSize {
    /// Its symbol in the rule.
    pub symbol: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What it is, and so what is measured of it.
    pub kind: OptimizerStateKind,
    /// Of a direction and of numbers for each parameter their Euclidean norm; of a place how far it is from θ; of several that of the
    /// farthest; of places that the step looked at how far they are from where it began; of a covariance the square root of its trace, the
    /// root mean square of that distance; of a number the number itself. NaN where that is not known.
    pub size: f64,
}

/// How large something is that a rule carries, at the rows of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerStateSeries {
    /// Its symbol in the rule.
    pub symbol: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What it is.
    pub kind: OptimizerStateKind,
    /// Rows of the run that are enough to draw it, in rising order: all of a short run, of each stretch of a long one the first, lowest,
    /// highest and last.
    pub rows: Vec<usize>,
    /// Its size at each of them; NaN where it is not known.
    pub sizes: Vec<f64>,
}

/// Goes through a run once more for what its rule carries; what comes first is the length of its steps. `None` if it was cancelled.
///
/// The memory that it takes does not grow with the steps of a long run.
pub fn state_history(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
) -> Option<Vec<OptimizerStateSeries>> {
    let mut record = OptimizerStateRecord::default();
    let mut sizes = Vec::new();
    run_with_observer(objective, start, spec, run_settings, cancel, |moment| {
        moment.state_sizes(&mut sizes);
        record.push(&sizes);
        if moment.step < run_settings.steps {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    (!cancel.is_cancelled()).then(|| record.finish())
}

impl StepView<'_> {
    /// Puts the length of the last step into `sizes`, and how large everything is that the rule carries.
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
        self.visit_state(&mut |internal| {
            let StateEntry {
                symbol,
                name,
                numbers,
            } = internal;
            let farthest = |places: &[f64], from: &[f64]| {
                let places = places.chunks_exact(from.len().max(1));
                places.map(|place| distance(place, from)).reduce(f64::max)
            };
            let size = match numbers {
                StateValue::Direction(numbers)
                | StateValue::Step(numbers)
                | StateValue::Each(numbers) => norm(numbers.iter().copied()),
                StateValue::Place(place) | StateValue::Places(place) => {
                    farthest(place, theta).unwrap_or(f64::NAN)
                }
                StateValue::Trials(places) => {
                    known(begun, farthest(places, previous).unwrap_or(f64::NAN))
                }
                StateValue::Number(number) | StateValue::Radius(number) => number,
                StateValue::Spread(covariance) => {
                    let diagonal = covariance.iter().step_by(theta.len() + 1);
                    diagonal.sum::<f64>().sqrt()
                }
            };
            sizes.push(OptimizerStateSize {
                symbol,
                name,
                kind: numbers.kind(),
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

/// How far two places are apart.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(a.iter().zip(b).map(|(a, b)| a - b))
}

/// What is carried at one row after the other.
#[derive(Default)]
pub struct OptimizerStateRecord {
    rows: usize,
    things: Vec<(OptimizerStateSize, Decimated)>,
}

impl OptimizerStateRecord {
    /// Adds a row. What was not carried before, or is no more, is not known there.
    pub fn push(&mut self, sizes: &[OptimizerStateSize]) {
        let row = self.rows;
        self.rows += 1;
        for size in sizes {
            let same = |(thing, _): &(OptimizerStateSize, Decimated)| {
                (thing.symbol, thing.name, thing.kind) == (size.symbol, size.name, size.kind)
            };
            let known = self.things.iter().position(same);
            let at = known.unwrap_or(self.things.len());
            if known.is_none() {
                self.things.push((*size, Decimated::default()));
            }
            let (_, thin) = &mut self.things[at];
            if thin.count <= row {
                thin.fill(row);
                thin.push(size.size);
            }
        }
    }

    /// All of it.
    pub fn finish(self) -> Vec<OptimizerStateSeries> {
        let series = self.things.into_iter().map(|(of, mut thin)| {
            thin.fill(self.rows);
            let (rows, sizes) = thin.finish();
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

/// As many stretches as a long run is thinned to at most, more than a chart has pixels.
const MAX_SEGMENTS: usize = 3000;

/// A long series of numbers, thinned while it comes.
struct Decimated {
    /// How many numbers there were.
    count: usize,
    /// How many go into a stretch.
    length: usize,
    /// Of each stretch the first, lowest, highest and last number, with their places.
    stretches: Vec<[(usize, f64); 4]>,
}

impl Default for Decimated {
    fn default() -> Self {
        Self {
            count: 0,
            length: 1,
            stretches: Vec::new(),
        }
    }
}

impl Decimated {
    /// Adds what is not known until there are `count` numbers.
    fn fill(&mut self, count: usize) {
        while self.count < count {
            self.push(f64::NAN);
        }
    }

    fn push(&mut self, value: f64) {
        let own = [(self.count, value); 4];
        let begins = self.count.is_multiple_of(self.length);
        self.count += 1;
        match self.stretches.last_mut() {
            Some(last) if !begins => *last = joined(*last, own),
            _ => self.stretches.push(own),
        }
        if self.stretches.len() > MAX_SEGMENTS {
            let pairs = self.stretches.chunks(2).map(|pair| match *pair {
                [a, b] => joined(a, b),
                _ => pair[0],
            });
            self.stretches = pairs.collect();
            self.length *= 2;
        }
    }

    fn finish(self) -> (Vec<usize>, Vec<f64>) {
        let mut all: Vec<(usize, f64)> = { self.stretches.into_iter() }
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

/// Two stretches, one after the other, as one.
fn joined(a: [(usize, f64); 4], b: [(usize, f64); 4]) -> [(usize, f64); 4] {
    // A comparison with NaN is false, so that numbers win against what is not known.
    let low = |a: (usize, f64), b: (usize, f64)| if a.1 <= b.1 || b.1.is_nan() { a } else { b };
    let high = |a: (usize, f64), b: (usize, f64)| if a.1 >= b.1 || b.1.is_nan() { a } else { b };
    [a[0], low(a[1], b[1]), high(a[2], b[2]), b[3]]
}

#[cfg(test)]
mod tests;
