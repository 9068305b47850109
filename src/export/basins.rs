//! Basins of attraction as CSV and NPZ.

use super::npz::Npz;
use crate::engine::analysis::basins::{BasinLabel, Basins};
use std::io::{self, Write};

/// The number that stands for a fate: a minimum's place in the list, −1 for undecided, −2 for diverged.
fn label(fate: BasinLabel) -> i32 {
    match fate {
        BasinLabel::Converges(minimum) => i32::from(minimum),
        BasinLabel::Undecided => -1,
        BasinLabel::Diverges => -2,
    }
}

/// A line for each start: x, y, fate, minimum_x, minimum_y, minimum, steps; row by row from the low end of y.
///
/// # Errors
/// Those of `out`.
pub fn csv(basins: &Basins, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "x,y,fate,minimum_x,minimum_y,minimum,steps")?;
    for (index, cell) in basins.cells.iter().enumerate() {
        let [x, y] = basins.start(index % basins.side, index / basins.side);
        write!(out, "{x:?},{y:?},")?;
        match cell.label {
            BasinLabel::Converges(minimum) => {
                let mark = basins.minima[usize::from(minimum)].mark;
                write!(
                    out,
                    "arrives,{:?},{:?},{:?}",
                    mark.at[0], mark.at[1], mark.value
                )?;
            }
            BasinLabel::Undecided => write!(out, "undecided,,,")?,
            BasinLabel::Diverges => write!(out, "diverges,,,")?,
        }
        writeln!(out, ",{}", cell.steps)?;
    }
    Ok(())
}

/// The arrays x (columns), y (rows), label and steps (rows × columns) and minima (k × 3: x, y, value), as `numpy.load` reads
/// them. A label is a row of minima, −1 for undecided, −2 for diverged.
///
/// # Errors
/// Those of `out`.
pub fn npz(basins: &Basins, out: &mut dyn Write) -> io::Result<()> {
    let side = basins.side as u64;
    let mut npz = Npz::default();
    let axis = |place: &dyn Fn(usize) -> f64| (0..basins.side).map(place).collect::<Vec<f64>>();
    npz.add("x", &[side], axis(&|column| basins.start(column, 0)[0]))?;
    npz.add("y", &[side], axis(&|row| basins.start(0, row)[1]))?;
    let cells = || basins.cells.iter();
    let labels = cells().map(|cell| label(cell.label));
    npz.add("label", &[side, side], labels)?;
    let steps = cells().map(|cell| cell.steps);
    npz.add("steps", &[side, side], steps)?;
    let minima = basins
        .minima
        .iter()
        .flat_map(|minimum| [minimum.mark.at[0], minimum.mark.at[1], minimum.mark.value]);
    npz.add("minima", &[basins.minima.len() as u64, 3], minima)?;
    npz.write(out)
}
