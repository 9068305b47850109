//! Drawings of a scene and its results, and their export as SVG and PNG.

pub mod axis;
pub mod basins;
pub mod chart;
pub mod colour;
pub mod colour_bar;
pub mod connect;
pub mod critical;
pub mod curve;
pub mod drawing;
pub mod frame;
pub mod gallery;
mod hillshade;
mod labels;
pub mod layers;
mod layout;
pub mod map;
pub mod metric_chart;
pub mod network;
pub mod panel_grid;
pub mod png;
pub mod predictions;
pub mod projection_error;
pub mod regression;
pub mod samples;
pub mod seeds;
pub mod sharpness;
pub mod side_by_side;
pub mod slice;
pub mod spectrum;
pub mod state_chart;
pub mod state_markers;
pub mod svg;
pub mod sweep;
pub mod trail;

use crate::engine::cancel::Cancel;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::results::{self, MapData, Runs};
use crate::engine::scene::Scene;
use crate::engine::training::{self, Outcome};
use axis::number;
use colour::{Theme, run_colour, run_dash, run_marker};
use drawing::{Area, Drawing, Item, Point};
use frame::Frame;
use layout::{Layout, layout, layout_of, page};
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
}

/// Number of samples along each side of the landscape.
const SIDE: usize = 512;

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
    let never = Cancel::default();
    let map_data =
        results::compute_map_data(&runs.scene, &runs.problem, frame.window, side, &never);
    match map_data {
        Some(map_data) => draw(runs, &map_data, &frame, options),
        // Only cancelling gives `None`, and nothing cancels this.
        None => Drawing {
            size: options.size,
            items: Vec::new(),
        },
    }
}

fn draw(runs: &Runs, map_data: &MapData, frame: &Frame, options: &Options) -> Drawing {
    let layout = layout_of(runs, options.size);
    let (scene, theme) = (&runs.scene, options.theme);
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let row = runs.row(step);
    let names = scene.run_names();
    let visible = || (0..runs.results.len()).filter(|index| scene.runs[*index].shown);
    let mut items = page(options.size, theme);
    items.push(Item::Clipped {
        area: frame.area,
        items: map_items(runs, map_data, &names, frame, row, options),
    });
    let axes = network::axes(runs);
    items.extend(map::axes(frame, axes.each_ref().map(String::as_str), theme));
    if scene.map.fill {
        items.extend(colour_bar::draw(map_data, frame.bar(), theme));
    }
    let write = |text: String, at: Point, size: f32| Item::label(text, at, size, theme.ink);
    let title = format!("{}   {}", scene.title(), scene.formula());
    items.push(write(title, [layout.map.min[0] + 18.0, 20.0], 15.0));
    items.push(write(caption(scene, step), layout.caption, 11.0));
    let mut at = layout.legend;
    // Characters are about 7.4 points wide.
    let max_name_chars = max_chars(options.size[0] - at[0] - 44.0, 7.4, 6, 30);
    let bottom = layout
        .predictions
        .map_or(options.size[1], |area| area.min[1] - 36.0);
    for index in visible() {
        if at[1] > bottom {
            break;
        }
        let style_index = style_index(scene.runs[index].colour);
        items.extend(legend_line(at, style_index, theme));
        let name = shortened(&names[index], max_name_chars);
        items.push(write(name, [at[0] + 40.0, at[1]], 13.0));
        let max_status_chars = max_chars(options.size[0] - at[0] - 44.0, 5.4, 6, 90);
        let status = shortened(&status_text(runs, index, row), max_status_chars);
        items.push(write(status, [at[0] + 40.0, at[1] + 15.0], 11.0));
        at[1] += 36.0;
    }
    if let (Some(mut area), Some(index)) =
        (layout.predictions, options.followed.or(visible().next()))
    {
        // A short legend leaves more space.
        area.min[1] = at[1];
        items.extend(
            predictions::current_predictions(runs, index, row, &names[index], area, theme)
                .unwrap_or_default(),
        );
    }
    Drawing {
        size: options.size,
        items,
    }
}

/// Draws the elements inside the map's border, from back to front.
fn map_items(
    runs: &Runs,
    map_data: &MapData,
    names: &[String],
    frame: &Frame,
    row: usize,
    options: &Options,
) -> Vec<Item> {
    let (scene, theme) = (&runs.scene, options.theme);
    let heads = network::head_labels(runs, names, row);
    let trails: Vec<Trail> = trails(runs, &heads, row, frame).collect();
    let mut items = map::landscape(
        map_data,
        &map::styled_shading(map_data, &scene.map, theme),
        &scene.map,
        frame,
        theme,
    );
    if runs.trained.is_some() {
        if scene.map.trails {
            items.extend(trail::trails(&trails, frame, row, theme));
        }
        items.extend(network::note(runs, row, frame, theme));
        return items;
    }
    if scene.map.arrows {
        items.extend(map::arrows(&runs.problem, frame, theme));
    }
    items.extend(map::marks(&runs.problem, &scene.map, frame, theme));
    if scene.map.critical {
        items.extend(critical_marks(&runs.problem, frame, theme));
    }
    items.extend(map::start(
        runs.problem.plot_point(scene.start()),
        frame,
        theme,
    ));
    let mut taken = vec![state_markers::start_area(
        runs.problem.plot_point(scene.start()),
        frame,
    )];
    let followed = options.followed.or(first_visible(scene));
    if let Some(index) = followed {
        items.extend(curve::tangent(runs, index, row, frame, theme));
    }
    if scene.map.trails {
        items.extend(trail::trails(&trails, frame, row, theme));
        taken.extend(trail::name_areas(&trails, frame, row));
    }
    if scene.map.internals {
        items.extend(next_step_items(runs, taken, row, frame, options));
    }
    items.extend(map::deep_zoom_note(map_data, frame, theme));
    items.extend(regression::inset_items(runs, row, frame, theme));
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
    taken: Vec<Area>,
    row: usize,
    frame: &Frame,
    options: &Options,
) -> Vec<Item> {
    let (scene, objective) = (&runs.scene, &*runs.problem.objective);
    let items = move || {
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
            taken,
            frame,
            options.theme,
        ))
    };
    items().unwrap_or_default()
}

/// Draws the critical points in view.
fn critical_marks(problem: &LoadedLandscape, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let marks = problem.minima.iter().chain(&problem.saddles);
    let known: Vec<[f64; 2]> = marks.map(|mark| mark.at).collect();
    let never = Cancel::default();
    let points =
        crate::engine::analysis::critical::find(&*problem.objective, frame.window, &known, &never);
    critical::marks(
        &points.unwrap_or_default(),
        &problem.minima,
        frame,
        theme,
        None,
    )
}

/// Shortens a name to `max_chars` characters, with an ellipsis at its end.
pub fn shortened(name: &str, max_chars: usize) -> String {
    if name.chars().count() <= max_chars {
        return name.to_owned();
    }
    let kept: String = name.chars().take(max_chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Returns how many characters fit into a width in points, between `min` and `max`.
fn max_chars(width: f32, char_width: f32, min: u16, max: u16) -> usize {
    let chars = (width / char_width).clamp(f32::from(min), f32::from(max));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let chars = chars as usize;
    chars
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

/// Describes a run at a row: its loss, a network's test accuracy or test loss, and how it ended if the row is its last.
pub fn status_text(runs: &Runs, index: usize, row: usize) -> String {
    let Some(result) = runs.results.get(index) else {
        return String::new();
    };
    let trajectory = &result.trajectory;
    let ended = row + 1 >= trajectory.len();
    let [_, test] = network::metrics(runs, index, row);
    let test_text = match test.map(|test| (test.accuracy, test.loss)) {
        Some((Some(accuracy), _)) => format!(", test {}", network::percent(accuracy)),
        Some((None, loss)) => format!(", test {}", number(loss, 4)),
        None => String::new(),
    };
    let losses = &trajectory.loss;
    match (trajectory.outcome, losses.get(row).or(losses.last())) {
        (outcome @ Outcome::Diverged(..), _) if ended => outcome.warning().unwrap_or_default(),
        (Outcome::Converged(at), Some(loss)) if ended => {
            format!(
                "loss {}{test_text}, converged at step {at}",
                number(*loss, 4)
            )
        }
        (outcome @ Outcome::Stopped(..), Some(loss)) if ended => {
            let warning = outcome.warning().unwrap_or_default();
            format!("loss {}{test_text}, {warning}", number(*loss, 4))
        }
        (_, Some(loss)) => format!("loss {}{test_text}", number(*loss, 4)),
        (_, None) => "no finite loss".to_owned(),
    }
}

/// Returns the settings that determine a picture, in one line.
pub fn caption(scene: &Scene, step: u64) -> String {
    let training = &scene.training;
    let mut parts = vec![scene.subject_spec()];
    if !scene.is_network() {
        parts.push(match scene.start_theta() {
            [x, y] => format!("start ({}, {})", number(*x, 6), number(*y, 6)),
            theta => format!("start {}", number(theta[0], 6)),
        });
    }
    parts.push(format!("step {step} of {}", training.steps));
    parts.push(format!("seed {}", training.seed));
    for (name, value) in [
        ("clip norm", training.clip_norm),
        ("clip value", training.clip_value),
    ] {
        parts.extend(value.map(|value| format!("{name} {}", number(value, 6))));
    }
    if training.noise > 0.0 {
        parts.push(format!("noise {}", number(training.noise, 6)));
    }
    parts.extend(training.batch.map(|batch| format!("batch {batch}")));
    parts.join(" · ")
}
