//! Export of the sharpness along runs as CSV, JSON and NPZ.

use super::columns::{Cells, Columns};
use super::labels::Labels;
use crate::figure::sharpness::SharpnessSeries;

/// Returns a table with a row for each step of each run: run (from 1), step, loss, lambda_max, limit, preconditioned_lambda_max,
/// preconditioned_limit, then the labels of the runs. Missing numbers are NaN.
pub fn columns(runs: &[SharpnessSeries], labels: &[Labels], facts: Columns) -> Columns {
    let rows = || {
        let runs = runs.iter().zip(labels).enumerate();
        runs.flat_map(|(index, (run, labels))| {
            (0..run.steps.len()).map(move |row| (index as u64 + 1, run, labels, row))
        })
    };
    let real = |of: fn(&SharpnessSeries) -> &Vec<f64>| {
        let number = |run, row: usize| of(run).get(row).copied().unwrap_or(f64::NAN);
        Cells::Real(rows().map(|(_, run, _, row)| number(run, row)).collect())
    };
    let numbers = rows().map(|(number, ..)| number);
    let steps = rows().map(|(_, run, _, row)| run.steps[row]);
    let table = facts
        .with("run", Cells::Count(numbers.collect()))
        .with("step", Cells::Count(steps.collect()))
        .with("loss", real(|run| &run.loss))
        .with("lambda_max", real(|run| &run.lambda_max[0]))
        .with("limit", real(|run| &run.lambda_max[1]))
        .with(
            "preconditioned_lambda_max",
            real(|run| &run.preconditioned[0]),
        )
        .with("preconditioned_limit", real(|run| &run.preconditioned[1]));
    Labels::add_to(table, rows().map(|(_, _, labels, _)| labels))
}
