//! Trails: the paths of runs up to a row, with their heads and names.

use super::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use super::frame::Frame;
use super::shortened;
use crate::engine::training::{Outcome, Trajectory};

/// Height of a name's line, and its font size.
const NAME_HEIGHT: f32 = 15.0;
const NAME_SIZE: f32 = 13.0;

/// Maximal number of characters of a name.
const MAX_NAME_CHARS: usize = 30;

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
}

impl Trail<'_> {
    /// Whether the trail ends at row `step` because the run diverged.
    fn has_diverged(&self, step: usize) -> bool {
        match self.trajectory.outcome {
            Outcome::Diverged(at, _) => step.saturating_add(1) >= self.trajectory.len() && at > 0,
            _ => false,
        }
    }
}

/// Draws trails up to row `step`: lines, then heads, then names that do not overlap.
pub fn trails(trails: &[Trail], frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for trail in trails {
        let points = path(trail, frame, step, |row| trail.trajectory.plot_point(row));
        let width = if trail.emphasized { 3.0 } else { 1.8 };
        let colour = run_colour(trail.style_index, theme);
        // In a path of very many points dashes cannot be seen, but cost time.
        let dash = if points.len() < 2000 {
            run_dash(trail.style_index)
        } else {
            &[]
        };
        items.push(line(
            points.clone(),
            width + 2.2,
            theme.halo.opacity(0.75),
            &[],
        ));
        items.push(line(points, width, colour, dash));
        // The average of the iterates is a thin dotted line with a small head.
        let average = path(trail, frame, step, |row| {
            trail.trajectory.average_point(row)
        });
        if let Some(head) = average.last().copied() {
            items.push(line(average, 1.4, colour, &[1.5, 3.0]));
            items.extend(run_marker(trail.style_index).items(head, 3.5, colour, theme.halo));
        }
    }
    for trail in trails {
        let Some(point) = trail.trajectory.plot_point(step) else {
            continue;
        };
        let at = frame.picture_from_world(point);
        let colour = run_colour(trail.style_index, theme);
        let diverged = trail.has_diverged(step);
        let size = if trail.emphasized { 7.0 } else { 5.5 };
        let shape = if diverged {
            Marker::Cross
        } else {
            run_marker(trail.style_index)
        };
        items.extend(if trail.hollow && !diverged {
            shape.items(at, size, theme.background, colour)
        } else {
            shape.items(at, size, colour, theme.halo)
        });
    }
    let name_item = |name: Name| {
        let [left, right] = [name.area.min[0], name.area.max[0]];
        let (x, anchor) = if name.is_left {
            (right, Anchor::End)
        } else {
            (left, Anchor::Start)
        };
        let at = [x, name.area.min[1] + NAME_HEIGHT / 2.0];
        let colour = run_colour(name.style_index, theme);
        let text = Text::new(name.text, at, anchor, NAME_SIZE, colour);
        Item::Text(text.with_halo(theme.halo))
    };
    items.extend(names(trails, frame, step).into_iter().map(name_item));
    items
}

/// Returns the areas of the names of trails.
pub fn name_areas(trails: &[Trail], frame: &Frame, step: usize) -> Vec<Area> {
    let names = names(trails, frame, step).into_iter();
    names.map(|name| name.area).collect()
}

/// Returns a trail's points up to a row, without points that are less than 0.6 apart.
fn path(
    trail: &Trail,
    frame: &Frame,
    step: usize,
    point: impl Fn(usize) -> Option<[f64; 2]>,
) -> Vec<Point> {
    let count = trail.outline.partition_point(|&row| row <= step);
    let outline = trail.outline[..count].iter().copied();
    let last = step.min(trail.trajectory.len().saturating_sub(1));
    let world_points = outline.chain([last]).filter_map(point);
    let mut points: Vec<Point> = Vec::new();
    let mut skipped = None;
    for point in world_points {
        let point = frame.picture_from_world(point);
        match points.last() {
            Some(last) if (last[0] - point[0]).hypot(last[1] - point[1]) < 0.6 => {
                skipped = Some(point);
            }
            _ => {
                points.push(point);
                skipped = None;
            }
        }
    }
    points.extend(skipped);
    points
}

/// A name next to a head.
struct Name {
    text: String,
    /// The approximate area of the text.
    area: Area,
    /// Whether the text ends to the left of the head, because it does not fit on the right.
    is_left: bool,
    style_index: usize,
}

/// Returns the names of the trails whose heads are in view.
fn names(trails: &[Trail], frame: &Frame, step: usize) -> Vec<Name> {
    let heads = trails.iter().filter_map(|trail| {
        let at = frame.picture_from_world(trail.trajectory.plot_point(step)?);
        let text = if trail.has_diverged(step) {
            format!("{} diverged", trail.name)
        } else {
            trail.name.to_owned()
        };
        let text = shortened(&text, MAX_NAME_CHARS);
        frame
            .area
            .contains(at)
            .then_some((at, text, trail.style_index))
    });
    without_overlaps(heads.collect(), frame)
}

/// Returns names next to heads, moved down until they do not overlap.
fn without_overlaps(mut heads: Vec<(Point, String, usize)>, frame: &Frame) -> Vec<Name> {
    heads.sort_by(|(a, ..), (b, ..)| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let mut names: Vec<Name> = Vec::new();
    for ([x, y], text, style_index) in heads {
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let width = text.chars().count() as f32 * NAME_SIZE * 0.57;
        let is_left = x + 10.0 + width > frame.area.max[0];
        let left = if is_left { x - 10.0 - width } else { x + 10.0 };
        let overlaps = |top: f32, other: &Area| {
            // The tolerance keeps rounding from counting the next line as an overlap.
            (top - other.min[1]).abs() < NAME_HEIGHT - 0.1
                && left < other.max[0]
                && other.min[0] < left + width
        };
        let mut top = y - NAME_HEIGHT / 2.0;
        while let Some(other) = names.iter().find(|other| overlaps(top, &other.area)) {
            top = other.area.min[1] + NAME_HEIGHT;
        }
        names.push(Name {
            text,
            area: Area::new([left, top], [left + width, top + NAME_HEIGHT]),
            is_left,
            style_index,
        });
    }
    names
}

/// Creates an open line; an empty `dash` draws it solid.
pub(super) fn line(points: Vec<Point>, width: f32, colour: Colour, dash: &'static [f32]) -> Item {
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
mod tests {
    use super::*;
    use crate::engine::objective::plane::Rect;

    #[test]
    fn names_of_heads_at_one_point_never_fail_to_find_a_position() {
        let area = Area::new([0.0, 0.0], [400.0, 900.0]);
        let frame = Frame::fit(Rect::square(1.0), area);
        for place in 0_u16..2000 {
            let at = [100.0, 300.0 + f32::from(place) * 0.0371];
            let name = |text: &str| (at, text.to_owned(), 0);
            let names = ["SGD", "Adam", "Momentum", "Newton"].map(name).to_vec();
            assert_eq!(without_overlaps(names, &frame).len(), 4);
        }
    }
}
