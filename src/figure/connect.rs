//! Paths between two networks: loss and accuracy along them, and the plane that contains them.

mod areas;

use super::axis;
use super::chart::{Chart, Series, Style};
use super::colour::{Marker, NEUTRAL, Theme, run_colour, run_marker, shade_index};
use super::colour_bar;
use super::drawing::{Area, Drawing, Item, Point, Role};
use super::frame::Frame;
use super::labels::{Importance, Label, Labels};
use super::layout::page;
use super::map;
use super::text_width;
use super::trail::line;
use crate::engine::analysis::mode_connectivity::{
    Connect, ModeConnectivity, PathExtremum, PathPoint, PathProfile,
};
use crate::engine::cancel::Cancel;
use crate::engine::declare::{Settings, Value};
use crate::engine::geometry::surface::Surface;
use crate::engine::objective::norm;
use crate::engine::objective::plane::Rect;
use crate::engine::results::MapData;
use crate::engine::scene::MapStyle;
use crate::engine::training::{Outcome, RunSpec};
use areas::{PlotAreas, plot_areas};

/// The words of a picture of two networks.
#[derive(Clone, Copy)]
pub struct Caption<'a> {
    /// Title: the network and its data.
    pub title: &'a str,
    /// The settings, in one line.
    pub caption: &'a str,
    /// λ of L2 regularisation: unless it is zero, the map's heights include λ/2 ‖θ‖².
    pub l2: f64,
    /// Whether the picture has the legend of the paths.
    pub legend: bool,
}

/// Returns the settings of the paths in one line: the optimizer of the curve, and all settings that are on.
pub fn settings_text(spec: &RunSpec, settings: &Connect) -> String {
    let mut parts = vec![format!("curve {spec}")];
    for (index, param) in settings.params().iter().enumerate() {
        match settings.value(index) {
            Value::Flag(false) | Value::None => {}
            Value::Flag(true) => parts.push(param.name.to_owned()),
            value => parts.push(format!("{} {}", param.name, param.text(&value))),
        }
    }
    parts.join(" · ")
}

/// A path in a chart: its name, its profile, and its index into colours and markers.
type NamedPath<'a> = (&'static str, &'a PathProfile, usize);

/// Number of segments of the curve on the map.
const CURVE_SEGMENTS: u8 = 96;

/// Height of a line of text, and of a path's legend entry.
const LINE_HEIGHT: f32 = 15.0;
const PATH_HEIGHT: f32 = 49.0;

/// Returns the view of the plane for a picture of a size, with its legend or without it: both ends and the middle point with a margin, at equal scales. `None`
/// where there is no plane.
pub fn window(connection: &ModeConnectivity, (size, legend): ([f32; 2], bool)) -> Option<Rect> {
    let [x, y] = connection.middle_on_plane()?;
    let [left, right] = [x.min(0.0), x.max(1.0)];
    let [low, high] = [y.min(0.0), y.max(0.0)];
    let margin = 0.22 * (right - left).max(high - low);
    let view = Rect::new(
        [left - margin, right + margin],
        [low - margin, high + margin],
    )?;
    Some(Frame::fit(view, plot_areas(connection, size, legend).map).window)
}

/// Returns the paths of a connection, each with a neutral style: no colour of a run.
fn paths(connection: &ModeConnectivity) -> Vec<NamedPath<'_>> {
    let straight = if connection.aligned.is_some() {
        "straight line, aligned"
    } else {
        "straight line"
    };
    let unaligned = connection.aligned.as_ref();
    let unaligned = unaligned.map(|(_, profile)| ("straight line before alignment", profile, 2));
    let both = [
        (straight, &connection.straight, 0),
        ("curve", &connection.curve, 1),
    ];
    let paths = both.into_iter().chain(unaligned);
    let neutral = |(name, profile, path)| (name, profile, shade_index(NEUTRAL, path));
    paths.map(neutral).collect()
}

/// Draws the picture: the paths' legend, the charts, and the map of `surface`, which is sampled over the [`window`].
pub fn picture(
    connection: &ModeConnectivity,
    surface: Option<Surface>,
    caption: &Caption,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let mut items = page(size, theme);
    let areas = plot_areas(connection, size, caption.legend);
    let write = |text: &str, at: Point, size: f32, width: f32| {
        let text = text_width::fitted(text, size, width);
        Item::label(text, at, size, theme.ink)
    };
    let width = size[0] - 30.0;
    let title = format!("Mode connectivity   {}", caption.title);
    items.push(write(&title, [18.0, 20.0], 15.0, width).with_role(Role::Title));
    let [x, mut y] = areas.legend;
    let legend_width = size[0] - x - 48.0;
    for (name, profile, style_index) in paths(connection) {
        if !caption.legend {
            break;
        }
        items.extend(legend_line([x, y], style_index, theme));
        items.push(write(name, [x + 40.0, y], 12.0, legend_width));
        for (number, line) in (1_u8..).zip(summary_text(profile).split("; ")) {
            let at = [x + 40.0, y + LINE_HEIGHT * f32::from(number)];
            items.push(write(line, at, 11.0, legend_width));
        }
        y += PATH_HEIGHT;
    }
    let charts: [ChartSpec; 2] = [
        ("loss; dashed: test", PathPoint::loss, |path, part| {
            path.max_loss(part)
        }),
        (
            "accuracy in %; dashed: test",
            |row, part| Some(100.0 * row.accuracy(part)?),
            |path, part| {
                let min = path.min_accuracy(part)?;
                Some(PathExtremum {
                    height: 100.0 * min.height,
                    ..min
                })
            },
        ),
    ];
    for (spec, area) in charts.into_iter().zip(&areas.charts) {
        items.extend(chart(connection, spec, *area, theme));
    }
    let mut lines = Vec::new();
    if let (Some(surface), Some(plane)) = (surface, &connection.plane) {
        items.extend(plane_map(connection, surface, &areas, theme));
        let [_, u, _] = plane.parts();
        let l2 = if caption.l2 > 0.0 {
            ", including λ/2 ‖θ‖²"
        } else {
            ""
        };
        lines.push("Map: the plane through A, B and θ, which contains both paths.".to_owned());
        lines.push(format!(
            "Its unit is the distance between A and B, {}. Heights are training losses{l2}.",
            axis::number(norm(u), 3)
        ));
    } else if connection.plane.is_none() {
        lines.push("A, B and θ lie on one line: there is no plane through them.".to_owned());
    }
    if let Outcome::Diverged(step, _) = connection.outcome {
        lines.push(format!(
            "The training of the curve diverged at step {step}; the curve shown is the last finite one."
        ));
    }
    lines.push(caption.caption.to_owned());
    let mut at = areas.caption;
    for line in lines.iter().rev() {
        items.push(write(line, at, 11.0, width).with_role(Role::Caption));
        at[1] -= LINE_HEIGHT;
    }
    Drawing::new(size, items)
}

/// A chart's title, its value at a point of a path, and the extremum marked on a path.
type ChartSpec = (
    &'static str,
    fn(&PathPoint, usize) -> Option<f64>,
    fn(&PathProfile, usize) -> Option<PathExtremum>,
);

fn chart(
    connection: &ModeConnectivity,
    (title, value, mark): ChartSpec,
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    /// A line of the chart, or a single mark.
    struct ChartLine {
        t: Vec<f64>,
        values: Vec<f64>,
        style_index: usize,
        style: Style,
    }
    let mut drawn: Vec<ChartLine> = Vec::new();
    let paths = paths(connection);
    for (part, style) in [(1, Style::Dashed), (0, Style::Whole)] {
        for (_, profile, style_index) in &paths {
            let points = profile
                .rows
                .iter()
                .filter_map(|row| Some((row.t, value(row, part)?)));
            // A line is marked at its last value; a final NaN prevents that.
            let (t, values) = points.chain([(1.0, f64::NAN)]).unzip();
            drawn.push(ChartLine {
                t,
                values,
                style_index: *style_index,
                style,
            });
        }
    }
    for (_, profile, style_index) in &paths {
        let peak = mark(profile, 0).into_iter();
        let (t, values) = peak.map(|peak| (peak.t, peak.height)).unzip();
        drawn.push(ChartLine {
            t,
            values,
            style_index: *style_index,
            style: Style::Whole,
        });
    }
    let series = drawn.iter().map(|drawn| Series {
        x: &drawn.t,
        values: &drawn.values,
        opaque_len: drawn.values.len(),
        style_index: drawn.style_index,
        limit: false,
    });
    let series: Vec<Series> = series.collect();
    let styles: Vec<Style> = drawn.iter().map(|drawn| drawn.style).collect();
    let title = if connection.straight.max_loss(1).is_some() {
        title
    } else {
        title.split(';').next().unwrap_or(title)
    };
    let chart = Chart {
        area,
        title,
        x_label: "t, from A to B",
        x_range: [0.0, 1.0],
        log: false,
        theme,
    };
    chart.draw_with_styles(&series, &styles)
}

/// Draws the map with the straight line and the curve on it.
fn plane_map(
    connection: &ModeConnectivity,
    surface: Surface,
    areas: &PlotAreas,
    theme: &Theme,
) -> Vec<Item> {
    let frame = Frame {
        area: areas.map,
        window: surface.view,
    };
    let (Some(middle), Some(map_data)) = (
        connection.middle_on_plane(),
        // A logarithmic scale resolves the depths of valleys; no loss is below zero.
        MapData::of(surface, true, Some(0.0), 20, &Cancel::default()),
    ) else {
        return Vec::new(); // Only cancelling gives `None`, and nothing cancels this.
    };
    let shading = map::shading(&map_data, theme);
    let style = MapStyle::default();
    let mut labels = Labels::new(frame.area, theme);
    map::number_lines(&map_data, &style, &frame, &mut labels);
    let mut items = map::landscape(&map_data, &shading, &style, &frame, theme);
    let on_curve = |t: f64| connection.curve_on_plane(t).unwrap_or_default();
    let shares = (0..=CURVE_SEGMENTS).map(|k| f64::from(k) / f64::from(CURVE_SEGMENTS));
    let paths = [vec![[0.0, 0.0], [1.0, 0.0]], shares.map(on_curve).collect()];
    let worst = [&connection.straight, &connection.curve].map(|path| path.max_loss(0));
    let [straight, curve] = worst.map(|worst| worst.map(|peak| peak.t));
    let worst = [straight.map(|t| [t, 0.0]), curve.map(on_curve)];
    for (number, (path, worst)) in paths.into_iter().zip(worst).enumerate() {
        let style_index = shade_index(NEUTRAL, number);
        let points: Vec<Point> = path
            .iter()
            .map(|at| frame.picture_from_world(*at))
            .collect();
        let colour = run_colour(style_index, theme);
        labels.avoid(&points);
        items.push(line(points.clone(), 4.6, theme.halo.opacity(0.75), &[]));
        items.push(line(points, 2.2, colour, &[]));
        if let Some(at) = worst {
            let at = frame.picture_from_world(at);
            items.extend(run_marker(style_index).items(at, 5.0, colour, theme.halo));
        }
    }
    for (point, name, [fill, rim]) in [
        ([0.0, 0.0], "A", [theme.ink, theme.halo]),
        ([1.0, 0.0], "B", [theme.ink, theme.halo]),
        (middle, "θ", [theme.background, theme.ink]),
    ] {
        let at = frame.picture_from_world(point);
        items.extend(Marker::Diamond.items(at, 4.6, fill, rim));
        labels.block_mark(at, 5.0);
        labels.add(Label {
            size: 14.0,
            ..Label::new(Importance::Point, name, at, 6.0)
        });
    }
    let mut items = vec![Item::Clipped {
        area: frame.area,
        items,
    }];
    items.extend(labels.place());
    items.extend(map::axes(&frame, ["a", "b"], theme));
    items.extend(colour_bar::draw(&map_data, areas.bar, theme));
    items
}

/// Draws a path's line with its marker, for the legend.
fn legend_line([x, y]: Point, style_index: usize, theme: &Theme) -> Vec<Item> {
    let colour = run_colour(style_index, theme);
    let mut items = vec![line(vec![[x, y], [x + 30.0, y]], 2.0, colour, &[])];
    items.extend(run_marker(style_index).items([x + 15.0, y], 5.0, colour, theme.halo));
    items
}

/// Describes a path: its worst loss and its barrier.
fn summary_text(profile: &PathProfile) -> String {
    let height = |peak: PathExtremum| axis::number(peak.height, 3);
    let with_position =
        |peak: PathExtremum| format!("{} at t = {}", height(peak), axis::number(peak.t, 3));
    let part = |name: &str, train: Option<String>, test: Option<PathExtremum>| {
        let test = test.map(|peak| format!(", test {}", height(peak)));
        format!(
            "{name} {}{}",
            train.unwrap_or_default(),
            test.unwrap_or_default()
        )
    };
    let worst = part(
        "worst loss",
        profile.max_loss(0).map(with_position),
        profile.max_loss(1),
    );
    let barrier = part(
        "barrier",
        profile.barrier(0).map(height),
        profile.barrier(1),
    );
    format!("{worst}; {barrier}")
}

#[cfg(test)]
mod tests;
