//! How sharp the loss is along runs, as CSV.

use super::trajectories::quoted;
use crate::engine::spec::real;
use std::io::{self, Write};

/// The columns.
pub const COLUMNS: &str =
    "run,step,loss,lambda_max,limit,preconditioned_lambda_max,preconditioned_limit";

/// What is known of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The step.
    pub step: u64,
    /// The loss of all training data.
    pub loss: f64,
    /// The Hessian's largest eigenvalue.
    pub lambda_max: f64,
    /// The largest that does not make steps grow, where theory gives one.
    pub limit: Option<f64>,
    /// The same of the Hessian divided by the preconditioner of the step before.
    pub preconditioned: f64,
    /// And where steps grow with it.
    pub preconditioned_limit: Option<f64>,
}

/// A line of a run. What is not known is left empty.
///
/// # Errors
/// Those of `out`.
pub fn row(spec: &str, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let spec = quoted(spec);
    let of = |number: Option<f64>| {
        number
            .filter(|number| number.is_finite())
            .map_or_else(String::new, real)
    };
    let numbers = [
        Some(row.loss),
        Some(row.lambda_max),
        row.limit,
        Some(row.preconditioned),
        row.preconditioned_limit,
    ];
    writeln!(out, "{spec},{},{}", row.step, numbers.map(of).join(","))
}
