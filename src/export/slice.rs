//! Losses on a plane or a line as CSV and NPZ.

use super::npz::Npz;
use crate::engine::surface::Surface;
use std::io::{self, Write};

/// A line a, b, loss for each point, row by row from the low end of b.
///
/// # Errors
/// Those of `out`.
pub fn csv(surface: &Surface, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "a,b,loss")?;
    let [a, b] = surface.axes();
    for (b, row) in b.iter().zip(surface.values.chunks_exact(surface.columns)) {
        for (a, loss) in a.iter().zip(row) {
            writeln!(out, "{a:?},{b:?},{loss:?}")?;
        }
    }
    Ok(())
}

/// The arrays a (columns), b (rows) and loss (rows × columns).
///
/// # Errors
/// Those of `out`.
pub fn npz(surface: &Surface, out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let [a, b] = surface.axes();
    let shape = [b.len() as u64, a.len() as u64];
    npz.add("a", &shape[1..], a)?;
    npz.add("b", &shape[..1], b)?;
    npz.add("loss", &shape, surface.values.iter().copied())?;
    npz.write(out)
}

/// A line a, loss for each point of a line.
///
/// # Errors
/// Those of `out`.
pub fn line_csv(points: &[[f64; 2]], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "a,loss")?;
    points
        .iter()
        .try_for_each(|[a, loss]| writeln!(out, "{a:?},{loss:?}"))
}

/// The arrays a and loss of a line.
///
/// # Errors
/// Those of `out`.
pub fn line_npz(points: &[[f64; 2]], out: &mut dyn Write) -> io::Result<()> {
    let mut npz = Npz::default();
    let shape = [points.len() as u64];
    npz.add("a", &shape, points.iter().map(|[a, _]| *a))?;
    npz.add("loss", &shape, points.iter().map(|[_, loss]| *loss))?;
    npz.write(out)
}
