//! The critical points of an objective in a view: minima, maxima, saddles and flat places, with their curvature.
//!
//! The gradient is sampled on a grid of [`CELLS`]² cells, and Newton's method on ∇f = 0 starts from every cell in which
//! both of its components change their sign, from every sample where it is locally shortest, from a coarse grid, and from
//! the places that are known. What it finds is checked, told apart and put in order. Minima at kinks, where there is no
//! gradient, are searched for from the samples that lie lower than their neighbours.
//!
//! All lengths are shares of the view, so that a view of any width is searched alike. What is narrower than two cells may
//! be missed, unless it is known; zooming in finds it.

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

/// The most points that are told; of more, those that come first in the order of [`find`] remain.
pub const MAX_POINTS: usize = 2000;

/// Cells along each side of the grid that the gradient is sampled on.
pub const CELLS: usize = 128;

/// The length of a cell as a share of the view.
const CELL: f64 = 1.0 / 128.0;

/// What a critical point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// f rises to all sides.
    Minimum,
    /// f falls to all sides.
    Maximum,
    /// f rises to some sides and falls to others, and no eigenvalue is 0.
    Saddle,
    /// An eigenvalue of the Hessian is 0 to rounding: a place on the floor of a valley or on the crest of a ridge that is
    /// level along a whole curve, or a lone point whose shape the Hessian does not tell, as in the monkey saddle.
    Flat,
}

impl Kind {
    /// All kinds in order.
    pub const ALL: [Self; 4] = [Self::Minimum, Self::Maximum, Self::Saddle, Self::Flat];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Flat => "flat",
        }
    }
}

/// A point where the gradient is 0, or a minimum at a kink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalPoint {
    /// Where.
    pub at: [f64; 2],
    /// f there.
    pub value: f64,
    /// What it is.
    pub kind: Kind,
    /// The Hessian's eigenvalues, smaller first; both are infinite at a kink.
    pub eigenvalues: [f64; 2],
}

impl CriticalPoint {
    /// Whether it is a minimum at a kink: the slope jumps, and there is no Hessian.
    pub fn is_kink(&self) -> bool {
        self.eigenvalues[0] == f64::INFINITY
    }

    /// By kind, then by value, then by place.
    fn order(&self, other: &Self) -> Ordering {
        let place = |axis: usize| self.at[axis].total_cmp(&other.at[axis]);
        self.kind
            .cmp(&other.kind)
            .then(self.value.total_cmp(&other.value))
            .then_with(|| place(0))
            .then_with(|| place(1))
    }
}

/// The critical points of an objective in two parameters inside a view or on its border, minima first, then by value, then
/// by place; at most [`MAX_POINTS`]. `known` are places where one is expected; they are only further starts, but the points that
/// they lead to are all told. `None` if it was cancelled.
///
/// Points that coincide to a millionth of the view are one. Of a curve of critical points, like the floor of a level
/// valley or a ring, one is told, as [`Kind::Flat`]: one that is known, or the nearest to the middle of the view. Ground
/// that is level to all sides holds none. Maxima and saddles at kinks are not told, nor are minima on the border of the
/// view where the gradient is not 0.
///
/// Starts are spread over the threads of the current pool; the result does not depend on how many there are.
pub fn find(
    objective: &dyn Objective,
    view: Rect,
    known: &[[f64; 2]],
    cancel: &Cancel,
) -> Option<Vec<CriticalPoint>> {
    if objective.dim() != 2 {
        return Some(Vec::new());
    }
    let samples = field::Samples::take(objective, view, cancel)?;
    let Some(field) = SampledField::new(objective, view, &samples) else {
        return Some(Vec::new());
    };
    let known: Vec<[f64; 2]> = known
        .iter()
        .copied()
        .filter(|at| view.contains(*at))
        .take(MAX_POINTS)
        .collect();

    let starts: Vec<[f64; 2]> = known.iter().copied().chain(samples.starts(view)).collect();
    let solved = each(&starts, cancel, |start| newton::solve(&field, start))?;
    let near =
        |at: [f64; 2], other: [f64; 2], cells: f64| field.distance(at, other) <= cells * CELL;
    // What is known but no smooth point may be a kink.
    let known_kinks: Vec<[f64; 2]> = known
        .iter()
        .zip(&solved)
        .filter(|(at, solved)| solved.is_none_or(|point| !near(**at, point.at, 1.0)))
        .map(|(at, _)| *at)
        .collect();
    let of_known = solved[..known.len()].iter().flatten().count();
    let points: Vec<CriticalPoint> = solved.into_iter().flatten().collect();
    let (points, of_known) = distinct(&field, &points, of_known);

    let lows: Vec<CriticalPoint> = points
        .iter()
        .copied()
        .filter(|point| matches!(point.kind, Kind::Minimum | Kind::Flat))
        .collect();
    let explained = |&(at, value): &([f64; 2], f64)| {
        lows.iter()
            .any(|low| near(at, low.at, 2.0) && low.value <= value)
    };
    let kinks = each(&known_kinks, cancel, |at| {
        nonsmooth_minima::refine_minimum(&field, at, 1e-3 * CELL)
    })?;
    let mut kinks: Vec<CriticalPoint> = kinks.into_iter().flatten().collect();
    let kinks_of_known = kinks.len();
    let pits: Vec<[f64; 2]> = samples
        .local_minima(view)
        .filter(|pit| !explained(pit) && !kinks.iter().any(|kink| near(pit.0, kink.at, 1.5)))
        .map(|(at, _)| at)
        .collect();
    let found = each(&pits, cancel, |at| {
        nonsmooth_minima::refine_sampled_minimum(&field, at)
    })?;
    kinks.extend(found.into_iter().flatten());
    let kinks = lowest(&field, &kinks, kinks_of_known);

    let mut points = cluster(&field, &points, of_known);
    points.extend(kinks);
    points.sort_by(CriticalPoint::order);
    let (mut points, _) = distinct(&field, &points, 0);
    points.truncate(MAX_POINTS);
    Some(points)
}

/// What each start leads to, in order. `None` if it was cancelled.
fn each(
    starts: &[[f64; 2]],
    cancel: &Cancel,
    search: impl Fn([f64; 2]) -> Option<CriticalPoint> + Sync,
) -> Option<Vec<Option<CriticalPoint>>> {
    starts
        .par_iter()
        .map(|start| (!cancel.is_cancelled()).then(|| search(*start)))
        .collect()
}

/// Of points that coincide the first, and how many of the first `count` remain.
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

/// Of kinks that lie closer together than the grid tells apart, as along a crease, the lowest; the first `known` all stay.
fn lowest(field: &SampledField, kinks: &[CriticalPoint], known: usize) -> Vec<CriticalPoint> {
    let firsts = connected_components(field, kinks, 1.5 * CELL, |_, _| true);
    let chosen = |index: &usize| {
        let mates = (0..kinks.len()).filter(|other| firsts[*other] == firsts[*index]);
        let best = mates.min_by(|a, b| {
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
