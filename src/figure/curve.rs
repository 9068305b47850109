//! The graph of a landscape of one parameter, which replaces the map's shading and contour lines.

use super::axis::{Axis, max_ticks};
use super::colour::Theme;
use super::drawing::{Item, Point};
use super::frame::Frame;
use super::trail::line;
use crate::engine::scene::MapStyle;

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
    use crate::engine::scene::Scene;
    use crate::figure::colour::Theme;
    use crate::figure::drawing::{Drawing, Item, Point, words};
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
    fn pieces_of_a_graph_are_drawn_separately() {
        let drawing = drawn("formula-1d:f=1/x", "sgd:lr=0.1");
        let long = |points: &&&Vec<Point>| points.len() > 500;
        assert_eq!(paths(&drawing).iter().filter(long).count(), 2);
    }
}
