//! Export of layer statistics during training as CSV, JSON and NPZ.

use super::columns::{Cells, Columns};
use super::labels::Labels;
use crate::engine::analysis::layer_stats::Diagnosis;

/// A row: the statistics of a layer of a run at a step.
pub struct LayerRow {
    /// Number of the run, from 1.
    run: usize,
    step: u64,
    layer: String,
    /// The columns of [`NUMBERS`], NaN where there is none.
    numbers: [f64; 5],
}

/// Names of the columns of numbers.
const NUMBERS: [&str; 5] = [
    "grad_norm",
    "weight_norm",
    "update_ratio",
    "dead",
    "noise_scale",
];

impl LayerRow {
    /// Returns a row for each layer of a run at a step, and one for the whole network, named `all`, which alone has a noise scale. Runs
    /// count from 1.
    pub fn all(run: usize, step: u64, diagnosis: &Diagnosis) -> impl Iterator<Item = Self> {
        let layers = diagnosis.layers.iter().map(|layer| (layer, None));
        let whole = [(&diagnosis.whole, diagnosis.noise_scale)];
        layers.chain(whole).map(move |(layer, noise)| {
            let optional = |number: Option<f64>| number.unwrap_or(f64::NAN);
            Self {
                run,
                step,
                layer: layer.name.clone(),
                numbers: [
                    layer.grad_norm,
                    layer.weight_norm,
                    optional(layer.update_ratio),
                    optional(layer.dead),
                    optional(noise),
                ],
            }
        })
    }
}

/// Returns a table of the rows; `labels` are those of the runs in their order.
pub fn columns(rows: &[LayerRow], labels: &[Labels], facts: Columns) -> Columns {
    let steps = rows.iter().map(|row| row.step);
    let names = rows.iter().map(|row| row.layer.clone());
    let runs = rows.iter().map(|row| row.run as u64);
    let table = facts
        .with("run", Cells::Count(runs.collect()))
        .with("step", Cells::Count(steps.collect()))
        .with("layer", Cells::Text(names.collect()));
    let columns = NUMBERS.into_iter().enumerate();
    let table = columns.fold(table, |table, (column, name)| {
        let numbers = rows.iter().map(|row| row.numbers[column]);
        table.with(name, Cells::Real(numbers.collect()))
    });
    Labels::add_to(table, rows.iter().filter_map(|row| labels.get(row.run - 1)))
}
