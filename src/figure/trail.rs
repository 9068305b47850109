//! Trails: the paths of runs up to a row, with their heads and names.

mod dots;
mod end;
mod share;

use super::colour::{Theme, run_colour, run_dash, run_marker};
use super::drawing::{Area, Colour, Item, Point, Stroke};
use super::frame::Frame;
use super::labels::Labels;
use crate::engine::training::{Outcome, Trajectory};
pub(crate) use end::exit_arrow;
use end::{EndKind, TrailEnd};

/// A run's trail.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    /// Index of the run among all runs.
    pub run: usize,
    /// Iterates of the run.
    pub trajectory: &'a Trajectory,
    /// The rows that are enough to draw the trail.
    pub outline: &'a [usize],
    /// Text next to the head.
    pub name: &'a str,
    /// Index into the colours, dashes and markers of runs.
    pub style_index: usize,
    /// Whether the trail is drawn bolder than the others.
    pub emphasized: bool,
    /// Whether the head is hollow, because the run is far from the plane.
    pub hollow: bool,
    /// Steps between two rows.
    pub record_every: u64,
}

/// Draws trails up to row `step`: halos, lines over all halos, dots at steps, then heads and ends. Adds their names to the labels.
pub fn trails(
    trails: &[Trail],
    frame: &Frame,
    step: usize,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let mut drawn: Vec<(&Trail, Vec<Vec<Point>>)> = { trails.iter() }
        .map(|trail| {
            let point = |row| trail.trajectory.plot_point(row);
            (trail, path(trail, frame, step, 0.1, point))
        })
        .collect();
    drawn.sort_by_key(|(trail, _)| trail.emphasized);
    let width = |trail: &Trail| if trail.emphasized { 3.0 } else { 1.8 };
    let paths: Vec<&Vec<Vec<Point>>> = drawn.iter().map(|(_, paths)| paths).collect();
    let stretches = share::stretches(&paths, frame.area);
    let mut items = Vec::new();
    let halo = theme.halo.opacity(0.8);
    for ((trail, _), stretches) in drawn.iter().zip(&stretches) {
        items.extend({ stretches.iter() }.map(|stretch| {
            let width = width(trail) + stretch.extra + 2.2;
            line(stretch.points.clone(), width, halo, &[])
        }));
    }
    for ((trail, paths), stretches) in drawn.iter().zip(stretches) {
        for path in paths {
            labels.avoid(path);
        }
        let colour = run_colour(trail.style_index, theme);
        // In a path of very many points dashes cannot be seen, but cost time.
        let points = paths.iter().map(Vec::len).sum::<usize>();
        let dash = if points < 2000 {
            run_dash(trail.style_index)
        } else {
            &[]
        };
        items.extend(stretches.into_iter().map(|stretch| {
            // The bands beside other runs are solid.
            let dash = if stretch.extra > 0.0 { &[] } else { dash };
            line(stretch.points, width(trail) + stretch.extra, colour, dash)
        }));
        items.extend(average(trail, frame, step, theme));
    }
    for (trail, _) in &drawn {
        items.extend(dots::dots(trail, frame, step, theme));
    }
    let ends = drawn.iter();
    let ends = ends.filter_map(|(trail, _)| TrailEnd::new(trail, frame, step));
    let ends: Vec<TrailEnd> = ends.collect();
    for end in &ends {
        items.extend(end.marker(theme));
        labels.block_mark(end.at, end.size);
    }
    // Names are in the order of the runs, for the first ones have the choice.
    let mut names: Vec<&TrailEnd> = ends.iter().filter(|end| !end.text.is_empty()).collect();
    names.sort_by_key(|end| end.run);
    for end in names {
        labels.add(end.label());
    }
    items
}

/// Returns the runs that diverged or stopped by row `step`, with the places where their trails end.
pub fn early_ends(trails: &[Trail], frame: &Frame, step: usize) -> Vec<(usize, Point)> {
    let ended = |trail: &&Trail| {
        let outcome = trail.trajectory.outcome;
        let early = matches!(outcome, Outcome::Diverged(..) | Outcome::Stopped(..));
        early && step.saturating_add(1) >= trail.trajectory.len()
    };
    let ends = trails.iter().filter(ended);
    ends.filter_map(|trail| TrailEnd::new(trail, frame, step))
        .map(|end| (end.run, end.at))
        .collect()
}

/// Draws the average of a trail's iterates: a thin dotted line with a small head.
fn average(trail: &Trail, frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    let colour = run_colour(trail.style_index, theme);
    let average = |row| trail.trajectory.average_point(row);
    let paths = path(trail, frame, step, 0.1, average).into_iter();
    let mut items: Vec<Item> = paths
        .map(|path| line(path, 1.4, colour, &[1.5, 3.0]))
        .collect();
    let last = step.min(trail.trajectory.len().saturating_sub(1));
    if let Some(head) = average(last) {
        let head = frame.picture_from_world(head);
        items.extend(run_marker(trail.style_index).items(head, 3.5, colour, theme.halo));
    }
    items
}

/// Returns the pieces of a trail's path up to row `step` that are in the frame, and those of the average of its iterates.
pub(super) fn paths_inside(trail: &Trail, frame: &Frame, step: usize) -> [Vec<Vec<Point>>; 2] {
    let trajectory = trail.trajectory;
    [
        path(trail, frame, step, 0.0, |row| trajectory.plot_point(row)),
        path(trail, frame, step, 0.0, |row| trajectory.average_point(row)),
    ]
}

/// Draws the heads and ends of trails where `place` draws the points of the frame: at a point, and whether it is hidden. Adds their names to
/// the labels.
pub(super) fn placed_ends(
    trails: &[Trail],
    frame: &Frame,
    step: usize,
    place: impl Fn(Point) -> Option<(Point, bool)>,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = Vec::new();
    for trail in trails {
        let Some(end) = TrailEnd::new(trail, frame, step) else {
            continue;
        };
        let Some((at, hidden)) = place(end.at) else {
            continue;
        };
        let end = end.placed(at, |point| Some(place(point)?.0));
        let share = if hidden { HIDDEN } else { 1.0 };
        let marker = end.marker(theme).into_iter();
        items.extend(marker.map(|item| item.faded(share)));
        labels.block_mark(end.at, end.size);
        if !end.text.is_empty() {
            labels.add(end.label());
        }
    }
    items
}

/// Opacity of what is behind a surface.
pub(super) const HIDDEN: f32 = 0.45;

/// The ends of trails that occur in a picture, for its legend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndsShown {
    /// A cross: a run that diverged or stopped in view.
    pub cross: bool,
    /// An arrow at the border: a run that left the view.
    pub exit: bool,
}

/// Returns which ends of trails occur.
pub fn ends_shown(trails: &[Trail], frame: &Frame, step: usize) -> EndsShown {
    let ends = trails.iter();
    let kinds = ends.filter_map(|trail| Some(TrailEnd::new(trail, frame, step)?.kind));
    kinds.fold(EndsShown::default(), |shown, kind| EndsShown {
        cross: shown.cross || kind == EndKind::Cross,
        exit: shown.exit || matches!(kind, EndKind::Exit(_)),
    })
}

/// Returns the pieces of a trail's path up to a row that are in the frame widened by `margin`, without points that are less than 0.6 apart.
fn path(
    trail: &Trail,
    frame: &Frame,
    step: usize,
    margin: f64,
    point: impl Fn(usize) -> Option<[f64; 2]>,
) -> Vec<Vec<Point>> {
    let count = trail.outline.partition_point(|&row| row <= step);
    let outline = trail.outline[..count].iter().copied();
    let last = step.min(trail.trajectory.len().saturating_sub(1));
    let points = outline.chain([last]).map(|row| {
        let point = frame.unit_from_world(point(row)?);
        // Numbers beyond this would overflow in the clipping.
        let finite = point.map(|share| share.clamp(-1e100, 1e100));
        finite
            .iter()
            .all(|share| share.is_finite())
            .then_some(finite)
    });
    let mut paths: Vec<Vec<Point>> = Vec::new();
    let mut before: Option<[f64; 2]> = None;
    let mut end: Option<[f64; 2]> = None;
    for to in points {
        let clipped = before.zip(to).and_then(|(from, to)| clip(from, to, margin));
        if let Some([from, to]) = clipped {
            if end != Some(from) {
                paths.push(vec![frame.picture_from_unit(from)]);
            }
            if let Some(path) = paths.last_mut() {
                path.push(frame.picture_from_unit(to));
            }
            end = Some(to);
        }
        before = to;
    }
    for path in &mut paths {
        drop_near_points(path);
    }
    paths.retain(|path| path.len() > 1);
    paths
}

/// Removes points that are less than 0.6 from the point before, except for the last one.
fn drop_near_points(path: &mut Vec<Point>) {
    let last = path.last().copied();
    let mut kept: Option<Point> = None;
    path.retain(|point| {
        let far = kept.is_none_or(|kept| (kept[0] - point[0]).hypot(kept[1] - point[1]) >= 0.6);
        if far {
            kept = Some(*point);
        }
        far
    });
    if last != kept {
        path.extend(last);
    }
}

/// Returns the part of a line that is in the unit square widened by `margin` on all sides. Liang & Barsky 1984.
fn clip(from: [f64; 2], to: [f64; 2], margin: f64) -> Option<[[f64; 2]; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let length = to[axis] - from[axis];
        let [low, high] = [-margin - from[axis], 1.0 + margin - from[axis]];
        if length == 0.0 {
            if low > 0.0 || high < 0.0 {
                return None;
            }
            continue;
        }
        let [first, second] = [low / length, high / length];
        enter = enter.max(first.min(second));
        leave = leave.min(first.max(second));
    }
    let at = |share: f64| [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]));
    let start = if enter > 0.0 { at(enter) } else { from };
    let end = if leave < 1.0 { at(leave) } else { to };
    (enter <= leave).then_some([start, end])
}

/// Creates an open line; an empty `dash` draws it solid.
pub(crate) fn line(points: Vec<Point>, width: f32, colour: Colour, dash: &'static [f32]) -> Item {
    Item::Path {
        points,
        closed: false,
        stroke: Some(Stroke {
            width,
            colour,
            dash,
        }),
        fill: None,
    }
}

/// Creates the outline of an area.
pub(super) fn border(area: Area, width: f32, colour: Colour) -> Item {
    Item::outline(area.corners(), width, colour)
}

#[cfg(test)]
mod tests;
