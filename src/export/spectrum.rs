//! The density of eigenvalues as CSV.

use crate::engine::analysis::curvature::Report;
use std::io::{self, Write};

/// Places that the density is told at.
const DENSITY_POINTS: usize = 1024;

/// A line λ, density and its standard error for each place; of a report without a density the header only.
///
/// # Errors
/// Those of `out`.
pub fn csv(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "lambda,density,error")?;
    let curve = report
        .density
        .iter()
        .flat_map(|density| density.curve(DENSITY_POINTS));
    for [lambda, density, error] in curve {
        writeln!(out, "{lambda:?},{density:?},{error:?}")?;
    }
    Ok(())
}
