//! Trails: the paths of runs up to a step, with their heads and names.

use super::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use super::frame::Frame;
use super::shortened;
use crate::engine::training::{Outcome, Trajectory};

/// Height of a name's line, and of its letters.
const LINE_HEIGHT: f32 = 15.0;
const SIZE: f32 = 13.0;

/// The most letters of a name beside a head.
const MAX_NAME_CHARS: usize = 30;

/// What a trail is drawn from.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    /// Its place among all runs.
    pub run: usize,
    /// The run.
    pub trajectory: &'a Trajectory,
    /// The rows that are enough to draw it.
    pub outline: &'a [usize],
    /// What is written beside its head.
    pub name: &'a str,
    /// Its place among colours, dashes and markers.
    pub style_index: usize,
    /// Drawn stronger than the others.
    pub strong: bool,
    /// With a hollow head, because the run is not quite there.
    pub hollow: bool,
}

impl Trail<'_> {
    /// Whether it ends at a step because the run diverged.
    fn has_diverged(&self, step: usize) -> bool {
        match self.trajectory.outcome {
            Outcome::Diverged(at, _) => step.saturating_add(1) >= self.trajectory.len() && at > 0,
            _ => false,
        }
    }
}

/// Draws trails up to a step: lines, then heads, then names that do not cover each other.
pub fn trails(trails: &[Trail], frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for trail in trails {
        let points = path(trail, frame, step, |row| trail.trajectory.plot_point(row));
        let width = if trail.strong { 3.0 } else { 1.8 };
        let colour = run_colour(trail.style_index, theme);
        // A path of very many points is a patch of colour; dashes would only cost time.
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
        let Some(place) = trail.trajectory.plot_point(step) else {
            continue;
        };
        let at = frame.picture_from_world(place);
        let colour = run_colour(trail.style_index, theme);
        let ended = trail.has_diverged(step);
        let size = if trail.strong { 7.0 } else { 5.5 };
        let shape = if ended {
            Marker::Cross
        } else {
            run_marker(trail.style_index)
        };
        items.extend(if trail.hollow && !ended {
            shape.items(at, size, theme.background, colour)
        } else {
            shape.items(at, size, colour, theme.halo)
        });
    }
    let written = |name: Name| {
        let [left, right] = [name.area.min[0], name.area.max[0]];
        let (x, anchor) = if name.before {
            (right, Anchor::End)
        } else {
            (left, Anchor::Start)
        };
        Item::Text(Text {
            text: name.text,
            at: [x, name.area.min[1] + LINE_HEIGHT / 2.0],
            anchor,
            size: SIZE,
            colour: run_colour(name.style_index, theme),
            halo: Some(theme.halo),
            upright: false,
        })
    };
    items.extend(names(trails, frame, step).into_iter().map(written));
    items
}

/// The areas that the names beside the heads of trails take up.
pub fn name_areas(trails: &[Trail], frame: &Frame, step: usize) -> Vec<Area> {
    let names = names(trails, frame, step).into_iter();
    names.map(|name| name.area).collect()
}

/// A trail's points up to a step, thinned to what can be told apart.
fn path(
    trail: &Trail,
    frame: &Frame,
    step: usize,
    place: impl Fn(usize) -> Option<[f64; 2]>,
) -> Vec<Point> {
    let drawn = trail.outline.partition_point(|&row| row <= step);
    let outline = trail.outline[..drawn].iter().copied();
    let last = step.min(trail.trajectory.len().saturating_sub(1));
    let places = outline.chain([last]).filter_map(place);
    let mut points: Vec<Point> = Vec::new();
    let mut skipped = None;
    for place in places {
        let point = frame.picture_from_world(place);
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

/// A name beside a head.
struct Name {
    text: String,
    /// Where it is written, about.
    area: Area,
    /// Whether it ends to the left of the head, because there is no room to its right.
    before: bool,
    style_index: usize,
}

/// The names of the trails whose heads are in view.
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
    arranged(heads.collect(), frame)
}

/// Names beside heads, moved up or down until none covers another.
fn arranged(mut heads: Vec<(Point, String, usize)>, frame: &Frame) -> Vec<Name> {
    heads.sort_by(|(a, ..), (b, ..)| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let mut names: Vec<Name> = Vec::new();
    for ([x, y], text, look) in heads {
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let width = text.chars().count() as f32 * SIZE * 0.57;
        let before = x + 10.0 + width > frame.area.max[0];
        let left = if before { x - 10.0 - width } else { x + 10.0 };
        let overlaps = |top: f32, other: &Area| {
            // A little less than a line, so that a line further down is free however it is rounded.
            (top - other.min[1]).abs() < LINE_HEIGHT - 0.1
                && left < other.max[0]
                && other.min[0] < left + width
        };
        let mut top = y - LINE_HEIGHT / 2.0;
        while let Some(other) = names.iter().find(|other| overlaps(top, &other.area)) {
            top = other.area.min[1] + LINE_HEIGHT;
        }
        names.push(Name {
            text,
            area: Area::new([left, top], [left + width, top + LINE_HEIGHT]),
            before,
            style_index: look,
        });
    }
    names
}

/// A whole or dashed line.
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

/// The outline of an area.
pub(super) fn border(area: Area, width: f32, colour: Colour) -> Item {
    let ([left, top], [right, bottom]) = (area.min, area.max);
    let points = vec![[left, top], [right, top], [right, bottom], [left, bottom]];
    let stroke = Some(Stroke {
        width,
        colour,
        dash: &[],
    });
    Item::Path {
        points,
        closed: true,
        stroke,
        fill: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::objective::plane::Rect;

    #[test]
    fn names_at_one_place_find_room_wherever_it_is() {
        let area = Area::new([0.0, 0.0], [400.0, 900.0]);
        let frame = Frame::fit(Rect::square(1.0), area);
        for place in 0_u16..2000 {
            let at = [100.0, 300.0 + f32::from(place) * 0.0371];
            let name = |text: &str| (at, text.to_owned(), 0);
            let names = ["SGD", "Adam", "Momentum", "Newton"].map(name).to_vec();
            assert_eq!(arranged(names, &frame).len(), 4);
        }
    }
}
