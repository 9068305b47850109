//! A scene and its results as a drawing, and the drawing as SVG and PNG.

pub mod axis;
pub mod basins;
pub mod chart;
pub mod colour;
pub mod connect;
pub mod critical;
mod curve;
pub mod drawing;
pub mod frame;
pub mod gallery;
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
pub mod seeds;
pub mod sharpness;
pub mod slice;
pub mod spectrum;
pub mod state_chart;
pub mod state_markers;
pub mod svg;
pub mod sweep;
pub mod trail;

use crate::engine::analysis::predictions::Predictions;
use crate::engine::cancel::Cancel;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::scene::Scene;
use crate::engine::training::{self, Outcome};
use crate::engine::results::{self, MapData, Runs};
use axis::number;
use colour::{Theme, run_colour, run_dash, run_marker};
use drawing::{Area, Drawing, Item, Point};
use frame::Frame;
use layout::{Layout, layout, layout_of, page};
use trail::Trail;

/// How a picture of a scene is made.
#[derive(Clone, Copy)]
pub struct Options {
    /// Width and height in points.
    pub size: [f32; 2],
    /// The step of the timeline; `None` is the last.
    pub step: Option<u64>,
    /// Light or dark.
    pub theme: &'static Theme,
    /// The run that is looked at alone, where the picture does so; `None` is the first that is ticked.
    pub followed: Option<usize>,
}

/// Grid side of a picture's landscape.
const SIDE: usize = 512;

/// The picture of a scene and its runs: the map with trails, heads and names, colour bar, axes with numbers, legend and caption.
/// The map shows exactly the scene's view; where the scene has none, the landscape's own, widened to the shape of the picture.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    let dim = runs.problem.objective.dim();
    let area = layout_of(runs, options.size).map;
    let frame = match runs.scene.view {
        Some(view) => Frame::letterboxed(dim, view, area),
        None => Frame::of(dim, runs.problem.view, area),
    };
    let side = results::max_grid_side(&runs.problem).unwrap_or(SIDE);
    let never = Cancel::default();
    let map_data =
        results::compute_map_data(&runs.scene, &runs.problem, frame.window, side, &never);
    match map_data {
        Some(map_data) => draw(runs, &map_data, &frame, options),
        // Nothing cancels this work.
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
    let shown = || (0..runs.results.len()).filter(|index| scene.runs[*index].shown);
    let mut items = page(options.size, theme);
    items.push(Item::Clipped {
        area: frame.area,
        items: inside(runs, map_data, &names, frame, row, options),
    });
    let axes = network::axes(runs);
    items.extend(map::axes(frame, axes.each_ref().map(String::as_str), theme));
    if scene.map.fill {
        items.extend(map::colour_bar(map_data, frame.bar(), theme));
    }
    let write = |text: String, at: Point, size: f32| Item::label(text, at, size, theme.ink);
    let title = format!("{}   {}", scene.title(), scene.formula());
    items.push(write(title, [layout.map.min[0] + 18.0, 20.0], 15.0));
    items.push(write(caption(scene, step), layout.caption, 11.0));
    let mut at = layout.legend;
    // As many characters as there is room for, at about 7.4 pixels each.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of characters"
    )]
    let most = ((options.size[0] - at[0] - 44.0) / 7.4).clamp(6.0, 30.0) as usize;
    let bottom = layout
        .predictions
        .map_or(options.size[1], |fit| fit.min[1] - 36.0);
    for index in shown() {
        if at[1] > bottom {
            break;
        }
        let drawn = style_index(scene.runs[index].colour);
        items.extend(legend_line(at, drawn, theme));
        let name = shortened(&names[index], most);
        items.push(write(name, [at[0] + 40.0, at[1]], 13.0));
        let standing = status_text(runs, index, row);
        items.push(write(standing, [at[0] + 40.0, at[1] + 15.0], 11.0));
        at[1] += 36.0;
    }
    if let (Some(mut area), Some(index)) = (layout.predictions, options.followed.or(shown().next()))
    {
        // A short legend leaves it more room.
        area.min[1] = at[1];
        items.extend(
            current_predictions(runs, index, row, &names[index], area, theme).unwrap_or_default(),
        );
    }
    Drawing {
        size: options.size,
        items,
    }
}

/// Everything inside the map's border, from back to front.
fn inside(
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
    let mut inside = map::landscape(
        map_data,
        &map::shading(map_data, theme),
        &scene.map,
        frame,
        theme,
    );
    if runs.trained.is_some() {
        if scene.map.trails {
            inside.extend(trail::trails(&trails, frame, row, theme));
        }
        inside.extend(network::note(runs, row, frame, theme));
        return inside;
    }
    if scene.map.arrows {
        inside.extend(map::arrows(&runs.problem, frame, theme));
    }
    if scene.map.minima {
        inside.extend(map::marks(&runs.problem, frame, theme));
    }
    if scene.map.critical {
        inside.extend(critical_marks(&runs.problem, frame, theme));
    }
    inside.extend(map::start(
        runs.problem.plot_point(scene.start),
        frame,
        theme,
    ));
    let mut taken = vec![state_markers::start_area(
        runs.problem.plot_point(scene.start),
        frame,
    )];
    if scene.map.trails {
        inside.extend(trail::trails(&trails, frame, row, theme));
        taken.extend(trail::name_areas(&trails, frame, row));
    }
    if scene.map.internals {
        inside.extend(next_step(runs, taken, row, frame, options));
    }
    inside.extend(map::deep_zoom_note(map_data, frame, theme));
    inside
}

/// The trails of the ticked runs, named as `heads` says.
pub fn trails<'a>(
    runs: &'a Runs,
    heads: &'a [String],
    row: usize,
    frame: &'a Frame,
) -> impl Iterator<Item = Trail<'a>> {
    let all = runs.scene.runs.iter().zip(&runs.results).zip(heads);
    let ticked = all.enumerate().filter(|(_, ((run, _), _))| run.shown);
    ticked.map(move |(index, ((run, result), name))| Trail {
        run: index,
        trajectory: &result.trajectory,
        outline: &result.outline,
        name,
        style_index: style_index(run.colour),
        strong: false,
        hollow: network::is_far(runs, index, row, frame),
    })
}

/// What a network says of its data at a row of a run.
fn current_predictions(
    runs: &Runs,
    index: usize,
    row: usize,
    name: &str,
    area: Area,
    theme: &Theme,
) -> Option<Vec<Item>> {
    const SIDE: usize = 192;
    let trained = runs.trained.as_ref()?;
    let run = trained.runs.get(index)?;
    let row = row.min(run.rows.len().checked_sub(1)?);
    let theta = run.theta(row)?;
    let found = Predictions::compute(&trained.task, theta, SIDE, &Cancel::default())?;
    let told = predictions::RunLabel {
        name,
        step: runs.step(row),
        style_index: style_index(runs.scene.runs.get(index)?.colour),
        metrics: network::metrics(runs, index, row),
    };
    let shading = predictions::shading(&found, theme);
    Some(predictions::draw(&found, &shading, &told, area, theme))
}

/// What moves the followed run.
fn next_step(
    runs: &Runs,
    taken: Vec<Area>,
    row: usize,
    frame: &Frame,
    options: &Options,
) -> Vec<Item> {
    let (scene, objective) = (&runs.scene, &*runs.problem.objective);
    let first = scene.runs.iter().position(|run| run.shown);
    let drawn = move || {
        let index = options.followed.or(first)?;
        let run = scene.runs.get(index).filter(|run| run.shown)?;
        let step = state_markers::next_step(&runs.results.get(index)?.trajectory, row)?;
        let (start, run_settings) = (scene.start_theta(), scene.run_settings());
        let never = Cancel::default();
        let made = training::look(objective, start, &run.spec, &run_settings, step, &never)?;
        let (problem, colour) = (&runs.problem, style_index(run.colour));
        Some(state_markers::state_markers(
            problem,
            &made,
            colour,
            taken,
            frame,
            options.theme,
        ))
    };
    drawn().unwrap_or_default()
}

/// The critical points in view.
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

/// A name that is not longer than so many characters; its end is left out.
pub fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A run's place among colours, dashes and markers.
pub fn style_index(colour: u64) -> usize {
    usize::try_from(colour).unwrap_or(0)
}

/// A piece of a run's line with its marker.
pub fn legend_line([x, y]: Point, look: usize, theme: &Theme) -> Vec<Item> {
    let colour = run_colour(look, theme);
    let mut items = vec![trail::line(
        vec![[x, y], [x + 30.0, y]],
        2.0,
        colour,
        run_dash(look),
    )];
    items.extend(run_marker(look).items([x + 15.0, y], 5.0, colour, theme.halo));
    items
}

/// How a run stands at a row: its loss, of a network its accuracy in the test too, or where it ended.
pub fn status_text(runs: &Runs, index: usize, row: usize) -> String {
    let Some(result) = runs.results.get(index) else {
        return String::new();
    };
    let trajectory = &result.trajectory;
    let ended = row + 1 >= trajectory.len();
    let [_, test] = network::metrics(runs, index, row);
    let tested = match test.map(|test| (test.accuracy, test.loss)) {
        Some((Some(share), _)) => format!(", test {}", network::percent(share)),
        Some((None, loss)) => format!(", test {}", number(loss, 4)),
        None => String::new(),
    };
    let losses = &trajectory.loss;
    match (trajectory.outcome, losses.get(row).or(losses.last())) {
        (outcome @ Outcome::Diverged(..), _) if ended => outcome.warning().unwrap_or_default(),
        (Outcome::Converged(at), Some(loss)) if ended => {
            format!("loss {}{tested}, converged at step {at}", number(*loss, 4))
        }
        (outcome @ Outcome::Stopped(..), Some(loss)) if ended => {
            let warning = outcome.warning().unwrap_or_default();
            format!("loss {}{tested}, {warning}", number(*loss, 4))
        }
        (_, Some(loss)) => format!("loss {}{tested}", number(*loss, 4)),
        (_, None) => "no finite loss".to_owned(),
    }
}

/// The settings that made a picture, in one line.
pub fn caption(scene: &Scene, step: u64) -> String {
    let training = &scene.training;
    let mut parts = vec![scene.subject_spec()];
    if scene.network.is_none() {
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
