//! Contour lines within a strip, a few rows of cells.
//!
//! Every crossing of a level with an edge of the grid is one node, computed once. A cell joins its crossings in pairs, from the edge where
//! a line enters to the edge where it leaves, with higher values on the right.

use super::flags::Flags;
use super::links::Links;
use super::{Chain, End, index};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::numeric::real;
use std::ops::Range;

/// Rank of a value that is not finite.
const NO_DATA: u32 = u32::MAX;

/// Chains of a strip.
pub(super) struct Strip {
    /// Points of all chains, chain by chain.
    pub(super) points: Vec<[f64; 2]>,
    pub(super) chains: Vec<Chain>,
    /// Number of crossings on the lowest and on the highest row of grid points.
    pub(super) borders: [usize; 2],
}

/// Tracer of strips, with scratch that is reused from strip to strip.
pub(super) struct Tracer<'a> {
    surface: &'a Surface,
    /// Levels in ascending order.
    levels: &'a [f64],
    /// Coordinates of the columns.
    x: Vec<f64>,
    nodes: Vec<Node>,
    links: Links,
    /// Rows of grid points below and above the row of cells.
    low: GridRow,
    high: GridRow,
    /// Vertical edges between both rows.
    up: Edges,
    /// Cells with crossings.
    cells: Flags,
}

/// Crossing of a level with an edge of the grid.
struct Node {
    at: [f64; 2],
    level: u32,
}

/// Row of grid points.
struct GridRow {
    /// Number of levels that each value reaches: it is above level `i` if its rank is more than `i`.
    ranks: Vec<u32>,
    /// Horizontal edges.
    right: Edges,
}

/// Row of edges.
struct Edges {
    /// Edges whose ends have different ranks.
    crossed: Flags,
    /// Node offset of each crossed edge: its crossing with level `i` is node `base + i`, in wrapping arithmetic.
    bases: Vec<u32>,
}

/// Edges through which a line enters and leaves a cell, by the set of corners above the level. Corners and edges are numbered
/// counterclockwise from the lower left corner and the lower edge; saddle cells have two lines, see [`saddle`].
const CELL_CASES: [[usize; 2]; 16] = {
    let mut edges = [[0; 2]; 16];
    let mut case = 0;
    while case < 16 {
        let mut edge = 0;
        while edge < 4 {
            match [case >> edge & 1, case >> ((edge + 1) % 4) & 1] {
                [0, 1] => edges[case][0] = edge,
                [1, 0] => edges[case][1] = edge,
                _ => {}
            }
            edge += 1;
        }
        case += 1;
    }
    edges
};

impl<'a> Tracer<'a> {
    pub(super) fn new(surface: &'a Surface, levels: &'a [f64]) -> Self {
        let columns = surface.columns;
        let x = |column| surface.point(real(column), 0.0)[0];
        let row = || GridRow {
            ranks: vec![0; columns],
            right: Edges::new(columns - 1),
        };
        Self {
            surface,
            levels,
            x: (0..columns).map(x).collect(),
            nodes: Vec::new(),
            links: Links::default(),
            low: row(),
            high: row(),
            up: Edges::new(columns),
            cells: Flags::new(columns - 1),
        }
    }

    /// Traces the lines in some rows of cells. `None` if cancelled.
    pub(super) fn trace(&mut self, rows: Range<usize>, cancel: &Cancel) -> Option<Strip> {
        self.nodes.clear();
        let bottom = self.advance_row(rows.start);
        let mut top = bottom.clone();
        for row in rows {
            if cancel.is_cancelled() {
                return None;
            }
            std::mem::swap(&mut self.low, &mut self.high);
            top = self.advance_row(row + 1);
            self.join(row);
        }
        Some(self.strip(&bottom, &top))
    }

    /// Loads a row of grid points as the upper one. Returns the nodes on its edges.
    fn advance_row(&mut self, row: usize) -> Range<usize> {
        let (surface, start) = (self.surface, self.nodes.len());
        let values = values(surface, row);
        let GridRow { ranks, right } = &mut self.high;
        rank(values, self.levels, ranks);
        let y = surface.point(0.0, real(row))[1];
        right.cross(
            [ranks, &ranks[1..]],
            [values, &values[1..]],
            self.levels,
            &mut self.nodes,
            |column, t| [surface.point(real(column) + t, 0.0)[0], y],
        );
        start..self.nodes.len()
    }

    /// Joins the crossings in a row of cells.
    fn join(&mut self, row: usize) {
        let surface = self.surface;
        let (low, high) = (&self.low, &self.high);
        self.up.cross(
            [&low.ranks, &high.ranks],
            [values(surface, row), values(surface, row + 1)],
            self.levels,
            &mut self.nodes,
            |column, t| [self.x[column], surface.point(0.0, real(row) + t)[1]],
        );
        self.links.grow(self.nodes.len());
        let [bottom, top, left] =
            [&low.right, &high.right, &self.up].map(|edges| edges.crossed.bytes());
        let edges = bottom.iter().zip(top).zip(left);
        for (cell, ((bottom, top), left)) in self.cells.bytes_mut().iter_mut().zip(edges) {
            *cell = bottom | top | left;
        }
        self.cells.each(|column| {
            let pair = |all: &[u32]| [all[column], all[column + 1]];
            let ([a, b], [d, c]) = (pair(&low.ranks), pair(&high.ranks));
            let ranks = [a, b, c, d];
            let [lowest, highest] = ends(ranks);
            if highest == NO_DATA {
                return;
            }
            let [left, right] = pair(&self.up.bases);
            let bases = [
                low.right.bases[column],
                right,
                high.right.bases[column],
                left,
            ];
            for level in lowest..highest {
                let above = |corner: usize| usize::from(ranks[corner] > level) << corner;
                let case = above(0) | above(1) | above(2) | above(3);
                let nodes = bases.map(|base| base.wrapping_add(level));
                if case == 0b0101 || case == 0b1010 {
                    let level = self.levels[level as usize];
                    let middle_above = mean(surface, column, row) >= level;
                    for [enter, leave] in saddle(case == 0b0101, middle_above) {
                        self.links.join(nodes[enter], nodes[leave]);
                    }
                } else {
                    let [enter, leave] = CELL_CASES[case];
                    self.links.join(nodes[enter], nodes[leave]);
                }
            }
        });
    }

    /// Builds the chains from the links, given the nodes on the lower and on the upper border.
    fn strip(&mut self, bottom: &Range<usize>, top: &Range<usize>) -> Strip {
        let nodes = &self.nodes;
        let mut points: Vec<[f64; 2]> = Vec::with_capacity(nodes.len());
        let mut chains = Vec::new();
        let end = |node: u32| match node as usize {
            k if bottom.contains(&k) => End::Bottom(k - bottom.start),
            k if top.contains(&k) => End::Top(k - top.start),
            _ => End::Inside,
        };
        self.links.take_paths(|path, closed| {
            let [first, .., last] = *path else { return };
            let start = points.len();
            let mut previous = None;
            for &node in path {
                let at = nodes[node as usize].at;
                if previous != Some(at) {
                    points.push(at);
                }
                previous = Some(at);
            }
            chains.push(Chain {
                level: nodes[first as usize].level,
                points: start..points.len(),
                ends: if closed {
                    [End::Inside; 2]
                } else {
                    [end(first), end(last)]
                },
                closed,
            });
        });
        Strip {
            points,
            chains,
            borders: [bottom.len(), top.len()],
        }
    }
}

impl Edges {
    fn new(count: usize) -> Self {
        Self {
            crossed: Flags::new(count),
            bases: vec![0; count],
        }
    }

    /// Adds nodes for all crossings, given the ranks and values at both ends of the edges. `at` returns the point on an edge of an index, at a
    /// fraction of its length.
    #[inline]
    fn cross(
        &mut self,
        [ranks, next_ranks]: [&[u32]; 2],
        [values, next_values]: [&[f64]; 2],
        levels: &[f64],
        nodes: &mut Vec<Node>,
        at: impl Fn(usize, f64) -> [f64; 2],
    ) {
        let both = ranks.iter().zip(next_ranks);
        for (crossed, (a, b)) in self.crossed.bytes_mut().iter_mut().zip(both) {
            *crossed = u8::from(a != b);
        }
        self.crossed.each(|place| {
            let [lowest, highest] = ends([ranks[place], next_ranks[place]]);
            self.bases[place] = index(nodes.len()).wrapping_sub(lowest);
            if highest == NO_DATA {
                return;
            }
            let [a, b] = [values[place], next_values[place]];
            for level in lowest..highest {
                let at = at(place, share(a, b, levels[level as usize]));
                nodes.push(Node { at, level });
            }
        });
    }
}

/// Computes the rank of each value, the number of levels that it reaches.
fn rank(values: &[f64], levels: &[f64], ranks: &mut [u32]) {
    let mut reached = 0;
    // Values of the rank of the last finite value.
    let mut same_rank = f64::MIN..levels.first().copied().unwrap_or(f64::INFINITY);
    for (&value, rank) in values.iter().zip(ranks) {
        if !same_rank.contains(&value) {
            if !value.is_finite() {
                *rank = NO_DATA;
                continue;
            }
            while levels.get(reached).is_some_and(|&level| level <= value) {
                reached += 1;
            }
            while reached > 0 && levels[reached - 1] > value {
                reached -= 1;
            }
            same_rank.start = if reached > 0 {
                levels[reached - 1]
            } else {
                f64::MIN
            };
            same_rank.end = levels.get(reached).copied().unwrap_or(f64::INFINITY);
        }
        *rank = index(reached);
    }
}

/// Returns the lowest and the highest rank.
fn ends<const N: usize>(ranks: [u32; N]) -> [u32; 2] {
    ranks.into_iter().fold([u32::MAX, 0], |[low, high], rank| {
        [low.min(rank), high.max(rank)]
    })
}

/// Returns the edges through which the two lines of a saddle cell enter and leave: the middle decides which corners are connected.
fn saddle(lower_left_above: bool, middle_above: bool) -> [[usize; 2]; 2] {
    match (lower_left_above, middle_above) {
        (true, true) => [[1, 0], [3, 2]],
        (true, false) => [[3, 0], [1, 2]],
        (false, true) => [[0, 3], [2, 1]],
        (false, false) => [[0, 1], [2, 3]],
    }
}

/// Returns the mean of the corners of a cell.
fn mean(surface: &Surface, column: usize, row: usize) -> f64 {
    let corner = row * surface.columns + column;
    let above = corner + surface.columns;
    [corner, corner + 1, above, above + 1]
        .map(|k| 0.25 * surface.values[k])
        .iter()
        .sum()
}

fn values(surface: &Surface, row: usize) -> &[f64] {
    &surface.values[row * surface.columns..][..surface.columns]
}

/// Returns the fraction of the edge from `a` to `b` at which `level` is crossed.
#[inline]
fn share(a: f64, b: f64, level: f64) -> f64 {
    let difference = b - a;
    if difference.is_finite() {
        (level - a) / difference
    } else {
        (0.5 * level - 0.5 * a) / (0.5 * b - 0.5 * a)
    }
}
