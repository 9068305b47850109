//! Drawings of a scene and its results, and their export as SVG and PNG.

pub mod axis;
pub mod basins;
pub mod caption;
mod cells;
pub mod chart;
pub mod colour;
pub mod colour_bar;
pub mod colour_map;
pub mod connect;
pub mod critical;
pub mod curve;
pub mod drawing;
pub mod frame;
pub mod gallery;
pub mod guess;
mod hillshade;
pub mod labels;
pub mod layers;
mod layout;
mod legend;
pub mod map;
pub mod maths;
pub mod metric_chart;
pub mod network;
pub mod pages;
pub mod panel_grid;
pub mod panels;
pub mod pdf;
pub mod png;
pub mod predictions;
pub mod projection_error;
pub mod regression;
pub mod samples;
pub mod seeds;
pub mod settle;
pub mod sharpness;
pub mod side_by_side;
pub mod slice;
pub mod spectrum;
pub mod state_chart;
pub mod state_markers;
pub mod surface_3d;
pub mod svg;
pub mod sweep;
pub mod text_width;
pub mod trail;
pub mod words;

use crate::engine::analysis::critical::{CriticalPoint, find};
use crate::engine::cancel::Cancel;
use crate::engine::results::{self, MapData, Runs};
use crate::engine::scene::Scene;
use crate::engine::training;
pub use caption::{caption, status_text};
use colour::{Theme, run_colour, run_dash, run_marker};
use drawing::{Area, Drawing, Item, Point};
use frame::Frame;
use labels::Labels;
pub use layout::background;
use layout::{Layout, NARROW, layout, layout_of, page};
use trail::Trail;

/// Settings of a picture of a scene.
#[derive(Clone, Copy)]
pub struct Options {
    /// Width and height in points.
    pub size: [f32; 2],
    /// The timeline's step; `None` is the last one.
    pub step: Option<u64>,
    /// Light or dark.
    pub theme: &'static Theme,
    /// The run shown in detail, in pictures that show one; `None` is the first visible one.
    pub followed: Option<usize>,
    /// Whether pages of views that have a legend show it.
    pub legend: bool,
    /// Whether it is a frame of a film in which the surface's camera turns.
    pub turning: bool,
}

/// Number of samples along each side of the landscape.
const SIDE: usize = 512;

/// Width or height of a map below which it is small.
const SMALL: f32 = 260.0;

/// Converts a size in pixels to points, with the same aspect ratio and always about the area of a page, so that texts are readable at any
/// number of pixels. 1600 × 1200 pixels are about 930 × 700 points.
pub fn points(pixels: [u32; 2]) -> [f32; 2] {
    const AREA: f64 = 650_000.0;
    let [width, height] = pixels.map(f64::from);
    let scale = (AREA / (width * height).max(1.0)).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a size in points needs no more digits"
    )]
    [width, height].map(|side| (side * scale) as f32)
}

/// Draws a scene and its runs: the map with trails, heads and names, colour bar, axes with numbers, legend and caption.
/// The map shows the scene's view exactly; without one, the first view of the runs, widened to the shape of the picture.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    let dim = runs.problem.objective.dim();
    let area = layout_of(runs, options.size).map;
    let frame = match runs.scene.view {
        Some(view) => Frame::letterboxed(dim, view, area),
        None => Frame::of(dim, runs.first_view(), area),
    };
    let side = results::max_grid_side(&runs.problem).unwrap_or(SIDE);
    match runs.map_data(frame.window, side) {
        Some(map_data) => draw(runs, &map_data, &frame, options),
        // Only cancelling gives `None`, and nothing cancels this.
        None => Drawing {
            size: options.size,
            items: Vec::new(),
        },
    }
}

fn draw(runs: &Runs, map_data: &MapData, frame: &Frame, options: &Options) -> Drawing {
    Drawing::new(options.size, page_items(runs, map_data, frame, options))
}

/// Draws the elements of a page with a map.
fn page_items(runs: &Runs, map_data: &MapData, frame: &Frame, options: &Options) -> Vec<Item> {
    let layout = layout_of(runs, options.size);
    let (scene, theme) = (&runs.scene, options.theme);
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let row = runs.row(step);
    let names = scene.run_names();
    let visible = || (0..runs.results.len()).filter(|index| scene.runs[*index].shown);
    let mut items = page(options.size, theme);
    let critical = critical_points(runs, frame);
    let has_legend = options.size[0] - layout.legend[0] > 100.0;
    let shown = (&names[..], &critical[..], (None, has_legend));
    items.extend(map_items(runs, map_data, shown, frame, row, options));
    let axes = network::axes(runs);
    items.extend(map::axes(frame, axes.each_ref().map(String::as_str), theme));
    if scene.map.fill {
        items.extend(colour_bar::draw(map_data, frame.bar(), theme));
    }
    let title = format!("{}   {}", scene.title(), scene.formula());
    items.push(Item::title(title, [layout.map.min[0], 16.0], theme.ink));
    items.push(Item::caption(
        caption(scene, step),
        layout.caption,
        theme.ink,
    ));
    let bottom = layout
        .predictions
        .map_or(options.size[1] - 24.0, |area| area.min[1] - 36.0);
    let space = Area::new(layout.legend, [options.size[0], bottom]);
    let (legend, legend_end) = legend::of_runs(runs, row, space, theme);
    items.extend(legend);
    if layout.predictions.is_none() {
        let min = [layout.legend[0], legend_end + 4.0];
        let space = Area::new(min, [options.size[0] - 4.0, bottom]);
        items.extend(legend::marks(runs, &critical, (frame, row), space, theme));
    }
    if let (Some(mut area), Some(index)) =
        (layout.predictions, options.followed.or(visible().next()))
    {
        // A short legend leaves more space.
        area.min[1] = legend_end;
        items.extend(
            predictions::current_predictions(runs, index, row, &names[index], area, theme)
                .unwrap_or_default(),
        );
    }
    items
}

/// Draws the map inside its border, from back to front, with its labels, none of which is in the area of a legend inside. A small map
/// whose runs are in a legend names only those that have room next to them.
fn map_items(
    runs: &Runs,
    map_data: &MapData,
    (names, critical, (legend, has_legend)): (&[String], &[CriticalPoint], (Option<Area>, bool)),
    frame: &Frame,
    row: usize,
    options: &Options,
) -> Vec<Item> {
    let (scene, theme) = (&runs.scene, options.theme);
    let mut labels = Labels::new(frame.area, theme);
    if has_legend && frame.area.width().min(frame.area.height()) < SMALL {
        labels = labels.with_legend();
    }
    if let Some(area) = legend {
        labels.block(area);
    }
    let heads = network::head_labels(runs, names, row);
    let trails: Vec<Trail> = trails(runs, &heads, row, frame).collect();
    let mut back = map::landscape(
        map_data,
        &map::styled_shading(map_data, &scene.map, theme),
        &scene.map,
        frame,
        theme,
    );
    map::number_lines(map_data, &scene.map, frame, &mut labels);
    let (mut start, mut front) = (Vec::new(), Vec::new());
    if runs.trained.is_some() {
        network::note(runs, row, frame, &mut labels);
    } else {
        if scene.map.arrows {
            back.extend(map::arrows(&runs.problem, frame, theme));
        }
        let style = &scene.map;
        back.extend(map::marks(&runs.problem, style, frame, &mut labels, theme));
        if scene.map.critical {
            let published = &runs.problem.minima;
            back.extend(critical::marks(
                critical,
                published,
                frame,
                &mut labels,
                theme,
                None,
            ));
        }
        if let Some(index) = options.followed.or(first_visible(scene)) {
            back.extend(curve::tangent(
                runs,
                (index, row),
                frame,
                &mut labels,
                theme,
            ));
        }
        let at = runs.problem.plot_point(scene.start());
        start = map::start(at, frame, theme);
        map::block_start(at, frame, &mut labels);
        map::deep_zoom_note(map_data, frame, &mut labels);
        map::start_note(runs, frame, &mut labels);
    }
    if scene.map.trails {
        front.extend(trail::trails(&trails, frame, row, &mut labels, theme));
    }
    if scene.map.internals && runs.trained.is_none() {
        front.extend(next_step_items(runs, row, frame, &mut labels, options));
    }
    front.extend(regression::inset_items(
        runs,
        row,
        frame,
        &mut labels,
        theme,
    ));
    layers_of_map(frame, [back, start, front], labels)
}

/// Puts the layers of a map over each other: the back, the mark of the start, which is not clipped, the front, and the labels.
pub fn layers_of_map(frame: &Frame, layers: [Vec<Item>; 3], labels: Labels) -> Vec<Item> {
    let area = frame.area;
    let [back, start, front] = layers;
    let mut items = vec![Item::Clipped { area, items: back }];
    items.extend(start);
    items.push(Item::Clipped { area, items: front });
    items.extend(labels.place());
    items
}

/// Returns the index of the first visible run.
fn first_visible(scene: &Scene) -> Option<usize> {
    scene.runs.iter().position(|run| run.shown)
}

/// Returns the trails of the visible runs, named by `heads`.
pub fn trails<'a>(
    runs: &'a Runs,
    heads: &'a [String],
    row: usize,
    frame: &'a Frame,
) -> impl Iterator<Item = Trail<'a>> {
    let all = runs.scene.runs.iter().zip(&runs.results).zip(heads);
    let visible = all.enumerate().filter(|(_, ((run, _), _))| run.shown);
    visible.map(move |(index, ((run, result), name))| Trail {
        run: index,
        trajectory: &result.trajectory,
        outline: &result.outline,
        name,
        style_index: style_index(run.colour),
        emphasized: false,
        hollow: network::is_far(runs, index, row, frame),
        record_every: runs.every,
    })
}

/// Draws the next step of the followed run and the optimizer state behind it.
fn next_step_items(
    runs: &Runs,
    row: usize,
    frame: &Frame,
    labels: &mut Labels,
    options: &Options,
) -> Vec<Item> {
    let (scene, objective) = (&runs.scene, &*runs.problem.objective);
    let mut items = || {
        let index = options.followed.or(first_visible(scene))?;
        let run = scene.runs.get(index).filter(|run| run.shown)?;
        let step = state_markers::next_step(&runs.results.get(index)?.trajectory, row)?;
        let (start, run_settings) = (scene.start_theta(), scene.run_settings());
        let never = Cancel::default();
        let inspection =
            training::inspect_step(objective, start, &run.spec, &run_settings, step, &never)?;
        let problem = &runs.problem;
        Some(state_markers::state_markers(
            problem,
            start,
            &inspection,
            style_index(run.colour),
            frame,
            labels,
            options.theme,
        ))
    };
    items().unwrap_or_default()
}

/// Finds the critical points in view, if the scene's map shows them.
fn critical_points(runs: &Runs, frame: &Frame) -> Vec<CriticalPoint> {
    let problem = &runs.problem;
    if !runs.scene.map.critical || runs.trained.is_some() {
        return Vec::new();
    }
    let marks = problem.minima.iter().chain(&problem.saddles);
    let known: Vec<[f64; 2]> = marks.map(|mark| mark.at).collect();
    let never = Cancel::default();
    find(&*problem.objective, frame.window, &known, &never).unwrap_or_default()
}

/// Shortens a name to `max_chars` characters, with an ellipsis at its end.
pub fn shortened(name: &str, max_chars: usize) -> String {
    if name.chars().count() <= max_chars {
        return name.to_owned();
    }
    let kept: String = name.chars().take(max_chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Returns the index into the colours, dashes and markers of runs for a run's colour number.
pub fn style_index(colour: u64) -> usize {
    usize::try_from(colour).unwrap_or(0)
}

/// Draws a run's line with its marker, for a legend.
pub fn legend_line([x, y]: Point, style_index: usize, theme: &Theme) -> Vec<Item> {
    let colour = run_colour(style_index, theme);
    let mut items = vec![trail::line(
        vec![[x, y], [x + 30.0, y]],
        2.0,
        colour,
        run_dash(style_index),
    )];
    items.extend(run_marker(style_index).items([x + 15.0, y], 5.0, colour, theme.halo));
    items
}

#[cfg(test)]
mod tests;
