//! Description of the trail or the heights under the pointer on a map.

use super::ViewContext;
use super::map::trails;
use crate::engine::analysis::curvature;
use crate::engine::objective::norm;
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::engine::training::Trajectory;
use crate::figure::axis::number;
use crate::figure::frame::Frame;
use crate::figure::network::{metrics, percent, short_axes};
use crate::figure::projection_error;
use crate::figure::trail::{Trail, early_ends};
use crate::teaching::facts::Facts;
use eframe::egui;

/// Largest distance between the pointer and the thing that it points at, in points.
pub(super) const REACH: f32 = 9.0;

/// Describes the step of a trail under the pointer, or else the landscape there, in lines; and returns the run of the trail.
pub(super) fn describe(
    pointer: egui::Pos2,
    frame: &Frame,
    context: &ViewContext,
    runs: &Runs,
) -> (String, Option<usize>) {
    let trails = drawn_trails(frame, context, runs);
    let place = |at| Some(frame.picture_from_world(at).into());
    let step = nearest(pointer, place, context.row, &trails);
    let at = frame.world_from_picture(pointer.into());
    describe_at(step, Some(at), context, runs)
}

/// Describes a step of a trail, or else the landscape at a point.
pub(super) fn describe_at(
    step: Option<(&Trail, usize)>,
    at: Option<[f64; 2]>,
    context: &ViewContext,
    runs: &Runs,
) -> (String, Option<usize>) {
    let text = match (step, at, &runs.trained) {
        (Some((trail, row)), _, Some(_)) => network_text(runs, trail, row),
        (Some((trail, row)), _, None) => step_text(context.scene, runs, trail, row),
        (None, Some(at), Some(_)) => height_text(runs, context, at),
        (None, Some(at), None) => landscape_text(context.scene, runs, at),
        (None, None, _) => String::new(),
    };
    (text, step.map(|(trail, _)| trail.run))
}

/// Returns the trails that a map shows.
pub(super) fn drawn_trails<'a>(
    frame: &'a Frame,
    context: &'a ViewContext,
    runs: &'a Runs,
) -> Vec<Trail<'a>> {
    if context.scene.map.trails {
        trails(context, runs, context.names, frame)
    } else {
        Vec::new()
    }
}

/// Returns the run and the step of the trail under the pointer.
pub(super) fn step_under(
    pointer: egui::Pos2,
    frame: &Frame,
    context: &ViewContext,
    runs: &Runs,
) -> Option<(usize, u64)> {
    let trails = drawn_trails(frame, context, runs);
    let place = |at| Some(frame.picture_from_world(at).into());
    let (trail, row) = nearest(pointer, place, context.row, &trails)?;
    Some((trail.run, runs.step(row)))
}

/// Returns the run whose end, a cross or an arrow at the border, is under the pointer, if it diverged or stopped; and its last step.
pub(super) fn end_under(
    pointer: egui::Pos2,
    frame: &Frame,
    context: &ViewContext,
    runs: &Runs,
) -> Option<(usize, u64)> {
    let trails = drawn_trails(frame, context, runs);
    let ends = early_ends(&trails, frame, context.row).into_iter();
    let far = |at: [f32; 2]| pointer.distance(at.into());
    let near = ends.filter(|(_, at)| far(*at) < REACH);
    let (run, _) = near.min_by(|a, b| far(a.1).total_cmp(&far(b.1)))?;
    let last = runs.results[run].trajectory.len().saturating_sub(1);
    Some((run, runs.step(last)))
}

/// Returns the step of a trail that is nearest to the pointer, if one is within reach; `place` draws the points of the plane.
pub(super) fn nearest<'a>(
    pointer: egui::Pos2,
    place: impl Fn([f64; 2]) -> Option<egui::Pos2>,
    row: usize,
    trails: &'a [Trail],
) -> Option<(&'a Trail<'a>, usize)> {
    let mut min_distance = REACH;
    let mut nearest = None;
    for trail in trails {
        let rows = trail.outline.iter().copied();
        for row in rows.take_while(|&outlined| outlined <= row) {
            let Some(at) = trail.trajectory.plot_point(row).and_then(&place) else {
                continue;
            };
            let distance = pointer.distance(at);
            if distance < min_distance {
                min_distance = distance;
                nearest = Some((trail, row));
            }
        }
    }
    nearest
}

/// Describes a step of a run on a landscape.
fn step_text(scene: &Scene, runs: &Runs, trail: &Trail, row: usize) -> String {
    let Trajectory {
        loss, grad_norm, ..
    } = trail.trajectory;
    let (name, step) = (trail.name, runs.step(row));
    let at = match *trail.trajectory.theta(row).unwrap_or_default() {
        [x] => {
            let stability = stability_text(runs, trail.run, row);
            let graph = graph_text(scene, runs, x);
            return format!("{name}, step {step}\n{graph}{stability}");
        }
        [x, y, ..] => [x, y],
        [] => scene.start(),
    };
    format!(
        "{name}, step {step}\n{}\nf {}\n‖∇f‖ {}{}",
        coordinates(runs, at),
        number(loss[row], 4),
        number(grad_norm[row], 3),
        stability_text(runs, trail.run, row),
    )
}

/// Returns lines with the sharpness of a run at a row, its stability limit, and the largest learning rate that is stable there; nothing
/// where theory gives no limit.
fn stability_text(runs: &Runs, run: usize, row: usize) -> String {
    let (scene, result) = (&runs.scene, &runs.results[run]);
    let spec = &scene.runs[run].spec;
    let rates = spec.rates(runs.step(row), scene.training.steps);
    let compared = |name: &str, curvature: f64, limit: f64| {
        let verdict = if curvature > limit {
            "unstable above"
        } else {
            "stable below"
        };
        let (curvature, limit) = (number(curvature, 3), number(limit, 3));
        format!("\n{name} {curvature}; {verdict} λmax = {limit}")
    };
    let lr = Facts::new(runs, run).and_then(|facts| facts.largest_lr(row));
    let lr = lr.map_or_else(String::new, |lr| {
        format!("\nlargest stable lr {}", number(lr, 3))
    });
    let own = result.curvature.get(row).map(|[_, high]| *high);
    if let (Some(high), Some(limit)) = (own, spec.stability_limit(rates)) {
        return compared("λmax", high, limit) + &lr;
    }
    let preconditioned = result.preconditioned.get(row).copied();
    match (preconditioned, spec.preconditioned_limit(rates)) {
        (Some(high), Some(limit)) if high.is_finite() => {
            compared("preconditioned λmax", high, limit) + &lr
        }
        _ => String::new(),
    }
}

/// Describes a row of a network's run: its true loss, the loss on the plane and the distance from it.
fn network_text(runs: &Runs, trail: &Trail, row: usize) -> String {
    let (index, name) = (trail.run, trail.name);
    let Some([loss, on_plane, off_plane, _]) = projection_error::row_texts(runs, index, row) else {
        return String::new();
    };
    let [_, test] = metrics(runs, index, row);
    let accuracy = test.and_then(|test| test.accuracy);
    let test = accuracy.map_or_else(String::new, |share| format!("\ntest {}", percent(share)));
    let step = runs.step(row);
    format!("{name}, step {step}\n{loss}{test}\n{on_plane}\n{off_plane}")
}

/// Describes a network's plane; the loss is interpolated from the map.
fn height_text(runs: &Runs, context: &ViewContext, at: [f64; 2]) -> String {
    let map_data = context.map_data.map(|map_data| &**map_data);
    let height = match map_data {
        Some(Ok(MapData { surface, base, .. })) => surface.height(at).map(|height| height + base),
        _ => None,
    };
    let place = coordinates(runs, at);
    height.map_or_else(
        || place.clone(),
        |height| format!("{place}\nloss on the plane {}", number(height, 4)),
    )
}

fn landscape_text(scene: &Scene, runs: &Runs, at: [f64; 2]) -> String {
    let objective = &*runs.problem.objective;
    if objective.dim() == 1 {
        let [bend, _] = curvature::extremes(objective, &at[..1]);
        return graph_text(scene, runs, at[0]) + &largest_lr_text(bend);
    }
    let mut gradient = [0.0; 2];
    let value = objective.gradient(&at, &mut gradient);
    let [low, high] = curvature::extremes(objective, &at);
    format!(
        "{}
f {}
‖∇f‖ {}
λ {}, {}{}",
        coordinates(runs, at),
        number(value, 4),
        number(norm(&gradient), 3),
        number(low, 3),
        number(high, 3),
        largest_lr_text(high),
    )
}

/// Returns a line with the largest learning rate at which gradient descent is stable along a curvature; nothing where it is not positive.
fn largest_lr_text(curvature: f64) -> String {
    let lr = (curvature > 0.0).then(|| number(2.0 / curvature, 3));
    lr.map_or_else(String::new, |lr| {
        format!("\nlargest stable lr of gradient descent {lr}")
    })
}

/// Describes the graph of a landscape of one parameter at x.
fn graph_text(scene: &Scene, runs: &Runs, x: f64) -> String {
    let (objective, mut slope) = (&*runs.problem.objective, [0.0]);
    let value = objective.gradient(&[x], &mut slope);
    let [bend, _] = curvature::extremes(objective, &[x]);
    let [name, _] = scene.axes();
    let [value, slope] = [value, slope[0]].map(|number_of| number(number_of, 4));
    format!(
        "{name} {}\nf {value}\nf′ {slope}\nf″ {}",
        number(x, 4),
        number(bend, 3)
    )
}

fn coordinates(runs: &Runs, [x, y]: [f64; 2]) -> String {
    let [first, second] = short_axes(runs);
    // The directions of a plane have long names.
    let between = if runs.trained.is_some() { '\n' } else { ' ' };
    let [x, y] = [x, y].map(|number_of| number(number_of, 4));
    format!("{first} {x}{between}{second} {y}")
}
