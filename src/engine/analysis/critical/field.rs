//! An objective scaled to a view, and its samples on a grid.

use super::{CELL, CELLS};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::engine::objective::{Objective, norm};
use rayon::prelude::*;

/// Number of grid nodes along each side.
const NODES: usize = CELLS + 1;

/// Number of starts along each side of the coarse grid.
const COARSE: usize = 12;

/// Losses and gradients at the grid nodes, row by row from the low end of y.
pub(super) struct Samples {
    losses: Vec<f64>,
    /// Gradients per share of the view, times `unit`.
    slopes: Vec<[f64; 2]>,
    /// Scale, a power of two that makes the median gradient about 1, so that squares neither overflow nor vanish.
    unit: f64,
}

impl Samples {
    /// Samples an objective. `None` if cancelled.
    pub(super) fn take(objective: &dyn Objective, view: Rect, cancel: &Cancel) -> Option<Self> {
        let x: Vec<f64> = (0..NODES).map(|column| node(view, column, 0)[0]).collect();
        let rows: Vec<[Vec<f64>; 3]> = (0..NODES)
            .into_par_iter()
            .map(|row| {
                let y = vec![node(view, 0, row)[1]; NODES];
                let [mut losses, mut gx, mut gy] = [0; 3].map(|_| vec![0.0; NODES]);
                (!cancel.is_cancelled()).then(|| {
                    objective.gradients([&x, &y], &mut losses, [&mut gx, &mut gy]);
                    [losses, gx, gy]
                })
            })
            .collect::<Option<_>>()?;
        let slope = |(gx, gy): (&f64, &f64)| [gx * view.width(), gy * view.height()];
        let mut slopes: Vec<[f64; 2]> = rows
            .iter()
            .flat_map(|[_, gx, gy]| gx.iter().zip(gy).map(slope))
            .collect();
        let unit = unit(&slopes);
        slopes.iter_mut().flatten().for_each(|slope| *slope *= unit);
        Some(Self {
            losses: rows.into_iter().flat_map(|[losses, ..]| losses).collect(),
            slopes,
            unit,
        })
    }

    /// Returns the starts of Newton's method.
    pub(super) fn starts(&self, view: Rect) -> impl Iterator<Item = [f64; 2]> {
        let middle = move |column: usize, row: usize| {
            let share = |index: usize| (real(index) + 0.5) * CELL;
            view.at([share(column), share(row)])
        };
        let cells = (0..CELLS * CELLS)
            .map(|index| (index % CELLS, index / CELLS))
            .filter(|&(column, row)| self.may_contain_zero(column, row))
            .map(move |(column, row)| middle(column, row));
        let shortest = (0..NODES * NODES)
            .filter(|&index| self.is_shortest(index))
            .map(move |index| node(view, index % NODES, index / NODES));
        let coarse = (0..COARSE * COARSE).map(move |index| {
            let share = |index: usize| (real(index) + 0.5) / real(COARSE);
            view.at([share(index % COARSE), share(index / COARSE)])
        });
        cells.chain(shortest).chain(coarse)
    }

    /// Whether both components of the gradient change sign among the corners of a cell.
    fn may_contain_zero(&self, column: usize, row: usize) -> bool {
        let first = row * NODES + column;
        let corners =
            [first, first + 1, first + NODES, first + NODES + 1].map(|index| self.slopes[index]);
        let numbers = || corners.iter().flatten();
        let changes = |axis: usize| {
            let component = || corners.iter().map(|corner| corner[axis]);
            component().any(|slope| slope <= 0.0) && component().any(|slope| slope >= 0.0)
        };
        numbers().all(|slope| slope.is_finite())
            && numbers().any(|slope| *slope != 0.0)
            && changes(0)
            && changes(1)
    }

    /// Whether the gradient norm at a node is below that of its neighbours.
    fn is_shortest(&self, index: usize) -> bool {
        let length = |index: usize| norm(&self.slopes[index]);
        let mut level = length(index) == 0.0;
        let shortest = neighbours(index).all(|other| {
            level &= length(other) == 0.0;
            (length(index), index) < (length(other), other)
        });
        shortest && !level
    }

    /// Returns the inner nodes whose loss is below that of their neighbours, with the losses; at most one of a level region.
    pub(super) fn local_minima(&self, view: Rect) -> impl Iterator<Item = ([f64; 2], f64)> {
        let inside = |place: usize| (1..CELLS).contains(&place);
        (0..NODES * NODES)
            .filter(move |index| inside(index % NODES) && inside(index / NODES))
            .filter(|&index| {
                let loss = self.losses[index];
                neighbours(index).all(|other| (loss, index) < (self.losses[other], other))
            })
            .map(move |index| (node(view, index % NODES, index / NODES), self.losses[index]))
    }

    /// Returns the lowest and the highest finite loss.
    fn range(&self) -> Option<[f64; 2]> {
        let finite = self.losses.iter().copied().filter(|loss| loss.is_finite());
        finite
            .map(|loss| [loss, loss])
            .reduce(|[low, high], [loss, _]| [low.min(loss), high.max(loss)])
    }

    /// Returns the median and the largest of the gradient norms that are neither 0 nor infinite.
    fn slopes(&self) -> Option<[f64; 2]> {
        let mut lengths: Vec<f64> = self
            .slopes
            .iter()
            .map(|slope| norm(slope))
            .filter(|length| length.is_finite() && *length > 0.0)
            .collect();
        let middle = lengths.len().checked_sub(1)? / 2;
        let (_, usual, longer) = lengths.select_nth_unstable_by(middle, f64::total_cmp);
        let steepest = longer.iter().copied().fold(*usual, f64::max);
        Some([*usual, steepest])
    }
}

/// Returns the reciprocal of the median of each gradient's larger component, rounded to a power of two; 0 and infinity do not count.
fn unit(slopes: &[[f64; 2]]) -> f64 {
    let mut larger: Vec<f64> = slopes
        .iter()
        .map(|[gx, gy]| gx.abs().max(gy.abs()))
        .filter(|larger| larger.is_finite() && *larger > 0.0)
        .collect();
    if larger.is_empty() {
        return 1.0;
    }
    let middle = larger.len() / 2;
    let (_, usual, _) = larger.select_nth_unstable_by(middle, f64::total_cmp);
    2.0_f64.powf(-usual.log2().round().clamp(-1000.0, 1000.0))
}

/// Returns the coordinates of a node.
fn node(view: Rect, column: usize, row: usize) -> [f64; 2] {
    view.at([real(column) * CELL, real(row) * CELL])
}

/// Returns the up to eight neighbours of a node.
fn neighbours(index: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (index % NODES, index / NODES);
    let span = |place: usize| place.saturating_sub(1)..(place + 2).min(NODES);
    span(row)
        .flat_map(move |row| span(column).map(move |column| row * NODES + column))
        .filter(move |other| *other != index)
}

/// An objective in a view. Points are in coordinates of the plane; steps, gradients and Hessians are per share of the view, gradients and
/// Hessians in the unit of the samples.
pub(super) struct SampledField<'a> {
    objective: &'a dyn Objective,
    unit: f64,
    pub(super) view: Rect,
    /// Smallest step that f64 resolves everywhere in the view.
    pub(super) min_step: f64,
    /// Lowest and highest sampled loss.
    range: [f64; 2],
    /// Median gradient norm of the samples.
    pub(super) median_slope: f64,
    /// Largest gradient norm of the samples.
    steepest: f64,
}

impl<'a> SampledField<'a> {
    /// Returns `None` where no sample is finite, or f is constant.
    pub(super) fn new(objective: &'a dyn Objective, view: Rect, samples: &Samples) -> Option<Self> {
        let finest =
            |[low, high]: [f64; 2]| f64::EPSILON * low.abs().max(high.abs()) / (high - low);
        let [usual_slope, steepest] = samples.slopes()?;
        Some(Self {
            objective,
            unit: samples.unit,
            view,
            min_step: finest(view.x()).max(finest(view.y())).max(f64::EPSILON),
            range: samples.range()?,
            median_slope: usual_slope,
            steepest,
        })
    }

    /// Returns f.
    pub(super) fn value(&self, at: [f64; 2]) -> f64 {
        self.objective.value(&at)
    }

    /// Returns the gradient.
    pub(super) fn slope(&self, at: [f64; 2]) -> [f64; 2] {
        let mut gradient = [0.0; 2];
        self.objective.gradient(&at, &mut gradient);
        let [gx, gy] = gradient;
        [
            gx * self.view.width() * self.unit,
            gy * self.view.height() * self.unit,
        ]
    }

    /// Returns the Hessian in coordinates of the plane: xx, xy, yy.
    pub(super) fn hessian(&self, at: [f64; 2]) -> [f64; 3] {
        let mut h = [0.0; 4];
        self.objective.hessian(&at, &mut h);
        [h[0], h[1], h[3]]
    }

    /// Converts a Hessian to shares of the view, in the unit of gradients.
    pub(super) fn scaled_hessian(&self, [xx, xy, yy]: [f64; 3]) -> [f64; 3] {
        let (width, height, unit) = (self.view.width(), self.view.height(), self.unit);
        [
            xx * unit * width * width,
            xy * unit * width * height,
            yy * unit * height * height,
        ]
    }

    /// Returns the point one step away.
    pub(super) fn moved(&self, [x, y]: [f64; 2], [u, v]: [f64; 2]) -> [f64; 2] {
        [x + u * self.view.width(), y + v * self.view.height()]
    }

    /// Returns a point in shares of the view.
    pub(super) fn view_units(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (low_x, low_y) = (self.view.x()[0], self.view.y()[0]);
        [
            (x - low_x) / self.view.width(),
            (y - low_y) / self.view.height(),
        ]
    }

    /// Returns the distance of two points in shares of the view: the larger of those along x and y.
    pub(super) fn distance(&self, a: [f64; 2], b: [f64; 2]) -> f64 {
        let along_x = (a[0] - b[0]).abs() / self.view.width();
        along_x.max((a[1] - b[1]).abs() / self.view.height())
    }

    /// Returns the difference of values that counts as rounding.
    pub(super) fn rounding(&self) -> f64 {
        1e-9 * (self.range[1] - self.range[0])
    }

    /// Whether f is constant around a point, up to differences that no colour map of the view's values shows.
    pub(super) fn is_level(&self, at: [f64; 2]) -> bool {
        let value = self.value(at);
        let seen = 1e-9 * (value - self.range[0]).min(self.range[1] - value);
        let seen = seen.max(4.0 * f64::EPSILON * value.abs());
        let near = (64.0 * self.min_step).max(1e-6);
        let around = |distance: f64| {
            circle(8).map(move |direction| self.moved(at, direction.map(|d| d * distance)))
        };
        // In a narrow view all values may be equal up to rounding where gradients are not.
        around(1.0 / 32.0).all(|other| {
            (self.value(other) - value).abs() <= seen
                && norm(&self.slope(other)) <= 1e-9 * self.steepest
        }) || around(near).all(|other| self.slope(other) == [0.0; 2])
    }
}

/// Returns `count` directions, evenly distributed over the circle.
pub(super) fn circle(count: u16) -> impl Iterator<Item = [f64; 2]> {
    (0..count).map(move |i| direction(f64::from(i) / f64::from(count)))
}

/// Returns the direction after a fraction of a full turn.
pub(super) fn direction(turn: f64) -> [f64; 2] {
    let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
    [cos, sin]
}
