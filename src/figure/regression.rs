//! Inset of linear regression on the map: the data, the line of each visible run at a step, and the least-squares line.

use super::axis::{Axis, number};
use super::colour::{Theme, run_colour, run_dash};
use super::drawing::{Anchor, Area, Item, Point, Text, circle};
use super::frame::Frame;
use super::labels::Labels;
use super::trail::{border, line};
use super::{style_index, text_width};
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;

/// Maximal number of points that are drawn, evenly spaced.
const MAX_POINTS: usize = 400;

/// Maximal number of points of a trail that decide on the corner of the inset.
const MAX_TRAIL_POINTS: usize = 200;

/// Smallest map with an inset, in points.
const MIN_MAP: [f32; 2] = [260.0, 190.0];

/// Space of the inset around its plot: left and top, right and bottom.
const MARGINS: [Point; 2] = [[34.0, 20.0], [8.0, 20.0]];

/// Height of the text above the plot.
const TEXT_SIZE: f32 = 10.0;

/// Dashes of the least-squares line.
const LEAST_SQUARES_DASH: &[f32] = &[5.0, 4.0];

/// Returns the area of the inset: the corner of the map with the fewest points of trails. `None` for landscapes without data, where the style
/// hides it, and on small maps.
pub fn inset_area(runs: &Runs, frame: &Frame) -> Option<Area> {
    const GAP: f32 = 10.0;
    runs.problem.objective.line_data()?;
    let Area { min, max } = frame.area;
    let [width, height] = [frame.area.width(), frame.area.height()];
    if !runs.scene.map.data || width < MIN_MAP[0] || height < MIN_MAP[1] {
        return None;
    }
    let width = (0.38 * width).clamp(170.0, 300.0);
    let height = (0.75 * width).min(0.44 * height);
    let corner = |right: bool, low: bool| {
        let x = if right {
            max[0] - GAP - width
        } else {
            min[0] + GAP
        };
        let y = if low {
            max[1] - GAP - height
        } else {
            min[1] + GAP
        };
        Area::new([x, y], [x + width, y + height])
    };
    let corners = [(true, false), (true, true), (false, true), (false, false)];
    let corners = corners.map(|(right, low)| corner(right, low));
    let taken = taken_points(runs, frame);
    let count = |area: &&Area| taken.iter().filter(|at| area.contains(**at)).count();
    corners.iter().min_by_key(count).copied()
}

/// Returns points of the trails, the start and the minima in picture coordinates; whole trails, so that the corner does not depend on the step.
fn taken_points(runs: &Runs, frame: &Frame) -> Vec<Point> {
    let marks = runs.problem.minima.iter().map(|mark| mark.at);
    let mut points: Vec<[f64; 2]> = marks.chain([runs.scene.start()]).collect();
    let visible = runs.scene.runs.iter().zip(&runs.results);
    for (_, result) in visible.filter(|(run, _)| run.shown) {
        let every = result.outline.len().div_ceil(MAX_TRAIL_POINTS).max(1);
        let rows = result.outline.iter().step_by(every);
        points.extend(rows.filter_map(|row| result.trajectory.plot_point(*row)));
    }
    let points = points.into_iter();
    points.map(|at| frame.picture_from_world(at)).collect()
}

/// Draws the inset, which labels keep off; nothing where there is no [`inset_area`].
pub fn inset_items(
    runs: &Runs,
    row: usize,
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let data = runs.problem.objective.line_data();
    let Some((area, [x, y])) = inset_area(runs, frame).zip(data) else {
        return Vec::new();
    };
    labels.block(area);
    let plot = Area::new(
        [area.min[0] + MARGINS[0][0], area.min[1] + MARGINS[0][1]],
        [area.max[0] - MARGINS[1][0], area.max[1] - MARGINS[1][1]],
    );
    let window = Rect::new(padded(x), padded(y)).unwrap_or(Rect::square(1.0));
    let inner = Frame { area: plot, window };
    let mut items = vec![
        Item::filled(area.corners(), theme.background.opacity(0.92)),
        border(area, 0.8, theme.faint),
    ];
    items.extend(ticks(&inner, &data_names(runs), theme));
    let fitted = |w: f64, b: f64| {
        let ends = window.x().map(|x| [x, w * x + b]);
        let finite = ends.iter().all(|[_, y]| y.is_finite());
        finite.then(|| ends.map(|end| inner.picture_from_world(end)).to_vec())
    };
    let mut inside = dots([x, y], &inner, theme);
    for mark in &runs.problem.minima {
        let points = fitted(mark.at[0], mark.at[1]);
        inside.extend(points.map(|points| line(points, 1.4, theme.ink, LEAST_SQUARES_DASH)));
        let [w, b] = mark.at.map(|coefficient| number(coefficient, 3));
        let line = format!("y = {w} x + {b}").replace("+ -", "− ");
        let texts = [
            format!("dashed: least squares, {line}"),
            format!("least squares: {line}"),
        ];
        let texts = texts.each_ref().map(String::as_str);
        let text = text_width::first_fitted(texts, TEXT_SIZE, area.width() - 16.0);
        let at = [area.min[0] + 8.0, area.min[1] + 10.0];
        items.push(Item::label(text, at, TEXT_SIZE, theme.ink));
    }
    let visible = runs.scene.runs.iter().zip(&runs.results);
    for (run, result) in visible.filter(|(run, _)| run.shown) {
        let Some([w, b]) = result.trajectory.plot_point(row) else {
            continue;
        };
        let index = style_index(run.colour);
        let (halo, colour) = (theme.halo, run_colour(index, theme));
        if let Some(points) = fitted(w, b) {
            inside.push(line(points.clone(), 3.6, halo, &[]));
            inside.push(line(points, 1.8, colour, run_dash(index)));
        }
    }
    items.push(Item::Clipped {
        area: plot,
        items: inside,
    });
    items.push(border(plot, 0.8, theme.ink));
    items
}

/// Returns the range of numbers with a margin on both sides.
fn padded(numbers: &[f64]) -> [f64; 2] {
    let ends = [f64::INFINITY, f64::NEG_INFINITY];
    let [low, high] = { numbers.iter() }.fold(ends, |[low, high], number| {
        [low.min(*number), high.max(*number)]
    });
    let margin = if high > low { 0.07 * (high - low) } else { 1.0 };
    [low - margin, high + margin]
}

fn dots([x, y]: [&[f64]; 2], frame: &Frame, theme: &Theme) -> Vec<Item> {
    let every = x.len().div_ceil(MAX_POINTS).max(1);
    let points = x.iter().zip(y).step_by(every);
    let dot = |(x, y): (&f64, &f64)| {
        let at = frame.picture_from_world([*x, *y]);
        Item::filled(circle(at, 2.3, 12), theme.ink.opacity(0.75))
    };
    points.map(dot).collect()
}

/// Returns the names of the data's inputs and targets: the columns that the landscape names, or else x and y.
fn data_names(runs: &Runs) -> [String; 2] {
    let columns = match runs.scene.landscape() {
        AnyLandscape::Regression(own) => [&own.x, &own.y].map(|name| name.trim().to_owned()),
        _ => Default::default(),
    };
    let mut names = columns.into_iter().zip(["x", "y"]);
    std::array::from_fn(|_| match names.next() {
        Some((name, _)) if !name.is_empty() => name,
        Some((_, default)) => default.to_owned(),
        None => String::new(),
    })
}

/// Draws the ends of both axes with their names: that of x below, that of y at the top.
fn ticks(frame: &Frame, [x_name, y_name]: &[String; 2], theme: &Theme) -> Vec<Item> {
    let Frame { area, window } = frame;
    let text = |text: String, at: Point, anchor: Anchor| {
        Item::Text(Text::new(text, at, anchor, 10.0, theme.ink))
    };
    let mut items = Vec::new();
    for tick in Axis::linear(window.x()).ticks(3).ticks {
        let [x, _] = frame.picture_from_world([tick.value, window.y()[0]]);
        let at = [x, area.max[1] + 9.0];
        let room = 6.0 + text_width::width(x_name, 10.0);
        if x < area.max[0] - room {
            items.push(text(tick.label, at, Anchor::Middle));
        }
    }
    for tick in Axis::linear(window.y()).ticks(3).ticks {
        let [_, y] = frame.picture_from_world([window.x()[0], tick.value]);
        let at = [area.min[0] - 4.0, y];
        if y > area.min[1] + 18.0 {
            items.push(text(tick.label, at, Anchor::End));
        }
    }
    let at = [area.max[0], area.max[1] + 9.0];
    items.push(text(x_name.clone(), at, Anchor::End));
    let at = [area.min[0] - 4.0, area.min[1] + 4.0];
    let name = text_width::fitted(y_name, 10.0, MARGINS[0][0] - 6.0);
    items.push(text(name, at, Anchor::End));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_runs;
    use crate::engine::scene::Scene;
    use crate::figure::drawing::words;
    use std::sync::Arc;

    fn runs(landscape: &str) -> Runs {
        let mut scene = Scene::new(landscape.parse().unwrap());
        scene.add_run("sgd:lr=0.01".parse().unwrap());
        scene.add_run("adam:lr=0.1".parse().unwrap());
        scene.runs[1].shown = false;
        scene.training.steps = 50;
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
    }

    fn frame(runs: &Runs, size: [f32; 2]) -> Frame {
        Frame::of(
            2,
            runs.problem.view,
            Area::new([50.0, 20.0], [50.0 + size[0], 20.0 + size[1]]),
        )
    }

    /// Returns the lines inside the inset's plot: least squares, then halo and line of each run.
    fn lines(items: &[Item]) -> Vec<Vec<Point>> {
        let inside = items.iter().find_map(|item| match item {
            Item::Clipped { items, .. } => Some(items),
            _ => None,
        });
        let line = |item: &Item| match item {
            Item::Path {
                points,
                closed: false,
                ..
            } => Some(points.clone()),
            _ => None,
        };
        inside.unwrap().iter().filter_map(line).collect()
    }

    fn inset(runs: &Runs, row: usize, frame: &Frame) -> Vec<Item> {
        let mut labels = Labels::new(frame.area, &Theme::LIGHT);
        inset_items(runs, row, frame, &mut labels, &Theme::LIGHT)
    }

    #[test]
    fn the_inset_shows_the_data_and_the_line_of_each_ticked_run() {
        let runs = runs("regression");
        let frame = frame(&runs, [600.0, 500.0]);
        let first = inset(&runs, 0, &frame);
        let last = inset(&runs, 50, &frame);
        assert_eq!(
            lines(&first).len(),
            3,
            "least squares, and one run with its halo"
        );
        assert_eq!(
            lines(&first)[0],
            lines(&last)[0],
            "least squares does not move"
        );
        // The start has slope −1, so its line falls; the fitted one rises almost as the least-squares line.
        let rise = |line: &[Point]| line[0][1] - line[1][1];
        let [start, end] = [&first, &last].map(|items| rise(&lines(items)[2]));
        let best = rise(&lines(&last)[0]);
        assert!(start < 0.0 && best > 0.0, "{start} {best}");
        assert!((end - best).abs() < 0.3 * best, "{end} {best}");
        let texts = words(&last);
        assert!(
            texts.iter().any(|text| text.contains("least squares")),
            "{texts:?}"
        );
    }

    #[test]
    fn axes_of_the_data_are_named_after_its_columns() {
        let mut runs = runs("regression");
        assert_eq!(data_names(&runs), ["x", "y"]);
        let landscape = &mut runs.scene.landscape_scene_mut().landscape;
        let name = crate::engine::declare::Value::Text("hours".to_owned());
        landscape.settings_mut().set("x", name).unwrap();
        assert_eq!(data_names(&runs), ["hours", "y"]);
        let frame = frame(&runs, [600.0, 500.0]);
        let texts = words(&inset(&runs, 0, &frame));
        assert!(texts.iter().any(|text| text == "hours"), "{texts:?}");
    }

    #[test]
    fn the_inset_is_in_the_corner_without_trails_and_can_be_hidden() {
        let mut runs = runs("regression");
        let large = frame(&runs, [600.0, 500.0]);
        let area = inset_area(&runs, &large).unwrap();
        let start = large.picture_from_world(runs.scene.start());
        assert!(
            !area.contains(start) && large.area.contains(area.min) && large.area.contains(area.max)
        );
        let best = large.picture_from_world(runs.problem.minima[0].at);
        assert!(!area.contains(best));
        let small = frame(&runs, [200.0, 150.0]);
        assert_eq!(inset_area(&runs, &small), None);
        runs.scene.map.data = false;
        assert_eq!(inset_area(&runs, &large), None);
        let other = self::runs("himmelblau");
        assert!(inset(&other, 0, &large).is_empty());
    }
}
