//! Export of the density of eigenvalues.

use super::columns::{Cells, Columns};
use crate::engine::analysis::curvature::Report;

/// Number of points at which the density is evaluated.
const DENSITY_POINTS: usize = 1024;

/// Returns the columns lambda, density and error (its standard error); they are empty for a report without a density.
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
