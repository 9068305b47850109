//! Dots at the steps of a trail that are long enough to be told apart.

use super::Trail;
use crate::figure::cells::Cells;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::drawing::{Item, Point, Stroke};
use crate::figure::frame::Frame;

/// Least length of a step with a dot at its end, in points.
const MIN_STEP: f32 = 6.0;

/// Side of a cell that holds one dot of a trail at most, in points: dots on top of each other cannot be told apart.
const SIDE: f32 = 4.0;

/// Number of corners of a dot: it is small, and a picture may have thousands.
const CORNERS: u16 = 10;

/// Draws a dot at each iterate between the start and the head of a trail whose step to it, or from it, is at least [`MIN_STEP`] long in the
/// picture. Trails that record fewer rows than steps have none.
pub(super) fn dots(trail: &Trail, frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    if trail.record_every > 1 {
        return Vec::new();
    }
    let colour = run_colour(trail.style_index, theme);
    let radius = if trail.emphasized { 3.4 } else { 2.6 };
    let corners: Vec<Point> = (0..CORNERS)
        .map(|k| f32::from(k) / f32::from(CORNERS) * std::f32::consts::TAU)
        .map(|angle| [radius * angle.cos(), radius * angle.sin()])
        .collect();
    let rim = Stroke {
        width: 0.35 * radius,
        colour: theme.halo,
        dash: &[],
    };
    let mut taken: Cells<bool> = Cells::new(frame.area, SIDE);
    at_steps(trail, frame, step)
        .into_iter()
        .filter(|&at| {
            let cell = taken.at_mut(at).filter(|_| frame.area.contains(at));
            cell.is_some_and(|taken| !std::mem::replace(taken, true))
        })
        .map(|at| Item::Path {
            points: corners
                .iter()
                .map(|[x, y]| [at[0] + x, at[1] + y])
                .collect(),
            closed: true,
            stroke: Some(rim.clone()),
            fill: Some(colour),
        })
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
