//! The map: the landscape as shading and contour lines, or as a graph; its marked points and the start.

use super::axis::{Axis, max_ticks, number};
use super::colour::{Marker, Theme, shade_colour};
use super::curve;
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text, circle};
use super::frame::Frame;
use super::hillshade;
use super::trail::{border, line};
use crate::engine::geometry::contour::ContourLine;
use crate::engine::geometry::surface::Surface;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::numeric::real;
use crate::engine::results::MapData;
use crate::engine::scene::MapStyle;
use std::sync::Arc;

/// Returns the colours of a landscape's grid, first row on top; NaN has the colour of the plot's background.
pub fn shading(map_data: &MapData, theme: &Theme) -> Arc<Vec<Colour>> {
    let rows = map_data
        .surface
        .values
        .chunks_exact(map_data.surface.columns)
        .rev();
    let colour = |value: &f64| match map_data.levels.shade(*value) {
        shade if shade.is_nan() => theme.plot_background,
        shade => shade_colour(shade, theme),
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

/// Draws the landscape in a frame: shading, contour lines and their labels, as the style says; of a landscape of one parameter its graph.
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
        let mut labels: Vec<Item> = Vec::new();
        let mut taken: Vec<Point> = Vec::new();
        let labelled = labelled_levels(&map_data.lines);
        for contour in &map_data.lines {
            let points: Vec<Point> = contour
                .points
                .iter()
                .map(|&point| frame.picture_from_world(point))
                .collect();
            if style.labels
                && labels.len() < MAX_CONTOUR_LABELS
                && labelled.contains(&contour.level)
                && let Some(at) = label_position(&points, frame, &taken)
            {
                taken.push(at);
                labels.push(label(&map_data.levels.label(contour.level), at, theme));
            }
            let stroke = Some(Stroke {
                width: 0.8,
                colour: theme.contour,
                dash: &[],
            });
            items.push(Item::Path {
                points,
                closed: contour.closed,
                stroke,
                fill: None,
            });
        }
        items.extend(labels);
    }
    items
}

/// Maximal number of labels of contour lines.
const MAX_CONTOUR_LABELS: usize = 10;

/// Returns the levels whose lines have labels: every n-th that has a line.
fn labelled_levels(lines: &[ContourLine]) -> Vec<f64> {
    let mut levels: Vec<f64> = lines.iter().map(|line| line.level).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let every = levels.len().div_ceil(MAX_CONTOUR_LABELS).max(1);
    levels.into_iter().step_by(every).collect()
}

/// Returns a point of a long line for its label, away from the border and from other labels.
fn label_position(points: &[Point], frame: &Frame, taken: &[Point]) -> Option<Point> {
    const MIN_DISTANCE: f32 = 70.0;
    let length: f32 = points
        .windows(2)
        .map(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]))
        .sum();
    if length < 160.0 {
        return None;
    }
    let inside = |[x, y]: &&Point| {
        let (area, [dx, dy]) = (frame.area, [26.0, 12.0]);
        (area.min[0] + dx..area.max[0] - dx).contains(x)
            && (area.min[1] + dy..area.max[1] - dy).contains(y)
    };
    let free = |[x, y]: &&Point| {
        taken
            .iter()
            .all(|other| (x - other[0]).hypot(y - other[1]) > MIN_DISTANCE)
    };
    let step = (points.len() / 24).max(1);
    points
        .iter()
        .skip(points.len() / 3)
        .chain(points)
        .step_by(step)
        .find(|point| inside(point) && free(point))
        .copied()
}

fn label(text: &str, at: Point, theme: &Theme) -> Item {
    let text = Text::new(text, at, Anchor::Middle, 10.5, theme.ink);
    Item::Text(text.with_halo(theme.halo.opacity(0.8)))
}

/// Draws a note on a window that is smaller than f64 resolves; nothing on any other.
pub fn deep_zoom_note(map_data: &MapData, frame: &Frame, theme: &Theme) -> Vec<Item> {
    if map_data.base == 0.0 {
        return Vec::new();
    }
    let text = "f64 cannot resolve these heights: drawn from gradient and Hessian at the center";
    let at = [frame.area.min[0] + 8.0, frame.area.min[1] + 12.0];
    let text = Text::new(text, at, Anchor::Start, 11.0, theme.ink);
    vec![Item::Text(text.with_halo(theme.halo))]
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

/// Draws stars on the minima, with their values, and rings on the saddles, as the style says.
pub fn marks(
    problem: &LoadedLandscape,
    style: &MapStyle,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = Vec::new();
    for mark in problem.saddles.iter().filter(|_| style.saddles) {
        let at = frame.picture_from_world(mark.at);
        if frame.area.contains(at) {
            for (width, colour) in [(3.5, theme.halo), (1.5, theme.ink)] {
                items.push(Item::outline(circle(at, 5.0, 24), width, colour));
            }
        }
    }
    for mark in problem.minima.iter().filter(|_| style.minima) {
        let at = frame.picture_from_world(problem.plot_point(mark.at));
        if frame.area.contains(at) {
            items.extend(star(at, 9.0, theme));
            let text = format!("min {}", number(mark.value, 4));
            let at = [at[0], at[1] + 17.0];
            let text = Text::new(text, at, Anchor::Middle, 11.0, theme.ink);
            items.push(Item::Text(text.with_halo(theme.halo)));
        }
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

/// Draws the runs' common start, at its position on the plot.
pub fn start(at: [f64; 2], frame: &Frame, theme: &Theme) -> Vec<Item> {
    let at = frame.picture_from_world(at);
    if frame.area.contains(at) {
        Marker::Circle.items(at, 6.0, theme.background, theme.ink)
    } else {
        Vec::new()
    }
}

/// Draws the map's border with tick labels along both axes, and the axes' names.
pub fn axes(frame: &Frame, names: [&str; 2], theme: &Theme) -> Vec<Item> {
    let Frame { area, window } = frame;
    let mut items = Vec::new();
    let text = |text: String, at: Point, anchor: Anchor| {
        Item::Text(Text::new(text, at, anchor, 12.0, theme.ink))
    };
    let horizontal = Axis::linear(window.x());
    let ticks = horizontal.ticks(max_ticks(area.width(), 70.0));
    for tick in &ticks.ticks {
        let x = frame.picture_from_world([tick.value, window.y()[0]])[0];
        items.push(line(
            vec![[x, area.max[1]], [x, area.max[1] + 4.0]],
            1.0,
            theme.ink,
            &[],
        ));
        items.push(text(
            tick.label.clone(),
            [x, area.max[1] + 13.0],
            Anchor::Middle,
        ));
    }
    let x_name = format!("{} {}", names[0], ticks.offset);
    items.push(text(
        x_name.trim().to_owned(),
        [area.max[0], area.max[1] + 27.0],
        Anchor::End,
    ));
    let vertical = Axis::linear(window.y());
    let ticks = vertical.ticks(max_ticks(area.height(), 45.0));
    for tick in &ticks.ticks {
        let y = frame.picture_from_world([window.x()[0], tick.value])[1];
        items.push(line(
            vec![[area.min[0] - 4.0, y], [area.min[0], y]],
            1.0,
            theme.ink,
            &[],
        ));
        items.push(text(
            tick.label.clone(),
            [area.min[0] - 7.0, y],
            Anchor::End,
        ));
    }
    let y_name = format!("{} {}", names[1], ticks.offset);
    // A long name would be cut off on the left if it were centered.
    let (x, anchor) = match names[1].chars().count() {
        ..=6 => (area.min[0], Anchor::Middle),
        _ => (area.min[0] - 40.0, Anchor::Start),
    };
    let at = [x, area.min[1] - 10.0];
    items.push(text(y_name.trim().to_owned(), at, anchor));
    items.push(border(*area, 1.0, theme.ink));
    items
}
