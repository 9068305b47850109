//! The map: the landscape as shading and contour lines, or as a graph; its marked points and the start.

mod lines;
mod numbers;

pub use numbers::number_lines;

use super::axis::{Axis, max_ticks, number};
use super::colour::{Marker, Theme};
use super::colour_map::Shades;
use super::curve;
use super::drawing::{Anchor, Area, Colour, Item, Point, Role, Stroke, Text, circle};
use super::frame::Frame;
use super::hillshade;
use super::labels::{Importance, Label, Labels, Positions};
use super::network;
use super::text_width;
use super::trail::{border, line};
use crate::engine::geometry::surface::Surface;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::numeric::real;
use crate::engine::results::{MapData, RunResult, Runs};
use crate::engine::scene::MapStyle;
use crate::engine::training::Outcome;
use std::sync::Arc;

/// Returns the colours of a landscape's grid, first row on top; NaN has the colour of the plot's background.
pub fn shading(map_data: &MapData, theme: &Theme) -> Arc<Vec<Colour>> {
    let rows = map_data
        .surface
        .values
        .chunks_exact(map_data.surface.columns)
        .rev();
    let shades = Shades::of(map_data, theme);
    let colour = |value: &f64| {
        let colour = shades.colour(map_data.levels.shade(*value));
        colour.unwrap_or(theme.plot_background)
    };
    Arc::new(rows.flatten().map(colour).collect())
}

/// Returns the colours of a landscape's grid as [`shading`], with hill shading if the style has it.
pub fn styled_shading(map_data: &MapData, style: &MapStyle, theme: &Theme) -> Arc<Vec<Colour>> {
    let mut pixels = shading(map_data, theme);
    if style.hillshade && map_data.graph.is_none() {
        let pixels = Arc::make_mut(&mut pixels);
        hillshade::shade(pixels, &map_data.surface, &map_data.levels);
    }
    pixels
}

/// Whether the heights of a slice differ so much that its levels should be logarithmic: the 95th percentile is more than 10 times as high
/// above the lowest value as the median.
pub(super) fn needs_log_levels(surface: &Surface) -> bool {
    let lowest = surface.range().map_or(0.0, |[lowest, _]| lowest);
    let above = |share: f64| surface.quantile(share).unwrap_or(lowest) - lowest;
    above(0.95) > 10.0 * above(0.5)
}

/// Draws the landscape in a frame: shading and contour lines, as the style says; of a landscape of one parameter its graph. The numbers of
/// the lines are labels, see [`number_lines`].
pub fn landscape(
    map_data: &MapData,
    pixels: &Arc<Vec<Colour>>,
    style: &MapStyle,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    if let Some(pieces) = &map_data.graph {
        return curve::graph(pieces, style, frame, theme);
    }
    let mut items = Vec::new();
    let surface = &map_data.surface;
    if style.fill {
        // Samples are on the view's border, so the centers of border pixels are half a cell inside the image's border.
        let (right, top) = (real(surface.columns) - 0.5, real(surface.rows) - 0.5);
        let [lower_left, upper_right] = [surface.point(-0.5, -0.5), surface.point(right, top)]
            .map(|corner| frame.picture_from_world(corner));
        let area = Area::new(
            [lower_left[0], upper_right[1]],
            [upper_right[0], lower_left[1]],
        );
        let pixels = Arc::clone(pixels);
        items.push(Item::Image {
            area,
            columns: surface.columns,
            rows: surface.rows,
            pixels,
        });
    }
    if style.lines {
        let shades = Shades::of(map_data, theme);
        for contour in &map_data.lines {
            let colour = if style.fill {
                shades.line_colour(map_data.levels.shade(contour.level))
            } else {
                theme.contour
            };
            items.push(Item::Path {
                points: lines::points(contour, frame),
                closed: contour.closed,
                stroke: Some(Stroke {
                    width: 0.8,
                    colour,
                    dash: &[],
                }),
                fill: None,
            });
        }
    }
    items
}

/// Adds a note on a window that is smaller than f64 resolves; nothing on any other.
pub fn deep_zoom_note(map_data: &MapData, frame: &Frame, labels: &mut Labels) {
    if map_data.base != 0.0 {
        let text =
            "f64 cannot resolve these heights: drawn from gradient and Hessian at the center";
        note(&[text], frame, labels);
    }
}

/// Adds sentences to the labels, in a box in one of the plot's corners.
pub fn note(sentences: &[&str], frame: &Frame, labels: &mut Labels) {
    const SIZE: f32 = 11.0;
    let width = (frame.area.width() - 24.0).min(420.0);
    let lines = sentences.iter();
    let lines = lines.flat_map(|sentence| text_width::wrapped(sentence, SIZE, width));
    labels.add(Label {
        lines: lines.collect(),
        size: SIZE,
        positions: Positions::Corner,
        boxed: true,
        ..Label::new(Importance::Note, "", frame.area.min, 0.0)
    });
}

/// Draws arrows of one length along the negative gradient at the points of a grid; none on a graph.
pub fn arrows(problem: &LoadedLandscape, frame: &Frame, theme: &Theme) -> Vec<Item> {
    const SPACING: f32 = 42.0;
    const LENGTH: f32 = 20.0;
    let mut items = Vec::new();
    if problem.objective.dim() != 2 {
        return items;
    }
    let mut y = frame.area.min[1] + SPACING / 2.0;
    while y < frame.area.max[1] {
        let mut x = frame.area.min[0] + SPACING / 2.0;
        while x < frame.area.max[0] {
            let mut gradient = [0.0; 2];
            problem
                .objective
                .gradient(&frame.world_from_picture([x, y]), &mut gradient);
            // In picture coordinates: the axes may have different scales, and y points down.
            let scale = [
                f64::from(frame.area.width()) / frame.window.width(),
                f64::from(frame.area.height()) / frame.window.height(),
            ];
            let [dx, dy] = [-gradient[0] * scale[0], gradient[1] * scale[1]];
            let norm = dx.hypot(dy);
            if norm.is_finite() && norm > 0.0 {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a direction in the picture"
                )]
                let [ux, uy] = [(dx / norm) as f32, (dy / norm) as f32];
                let at = |forward: f32, sideways: f32| {
                    [
                        x + ux * forward - uy * sideways,
                        y + uy * forward + ux * sideways,
                    ]
                };
                let (tail, tip) = (at(-LENGTH / 2.0, 0.0), at(LENGTH / 2.0, 0.0));
                let barb = vec![
                    at(LENGTH / 2.0 - 5.0, 3.0),
                    tip,
                    at(LENGTH / 2.0 - 5.0, -3.0),
                ];
                items.push(line(vec![tail, tip], 1.1, theme.ink.opacity(0.55), &[]));
                items.push(line(barb, 1.1, theme.ink.opacity(0.55), &[]));
            }
            x += SPACING;
        }
        y += SPACING;
    }
    items
}

/// Adds a note where f is not finite at the start, so that no visible run can take a step.
pub fn start_note(runs: &Runs, frame: &Frame, labels: &mut Labels) {
    let visible = runs.scene.runs.iter().zip(&runs.results);
    let mut visible = visible.filter(|(run, _)| run.shown).peekable();
    let ends_at_start =
        |result: &RunResult| matches!(result.trajectory.outcome, Outcome::Diverged(0, _));
    if visible.peek().is_some() && visible.all(|(_, result)| ends_at_start(result)) {
        let text = "f is not finite at the start, so no run can take a step; move the start";
        note(&[text], frame, labels);
    }
}

/// Draws stars on the minima, and crossed rings on the saddles, as the style says. Adds the values of the minima to the labels.
pub fn marks(
    problem: &LoadedLandscape,
    style: &MapStyle,
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = Vec::new();
    for mark in problem.saddles.iter().filter(|_| style.saddles) {
        let at = frame.picture_from_world(problem.plot_point(mark.at));
        if frame.area.contains(at) {
            items.extend(saddle(at, SADDLE_RADIUS, theme));
            labels.block_mark(at, SADDLE_RADIUS);
        }
    }
    for mark in problem.minima.iter().filter(|_| style.minima) {
        let at = frame.picture_from_world(problem.plot_point(mark.at));
        if frame.area.contains(at) {
            items.extend(star(at, STAR_RADIUS, theme));
            labels.block_mark(at, STAR_RADIUS - 1.5);
            let text = format!("min {}", number(mark.value, 4));
            labels.add(Label {
                size: 11.0,
                ..Label::new(Importance::Point, text, at, STAR_RADIUS)
            });
        }
    }
    items
}

/// Radii of the marks of minima, saddles and the start.
pub(super) const STAR_RADIUS: f32 = 9.0;
pub(super) const SADDLE_RADIUS: f32 = 5.5;
pub(super) const START_RADIUS: f32 = 6.5;

/// Draws the mark of a saddle: a crossed ring.
pub(super) fn saddle(at: Point, radius: f32, theme: &Theme) -> Vec<Item> {
    let mut items: Vec<Item> = [(3.8, theme.halo), (1.4, theme.ink)]
        .map(|(width, colour)| Item::outline(circle(at, radius, 24), width, colour))
        .into();
    let arm = 0.62 * radius;
    for turn in [1.0, -1.0] {
        let ends = [-arm, arm].map(|part| [at[0] + part, at[1] + turn * part]);
        items.push(line(ends.to_vec(), 1.4, theme.ink, &[]));
    }
    items
}

/// Fill colour of stars, which neither the landscape nor runs have.
const STAR_FILL: Colour = Colour::rgb(255, 200, 40);

/// Draws a five-pointed star, made of convex pieces.
pub(super) fn star([x, y]: Point, size: f32, theme: &Theme) -> Vec<Item> {
    let corner = |i: u8, radius: f32| {
        let (sin, cos) = (f32::from(i) * std::f32::consts::TAU / 10.0).sin_cos();
        [x + radius * sin, y - radius * cos]
    };
    let outline: Vec<Point> = (0..10)
        .map(|i| corner(i, if i % 2 == 0 { size } else { size * 0.42 }))
        .collect();
    let rim_width = 2.5_f32.min(0.36 * size);
    let mut items = vec![Item::outline(outline.clone(), rim_width, theme.ink)];
    items.extend((0..5).map(|i| {
        let piece = vec![
            outline[2 * i],
            outline[2 * i + 1],
            [x, y],
            outline[(2 * i + 9) % 10],
        ];
        Item::filled(piece, STAR_FILL)
    }));
    items
}

/// Draws the runs' common start, at its position on the plot: a ring around a dot. It reaches over the border of the plot rather than
/// being cut, so it must not be clipped.
pub fn start(at: [f64; 2], frame: &Frame, theme: &Theme) -> Vec<Item> {
    let at = frame.picture_from_world(at);
    if frame.area.contains(at) {
        start_mark(at, theme)
    } else {
        Vec::new()
    }
}

/// Keeps labels off the mark of the start.
pub fn block_start(at: [f64; 2], frame: &Frame, labels: &mut Labels) {
    labels.block_mark(frame.picture_from_world(at), START_RADIUS);
}

/// Draws the mark of the start.
pub(super) fn start_mark(at: Point, theme: &Theme) -> Vec<Item> {
    let mut items = vec![Item::outline(circle(at, START_RADIUS, 28), 4.4, theme.halo)];
    items.extend(Marker::Circle.items(at, START_RADIUS - 0.5, theme.background, theme.ink));
    items.push(Item::filled(circle(at, 2.2, 16), theme.ink));
    items
}

/// Space to the left of a plot that names of axes and tick labels may take.
const LEFT: f32 = 46.0;

/// Returns the name of an axis with the ticks' offset. Where it is longer than `room`, the axis of a principal component loses the words
/// after its share of the variance, then the share.
fn axis_name(name: &str, offset: &str, size: f32, room: f32) -> String {
    let whole = format!("{name} {offset}");
    let Some(share) = name.strip_suffix(network::OF_VARIANCE) else {
        return whole.trim().to_owned();
    };
    let component = share.split(" (").next().unwrap_or(share);
    let [short, shortest] =
        [format!("{share})"), component.to_owned()].map(|name| format!("{name} {offset}"));
    text_width::first_fitted([whole.trim(), short.trim(), shortest.trim()], size, room)
}

/// Draws the map's border with tick labels along both axes, and the axes' names below and on the left.
pub fn axes(frame: &Frame, names: [&str; 2], theme: &Theme) -> Vec<Item> {
    axes_with(frame, names, [true; 2], theme)
}

/// Draws the border with ticks like [`axes`]; the axes that are not `labelled`, of x and y, are those of a neighbouring map.
pub fn axes_with(frame: &Frame, names: [&str; 2], labelled: [bool; 2], theme: &Theme) -> Vec<Item> {
    const SIZE: f32 = 12.0;
    let Frame { area, window } = frame;
    let mut items = Vec::new();
    let text = |text: String, at: Point, anchor: Anchor| {
        Item::Text(Text::new(text, at, anchor, SIZE, theme.ink))
    };
    let vertical = Axis::linear(window.y()).ticks(max_ticks(area.height(), 45.0));
    let y_name = axis_name(names[1], &vertical.offset, SIZE, area.height());
    let y_name = y_name.as_str();
    let widths = vertical.ticks.iter();
    let widths = widths.map(|tick| text_width::width(&tick.label, SIZE));
    let ticks_width = widths.fold(0.0, f32::max) + 7.0;
    let name_width = text_width::width(y_name, SIZE);
    if ticks_width + SIZE + 3.0 <= LEFT && name_width <= area.height() {
        let y = f32::midpoint(area.min[1], area.max[1]);
        let x = area.min[0] - LEFT + 0.5 * SIZE;
        items.push(Item::Text(Text {
            upright: true,
            role: Role::YLabel,
            ..Text::new(y_name, [x, y], Anchor::Middle, SIZE, theme.ink)
        }));
    } else {
        let at = [area.min[0] - ticks_width.min(LEFT), area.min[1] - 13.0];
        let name = text(y_name.to_owned(), at, Anchor::Start);
        items.push(name.with_role(Role::YLabel));
    }
    let horizontal = Axis::linear(window.x());
    let widest = horizontal.ticks(max_ticks(area.width(), 40.0)).ticks;
    let widest = widest
        .iter()
        .map(|tick| text_width::width(&tick.label, SIZE));
    let spacing = (widest.fold(0.0, f32::max) + 14.0).max(70.0);
    let ticks = horizontal.ticks(max_ticks(area.width(), spacing));
    let x_name = axis_name(names[0], &ticks.offset, SIZE, area.width() + 2.0 * LEFT);
    let middle = f32::midpoint(area.min[0], area.max[0]);
    let name = text(x_name, [middle, area.max[1] + 28.0], Anchor::Middle);
    items.push(name.with_role(Role::XLabel));
    for tick in &ticks.ticks {
        let x = frame.picture_from_world([tick.value, window.y()[0]])[0];
        let ends = vec![[x, area.max[1]], [x, area.max[1] + 4.0]];
        items.push(line(ends, 1.0, theme.ink, &[]));
        let at = [x, area.max[1] + 13.0];
        if labelled[0] {
            items.push(text(tick.label.clone(), at, Anchor::Middle));
        }
    }
    for tick in &vertical.ticks {
        let y = frame.picture_from_world([window.x()[0], tick.value])[1];
        let ends = vec![[area.min[0] - 4.0, y], [area.min[0], y]];
        items.push(line(ends, 1.0, theme.ink, &[]));
        let at = [area.min[0] - 7.0, y];
        if labelled[1] {
            items.push(text(tick.label.clone(), at, Anchor::End));
        }
    }
    items.push(border(*area, 1.0, theme.ink));
    items
}
