//! Critical points on the map: a shape for each kind, and where there are few, their values and eigenvalues.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Area, Colour, Item, Point, Stroke};
use super::frame::Frame;
use super::labels::{Labels, around};
use super::trail::line;
use crate::engine::analysis::critical::{CriticalPoint, Kind};
use crate::engine::landscape::Mark;

/// With more points in view than this, only the selected one is labelled.
pub const MAX_LABELS: usize = 12;

/// With more points in view than this, shapes are small.
const MAX_LARGE_MARKS: usize = 150;

const SIZE: f32 = 6.0;
const SMALL: f32 = 4.0;

/// The fill of minima and maxima, which neither terrain nor run has.
const LOW: Colour = Colour::rgb(255, 226, 140);
const HIGH: Colour = Colour::rgb(255, 255, 255);

/// The critical points in a frame: triangles that point down are minima, triangles that point up maxima, crossed rings
/// saddles, empty squares flat places. Those of `published` minima, which [`super::map::marks`] draws as stars with their
/// values, get their eigenvalues only. `selected` is one of `points`; it has a ring about it and is labelled in any case.
pub fn marks(
    points: &[CriticalPoint],
    published: &[Mark],
    frame: &Frame,
    theme: &Theme,
    selected: Option<usize>,
) -> Vec<Item> {
    let seen: Vec<(usize, Point)> = points
        .iter()
        .enumerate()
        .map(|(index, point)| (index, frame.picture_from_world(point.at)))
        .filter(|(_, at)| frame.area.contains(*at))
        .collect();
    let size = if seen.len() > MAX_LARGE_MARKS {
        SMALL
    } else {
        SIZE
    };
    let is_published =
        |point: &CriticalPoint| published.iter().any(|mark| is_published(point, mark));
    let mut items = Vec::new();
    // What there is least of comes last, on top.
    for kind in Kind::ALL.into_iter().rev() {
        for (index, at) in &seen {
            let point = &points[*index];
            if point.kind == kind && !is_published(point) {
                items.extend(shape(kind, *at, size, theme));
            }
        }
    }
    for (_, at) in seen.iter().filter(|(index, _)| Some(*index) == selected) {
        items.extend(outlined(&circle(*at, 2.0 * size), 2.0, theme));
    }
    let mut taken = stars(published, frame);
    taken.extend(seen.iter().map(|(_, at)| around(*at, SIZE + 1.0)));
    let mut labels = Labels::new(taken, frame, theme);
    for (index, at) in &seen {
        if seen.len() <= MAX_LABELS || Some(*index) == selected {
            let point = &points[*index];
            labels.add(&text_lines(point, is_published(point)), *at);
        }
    }
    items.extend(labels.into_items());
    items
}

/// Whether a point is a published minimum, whose place and value may be rounded.
fn is_published(point: &CriticalPoint, mark: &Mark) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
    matches!(point.kind, Kind::Minimum | Kind::Flat)
        && close(point.at[0], mark.at[0])
        && close(point.at[1], mark.at[1])
        && close(point.value, mark.value)
}

/// The lines of a label.
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

/// The shape that stands for a kind.
fn shape(kind: Kind, at: Point, size: f32, theme: &Theme) -> Vec<Item> {
    let corners = |corners: &[[f32; 2]]| -> Vec<Point> {
        corners
            .iter()
            .map(|[x, y]| [at[0] + x * size, at[1] + y * size])
            .collect()
    };
    let solid = |points: Vec<Point>, fill: Colour| {
        let mut items = outlined(&points, 1.4, theme);
        items.push(Item::Path {
            points,
            closed: true,
            stroke: None,
            fill: Some(fill),
        });
        items
    };
    match kind {
        Kind::Minimum => solid(corners(&[[-1.05, -0.75], [1.05, -0.75], [0.0, 1.05]]), LOW),
        Kind::Maximum => solid(corners(&[[-1.05, 0.75], [1.05, 0.75], [0.0, -1.05]]), HIGH),
        Kind::Saddle => {
            let mut items = outlined(&circle(at, size * 0.9), 1.4, theme);
            for ends in [[[-0.5, -0.5], [0.5, 0.5]], [[-0.5, 0.5], [0.5, -0.5]]] {
                items.push(line(corners(&ends), 1.4, theme.ink, &[]));
            }
            items
        }
        Kind::Flat => outlined(
            &corners(&[[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]]),
            1.4,
            theme,
        ),
    }
}

/// A closed line with a halo.
fn outlined(points: &[Point], width: f32, theme: &Theme) -> Vec<Item> {
    let path = |width: f32, colour: Colour| Item::Path {
        points: points.to_vec(),
        closed: true,
        stroke: Some(Stroke {
            width,
            colour,
            dash: &[],
        }),
        fill: None,
    };
    vec![path(width + 2.4, theme.halo), path(width, theme.ink)]
}

fn circle([x, y]: Point, radius: f32) -> Vec<Point> {
    (0..24_u8)
        .map(|i| (f32::from(i) / 24.0 * std::f32::consts::TAU).sin_cos())
        .map(|(sin, cos)| [x + radius * cos, y + radius * sin])
        .collect()
}

/// The stars of published minima and their values, which are in the way of labels.
fn stars(published: &[Mark], frame: &Frame) -> Vec<Area> {
    let areas = published.iter().flat_map(|mark| {
        let [x, y] = frame.picture_from_world(mark.at);
        let value = Area::new([x - 32.0, y + 10.0], [x + 32.0, y + 24.0]);
        [around([x, y], 9.0), value]
    });
    areas.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::analysis::critical::find;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
    use crate::figure::drawing::Text;

    fn found(spec: &str) -> (LoadedLandscape, Vec<CriticalPoint>, Frame) {
        let landscape: AnyLandscape = spec.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let frame = Frame::fit(problem.view, Area::new([0.0, 0.0], [600.0, 600.0]));
        let points = find(&*problem.objective, frame.window, &[], &Cancel::default()).unwrap();
        (problem, points, frame)
    }

    fn texts(items: &[Item]) -> Vec<&Text> {
        fn text(item: &Item) -> Option<&Text> {
            match item {
                Item::Text(text) => Some(text),
                _ => None,
            }
        }
        items.iter().filter_map(text).collect()
    }

    #[test]
    fn few_points_are_labelled_with_value_and_eigenvalues() {
        let (problem, points, frame) = found("himmelblau");
        let items = marks(&points, &problem.minima, &frame, &Theme::LIGHT, None);
        let texts = texts(&items);
        let says = |expected: &str| texts.iter().filter(|text| text.text == expected).count();
        assert_eq!(says("max 181.6"), 1);
        assert_eq!(says("saddle 13.31"), 1);
        assert_eq!(says("λ 25.7, 82.3"), 1);
        // The stars have the values of the minima already.
        assert!(texts.iter().all(|text| !text.text.starts_with("min")));
        assert_eq!(texts.len(), 5 * 2 + 4);
        let unpublished = marks(&points, &[], &frame, &Theme::LIGHT, None);
        assert_eq!(unpublished.len(), items.len() + 4 * (3 + 1));
        for text in texts {
            assert!(frame.area.contains(text.at), "{text:?}");
        }
    }

    #[test]
    fn of_many_points_only_the_selected_is_labelled() {
        let (problem, points, frame) = found("rastrigin");
        assert!(points.len() > MAX_LARGE_MARKS);
        let plain = marks(&points, &problem.minima, &frame, &Theme::DARK, None);
        assert!(texts(&plain).is_empty());
        let selected = marks(&points, &problem.minima, &frame, &Theme::DARK, Some(1));
        assert_eq!(texts(&selected).len(), 2);
        assert_eq!(selected.len(), plain.len() + 4);
    }

    #[test]
    fn a_kink_has_no_eigenvalues_and_what_is_outside_is_not_drawn() {
        let (_, points, frame) = found("formula:f=abs(x)+abs(y)");
        let items = marks(&points, &[], &frame, &Theme::DARK, None);
        assert!(texts(&items).iter().any(|text| text.text == "kink"));
        let elsewhere = Frame {
            window: frame.window.shifted([100.0, 0.0]).unwrap(),
            ..frame
        };
        assert!(marks(&points, &[], &elsewhere, &Theme::DARK, Some(0)).is_empty());
    }
}
