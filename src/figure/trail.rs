//! Trails: the paths of runs up to a step, with their heads and names.

use super::colour::{Marker, Theme, run_colour, run_dash, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use super::frame::Frame;
use super::shortened;
use crate::engine::run::{Outcome, Trajectory};

/// Height of a name's line, and of its letters.
const LINE: f32 = 15.0;
const SIZE: f32 = 13.0;

/// The most letters of a name beside a head.
const LONGEST: usize = 30;

/// What a trail is drawn from.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    /// The run.
    pub trajectory: &'a Trajectory,
    /// The rows that are enough to draw it.
    pub outline: &'a [usize],
    /// What is written beside its head.
    pub name: &'a str,
    /// Its place among colours, dashes and markers.
    pub look: usize,
    /// Drawn stronger than the others.
    pub strong: bool,
}

/// Draws trails up to a step: lines, then heads, then names that do not cover each other.
pub fn trails(trails: &[Trail], frame: &Frame, step: usize, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for trail in trails {
        let points = path(trail, frame, step, |row| trail.trajectory.place(row));
        let width = if trail.strong { 3.0 } else { 1.8 };
        let colour = run_colour(trail.look, theme);
        // A path of very many points is a patch of colour; dashes would only cost time.
        let dash = if points.len() < 2000 {
            run_dash(trail.look)
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
            trail.trajectory.average_place(row)
        });
        if let Some(head) = average.last().copied() {
            items.push(line(average, 1.4, colour, &[1.5, 3.0]));
            items.extend(run_marker(trail.look).items(head, 3.5, colour, theme.halo));
        }
    }
    let mut names = Vec::new();
    for trail in trails {
        let Some(place) = trail.trajectory.place(step) else {
            continue;
        };
        let at = frame.picture_from_world(place);
        let colour = run_colour(trail.look, theme);
        let ended = match trail.trajectory.outcome {
            Outcome::Diverged(at) => step + 1 >= trail.trajectory.len() && at > 0,
            _ => false,
        };
        let size = if trail.strong { 7.0 } else { 5.5 };
        let shape = if ended {
            Marker::Cross
        } else {
            run_marker(trail.look)
        };
        items.extend(shape.items(at, size, colour, theme.halo));
        if frame.area.contains(at) {
            let text = if ended {
                format!("{} diverged", trail.name)
            } else {
                trail.name.to_owned()
            };
            names.push((at, shortened(&text, LONGEST), colour));
        }
    }
    items.extend(place_names(names, frame, theme));
    items
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

/// About where a name beside a head at a place is written.
pub(super) fn name_area(at: Point, name: &str, frame: &Frame) -> Area {
    let width = name_width(&shortened(name, LONGEST));
    let x = name_left(at, width, frame);
    Area::new([x, at[1] - LINE / 2.0], [x + width, at[1] + LINE / 2.0])
}

fn name_width(name: &str) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let letters = name.chars().count() as f32;
    letters * SIZE * 0.57
}

/// The left end of a name: to the right of its head, or where there is no room, so that it ends to the left.
fn name_left(at: Point, width: f32, frame: &Frame) -> f32 {
    if at[0] + 10.0 + width > frame.area.max[0] {
        at[0] - 10.0 - width
    } else {
        at[0] + 10.0
    }
}

/// Writes names beside heads, moved up or down until none covers another.
fn place_names(mut names: Vec<(Point, String, Colour)>, frame: &Frame, theme: &Theme) -> Vec<Item> {
    names.sort_by(|(a, ..), (b, ..)| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let mut placed: Vec<([f32; 2], f32)> = Vec::new();
    let mut items = Vec::new();
    for (at, text, colour) in names {
        let width = name_width(&text);
        let x = name_left(at, width, frame);
        let left = x < at[0];
        let overlaps = |y: f32, ([other_x, other_y], other_width): &([f32; 2], f32)| {
            // A little less than a line, so that a line further down is free however it is rounded.
            (y - other_y).abs() < LINE - 0.1 && x < other_x + other_width && *other_x < x + width
        };
        let mut y = at[1];
        while let Some((other, _)) = placed.iter().find(|other| overlaps(y, other)) {
            y = other[1] + LINE;
        }
        placed.push(([x, y], width));
        let at = if left { [x + width, y] } else { [x, y] };
        let anchor = if left { Anchor::End } else { Anchor::Start };
        items.push(Item::Text(Text {
            text,
            at,
            anchor,
            size: SIZE,
            colour,
            halo: Some(theme.halo),
            upright: false,
        }));
    }
    items
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
    use crate::engine::plane::Rect;

    #[test]
    fn names_at_one_place_find_room_wherever_it_is() {
        let area = Area::new([0.0, 0.0], [400.0, 900.0]);
        let frame = Frame::fit(Rect::square(1.0), area);
        for place in 0_u16..2000 {
            let at = [100.0, 300.0 + f32::from(place) * 0.0371];
            let name = |text: &str| (at, text.to_owned(), Theme::LIGHT.ink);
            let names = ["SGD", "Adam", "Momentum", "Newton"].map(name).to_vec();
            assert_eq!(place_names(names, &frame, &Theme::LIGHT).len(), 4);
        }
    }
}
