//! Basins of attraction as CSV and NPZ.

use crate::engine::survey::basins::{Basins, Fate};
use npyz::WriterBuilder;
use std::io::{self, Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The number that stands for a fate: a minimum's place in the list, −1 for undecided, −2 for diverged.
fn label(fate: Fate) -> i32 {
    match fate {
        Fate::Arrives(minimum) => i32::from(minimum),
        Fate::Undecided => -1,
        Fate::Diverges => -2,
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
        match cell.fate {
            Fate::Arrives(minimum) => {
                let mark = basins.minima[usize::from(minimum)].mark;
                write!(
                    out,
                    "arrives,{:?},{:?},{:?}",
                    mark.at[0], mark.at[1], mark.value
                )?;
            }
            Fate::Undecided => write!(out, "undecided,,,")?,
            Fate::Diverges => write!(out, "diverges,,,")?,
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
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let axis = |place: &dyn Fn(usize) -> f64| (0..basins.side).map(place).collect::<Vec<f64>>();
    add(
        &mut zip,
        "x",
        &[side],
        axis(&|column| basins.start(column, 0)[0]),
    )?;
    add(&mut zip, "y", &[side], axis(&|row| basins.start(0, row)[1]))?;
    let cells = || basins.cells.iter();
    add(
        &mut zip,
        "label",
        &[side, side],
        cells().map(|cell| label(cell.fate)),
    )?;
    add(
        &mut zip,
        "steps",
        &[side, side],
        cells().map(|cell| cell.steps),
    )?;
    let minima = basins
        .minima
        .iter()
        .flat_map(|minimum| [minimum.mark.at[0], minimum.mark.at[1], minimum.mark.value]);
    add(&mut zip, "minima", &[basins.minima.len() as u64, 3], minima)?;
    out.write_all(&zip.finish()?.into_inner())
}

fn add<T: npyz::AutoSerialize>(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    shape: &[u64],
    values: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file(npyz::npz::file_name_from_array_name(name), stored)?;
    let mut array = npyz::WriteOptions::new()
        .default_dtype()
        .shape(shape)
        .writer(zip)
        .begin_nd()?;
    array.extend(values)?;
    array.finish()
}
