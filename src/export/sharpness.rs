//! Export of the sharpness along runs as CSV.

use super::trajectories::quoted;
use crate::engine::declare::spec::real;
use crate::figure::sharpness::SharpnessSeries;
use std::io::{self, Write};

/// Names of the columns.
const COLUMNS: &str =
    "run,step,loss,lambda_max,limit,preconditioned_lambda_max,preconditioned_limit";

/// Writes a line for each step of each run. Missing numbers are left empty.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(runs: &[SharpnessSeries], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{COLUMNS}")?;
    for run in runs {
        let spec = quoted(&run.name);
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
            writeln!(out, "{spec},{step},{}", columns.map(cell).join(","))?;
        }
    }
    Ok(())
}
