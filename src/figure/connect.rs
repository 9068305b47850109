//! Ways between two networks: loss and accuracy along them, and the plane that holds them.

use super::axis;
use super::chart::{Chart, Series, Style};
use super::colour::{Marker, Theme, run_colour, run_marker};
use super::drawing::{Anchor, Area, Drawing, Item, Point, Text};
use super::frame::Frame;
use super::layout::page;
use super::map;
use super::shortened;
use super::trail::line;
use crate::engine::analysis::mode_connectivity::{
    Connect, ModeConnectivity, PathExtremum, PathPoint, PathProfile,
};
use crate::engine::cancel::Cancel;
use crate::engine::declare::{Settings, Value};
use crate::engine::geometry::surface::Surface;
use crate::engine::objective::norm;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::MapStyle;
use crate::engine::training::{Outcome, RunSpec};
use crate::engine::results::MapData;

/// What a picture says of two networks and of what was asked for.
#[derive(Clone, Copy)]
pub struct Caption<'a> {
    /// The network and its data.
    pub title: &'a str,
    /// The settings, in one line.
    pub caption: &'a str,
    /// λ: where it is not zero the map's heights have λ/2 ‖θ‖² in them.
    pub l2: f64,
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

/// A way in a chart: its name, its measures, and its place among colours and markers.
type NamedPath<'a> = (&'static str, &'a PathProfile, usize);

/// Points of the curve on the map.
const CURVE_SEGMENTS: u8 = 96;

/// Height of a line of words, and of what is told of a way.
const LINE_HEIGHT: f32 = 15.0;
const PATH_HEIGHT: f32 = 49.0;

/// What of the plane a picture of so many points shows: both ends and the middle point, and more on all sides, with equal scales. `None`
/// where there is no plane.
pub fn window(connection: &ModeConnectivity, size: [f32; 2]) -> Option<Rect> {
    let [x, y] = connection.middle_on_plane()?;
    let [left, right] = [x.min(0.0), x.max(1.0)];
    let [low, high] = [y.min(0.0), y.max(0.0)];
    let margin = 0.22 * (right - left).max(high - low);
    let view = Rect::new(
        [left - margin, right + margin],
        [low - margin, high + margin],
    )?;
    Some(Frame::fit(view, plot_areas(connection, size).map).window)
}

/// Where the parts are.
struct PlotAreas {
    /// Losses, and where there are classes accuracies.
    charts: Vec<Area>,
    map: Area,
    bar: Area,
    /// Where the ways are told.
    legend: Point,
    /// Where the last line of the words below all begins.
    words: Point,
}

/// Charts on the left; the map on the right, and the ways in words below it.
fn plot_areas(connection: &ModeConnectivity, [width, height]: [f32; 2]) -> PlotAreas {
    #[expect(clippy::cast_precision_loss, reason = "three ways at most")]
    let told = PATH_HEIGHT * paths(connection).len() as f32;
    let bottom = (height - 64.0).max(200.0);
    let middle = (0.46 * width).max(150.0);
    let column = |[from, to]: [f32; 2]| {
        let y = |share: f32| 38.0 + share * (bottom - 38.0);
        Area::new([12.0, y(from)], [middle, y(to)])
    };
    let classes = connection.straight.min_accuracy(0).is_some();
    let shares = if classes {
        vec![[0.0, 0.56], [0.58, 1.0]]
    } else {
        vec![[0.0, 1.0]]
    };
    let [left, right] = [middle + 52.0, (width - 70.0).max(middle + 120.0)];
    let low = (bottom - told - 46.0).max(150.0);
    let map = Area::new([left, 58.0], [right, low]);
    let legend = match connection.plane {
        Some(_) => low + 50.0,
        None => 58.0,
    };
    PlotAreas {
        charts: shares.into_iter().map(column).collect(),
        map,
        bar: Area::new([right + 14.0, map.min[1]], [right + 26.0, low]),
        legend: [left - 8.0, legend],
        words: [18.0, height - 14.0],
    }
}

/// The ways that there are.
fn paths(connection: &ModeConnectivity) -> Vec<NamedPath<'_>> {
    let straight = if connection.aligned.is_some() {
        "straight line, aligned"
    } else {
        "straight line"
    };
    let before = connection.aligned.as_ref();
    let before = before.map(|(_, profile)| ("straight line before alignment", profile, 2));
    let both = [
        (straight, &connection.straight, 0),
        ("curve", &connection.curve, 1),
    ];
    both.into_iter().chain(before).collect()
}

/// The picture: the ways in words, the charts, and the map of `surface`, which is that of the [`window`].
pub fn picture(
    connection: &ModeConnectivity,
    surface: Option<Surface>,
    told: &Caption,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let mut items = page(size, theme);
    let places = plot_areas(connection, size);
    // As many letters as there is room for.
    let most = |size: f32, width: f32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of letters"
        )]
        let letters = (width / (0.49 * size)).clamp(8.0, 400.0) as usize;
        letters
    };
    let write = |text: &str, at: Point, size: f32, width: f32| {
        let text = shortened(text, most(size, width));
        Item::label(text, at, size, theme.ink)
    };
    let width = size[0] - 30.0;
    let title = format!("Mode connectivity   {}", told.title);
    items.push(write(&title, [18.0, 20.0], 15.0, width));
    let [x, mut y] = places.legend;
    let room = size[0] - x - 48.0;
    for (name, profile, look) in paths(connection) {
        items.extend(barrier_marker([x, y], look, theme));
        items.push(write(name, [x + 40.0, y], 12.0, room));
        for (number, words) in (1_u8..).zip(summary_text(profile).split("; ")) {
            let at = [x + 40.0, y + LINE_HEIGHT * f32::from(number)];
            items.push(write(words, at, 11.0, room));
        }
        y += PATH_HEIGHT;
    }
    let charts: [ChartSpec; 2] = [
        ("loss; dashed: test", PathPoint::loss, |way, part| {
            way.max_loss(part)
        }),
        (
            "accuracy in %; dashed: test",
            |row, part| Some(100.0 * row.accuracy(part)?),
            |way, part| {
                let least = way.min_accuracy(part)?;
                Some(PathExtremum {
                    height: 100.0 * least.height,
                    ..least
                })
            },
        ),
    ];
    for (chosen, area) in charts.into_iter().zip(&places.charts) {
        items.extend(chart(connection, chosen, *area, theme));
    }
    let mut lines = Vec::new();
    if let (Some(surface), Some(plane)) = (surface, &connection.plane) {
        items.extend(plane_map(connection, surface, &places, theme));
        let [_, u, _] = plane.parts();
        let l2 = if told.l2 > 0.0 {
            ", with λ/2 ‖θ‖² in them"
        } else {
            ""
        };
        lines.push("Map: the plane through A, B and θ, on which both ways lie.".to_owned());
        lines.push(format!(
            "Its unit is the distance between A and B, {}. Heights are losses in training{l2}.",
            axis::number(norm(u), 3)
        ));
    } else if connection.plane.is_none() {
        lines.push("A, B and θ lie on one line: there is no plane through them.".to_owned());
    }
    if let Outcome::Diverged(step, _) = connection.outcome {
        lines.push(format!(
            "The training of the curve diverged at step {step}; the curve is the last finite one."
        ));
    }
    lines.push(told.caption.to_owned());
    let mut at = places.words;
    for line in lines.iter().rev() {
        items.push(write(line, at, 11.0, width));
        at[1] -= LINE_HEIGHT;
    }
    Drawing { size, items }
}

/// A chart: what it is called, what it shows of a place, and the mark on a way.
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
    /// A line, or a mark.
    struct ChartLine {
        t: Vec<f64>,
        values: Vec<f64>,
        style_index: usize,
        style: Style,
    }
    let mut drawn: Vec<ChartLine> = Vec::new();
    let ways = paths(connection);
    for (part, style) in [(1, Style::Dashed), (0, Style::Whole)] {
        for (_, profile, look) in &ways {
            let known = profile
                .rows
                .iter()
                .filter_map(|row| Some((row.t, value(row, part)?)));
            // Lines have marks at their ends, unless there is no last value.
            let (t, values) = known.chain([(1.0, f64::NAN)]).unzip();
            drawn.push(ChartLine {
                t,
                values,
                style_index: *look,
                style,
            });
        }
    }
    for (_, profile, look) in &ways {
        let peak = mark(profile, 0).into_iter();
        let (t, values) = peak.map(|peak| (peak.t, peak.height)).unzip();
        drawn.push(ChartLine {
            t,
            values,
            style_index: *look,
            style: Style::Whole,
        });
    }
    let series = drawn.iter().map(|drawn| Series {
        x: &drawn.t,
        values: &drawn.values,
        strong: drawn.values.len(),
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
        across: "t, from A to B",
        reach: [0.0, 1.0],
        log: false,
        theme,
    };
    chart.draw_as(&series, &styles)
}

/// The map with both ways on it.
fn plane_map(
    connection: &ModeConnectivity,
    surface: Surface,
    places: &PlotAreas,
    theme: &Theme,
) -> Vec<Item> {
    let frame = Frame {
        area: places.map,
        window: surface.view,
    };
    let (Some(middle), Some(map_data)) = (
        connection.middle_on_plane(),
        // What matters is how low the valleys are; no loss is below zero.
        MapData::of(surface, true, Some(0.0), 20, &Cancel::default()),
    ) else {
        return Vec::new(); // Nothing cancels this work.
    };
    let shading = map::shading(&map_data, theme);
    // Heights on the lines would be under the ways; the bar has them.
    let style = MapStyle {
        labels: false,
        ..MapStyle::default()
    };
    let mut inside = map::landscape(&map_data, &shading, &style, &frame, theme);
    let on_curve = |t: f64| connection.curve_on_plane(t).unwrap_or_default();
    let pieces = (0..=CURVE_SEGMENTS).map(|piece| f64::from(piece) / f64::from(CURVE_SEGMENTS));
    let paths = [vec![[0.0, 0.0], [1.0, 0.0]], pieces.map(on_curve).collect()];
    let worst = [&connection.straight, &connection.curve].map(|way| way.max_loss(0));
    let [straight, curve] = worst.map(|worst| worst.map(|peak| peak.t));
    let worst = [straight.map(|t| [t, 0.0]), curve.map(on_curve)];
    for (look, (path, worst)) in paths.into_iter().zip(worst).enumerate() {
        let points: Vec<Point> = path
            .iter()
            .map(|at| frame.picture_from_world(*at))
            .collect();
        let colour = run_colour(look, theme);
        inside.push(line(points.clone(), 4.6, theme.halo.opacity(0.75), &[]));
        inside.push(line(points, 2.2, colour, &[]));
        if let Some(at) = worst {
            let at = frame.picture_from_world(at);
            inside.extend(run_marker(look).items(at, 5.0, colour, theme.halo));
        }
    }
    // The middle point is never below the line: the plane's second direction leads to it. Names are where no way is.
    for (place, name, [fill, rim], down) in [
        ([0.0, 0.0], "A", [theme.ink, theme.halo], 16.0),
        ([1.0, 0.0], "B", [theme.ink, theme.halo], 16.0),
        (middle, "θ", [theme.background, theme.ink], -16.0),
    ] {
        let at = frame.picture_from_world(place);
        inside.extend(Marker::Diamond.items(at, 4.6, fill, rim));
        inside.push(Item::Text(Text {
            text: name.to_owned(),
            at: [at[0], at[1] + down],
            anchor: Anchor::Middle,
            size: 14.0,
            colour: theme.ink,
            halo: Some(theme.halo),
            upright: false,
        }));
    }
    let mut items = vec![Item::Clipped {
        area: frame.area,
        items: inside,
    }];
    items.extend(map::axes(&frame, ["a", "b"], theme));
    items.extend(map::colour_bar(&map_data, places.bar, theme));
    let [x, y] = places.bar.min;
    items.push(Item::label(
        "loss".to_owned(),
        [x, y - 10.0],
        11.0,
        theme.ink,
    ));
    items
}

/// A piece of a way with its marker.
fn barrier_marker([x, y]: Point, look: usize, theme: &Theme) -> Vec<Item> {
    let colour = run_colour(look, theme);
    let mut items = vec![line(vec![[x, y], [x + 30.0, y]], 2.0, colour, &[])];
    items.extend(run_marker(look).items([x + 15.0, y], 5.0, colour, theme.halo));
    items
}

/// How good a way is: its worst loss and its barrier.
fn summary_text(profile: &PathProfile) -> String {
    let height = |peak: PathExtremum| axis::number(peak.height, 3);
    let place = |peak: PathExtremum| format!("{} at t = {}", height(peak), axis::number(peak.t, 3));
    let part = |what: &str, train: Option<String>, test: Option<PathExtremum>| {
        let test = test.map(|peak| format!(", test {}", height(peak)));
        format!(
            "{what} {}{}",
            train.unwrap_or_default(),
            test.unwrap_or_default()
        )
    };
    let worst = part(
        "worst loss",
        profile.max_loss(0).map(place),
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
