//! Contour lines of a surface by marching squares, joined into polylines.
//!
//! Strips of a few rows of cells are traced on all threads. Their chains of crossings meet at the rows of grid points between strips,
//! where they are joined into whole lines. A value exactly at a level counts as above it, as if the level were slightly lower: a plateau at
//! the level has one outline, and no line has a gap or a fork.

mod flags;
mod levels;
mod links;
mod strip;

pub use levels::Levels;

use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use links::Links;
use rayon::prelude::*;
use std::ops::Range;
use strip::{Strip, Tracer};

/// Contour line: a polyline along which the surface has one value.
#[derive(Clone, Debug, PartialEq)]
pub struct ContourLine {
    /// Value of the surface on the line.
    pub level: f64,
    /// Points in coordinates of the plane, each on an edge of the grid; at least two, neighbours distinct. Higher values are on the
    /// right of the line.
    pub points: Vec<[f64; 2]>,
    /// Whether the last point is joined to the first. An open line ends at the border or next to a value that is not finite.
    pub closed: bool,
}

/// Returns the contour lines of `surface`, by ascending level. `None` if cancelled.
///
/// Levels that are not finite or occur twice are left out. Cells with a corner that is not finite have no lines. In a saddle cell the
/// mean of the corners decides which of them are connected.
///
/// Strips are distributed over the threads of the current pool; the lines do not depend on their number.
pub fn lines(surface: &Surface, levels: &[f64], cancel: &Cancel) -> Option<Vec<ContourLine>> {
    lines_by_strips(STRIP_ROWS, surface, levels, cancel)
}

/// Rows of cells in a strip, few enough that its crossings stay in the cache.
const STRIP_ROWS: usize = 32;

fn lines_by_strips(
    height: usize,
    surface: &Surface,
    levels: &[f64],
    cancel: &Cancel,
) -> Option<Vec<ContourLine>> {
    let finite = levels.iter().copied().filter(|level| level.is_finite());
    let mut levels: Vec<f64> = finite.collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    if surface.columns < 2 || surface.rows < 2 || levels.is_empty() {
        return (!cancel.is_cancelled()).then(Vec::new);
    }
    let rows = surface.rows - 1;
    let strips: Vec<Strip> = (0..rows.div_ceil(height))
        .into_par_iter()
        .map_init(
            || Tracer::new(surface, &levels),
            |tracer, i| tracer.trace(i * height..rows.min((i + 1) * height), cancel),
        )
        .collect::<Option<_>>()?;
    let chains: Vec<(&Strip, &Chain)> = strips
        .iter()
        .flat_map(|strip| strip.chains.iter().map(move |chain| (strip, chain)))
        .collect();
    let chain = |number: u32| chains[number as usize];
    let mut paths = Vec::new();
    let mut order: Vec<u32> = Vec::new();
    links(&strips).take_paths(|path, closed| {
        let (_, first) = chain(path[0]);
        let start = order.len();
        order.extend(path);
        paths.push((first.level, closed || first.closed, start..order.len()));
    });
    paths.sort_by_key(|(level, closed, _)| (*level, *closed));
    let lines: Vec<Option<ContourLine>> = paths
        .into_par_iter()
        .with_min_len(16)
        .map(|(level, closed, path)| {
            let path = order[path].iter().map(|&number| chain(number));
            let pieces = path.map(|(strip, chain)| &strip.points[chain.points.clone()]);
            let level = levels[level as usize];
            (!cancel.is_cancelled()).then(|| line(level, pieces, closed))
        })
        .collect::<Option<_>>()?;
    Some(lines.into_iter().flatten().collect())
}

/// Part of a line within a strip.
struct Chain {
    /// Index of the level.
    level: u32,
    /// Range of its points in those of the strip; at least one, neighbours distinct.
    points: Range<usize>,
    /// First and last end.
    ends: [End; 2],
    /// Whether it is a whole closed line.
    closed: bool,
}

/// End of a chain.
#[derive(Clone, Copy)]
enum End {
    /// End of the line.
    Inside,
    /// Crossing of this index on the lower border of the strip.
    Bottom(usize),
    /// Crossing of this index on the upper border of the strip.
    Top(usize),
}

/// Links the chains of all strips that follow each other.
fn links(strips: &[Strip]) -> Links {
    // Chains that begin at the crossings of the lower and the upper border of each strip.
    let mut begins = Vec::new();
    let mut count = 0;
    for strip in strips {
        let [mut bottom, mut top] = strip.borders.map(|count| vec![None; count]);
        for (number, chain) in (count..).zip(&strip.chains) {
            match chain.ends[0] {
                End::Inside => {}
                End::Bottom(k) => bottom[k] = Some(number),
                End::Top(k) => top[k] = Some(number),
            }
        }
        begins.push([bottom, top]);
        count += strip.chains.len();
    }
    let mut links = Links::default();
    links.grow(count);
    let mut number = 0;
    for (i, strip) in strips.iter().enumerate() {
        for chain in &strip.chains {
            let next = match chain.ends[1] {
                End::Inside => None,
                End::Bottom(k) => i.checked_sub(1).and_then(|below| begins[below][1][k]),
                End::Top(k) => begins.get(i + 1).and_then(|[bottom, _]| bottom[k]),
            };
            if let Some(next) = next {
                links.join(number, index(next));
            }
            number += 1;
        }
    }
    links
}

/// Joins chains of points into a line; `None` where it encloses no area, as around a single grid point exactly at the level.
fn line<'a>(
    level: f64,
    chains: impl Iterator<Item = &'a [[f64; 2]]> + Clone,
    closed: bool,
) -> Option<ContourLine> {
    let count = chains.clone().map(<[_]>::len).sum();
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(count);
    for chain in chains {
        // Chains share the point where they meet.
        let met = points
            .last()
            .is_some_and(|last| Some(last) == chain.first());
        points.extend_from_slice(&chain[usize::from(met)..]);
    }
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
