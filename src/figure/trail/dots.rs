//! Dots at the steps of a trail that are long enough to be told apart.

use super::Trail;
use crate::figure::cells::Cells;
use crate::figure::colour::{Marker, Theme, run_colour};
use crate::figure::drawing::{Item, Point};
use crate::figure::frame::Frame;

/// Least length of a step with a dot at its end, in points.
const MIN_STEP: f32 = 6.0;

/// Side of a cell that holds one dot of a trail at most, in points: dots on top of each other cannot be told apart.
const SIDE: f32 = 3.0;

/// Draws a dot at each iterate between the start and the head of a trail whose step to it, or from it, is at least [`MIN_STEP`] long in the
/// picture. Trails that record fewer rows than steps have none.
pub(super) fn dots(trail: &Trail, frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    if trail.record_every > 1 {
        return Vec::new();
    }
    let colour = run_colour(trail.style_index, theme);
    let radius = if trail.emphasized { 3.4 } else { 2.6 };
    let mut taken: Cells<bool> = Cells::new(frame.area, SIDE);
    at_steps(trail, frame, step)
        .into_iter()
        .filter(|&at| {
            let cell = taken.at_mut(at).filter(|_| frame.area.contains(at));
            cell.is_some_and(|taken| !std::mem::replace(taken, true))
        })
        .flat_map(|at| Marker::Circle.items(at, radius, colour, theme.halo))
        .collect()
}

/// Returns the iterates at either end of a long step up to a row, without the start and the head.
fn at_steps(trail: &Trail, frame: &Frame, step: usize) -> Vec<Point> {
    let head = step.min(trail.trajectory.len().saturating_sub(1));
    let place = |row: usize| {
        let point = trail.trajectory.plot_point(row)?;
        Some(frame.picture_from_world(point)).filter(|at| at.iter().all(|c| c.is_finite()))
    };
    let mut points = Vec::new();
    let mut last = 0;
    for pair in trail.outline.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        if to > head {
            break;
        }
        let (Some(a), Some(b)) = (place(from), place(to)) else {
            continue;
        };
        if to != from + 1 || (a[0] - b[0]).hypot(a[1] - b[1]) < MIN_STEP {
            continue;
        }
        for (row, at) in [(from, a), (to, b)] {
            if row > last && row < head {
                points.push(at);
                last = row;
            }
        }
    }
    points
}
