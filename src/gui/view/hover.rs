//! What is under the pointer on the map, in words.

use super::map::{MapInputs, trails};
use crate::engine::analysis::curvature;
use crate::engine::objective::norm;
use crate::engine::scene::Scene;
use crate::engine::training::Trajectory;
use crate::figure::axis::number;
use crate::figure::frame::Frame;
use crate::figure::network::{metrics, percent};
use crate::figure::projection_error;
use crate::figure::trail::Trail;
use crate::session::{MapData, Runs};
use eframe::egui;

/// How near the pointer must come to a thing to mean it, in points.
pub(super) const REACH: f32 = 9.0;

/// A step of a trail, if the pointer is on one, or else the landscape under the pointer.
pub(super) fn describe(
    pointer: egui::Pos2,
    frame: &Frame,
    shown: &MapInputs,
    runs: &Runs,
) -> String {
    let trails = if shown.scene.map.trails {
        trails(shown, runs, shown.names, frame)
    } else {
        Vec::new()
    };
    let at = frame.world_from_picture(pointer.into());
    match (nearest(pointer, frame, shown.row, &trails), &runs.trained) {
        (Some((trail, row)), Some(_)) => network_text(runs, trail, row),
        (Some((trail, row)), None) => step_text(shown.scene, runs, trail, row),
        (None, Some(_)) => height_text(runs, shown, at),
        (None, None) => landscape_text(shown.scene, runs, at),
    }
}

/// The step of a trail that is nearest to the pointer, if one is near.
fn nearest<'a>(
    pointer: egui::Pos2,
    frame: &Frame,
    row: usize,
    trails: &'a [Trail],
) -> Option<(&'a Trail<'a>, usize)> {
    let mut least = REACH;
    let mut nearest = None;
    for trail in trails {
        let shown = trail.outline.iter().copied();
        for row in shown.take_while(|&outlined| outlined <= row) {
            let Some(place) = trail.trajectory.plot_point(row) else {
                continue;
            };
            let distance = pointer.distance(frame.picture_from_world(place).into());
            if distance < least {
                least = distance;
                nearest = Some((trail, row));
            }
        }
    }
    nearest
}

/// A step of a run on a landscape.
fn step_text(scene: &Scene, runs: &Runs, trail: &Trail, row: usize) -> String {
    let Trajectory {
        loss, grad_norm, ..
    } = trail.trajectory;
    let (name, step) = (trail.name, runs.step(row));
    let at = match *trail.trajectory.theta(row).unwrap_or_default() {
        [x] => return format!("{name} step {step}: {}", graph_text(scene, runs, x)),
        [x, y, ..] => [x, y],
        [] => scene.start(),
    };
    format!(
        "{name} step {step}: {} f {} ‖∇f‖ {}",
        coordinates(scene, at),
        number(loss[row], 4),
        number(grad_norm[row], 3),
    )
}

/// A row of a network's run: what is true of it, and what the plane shows instead.
fn network_text(runs: &Runs, trail: &Trail, row: usize) -> String {
    let (index, name) = (trail.run, trail.name);
    let Some([loss, on_plane, off_plane, _]) = projection_error::row_texts(runs, index, row) else {
        return String::new();
    };
    let [_, test] = metrics(runs, index, row);
    let accuracy = test.and_then(|test| test.accuracy);
    let test = accuracy.map_or_else(String::new, |share| format!(", test {}", percent(share)));
    let step = runs.step(row);
    format!("{name} step {step}: {loss}{test}, {on_plane}, {off_plane}")
}

/// The height of a network's plane, which is read from the map and not computed.
fn height_text(runs: &Runs, shown: &MapInputs, at: [f64; 2]) -> String {
    let map_data = shown.map_data.map(|map_data| &**map_data);
    let height = match map_data {
        Some(Ok(MapData { surface, base, .. })) => surface.height(at).map(|height| height + base),
        _ => None,
    };
    let place = coordinates(&runs.scene, at);
    height.map_or_else(
        || place.clone(),
        |height| format!("plane {place}: loss {}", number(height, 4)),
    )
}

fn landscape_text(scene: &Scene, runs: &Runs, at: [f64; 2]) -> String {
    let objective = &*runs.problem.objective;
    if objective.dim() == 1 {
        return graph_text(scene, runs, at[0]);
    }
    let mut gradient = [0.0; 2];
    let value = objective.gradient(&at, &mut gradient);
    let [low, high] = curvature::extremes(objective, &at);
    format!(
        "{} f {} ‖∇f‖ {} λ {}, {}",
        coordinates(scene, at),
        number(value, 4),
        number(norm(&gradient), 3),
        number(low, 3),
        number(high, 3),
    )
}

/// The graph of a landscape of one parameter at a place.
fn graph_text(scene: &Scene, runs: &Runs, x: f64) -> String {
    let (objective, mut slope) = (&*runs.problem.objective, [0.0]);
    let value = objective.gradient(&[x], &mut slope);
    let [bend, _] = curvature::extremes(objective, &[x]);
    let [name, _] = scene.axes();
    let [value, slope] = [value, slope[0]].map(|number_of| number(number_of, 4));
    format!(
        "{name} {} f {value} f′ {slope} f″ {}",
        number(x, 4),
        number(bend, 3)
    )
}

fn coordinates(scene: &Scene, [x, y]: [f64; 2]) -> String {
    let [first, second] = scene.axes();
    format!("{first} {} {second} {}", number(x, 4), number(y, 4))
}
