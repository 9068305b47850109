//! Ends of trails: heads with names, crosses of runs that ended early, and chips at the frame where a trail leaves it.

use super::{Trail, clip};
use crate::engine::training::{Outcome, Reason};
use crate::figure::colour::{Marker, Theme, run_colour, run_marker};
use crate::figure::drawing::{Colour, Item, Point};
use crate::figure::frame::Frame;
use crate::figure::labels::{Importance, Label, Positions};
use crate::figure::shortened;

/// Font sizes of a name, and of one that is followed by how the run ended.
const NAME_SIZE: f32 = 13.0;
const ENDED_SIZE: f32 = 11.5;

/// Maximal number of characters of a name, and of one that is followed by how the run ended.
const MAX_NAME_CHARS: usize = 30;
const MAX_ENDED_NAME_CHARS: usize = 18;

/// The end of a trail at a row.
pub(super) struct TrailEnd {
    /// The head, or the point where the trail leaves the frame.
    pub(super) at: Point,
    /// The name, with how the trail ends if the run ended early or left the frame.
    pub(super) text: String,
    pub(super) kind: EndKind,
    /// Radius of the marker.
    pub(super) size: f32,
    /// Index of the run among all runs.
    pub(super) run: usize,
    style_index: usize,
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
            run: trail.run,
            style_index: trail.style_index,
            kind,
            size: if trail.emphasized { 7.0 } else { 5.5 },
        })
    }

    /// Returns the name as a label beside the end.
    pub(super) fn label(&self) -> Label {
        let is_exit = matches!(self.kind, EndKind::Exit(_));
        Label {
            size: match self.kind {
                EndKind::Head { .. } => NAME_SIZE,
                EndKind::Cross | EndKind::Exit(_) => ENDED_SIZE,
            },
            reach: if is_exit { 2.0 * self.size } else { self.size },
            positions: Positions::Beside,
            runs: vec![self.style_index],
            boxed: is_exit,
            ..Label::new(Importance::Run, self.text.clone(), self.at, self.size)
        }
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
                exit_arrow([x, y], [ux, uy], 2.0 * self.size, colour, theme)
            }
        }
    }
}

/// Draws the arrow head of a run that leaves the view, with its tip at a point.
pub(crate) fn exit_arrow(
    [x, y]: Point,
    [ux, uy]: [f32; 2],
    size: f32,
    colour: Colour,
    theme: &Theme,
) -> Vec<Item> {
    let corner = |back: f32, side: f32| [x - back * ux - side * uy, y - back * uy + side * ux];
    let corners = vec![
        corner(0.0, 0.0),
        corner(size, 0.6 * size),
        corner(size, -0.6 * size),
    ];
    vec![
        Item::outline(corners.clone(), 2.5, theme.halo),
        Item::filled(corners, colour),
    ]
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
        Reason::Interrupted => "interrupted",
    }
}
