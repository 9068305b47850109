//! The graph of a landscape of one parameter, which replaces the map's shading and contour lines, and the tangent of a run.

use super::axis::{Axis, max_ticks, number};
use super::colour::{Theme, run_colour};
use super::drawing::{Item, Point};
use super::frame::Frame;
use super::labels::{Importance, Label, Labels};
use super::style_index;
use super::trail::line;
use crate::engine::results::Runs;
use crate::engine::scene::MapStyle;

/// Half the length of a tangent, as a share of the map's shorter side.
const TANGENT: f32 = 0.22;

/// Draws the pieces of a graph, over light lines at round values if the style has contour lines.
pub(super) fn graph(
    pieces: &[Vec<[f64; 2]>],
    style: &MapStyle,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = vec![Item::filled(frame.area.corners(), theme.plot_background)];
    if style.lines {
        items.extend(grid(frame, theme));
    }
    for piece in pieces {
        let points: Vec<Point> = piece
            .iter()
            .map(|&point| frame.picture_from_world(point))
            .collect();
        items.push(line(points, 1.6, theme.ink.opacity(0.75), &[]));
    }
    items
}

/// Draws the tangent of a visible run at a row, or at its last one, with its slope; nothing with two parameters, where the style hides it, or
/// where the slope is not finite.
pub fn tangent(
    runs: &Runs,
    (index, row): (usize, usize),
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let objective = &*runs.problem.objective;
    let run = runs.scene.runs.get(index).filter(|run| run.shown);
    let (Some(run), 1, true) = (run, objective.dim(), runs.scene.map.tangent) else {
        return Vec::new();
    };
    let result = runs.results.get(index);
    let Some(&[x]) = result.and_then(|result| result.trajectory.theta(row)) else {
        return Vec::new();
    };
    let mut slope = [0.0];
    let value = objective.gradient(&[x], &mut slope);
    let [slope] = slope;
    let at = frame.picture_from_world([x, value]);
    if !(slope.is_finite() && value.is_finite() && frame.area.contains(at)) {
        return Vec::new();
    }
    let (area, window) = (frame.area, frame.window);
    let scale = [
        f64::from(area.width()) / window.width(),
        f64::from(area.height()) / window.height(),
    ];
    let (dx, dy) = (scale[0], -slope * scale[1]);
    let length = dx.hypot(dy);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a direction in the picture"
    )]
    let [ux, uy] = [(dx / length) as f32, (dy / length) as f32];
    let half = TANGENT * area.width().min(area.height());
    let end = |share: f32| [at[0] + share * half * ux, at[1] + share * half * uy];
    let colour = run_colour(style_index(run.colour), theme);
    let points = vec![end(-1.0), end(1.0)];
    let text = format!("slope {}", number(slope, 3));
    labels.add(Label {
        size: 11.0,
        ..Label::new(Importance::Point, text, at, 10.0)
    });
    vec![
        line(points.clone(), 3.6, theme.halo, &[]),
        line(points, 1.5, colour, &[]),
    ]
}

/// Draws lines at the ticks of both axes.
fn grid(frame: &Frame, theme: &Theme) -> Vec<Item> {
    let Frame { area, window } = frame;
    let mut items = Vec::new();
    let mut add = |ends: [Point; 2]| items.push(line(ends.to_vec(), 1.0, theme.grid, &[]));
    for tick in Axis::linear(window.x())
        .ticks(max_ticks(area.width(), 70.0))
        .ticks
    {
        let [x, _] = frame.picture_from_world([tick.value, window.y()[0]]);
        add([[x, area.min[1]], [x, area.max[1]]]);
    }
    for tick in Axis::linear(window.y())
        .ticks(max_ticks(area.height(), 45.0))
        .ticks
    {
        let [_, y] = frame.picture_from_world([window.x()[0], tick.value]);
        add([[area.min[0], y], [area.max[0], y]]);
    }
    items
}

#[cfg(test)]
mod tests {
    use crate::engine::files::NoFiles;
    use crate::engine::results::Runs;
    use crate::engine::scene::Scene;
    use crate::figure::axis::number;
    use crate::figure::colour::Theme;
    use crate::figure::drawing::{Area, Drawing, Item, Point, words};
    use crate::figure::frame::Frame;
    use crate::figure::labels::Labels;
    use crate::figure::{Options, picture};
    use crate::session::compute_all_runs;
    use std::sync::Arc;

    fn drawn(landscape: &str, run: &str) -> Drawing {
        let mut scene = Scene::new(landscape.parse().unwrap());
        scene.add_run(run.parse().unwrap());
        scene.training.steps = 30;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let options = Options {
            followed: None,
            legend: true,
            turning: false,
            size: [900.0, 700.0],
            step: None,
            theme: &Theme::LIGHT,
        };
        picture(&compute_all_runs(&scene, &problem, None).unwrap(), &options)
    }

    /// Returns the open paths inside the map's border.
    fn paths(drawing: &Drawing) -> Vec<&Vec<Point>> {
        let clipped = drawing.items.iter().filter_map(|item| match item {
            Item::Clipped { items, .. } => Some(items),
            _ => None,
        });
        let path = |item| match item {
            &Item::Path {
                ref points,
                closed: false,
                ..
            } => Some(points),
            _ => None,
        };
        clipped.flatten().filter_map(path).collect()
    }

    #[test]
    fn a_picture_of_one_parameter_shows_the_graph_with_the_iterates_on_it() {
        let drawing = drawn("parabola", "sgd:lr=0.2");
        let paths = paths(&drawing);
        let graph = paths.iter().max_by_key(|points| points.len()).unwrap();
        assert!(graph.len() > 1000);
        assert!(graph.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        // The run's chords end on the graph.
        let trail = paths
            .iter()
            .find(|points| (5..40).contains(&points.len()))
            .unwrap();
        for [x, y] in *trail {
            let near = |[a, b]: &Point| (x - a).abs() < 1.0 && (y - b).abs() < 4.0;
            assert!(graph.iter().any(near), "{x}, {y}");
        }
        let texts = words(&drawing.items);
        for text in ["x", "f(x)"] {
            assert!(texts.iter().any(|found| found == text), "{texts:?}");
        }
        assert!(texts.iter().any(|text| text.contains("start 10 · ")));
        let image = |item: &Item| matches!(item, Item::Image { .. });
        assert!(!drawing.items.iter().any(image), "no colour bar");
    }

    #[test]
    fn the_tangent_touches_the_graph_at_every_step() {
        let mut scene = Scene::new("parabola".parse().unwrap());
        scene.add_run("sgd:lr=0.2".parse().unwrap());
        scene.training.steps = 10;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let mut runs = compute_all_runs(&scene, &problem, None).unwrap();
        let area = Area::new([0.0, 0.0], [400.0, 300.0]);
        let frame = Frame::of(1, problem.view, area);
        let tangent = |runs: &Runs, row: usize| {
            let mut labels = Labels::new(area, &Theme::LIGHT);
            let mut items = super::tangent(runs, (0, row), &frame, &mut labels, &Theme::LIGHT);
            items.extend(labels.place());
            items
        };
        for row in [0, 3, 10, 99] {
            let items = tangent(&runs, row);
            let Item::Path { points, .. } = &items[1] else {
                panic!("a line");
            };
            let [x] = *runs.results[0].trajectory.theta(row).unwrap() else {
                panic!("one parameter");
            };
            let mut slope = [0.0];
            let value = problem.objective.gradient(&[x], &mut slope);
            let [left, right] = [points[0], points[1]].map(|end| frame.world_from_picture(end));
            let drawn = (right[1] - left[1]) / (right[0] - left[0]);
            assert!(
                (drawn - slope[0]).abs() < 1e-2 * slope[0].abs().max(0.1),
                "{drawn} {slope:?}"
            );
            let middle = left[1] + (x - left[0]) * drawn;
            assert!(
                (middle - value).abs() < 0.01 * problem.view.height(),
                "{middle} {value}"
            );
            let text = format!("slope {}", number(slope[0], 3));
            assert!(words(&items).contains(&text), "{text}");
        }
        runs.scene.map.tangent = false;
        assert!(tangent(&runs, 3).is_empty());
        runs.scene.map.tangent = true;
        runs.scene.runs[0].shown = false;
        assert!(tangent(&runs, 3).is_empty());
    }

    #[test]
    fn pieces_of_a_graph_are_drawn_separately() {
        let drawing = drawn("formula-1d:f=1/x", "sgd:lr=0.1");
        let long = |points: &&&Vec<Point>| points.len() > 500;
        assert_eq!(paths(&drawing).iter().filter(long).count(), 2);
    }
}
