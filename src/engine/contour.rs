//! Contour lines of a surface by marching squares, joined into polylines in one pass over the grid.
//!
//! Every crossing of a level with a grid edge is one node, computed once. A cell joins its crossings in pairs, so a node
//! has at most two neighbours and following them gives whole lines. A value exactly at a level counts as above it, as
//! if the level lay a hair lower: a plateau at the level has one outline, and no line has a gap or a fork.

mod levels;

pub use levels::Levels;

use super::cancel::Cancel;
use super::surface::Surface;
use crate::engine::real;

/// A line along which the surface has one value.
#[derive(Clone, Debug, PartialEq)]
pub struct ContourLine {
    /// The value.
    pub level: f64,
    /// Points in coordinates of the plane, each on an edge of the grid. At least two, neighbours distinct.
    pub points: Vec<[f64; 2]>,
    /// Whether the last point is joined to the first. An open line ends at the border or beside a value that is not finite.
    pub closed: bool,
}

/// The contour lines of `surface`, by ascending level. `None` if cancelled.
///
/// Levels that are not finite or occur twice are left out. Cells with a corner that is not finite have no lines. Where
/// a cell is a saddle, the mean of its corners decides which of them are connected.
pub fn lines(surface: &Surface, levels: &[f64], cancel: &Cancel) -> Option<Vec<ContourLine>> {
    let mut levels: Vec<f64> = levels
        .iter()
        .copied()
        .filter(|level| level.is_finite())
        .collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    if surface.columns < 2 || surface.rows < 2 || levels.is_empty() {
        return (!cancel.is_cancelled()).then(Vec::new);
    }
    let nodes = Sweep::new(surface, &levels).run(cancel)?;
    trace(&nodes, &levels, cancel)
}

/// No neighbour.
const NONE: u32 = u32::MAX;
/// The band of a value that is not finite.
const HOLE: u32 = u32::MAX;

/// A crossing of a level with an edge of the grid.
struct Node {
    at: [f64; 2],
    neighbours: [u32; 2],
    level: u32,
}

/// The state of the pass over the cells, row by row.
struct Sweep<'a> {
    surface: &'a Surface,
    levels: &'a [f64],
    nodes: Vec<Node>,
    /// The node of each level on the edge between the last cell and this one.
    left: Vec<u32>,
    /// The node of each level on the lower edge of the cell in each column; the cell replaces it by its upper edge's.
    below: Vec<u32>,
    /// Whether the cell below, in each column, had no hole, so that `below` tells the nodes of the common edge.
    below_known: Vec<bool>,
}

impl<'a> Sweep<'a> {
    fn new(surface: &'a Surface, levels: &'a [f64]) -> Self {
        let columns = surface.columns;
        Self {
            surface,
            levels,
            nodes: Vec::new(),
            left: vec![NONE; levels.len()],
            below: vec![NONE; levels.len() * columns],
            below_known: vec![false; columns],
        }
    }

    fn run(mut self, cancel: &Cancel) -> Option<Vec<Node>> {
        let columns = self.surface.columns;
        let (mut low, mut high) = (vec![0; columns], vec![0; columns]);
        self.bands(0, &mut high);
        for row in 0..self.surface.rows - 1 {
            if cancel.is_cancelled() {
                return None;
            }
            std::mem::swap(&mut low, &mut high);
            self.bands(row + 1, &mut high);
            let mut left_known = false;
            for column in 0..columns - 1 {
                let bands = [low[column], low[column + 1], high[column + 1], high[column]];
                let top = bands[0].max(bands[1]).max(bands[2]).max(bands[3]);
                let bottom = bands[0].min(bands[1]).min(bands[2]).min(bands[3]);
                if top != HOLE && top != bottom {
                    for level in bottom..top {
                        self.cell([column, row], level, bands, left_known);
                    }
                }
                left_known = top != HOLE;
                self.below_known[column] = left_known;
            }
        }
        Some(self.nodes)
    }

    /// How many levels each value of a row reaches: a value is above level `i` if its band is more than `i`.
    fn bands(&self, row: usize, bands: &mut [u32]) {
        let values = &self.surface.values[row * self.surface.columns..][..self.surface.columns];
        let mut band = 0;
        for (value, out) in values.iter().zip(bands) {
            if !value.is_finite() {
                *out = HOLE;
                continue;
            }
            while band < self.levels.len() && self.levels[band] <= *value {
                band += 1;
            }
            while band > 0 && self.levels[band - 1] > *value {
                band -= 1;
            }
            *out = index(band);
        }
    }

    /// Joins the crossings of one level with the edges of one cell. Corners and edges count from the lower left corner
    /// and the lower edge, against the clock.
    fn cell(&mut self, [column, row]: [usize; 2], level: u32, bands: [u32; 4], left_known: bool) {
        let above = bands.map(|band| band > level);
        let i = level as usize;
        let slot = column * self.levels.len() + i;
        let mut nodes = [NONE; 4];
        if above[0] != above[1] {
            let known = self.below_known[column];
            nodes[0] = if known {
                self.below[slot]
            } else {
                self.cross([column, row], false, level)
            };
        }
        if above[3] != above[0] {
            nodes[3] = if left_known {
                self.left[i]
            } else {
                self.cross([column, row], true, level)
            };
        }
        if above[1] != above[2] {
            nodes[1] = self.cross([column + 1, row], true, level);
            self.left[i] = nodes[1];
        }
        if above[3] != above[2] {
            nodes[2] = self.cross([column, row + 1], false, level);
            self.below[slot] = nodes[2];
        }
        if nodes.contains(&NONE) {
            let mut two = nodes.into_iter().filter(|&node| node != NONE);
            if let (Some(a), Some(b)) = (two.next(), two.next()) {
                self.join(a, b);
            }
        } else if above[0] == (self.mean([column, row]) >= self.levels[i]) {
            // The lower left and upper right corners are connected through the middle.
            self.join(nodes[0], nodes[1]);
            self.join(nodes[2], nodes[3]);
        } else {
            self.join(nodes[3], nodes[0]);
            self.join(nodes[1], nodes[2]);
        }
    }

    /// A new node on the edge that leaves grid point (column, row) upwards or to the right.
    fn cross(&mut self, [column, row]: [usize; 2], upwards: bool, level: u32) -> u32 {
        let from = row * self.surface.columns + column;
        let to = from + if upwards { self.surface.columns } else { 1 };
        let t = share(
            self.surface.values[from],
            self.surface.values[to],
            self.levels[level as usize],
        );
        let (column, row) = (real(column), real(row));
        let at = if upwards {
            self.surface.point(column, row + t)
        } else {
            self.surface.point(column + t, row)
        };
        self.nodes.push(Node {
            at,
            neighbours: [NONE; 2],
            level,
        });
        index(self.nodes.len() - 1)
    }

    fn join(&mut self, a: u32, b: u32) {
        for (node, neighbour) in [(a, b), (b, a)] {
            let neighbours = &mut self.nodes[node as usize].neighbours;
            neighbours[usize::from(neighbours[0] != NONE)] = neighbour;
        }
    }

    fn mean(&self, [column, row]: [usize; 2]) -> f64 {
        let (columns, values) = (self.surface.columns, &self.surface.values);
        let corner = row * columns + column;
        [corner, corner + 1, corner + columns, corner + columns + 1]
            .map(|k| 0.25 * values[k])
            .iter()
            .sum()
    }
}

/// The share of the way from `a` to `b` at which `level` is met.
fn share(a: f64, b: f64, level: f64) -> f64 {
    let difference = b - a;
    if difference.is_finite() {
        (level - a) / difference
    } else {
        (0.5 * level - 0.5 * a) / (0.5 * b - 0.5 * a)
    }
}

/// Follows the neighbours: first from the ends of open lines, then around the closed ones.
fn trace(nodes: &[Node], levels: &[f64], cancel: &Cancel) -> Option<Vec<ContourLine>> {
    let mut seen = vec![false; nodes.len()];
    let mut lines = Vec::new();
    for closed in [false, true] {
        for start in 0..nodes.len() {
            if seen[start] || (!closed && nodes[start].neighbours[1] != NONE) {
                continue;
            }
            if cancel.is_cancelled() {
                return None;
            }
            let level = levels[nodes[start].level as usize];
            let points = follow(nodes, start, &mut seen);
            lines.extend(line(level, points, closed));
        }
    }
    lines.sort_by(|a, b| a.level.total_cmp(&b.level));
    Some(lines)
}

fn follow(nodes: &[Node], start: usize, seen: &mut [bool]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = Vec::new();
    let mut here = start;
    loop {
        seen[here] = true;
        let node = &nodes[here];
        if points.last() != Some(&node.at) {
            points.push(node.at);
        }
        match node
            .neighbours
            .into_iter()
            .find(|&next| next != NONE && !seen[next as usize])
        {
            Some(next) => here = next as usize,
            None => return points,
        }
    }
}

/// The line through `points`, unless it encloses nothing, as around a single grid point exactly at the level.
fn line(level: f64, mut points: Vec<[f64; 2]>, closed: bool) -> Option<ContourLine> {
    while closed && points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    (points.len() > if closed { 2 } else { 1 }).then_some(ContourLine {
        level,
        points,
        closed,
    })
}

fn index(count: usize) -> u32 {
    u32::try_from(count).expect("a grid has fewer than 2^32 crossings")
}

#[cfg(test)]
mod tests;
