//! Critical points on the map: a shape for each kind and, if there are few, their values and eigenvalues.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Colour, Item, Point, circle};
use super::frame::Frame;
use super::labels::{Importance, Label, Labels};
use super::map::saddle;
use crate::engine::analysis::critical::{CriticalPoint, Kind};
use crate::engine::landscape::Mark;

/// Maximal number of points in view for which all are labelled; of more, only the selected one is.
pub const MAX_LABELS: usize = 12;

/// Maximal number of points in view that are drawn large.
const MAX_LARGE_MARKS: usize = 150;

const LARGE: f32 = 6.0;
const SMALL: f32 = 4.0;

/// Fill colours of minima and maxima, which neither the landscape nor runs have.
const MINIMUM_FILL: Colour = Colour::rgb(255, 226, 140);
const MAXIMUM_FILL: Colour = Colour::rgb(255, 255, 255);

/// Draws the critical points in a frame: minima are triangles that point down, maxima triangles that point up, saddles crossed rings,
/// flat points empty squares. `published` minima, which [`super::map::marks`] draws as stars with their values, get a label with
/// their eigenvalues only. `selected` is an index into `points`; this point has a ring and is always labelled. Labels are added to `labels`.
pub fn marks(
    points: &[CriticalPoint],
    published: &[Mark],
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
    selected: Option<usize>,
) -> Vec<Item> {
    let visible: Vec<(usize, Point)> = points
        .iter()
        .enumerate()
        .map(|(index, point)| (index, frame.picture_from_world(point.at)))
        .filter(|(_, at)| frame.area.contains(*at))
        .collect();
    let size = if visible.len() > MAX_LARGE_MARKS {
        SMALL
    } else {
        LARGE
    };
    let is_published =
        |point: &CriticalPoint| published.iter().any(|mark| is_published(point, mark));
    let mut items = Vec::new();
    // The rarest kinds come last, on top.
    for kind in Kind::ALL.into_iter().rev() {
        for (index, at) in &visible {
            let point = &points[*index];
            if point.kind == kind && !is_published(point) {
                items.extend(shape(kind, *at, size, theme));
            }
        }
    }
    for (_, at) in visible.iter().filter(|(index, _)| Some(*index) == selected) {
        items.extend(outlined(circle(*at, 2.0 * size, 24), 2.0, theme));
    }
    for (index, at) in &visible {
        let point = &points[*index];
        // Among very many marks there is no place beside them.
        if visible.len() <= MAX_LARGE_MARKS {
            labels.block_mark(*at, size);
        }
        if visible.len() <= MAX_LABELS || Some(*index) == selected {
            let lines = text_lines(point, is_published(point));
            let reach = if is_published(point) {
                super::map::STAR_RADIUS
            } else {
                size
            };
            labels.add(Label {
                lines,
                ..Label::new(Importance::Point, "", *at, reach)
            });
        }
    }
    items
}

/// Whether a critical point is a published minimum, whose position and value may be rounded.
pub(super) fn is_published(point: &CriticalPoint, mark: &Mark) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
    matches!(point.kind, Kind::Minimum | Kind::Flat)
        && close(point.at[0], mark.at[0])
        && close(point.at[1], mark.at[1])
        && close(point.value, mark.value)
}

/// Returns the lines of a label.
fn text_lines(point: &CriticalPoint, published: bool) -> Vec<String> {
    let name = match point.kind {
        Kind::Minimum => "min",
        Kind::Maximum => "max",
        Kind::Saddle => "saddle",
        Kind::Flat => "flat",
    };
    let [low, high] = point.eigenvalues;
    let curvature = if point.is_kink() {
        "kink".to_owned()
    } else {
        format!("λ {}, {}", number(low, 3), number(high, 3))
    };
    let mut lines = vec![curvature];
    if !published {
        lines.insert(0, format!("{name} {}", number(point.value, 4)));
    }
    lines
}

/// Draws the shape of a kind.
pub(super) fn shape(kind: Kind, at: Point, size: f32, theme: &Theme) -> Vec<Item> {
    let corners = |corners: &[[f32; 2]]| -> Vec<Point> {
        corners
            .iter()
            .map(|[x, y]| [at[0] + x * size, at[1] + y * size])
            .collect()
    };
    let filled = |points: Vec<Point>, fill: Colour| {
        let mut items = outlined(points.clone(), 1.4, theme);
        items.push(Item::filled(points, fill));
        items
    };
    match kind {
        Kind::Minimum => filled(
            corners(&[[-1.05, -0.75], [1.05, -0.75], [0.0, 1.05]]),
            MINIMUM_FILL,
        ),
        Kind::Maximum => filled(
            corners(&[[-1.05, 0.75], [1.05, 0.75], [0.0, -1.05]]),
            MAXIMUM_FILL,
        ),
        Kind::Saddle => saddle(at, size * 0.9, theme),
        Kind::Flat => outlined(
            corners(&[[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]]),
            1.4,
            theme,
        ),
    }
}

/// Draws a closed line with a halo.
fn outlined(points: Vec<Point>, width: f32, theme: &Theme) -> Vec<Item> {
    vec![
        Item::outline(points.clone(), width + 2.4, theme.halo),
        Item::outline(points, width, theme.ink),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analysis::critical::find;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
    use crate::figure::drawing::{Area, texts};

    fn drawn(
        points: &[CriticalPoint],
        published: &[Mark],
        frame: &Frame,
        theme: &Theme,
        selected: Option<usize>,
    ) -> Vec<Item> {
        let mut labels = Labels::new(frame.area, theme);
        let mut items = marks(points, published, frame, &mut labels, theme, selected);
        items.extend(labels.place());
        items
    }

    fn found(spec: &str) -> (LoadedLandscape, Vec<CriticalPoint>, Frame) {
        let landscape: AnyLandscape = spec.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let frame = Frame::fit(problem.view, Area::new([0.0, 0.0], [600.0, 600.0]));
        let points = find(&*problem.objective, frame.window, &[], &Cancel::default()).unwrap();
        (problem, points, frame)
    }

    #[test]
    fn few_points_are_labelled_with_value_and_eigenvalues() {
        let (problem, points, frame) = found("himmelblau");
        let items = drawn(&points, &problem.minima, &frame, &Theme::LIGHT, None);
        let texts = texts(&items);
        let count = |expected: &str| texts.iter().filter(|text| text.text == expected).count();
        assert_eq!(count("max 181.6"), 1);
        assert_eq!(count("saddle 13.31"), 1);
        assert_eq!(count("λ 25.7, 82.3"), 1);
        // The stars are labelled with the values of the minima already.
        assert!(texts.iter().all(|text| !text.text.starts_with("min")));
        assert_eq!(texts.len(), 5 * 2 + 4);
        let unpublished = drawn(&points, &[], &frame, &Theme::LIGHT, None);
        assert!(unpublished.len() > items.len());
        for text in texts {
            assert!(frame.area.contains(text.at), "{text:?}");
        }
    }

    #[test]
    fn only_the_selected_of_many_points_is_labelled() {
        let (problem, points, frame) = found("rastrigin");
        assert!(points.len() > MAX_LARGE_MARKS);
        let plain = drawn(&points, &problem.minima, &frame, &Theme::DARK, None);
        assert!(texts(&plain).is_empty());
        let selected = drawn(&points, &problem.minima, &frame, &Theme::DARK, Some(1));
        assert_eq!(texts(&selected).len(), 2);
        assert!(selected.len() >= plain.len() + 4);
    }

    #[test]
    fn kinks_have_no_eigenvalues_and_points_outside_the_frame_are_not_drawn() {
        let (_, points, frame) = found("formula:f=abs(x)+abs(y)");
        let items = drawn(&points, &[], &frame, &Theme::DARK, None);
        assert!(texts(&items).iter().any(|text| text.text == "kink"));
        let elsewhere = Frame {
            window: frame.window.shifted([100.0, 0.0]).unwrap(),
            ..frame
        };
        assert!(drawn(&points, &[], &elsewhere, &Theme::DARK, Some(0)).is_empty());
    }
}
