//! Quantities of a network's runs: accuracy, layers, projection error, and barriers between two runs.

use crate::engine::analysis::mode_connectivity::{Connect, connect, default_curve_optimizer};
use crate::engine::cancel::Cancel;
use crate::engine::objective::norm;
use crate::teaching::facts::Facts;

/// Returns the accuracy at a row on training (0) or test data (1); `None` for landscapes and without classes or such data.
pub(super) fn accuracy(facts: &Facts, row: usize, part: usize) -> Option<f64> {
    let row = facts.trained()?.rows.get(row)?;
    row.metrics[part]?.accuracy
}

/// Returns the gradient norm of the first layer at a row; `None` for landscapes.
pub(super) fn first_layer_grad_norm(facts: &Facts, row: usize) -> Option<f64> {
    let row = facts.trained()?.rows.get(row)?;
    Some(row.diagnosis.layers.first()?.grad_norm)
}

/// Returns the largest share of dead units in a layer at a row; `None` for landscapes and other activations than ReLU.
pub(super) fn dead_units(facts: &Facts, row: usize) -> Option<f64> {
    let row = facts.trained()?.rows.get(row)?;
    let layers = row.diagnosis.layers.iter();
    layers.filter_map(|layer| layer.dead).reduce(f64::max)
}

/// Returns the distance of the weights at a row from the plane, divided by their distance from its origin; `None` for landscapes.
pub(super) fn projection_error(facts: &Facts, row: usize) -> Option<f64> {
    let residual = facts.trained()?.projections.get(row)?.residual;
    let plane = &facts.runs.trained.as_ref()?.network_plane.plane;
    let pairs = facts.theta(row).iter().zip(plane.parts()[0]);
    let moved: Vec<f64> = pairs.map(|(a, b)| a - b).collect();
    Some(if residual == 0.0 {
        0.0
    } else {
        residual / norm(&moved)
    })
}

/// Returns the barrier of the training loss between the ends of two runs: on the straight line, or along the curve that the scene's settings
/// of mode connectivity train.
///
/// # Errors
/// Returns a sentence for landscapes, and for networks that cannot be connected.
pub(super) fn barrier(from: &Facts, to: &Facts, curve: bool) -> Result<f64, String> {
    let trained = from.runs.trained.as_ref();
    let (Some(trained), Some(network)) = (trained, from.runs.scene.network()) else {
        return Err(
            "barriers lie between two networks; expected a scene with a network".to_owned(),
        );
    };
    let mut settings: Connect = network.connect.clone();
    if !curve {
        settings.steps = 1;
    }
    let ends = [from, to].map(|facts| facts.theta(facts.last()));
    let (spec, never) = (default_curve_optimizer(), Cancel::default());
    let found = connect(&trained.task, ends, &spec, &settings, &never, &mut |_| {});
    let found = found.map_err(|error| error.to_string())?;
    let profile = found.map(|found| if curve { found.curve } else { found.straight });
    let barrier = profile.and_then(|profile| profile.barrier(0));
    barrier
        .map(|peak| peak.height)
        .ok_or_else(|| "the paths have no loss".to_owned())
}
