//! How sharp the loss is along runs, as CSV.

use super::trajectories::quoted;
use crate::engine::declare::spec::real;
use crate::figure::sharpness::SharpnessSeries;
use std::io::{self, Write};

/// The columns.
const COLUMNS: &str =
    "run,step,loss,lambda_max,limit,preconditioned_lambda_max,preconditioned_limit";

/// A line for each step of each run. What is not known is left empty.
///
/// # Errors
/// Those of `out`.
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
            let number = |column: &Vec<f64>| match column.get(row) {
                Some(number) if number.is_finite() => real(*number),
                _ => String::new(),
            };
            writeln!(out, "{spec},{step},{}", columns.map(number).join(","))?;
        }
    }
    Ok(())
}
