//! Ends of trails: heads with names, crosses of runs that ended early, and chips at the frame where a trail leaves it.

use super::{Trail, clip};
use crate::engine::training::{Outcome, Reason};
use crate::figure::colour::{Marker, Theme, run_colour, run_marker};
use crate::figure::drawing::{Anchor, Area, Item, Point, Text, limited};
use crate::figure::frame::Frame;
use crate::figure::shortened;

/// Height of a name's line, and its font size.
const NAME_HEIGHT: f32 = 15.0;
const NAME_SIZE: f32 = 13.0;

/// Maximal number of characters of a name, and of one that is followed by how the run ended.
const MAX_NAME_CHARS: usize = 30;
const MAX_ENDED_NAME_CHARS: usize = 18;

/// The end of a trail at a row.
pub(super) struct TrailEnd {
    /// The head, or the point where the trail leaves the frame.
    pub(super) at: Point,
    /// The name, with how the trail ends if the run ended early or left the frame.
    pub(super) text: String,
    pub(super) style_index: usize,
    pub(super) kind: EndKind,
    size: f32,
}

/// The kind of a trail's end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum EndKind {
    /// The run is at a point of the frame; the marker is hollow if it is far from the plane.
    Head { hollow: bool },
    /// The run diverged or stopped at a point of the frame.
    Cross,
    /// The trail leaves the frame in a direction, a unit vector of the picture.
    Exit([f32; 2]),
}

impl TrailEnd {
    /// Returns the end of a trail at row `step`; `None` if no point of the trail is in the frame.
    pub(super) fn new(trail: &Trail, frame: &Frame, step: usize) -> Option<Self> {
        let trajectory = trail.trajectory;
        let last = step.min(trajectory.len().checked_sub(1)?);
        let unit = |row: usize| {
            trajectory
                .plot_point(row)
                .map(|at| frame.unit_from_world(at))
        };
        let is_inside = |row: usize| {
            unit(row).is_some_and(|at| at.iter().all(|share| (0.0..=1.0).contains(share)))
        };
        let ended = match trajectory.outcome {
            Outcome::Diverged(at, reason) => Some(("diverged", at, reason)),
            Outcome::Stopped(at, reason) => Some(("stopped", at, reason)),
            Outcome::Finished | Outcome::Converged(_) => None,
        };
        let ended =
            ended.filter(|(_, at, _)| step.saturating_add(1) >= trajectory.len() && *at > 0);
        let rows = &trail.outline[..trail.outline.partition_point(|row| *row <= last)];
        let (inside, next) = if is_inside(last) {
            (last, last)
        } else {
            let index = rows.iter().rposition(|row| is_inside(*row))?;
            let next = rows.get(index + 1).copied().unwrap_or(last);
            let next = (rows[index] + 1..=next).find(|row| !is_inside(*row));
            let next = next.unwrap_or(last);
            (next - 1, next)
        };
        let [from, to] = [
            unit(inside)?,
            unit(next)?.map(|share| share.clamp(-1e100, 1e100)),
        ];
        let [start, end] = [from, to].map(|at| frame.picture_from_unit(at));
        let exit = clip(from, to, 0.0).filter(|_| next > inside);
        let (at, kind) = match exit {
            Some([_, border]) => {
                let [dx, dy] = [end[0] - start[0], end[1] - start[1]];
                let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
                let direction = [dx / length, dy / length];
                (frame.picture_from_unit(border), EndKind::Exit(direction))
            }
            // The step led to no number: the run ends at its last point.
            None if next > inside || ended.is_some() => (start, EndKind::Cross),
            None => (
                start,
                EndKind::Head {
                    hollow: trail.hollow,
                },
            ),
        };
        let text = match (ended, kind) {
            // Small maps have no names.
            _ if trail.name.is_empty() => String::new(),
            (Some((word, at, reason)), _) => {
                let name = shortened(trail.name, MAX_ENDED_NAME_CHARS);
                format!("{name} {word} at {at}: {}", short_reason(reason))
            }
            (None, EndKind::Exit(_)) => {
                let name = shortened(trail.name, MAX_ENDED_NAME_CHARS);
                format!("{name} left at {}", next as u64 * trail.record_every)
            }
            (None, _) => shortened(trail.name, MAX_NAME_CHARS),
        };
        Some(Self {
            at,
            text,
            style_index: trail.style_index,
            kind,
            size: if trail.emphasized { 7.0 } else { 5.5 },
        })
    }

    /// Returns the end at a point of another picture, in which `place` draws the points of the frame.
    pub(super) fn placed(self, at: Point, place: impl Fn(Point) -> Option<Point>) -> Self {
        let kind = match self.kind {
            EndKind::Exit([ux, uy]) => {
                // The trail comes from inside of the frame.
                let before = [self.at[0] - 10.0 * ux, self.at[1] - 10.0 * uy];
                let [dx, dy] =
                    place(before).map_or([0.0, -1.0], |from| [at[0] - from[0], at[1] - from[1]]);
                let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
                EndKind::Exit([dx / length, dy / length])
            }
            kind => kind,
        };
        Self { at, kind, ..self }
    }

    /// Draws the head, the cross, or an arrow head at the frame.
    pub(super) fn marker(&self, theme: &Theme) -> Vec<Item> {
        let colour = run_colour(self.style_index, theme);
        match self.kind {
            EndKind::Head { hollow: true } => {
                run_marker(self.style_index).items(self.at, self.size, theme.background, colour)
            }
            EndKind::Head { hollow: false } => {
                run_marker(self.style_index).items(self.at, self.size, colour, theme.halo)
            }
            EndKind::Cross => Marker::Cross.items(self.at, self.size, colour, theme.halo),
            EndKind::Exit([ux, uy]) => {
                let [x, y] = self.at;
                let corner =
                    |back: f32, side: f32| [x - back * ux - side * uy, y - back * uy + side * ux];
                let corners = |size: f32| {
                    vec![
                        corner(0.0, 0.0),
                        corner(size, 0.6 * size),
                        corner(size, -0.6 * size),
                    ]
                };
                vec![
                    Item::outline(corners(2.0 * self.size), 2.5, theme.halo),
                    Item::filled(corners(2.0 * self.size), colour),
                ]
            }
        }
    }
}

/// Returns a reason in few words, for a name on the map.
fn short_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::LossNotFinite => "loss not finite",
        Reason::GradientNotFinite => "gradient not finite",
        Reason::LossBeyondLimit => "loss beyond limit",
        Reason::ParameterBeyondLimit => "parameter beyond limit",
        Reason::ZeroByZero => "0/0 in the step",
        Reason::NegativeVariance => "negative variance",
        Reason::StepNotFinite => "step not finite",
        Reason::SingularCurvature => "singular curvature",
        Reason::CurvatureNotFinite => "curvature not finite",
        Reason::NoStep => "no step lowers the loss",
    }
}

/// The name at a trail's end.
pub(super) struct Name {
    text: String,
    /// The approximate area of the text.
    pub(super) area: Area,
    /// Whether the text ends to the left of the head, because it does not fit on the right.
    is_left: bool,
    /// Whether the name is a chip at the frame.
    is_chip: bool,
    style_index: usize,
}

impl Name {
    /// Draws the name, a chip with its background and border.
    pub(super) fn items(self, theme: &Theme) -> Vec<Item> {
        let [left, right] = [self.area.min[0], self.area.max[0]];
        let (x, anchor) = if self.is_left {
            (right, Anchor::End)
        } else {
            (left, Anchor::Start)
        };
        let at = [x, self.area.min[1] + NAME_HEIGHT / 2.0];
        let colour = run_colour(self.style_index, theme);
        let text = Text::new(self.text, at, anchor, NAME_SIZE, colour);
        if !self.is_chip {
            return vec![Item::Text(text.with_halo(theme.halo))];
        }
        let ([left, top], [right, bottom]) = (self.area.min, self.area.max);
        let area = Area::new([left - 4.0, top], [right + 4.0, bottom]);
        vec![
            Item::filled(area.corners(), theme.background.opacity(0.85)),
            Item::outline(area.corners(), 1.0, colour),
            Item::Text(text),
        ]
    }
}

/// Returns the names at the ends of trails, moved up or down until they do not overlap, inside the frame as long as there is room.
pub(super) fn names(ends: &[TrailEnd], frame: &Frame) -> Vec<Name> {
    let named = ends.iter().filter(|end| !end.text.is_empty());
    let mut ends: Vec<&TrailEnd> = named.collect();
    ends.sort_by(|a, b| {
        a.at[1]
            .total_cmp(&b.at[1])
            .then(a.at[0].total_cmp(&b.at[0]))
    });
    let mut names: Vec<Name> = Vec::new();
    for end in ends {
        let [x, y] = end.at;
        let is_chip = matches!(end.kind, EndKind::Exit(_));
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let chars = end.text.chars().count() as f32;
        // Sentences have more narrow letters than names.
        let width = chars * NAME_SIZE * if chars > 24.0 { 0.5 } else { 0.57 };
        let gap = if is_chip { 18.0 } else { 10.0 };
        let is_left = x + gap + width > frame.area.max[0] && x - gap - width > frame.area.min[0];
        let left = if is_left { x - gap - width } else { x + gap };
        let line_height = if is_chip {
            NAME_HEIGHT + 3.0
        } else {
            NAME_HEIGHT
        };
        let overlaps = |top: f32, other: &Area| {
            // The tolerance keeps rounding from counting the next line as an overlap.
            (top - other.min[1]).abs() < line_height - 0.1
                && left < other.max[0]
                && other.min[0] < left + width
        };
        let highest = frame.area.min[1] + 2.0;
        let lowest = frame.area.max[1] - NAME_HEIGHT - 2.0;
        let first = limited(y - NAME_HEIGHT / 2.0, highest, lowest);
        let free = |direction: f32| {
            let mut top = first;
            while let Some(other) = names.iter().find(|other| overlaps(top, &other.area)) {
                top = other.area.min[1] + direction * line_height;
            }
            top
        };
        let down = free(1.0);
        let up = if down > lowest { free(-1.0) } else { down };
        let top = if up < highest { down } else { up };
        names.push(Name {
            text: end.text.clone(),
            area: Area::new([left, top], [left + width, top + NAME_HEIGHT]),
            is_left,
            is_chip,
            style_index: end.style_index,
        });
    }
    names
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
            let end = |text: &str| TrailEnd {
                at,
                text: text.to_owned(),
                style_index: 0,
                kind: EndKind::Head { hollow: false },
                size: 5.5,
            };
            let ends = ["SGD", "Adam", "Momentum", "Newton"].map(end);
            assert_eq!(names(&ends, &frame).len(), 4);
        }
    }
}
