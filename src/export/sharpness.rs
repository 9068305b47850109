//! Export of the sharpness along runs as CSV.

use crate::engine::declare::spec::real;
use crate::figure::sharpness::SharpnessSeries;
use std::io::{self, Write};

/// Names of the columns.
const COLUMNS: &str = "run,step,loss,lambda_max,limit,preconditioned_lambda_max,preconditioned_limit,seed,outcome,name,spec";

/// Writes a line for each step of each run. Missing numbers are left empty. `labels` has the
/// [labels](super::trajectories::labels) of each run.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(runs: &[SharpnessSeries], labels: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{COLUMNS}")?;
    for (index, (run, labels)) in runs.iter().zip(labels).enumerate() {
        let number = index + 1;
        let columns = [
            &run.loss,
            &run.lambda_max[0],
            &run.lambda_max[1],
            &run.preconditioned[0],
            &run.preconditioned[1],
        ];
        for (row, step) in run.steps.iter().enumerate() {
            let cell = |column: &Vec<f64>| match column.get(row) {
                Some(number) if number.is_finite() => real(*number),
                _ => String::new(),
            };
            writeln!(
                out,
                "{number},{step},{},{labels}",
                columns.map(cell).join(",")
            )?;
        }
    }
    Ok(())
}
