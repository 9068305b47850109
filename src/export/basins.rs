//! Basins of attraction as CSV, JSON and NPZ.

use super::columns::{Cells, Columns};
use super::npz::Npz;
use crate::engine::analysis::basins::{BasinLabel, Basins, Cell};
use std::io::{self, Write};

/// Returns the number that stands for a label: the index of a minimum, −1 for undecided, −2 for diverged.
fn label_number(label: BasinLabel) -> i32 {
    match label {
        BasinLabel::Converges(minimum) => i32::from(minimum),
        BasinLabel::Undecided => -1,
        BasinLabel::Diverges => -2,
    }
}

/// Label of starts that were not computed.
const NOT_COMPUTED: i32 = -3;

/// Returns the starts that were computed, with their indices.
fn computed(basins: &Basins) -> impl Iterator<Item = (usize, &Cell)> {
    let cells = basins.cells.iter().enumerate();
    cells.filter(|(index, _)| !basins.missing.get(*index).copied().unwrap_or(false))
}

/// Returns the word for a label.
fn fate(label: BasinLabel) -> &'static str {
    match label {
        BasinLabel::Converges(_) => "arrives",
        BasinLabel::Undecided => "undecided",
        BasinLabel::Diverges => "diverges",
    }
}

/// Returns x, y and the value of the minimum that a start leads to.
fn minimum(basins: &Basins, label: BasinLabel) -> Option<[f64; 3]> {
    let BasinLabel::Converges(minimum) = label else {
        return None;
    };
    let mark = basins.minima[usize::from(minimum)].mark;
    Some([mark.at[0], mark.at[1], mark.value])
}

/// Returns a table with a row for each start that was computed: x, y, fate, minimum_x, minimum_y, minimum, steps; row by row from the
/// lowest y, with `facts`.
pub fn columns(basins: &Basins, facts: Columns) -> Columns {
    let starts =
        computed(basins).map(|(index, _)| basins.start(index % basins.side, index / basins.side));
    let starts: Vec<[f64; 2]> = starts.collect();
    let marks = computed(basins).map(|(_, cell)| minimum(basins, cell.label));
    let marks: Vec<[f64; 3]> = marks.map(|mark| mark.unwrap_or([f64::NAN; 3])).collect();
    let fates = computed(basins).map(|(_, cell)| fate(cell.label));
    let start = |axis: usize| Cells::Real(starts.iter().map(|at| at[axis]).collect());
    let mark = |part: usize| Cells::Real(marks.iter().map(|mark| mark[part]).collect());
    let steps = computed(basins).map(|(_, cell)| u64::from(cell.steps));
    facts
        .with("x", start(0))
        .with("y", start(1))
        .with("fate", Cells::Text(fates.map(str::to_owned).collect()))
        .with("minimum_x", mark(0))
        .with("minimum_y", mark(1))
        .with("minimum", mark(2))
        .with("steps", Cells::Count(steps.collect()))
}

/// Writes the arrays x (columns), y (rows), label and steps (rows × columns) and minima (k × 3: x, y, value), as `numpy.load` reads
/// them. A label is an index into the minima, −1 for undecided, −2 for diverged, −3 for a start that was not computed.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn npz(basins: &Basins, out: &mut dyn Write) -> io::Result<()> {
    let side = basins.side as u64;
    let mut npz = Npz::default();
    let axis =
        |coordinate: &dyn Fn(usize) -> f64| (0..basins.side).map(coordinate).collect::<Vec<f64>>();
    npz.add("x", &[side], axis(&|column| basins.start(column, 0)[0]))?;
    npz.add("y", &[side], axis(&|row| basins.start(0, row)[1]))?;
    let cells = || basins.cells.iter();
    let is_missing = |index: usize| basins.missing.get(index).copied().unwrap_or(false);
    let labels = cells().enumerate().map(|(index, cell)| {
        if is_missing(index) {
            NOT_COMPUTED
        } else {
            label_number(cell.label)
        }
    });
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
