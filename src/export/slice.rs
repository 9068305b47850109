//! Export of losses on a plane or a line as CSV and NPZ.

use super::columns::{Cells, Columns};
use super::npz::Npz;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::geometry::surface::Surface;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use std::io::{self, Write};

/// Writes a line a, b, loss for each point, row by row from the lowest b.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn csv(surface: &Surface, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "a,b,loss")?;
    rows(surface, "", out)
}

/// Writes the lines of a slice, each after `prefix`.
fn rows(surface: &Surface, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let [a, b] = surface.axes();
    for (b, row) in b.iter().zip(surface.values.chunks_exact(surface.columns)) {
        for (a, loss) in a.iter().zip(row) {
            writeln!(out, "{prefix}{a:?},{b:?},{loss:?}")?;
        }
    }
    Ok(())
}

/// Writes the columns of [`csv`] as JSON.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn json(
    slices: &[(u64, Surface)],
    seeds: bool,
    facts: Columns,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (mut seed, mut a, mut b, mut loss) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (own, surface) in slices {
        let [columns, rows] = surface.axes();
        for at in rows {
            a.extend(&columns);
            b.extend(columns.iter().map(|_| at));
        }
        seed.extend(surface.values.iter().map(|_| *own));
        loss.extend(&surface.values);
    }
    let table = if seeds {
        facts.with("seed", Cells::Count(seed))
    } else {
        facts
    };
    let table = table.with("a", Cells::Real(a)).with("b", Cells::Real(b));
    table.with("loss", Cells::Real(loss)).json(out)
}

/// Contents of an NPZ file of a slice apart from the losses on the grid.
pub struct PlaneData<'a> {
    /// The plane of each slice.
    pub planes: Vec<&'a NetworkPlane>,
    /// The runs on the plane, as trajectories of a and b.
    pub runs: &'a [Trajectory],
    /// The distance of each run's steps from the plane.
    pub residuals: &'a [Vec<f64>],
}

impl PlaneData<'_> {
    /// Adds origin, u and v (n numbers each; for several planes u and v are planes × n), explained_variance_ratio and eigenvalues where
    /// the plane has them, and for run k, from 1, run_k_a, run_k_b, run_k_loss and run_k_residual, an entry for each step.
    fn add_to(&self, npz: &mut Npz) -> io::Result<()> {
        let Some(first) = self.planes.first() else {
            return Ok(());
        };
        let [origin, ..] = first.plane.parts();
        let (count, dim) = (self.planes.len() as u64, origin.len() as u64);
        let shape: &[u64] = if count == 1 { &[dim] } else { &[count, dim] };
        npz.add("origin", &[dim], origin.iter().copied())?;
        for (axis, name) in [(1, "u"), (2, "v")] {
            let vectors = self
                .planes
                .iter()
                .flat_map(|plane| plane.plane.parts()[axis]);
            npz.add(name, shape, vectors.copied())?;
        }
        let pairs = [
            ("explained_variance_ratio", first.explained_variance_ratio),
            ("eigenvalues", first.eigenvalues),
        ];
        for (name, pair) in pairs {
            if let Some(pair) = pair {
                npz.add(name, &[2], pair)?;
            }
        }
        for (index, (run, residuals)) in self.runs.iter().zip(self.residuals).enumerate() {
            let rows = [residuals.len() as u64];
            let name = |column: &str| format!("run_{}_{column}", index + 1);
            for (axis, column) in ["a", "b"].into_iter().enumerate() {
                let coordinates = run.theta.iter().skip(axis).step_by(2);
                npz.add(&name(column), &rows, coordinates.copied())?;
            }
            npz.add(&name("loss"), &rows, run.loss.iter().copied())?;
            npz.add(&name("residual"), &rows, residuals.iter().copied())?;
        }
        Ok(())
    }
}

/// Writes the arrays a (columns), b (rows) and loss (rows × columns), and those of the plane.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn npz(surface: &Surface, plane: &PlaneData, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let [a, b] = surface.axes();
    let shape = [b.len() as u64, a.len() as u64];
    npz.add("a", &shape[1..], a)?;
    npz.add("b", &shape[..1], b)?;
    npz.add("loss", &shape, surface.values.iter().copied())?;
    plane.add_to(&mut npz)?;
    npz.write(out)
}

/// Writes a line seed, a, b, loss for each point of each slice; all slices have one view.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn seeds_csv(slices: &[(u64, Surface)], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "seed,a,b,loss")?;
    for (seed, surface) in slices {
        rows(surface, &format!("{seed},"), out)?;
    }
    Ok(())
}

/// Writes the arrays seed (slices), a (columns), b (rows) and loss (slices × rows × columns) of slices of one view.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn seeds_npz(
    slices: &[(u64, Surface)],
    plane: &PlaneData,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut npz = Npz::default();
    let axes = slices.first().map(|(_, surface)| surface.axes());
    let [a, b] = axes.unwrap_or_default();
    let shape = [slices.len() as u64, b.len() as u64, a.len() as u64];
    npz.add("seed", &shape[..1], slices.iter().map(|(seed, _)| *seed))?;
    npz.add("a", &shape[2..], a)?;
    npz.add("b", &shape[1..2], b)?;
    let losses = slices.iter().flat_map(|(_, surface)| surface.values.iter());
    npz.add("loss", &shape, losses.copied())?;
    plane.add_to(&mut npz)?;
    npz.write(out)
}

/// Writes a line a, loss for each point of a line.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn line_csv(points: &[[f64; 2]], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "a,loss")?;
    points
        .iter()
        .try_for_each(|[a, loss]| writeln!(out, "{a:?},{loss:?}"))
}

/// Writes the columns of [`line_csv`] as JSON.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn line_json(points: &[[f64; 2]], facts: Columns, out: &mut dyn Write) -> io::Result<()> {
    let column = |axis: usize| Cells::Real(points.iter().map(|point| point[axis]).collect());
    facts.with("a", column(0)).with("loss", column(1)).json(out)
}

/// Writes the arrays a and loss of a line, and the plane's origin and u.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn line_npz(points: &[[f64; 2]], plane: &Plane, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let [origin, u, _] = plane.parts();
    for (name, vector) in [("origin", origin), ("u", u)] {
        npz.add(name, &[vector.len() as u64], vector.iter().copied())?;
    }
    let shape = [points.len() as u64];
    npz.add("a", &shape, points.iter().map(|[a, _]| *a))?;
    npz.add("loss", &shape, points.iter().map(|[_, loss]| *loss))?;
    npz.write(out)
}
