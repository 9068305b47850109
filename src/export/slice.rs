//! Export of losses on a plane or a line as CSV and NPZ.

use super::npz::Npz;
use crate::engine::geometry::surface::Surface;
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

/// Writes the arrays a (columns), b (rows) and loss (rows × columns).
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn npz(surface: &Surface, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let [a, b] = surface.axes();
    let shape = [b.len() as u64, a.len() as u64];
    npz.add("a", &shape[1..], a)?;
    npz.add("b", &shape[..1], b)?;
    npz.add("loss", &shape, surface.values.iter().copied())?;
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
pub fn seeds_npz(slices: &[(u64, Surface)], out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let axes = slices.first().map(|(_, surface)| surface.axes());
    let [a, b] = axes.unwrap_or_default();
    let shape = [slices.len() as u64, b.len() as u64, a.len() as u64];
    npz.add("seed", &shape[..1], slices.iter().map(|(seed, _)| *seed))?;
    npz.add("a", &shape[2..], a)?;
    npz.add("b", &shape[1..2], b)?;
    let losses = slices.iter().flat_map(|(_, surface)| surface.values.iter());
    npz.add("loss", &shape, losses.copied())?;
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

/// Writes the arrays a and loss of a line.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn line_npz(points: &[[f64; 2]], out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let shape = [points.len() as u64];
    npz.add("a", &shape, points.iter().map(|[a, _]| *a))?;
    npz.add("loss", &shape, points.iter().map(|[_, loss]| *loss))?;
    npz.write(out)
}
