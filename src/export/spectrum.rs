//! Export of the density of eigenvalues as CSV.

use super::columns::{Cells, Columns};
use crate::engine::analysis::curvature::Report;
use std::io::{self, Write};

/// Number of points at which the density is evaluated.
const DENSITY_POINTS: usize = 1024;

/// Returns the columns of [`csv`].
pub fn columns(report: &Report) -> Columns {
    let density = report.density.iter();
    let points: Vec<[f64; 3]> = density
        .flat_map(|density| density.curve(DENSITY_POINTS))
        .collect();
    let names = ["lambda", "density", "error"].into_iter().enumerate();
    names.fold(Columns::default(), |table, (part, name)| {
        table.with(
            name,
            Cells::Real(points.iter().map(|point| point[part]).collect()),
        )
    })
}

/// Writes a line λ, density and its standard error for each point; only the header for a report without a density.
///
/// # Errors
/// Returns any I/O error from `out`.
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
