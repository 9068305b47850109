//! Critical points of an objective in a view: minima, maxima, saddles and flat points, with the eigenvalues of the Hessian.
//!
//! The gradient is sampled on a grid of [`CELLS`]² cells, and Newton's method on ∇f = 0 starts from every cell in which
//! both components of the gradient change sign, from every local minimum of the sampled gradient norm, from a coarse grid, and from known
//! points. The points found are verified, deduplicated and sorted. Minima at kinks, where f has no gradient, are searched from samples that
//! are lower than their neighbours.
//!
//! All lengths are shares of the view, so that the search does not depend on its width. Features narrower than two cells may be missed,
//! unless they are known; zooming in finds them.

mod clusters;
mod field;
mod newton;
mod nonsmooth_minima;
#[cfg(test)]
mod tests;

use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use clusters::{cluster, connected_components};
use field::SampledField;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Largest number of points; of more, the first ones in the order of [`find`] are kept.
pub const MAX_POINTS: usize = 2000;

/// Number of cells along each side of the sampling grid.
pub const CELLS: usize = 128;

/// Side of a cell, as a share of the view.
const CELL: f64 = 1.0 / 128.0;

/// Kind of a critical point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// f increases in all directions.
    Minimum,
    /// f decreases in all directions.
    Maximum,
    /// f increases in some directions and decreases in others, and no eigenvalue is 0.
    Saddle,
    /// An eigenvalue of the Hessian is 0 up to rounding: a point of a level valley floor or ridge, or a degenerate point as of the monkey
    /// saddle.
    Flat,
}

impl Kind {
    /// All kinds, in the order of lists.
    pub const ALL: [Self; 4] = [Self::Minimum, Self::Maximum, Self::Saddle, Self::Flat];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Flat => "flat",
        }
    }
}

/// Point where the gradient is 0, or a minimum at a kink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalPoint {
    /// Coordinates.
    pub at: [f64; 2],
    /// Value of f.
    pub value: f64,
    /// Kind.
    pub kind: Kind,
    /// Eigenvalues of the Hessian, smaller first; both are infinite at a kink.
    pub eigenvalues: [f64; 2],
}

impl CriticalPoint {
    /// Whether it is a minimum at a kink, where the gradient jumps and there is no Hessian.
    pub fn is_kink(&self) -> bool {
        self.eigenvalues[0] == f64::INFINITY
    }

    /// Compares by kind, then by value, then by coordinates.
    fn order(&self, other: &Self) -> Ordering {
        let place = |axis: usize| self.at[axis].total_cmp(&other.at[axis]);
        self.kind
            .cmp(&other.kind)
            .then(self.value.total_cmp(&other.value))
            .then_with(|| place(0))
            .then_with(|| place(1))
    }
}

/// Finds the critical points of an objective in two parameters inside a view or on its border, sorted by kind, then by value, then
/// by coordinates; at most [`MAX_POINTS`]. `known` are expected points: they are further starts, and the points found from them are all
/// kept. `None` if cancelled.
///
/// Points that coincide to a millionth of the view are one. A curve of critical points, as a level valley floor or a ring, is represented
/// by one point of [`Kind::Flat`]: a known one, or the nearest to the centre of the view. Regions where f is constant have none. Maxima
/// and saddles at kinks are left out, as are minima on the border of the view where the gradient is not 0.
///
/// Starts are distributed over the threads of the current pool; the result does not depend on their number.
pub fn find(
    objective: &dyn Objective,
    view: Rect,
    known: &[[f64; 2]],
    cancel: &Cancel,
) -> Option<Vec<CriticalPoint>> {
    let found = find_so_far(objective, view, known, cancel);
    (!cancel.is_cancelled()).then_some(found)
}

/// Finds the critical points like [`find`]; of a cancelled search, returns the points found so far.
pub fn find_so_far(
    objective: &dyn Objective,
    view: Rect,
    known: &[[f64; 2]],
    cancel: &Cancel,
) -> Vec<CriticalPoint> {
    if objective.dim() != 2 {
        return Vec::new();
    }
    let samples = field::Samples::take(objective, view, cancel);
    let field =
        { samples.as_ref() }.and_then(|samples| SampledField::new(objective, view, samples));
    let (Some(samples), Some(field)) = (&samples, field) else {
        return Vec::new();
    };
    let known: Vec<[f64; 2]> = known
        .iter()
        .copied()
        .filter(|at| view.contains(*at))
        .take(MAX_POINTS)
        .collect();

    let starts: Vec<[f64; 2]> = known.iter().copied().chain(samples.starts(view)).collect();
    let solved = search_all(&starts, cancel, |start| newton::solve(&field, start));
    let near =
        |at: [f64; 2], other: [f64; 2], cells: f64| field.distance(at, other) <= cells * CELL;
    // A known point that is no smooth critical point may be a kink.
    let known_kinks: Vec<[f64; 2]> = known
        .iter()
        .zip(&solved)
        .filter(|(at, solved)| solved.is_none_or(|point| !near(**at, point.at, 1.0)))
        .map(|(at, _)| *at)
        .collect();
    let known_count = solved[..known.len()].iter().flatten().count();
    let points: Vec<CriticalPoint> = solved.into_iter().flatten().collect();
    let (points, known_count) = distinct(&field, &points, known_count);

    let minima: Vec<CriticalPoint> = points
        .iter()
        .copied()
        .filter(|point| matches!(point.kind, Kind::Minimum | Kind::Flat))
        .collect();
    let is_explained = |&(at, value): &([f64; 2], f64)| {
        minima
            .iter()
            .any(|minimum| near(at, minimum.at, 2.0) && minimum.value <= value)
    };
    let kinks = search_all(&known_kinks, cancel, |at| {
        nonsmooth_minima::refine_minimum(&field, at, 1e-3 * CELL)
    });
    let mut kinks: Vec<CriticalPoint> = kinks.into_iter().flatten().collect();
    let known_kink_count = kinks.len();
    let low_samples: Vec<[f64; 2]> = samples
        .local_minima(view)
        .filter(|sample| {
            !is_explained(sample) && !kinks.iter().any(|kink| near(sample.0, kink.at, 1.5))
        })
        .map(|(at, _)| at)
        .collect();
    let found = search_all(&low_samples, cancel, |at| {
        nonsmooth_minima::refine_sampled_minimum(&field, at)
    });
    kinks.extend(found.into_iter().flatten());
    let kinks = lowest(&field, &kinks, known_kink_count);

    let mut points = cluster(&field, &points, known_count);
    points.extend(kinks);
    points.sort_by(CriticalPoint::order);
    let (mut points, _) = distinct(&field, &points, 0);
    points.truncate(MAX_POINTS);
    points
}

/// Searches from each start, in parallel; finds nothing from starts that a cancelled search does not reach.
fn search_all(
    starts: &[[f64; 2]],
    cancel: &Cancel,
    search: impl Fn([f64; 2]) -> Option<CriticalPoint> + Sync,
) -> Vec<Option<CriticalPoint>> {
    let search = |start: &[f64; 2]| (!cancel.is_cancelled()).then(|| search(*start))?;
    starts.par_iter().map(search).collect()
}

/// Returns the first of each set of points that coincide, and the number of kept ones among the first `count`.
fn distinct(
    field: &SampledField,
    points: &[CriticalPoint],
    count: usize,
) -> (Vec<CriticalPoint>, usize) {
    let reach = (512.0 * field.min_step).clamp(1e-6, CELL);
    let firsts = connected_components(field, points, reach, |_, _| true);
    let kept = |index: &usize| firsts[*index] == *index;
    let remaining = (0..count).filter(kept).count();
    let points = (0..points.len())
        .filter(kept)
        .map(|index| points[index])
        .collect();
    (points, remaining)
}

/// Returns the lowest of each set of kinks closer than 1.5 cells, as along a crease, and all of the first `known`.
fn lowest(field: &SampledField, kinks: &[CriticalPoint], known: usize) -> Vec<CriticalPoint> {
    let firsts = connected_components(field, kinks, 1.5 * CELL, |_, _| true);
    let chosen = |index: &usize| {
        let members = (0..kinks.len()).filter(|other| firsts[*other] == firsts[*index]);
        let best = members.min_by(|a, b| {
            let key = |i: usize| (i >= known, kinks[i]);
            let ((a_new, a), (b_new, b)) = (key(*a), key(*b));
            a_new.cmp(&b_new).then_with(|| a.order(&b))
        });
        *index < known || best == Some(*index)
    };
    (0..kinks.len())
        .filter(chosen)
        .map(|index| kinks[index])
        .collect()
}
