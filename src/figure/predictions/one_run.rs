//! Predictions of one run at a row, for pictures of the map.

use super::RunLabel;
use crate::engine::analysis::predictions::Predictions;
use crate::engine::cancel::Cancel;
use crate::engine::results::Runs;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item};
use crate::figure::{network, style_index};

/// Returns the label of a run at a row, or at its last one.
pub fn run_label<'a>(runs: &Runs, index: usize, row: usize, name: &'a str) -> RunLabel<'a> {
    let run = runs.scene.runs.get(index);
    RunLabel {
        name,
        step: runs.step(row),
        style_index: style_index(run.map_or(0, |run| run.colour)),
        metrics: network::metrics(runs, index, row),
    }
}

/// Draws a network's predictions at a row of a run.
pub(in crate::figure) fn current_predictions(
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
    let result = Predictions::compute(&trained.task, theta, SIDE, &Cancel::default())?;
    let label = run_label(runs, index, row, name);
    let shading = super::shading(&result, theme);
    Some(super::draw(&result, &shading, &label, area, theme))
}
