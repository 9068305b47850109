//! Reads matrices of heights from NPZ files: one matrix, and perhaps the coordinates of its columns and rows.

use super::matrix::{matrix, matrix_of_array, numbered};
use super::npy;
use crate::engine::files::Matrix;
use std::io::{Cursor, Read, Seek};
use zip::ZipArchive;

/// The expected file in errors.
const EXPECTED: &str = "an NPZ file with a matrix of heights";

/// Names that single out the heights among several matrices.
const HEIGHTS: [&str; 5] = ["heights", "z", "loss", "f", "data"];

/// Reads the only matrix of a file, or the one with a name like `z`; arrays `x` and `y` are its coordinates. The error is a sentence
/// without the file's name.
pub(super) fn read(bytes: &[u8]) -> Result<Matrix, String> {
    let mut file = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("is not a whole NPZ file ({error}); expected {EXPECTED}"))?;
    let names: Vec<String> = { file.file_names() }
        .filter_map(|name| Some(name.ok()?.strip_suffix(".npy")?.to_owned()))
        .collect();
    let mut matrices = Vec::new();
    for name in &names {
        if open(&mut file, name)?.shape().len() == 2 {
            matrices.push(name.as_str());
        }
    }
    let named = HEIGHTS.iter().find(|name| matrices.contains(name));
    let heights = match (&matrices[..], named) {
        ([only], _) => *only,
        (_, Some(name)) => name,
        ([], None) => {
            let list = names.join("`, `");
            return Err(format!(
                "holds the arrays `{list}`, none of two dimensions; expected {EXPECTED}"
            ));
        }
        (several, None) => {
            let list = several.join("`, `");
            return Err(format!(
                "holds the matrices `{list}`; expected a single one, or one called `z`"
            ));
        }
    };
    let placed = |wrong: String| format!("`{heights}` {wrong}");
    let found = matrix_of_array(open(&mut file, heights)?).map_err(placed)?;
    let mut axis = |name: &str, count: usize| {
        if names.iter().any(|other| other == name) {
            coordinates(&mut file, name, count)
        } else {
            Ok(numbered(count))
        }
    };
    let (x, y) = (axis("x", found.x.len())?, axis("y", found.y.len())?);
    matrix(x, y, found.heights)
}

fn open<'a>(
    file: &'a mut ZipArchive<impl Read + Seek>,
    name: &str,
) -> Result<npy::Array<impl Read + 'a>, String> {
    let entry = file
        .by_name(&format!("{name}.npy"))
        .map_err(|error| format!("`{name}` cannot be read ({error}); expected {EXPECTED}"))?;
    npy::open(entry, EXPECTED).map_err(|wrong| format!("`{name}` {wrong}"))
}

/// Returns `count` increasing coordinates.
fn coordinates(
    file: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    count: usize,
) -> Result<Vec<f64>, String> {
    let array = open(file, name)?;
    if array.shape() != [count as u64] {
        let shape = array.shape();
        return Err(format!(
            "`{name}` has the shape {shape:?}; expected {count} numbers, one for each height"
        ));
    }
    let numbers = array
        .numbers(EXPECTED)
        .map_err(|wrong| format!("`{name}` {wrong}"))?;
    if numbers.iter().is_sorted_by(|a, b| a < b) {
        Ok(numbers)
    } else {
        Err(format!(
            "`{name}` is not increasing; expected increasing numbers"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::Header;
    use npyz::WriterBuilder;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn npz(arrays: &[(&str, &[u64], &[f64])]) -> Vec<u8> {
        let mut file = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, shape, numbers) in arrays {
            let mut bytes = Vec::new();
            let options = npyz::WriteOptions::new().default_dtype();
            let mut writer = options.shape(shape).writer(&mut bytes).begin_nd().unwrap();
            writer.extend(numbers.iter().copied()).unwrap();
            writer.finish().unwrap();
            let options = SimpleFileOptions::default();
            file.start_file(format!("{name}.npy"), options).unwrap();
            file.write_all(&bytes).unwrap();
        }
        file.finish().unwrap().into_inner()
    }

    #[track_caller]
    fn check(arrays: &[(&str, &[u64], &[f64])], expected: &str) {
        let found = match super::super::matrix::read("m.npz", npz(arrays), Header::Auto) {
            Ok(Matrix { x, y, heights, .. }) => format!("{x:?} {y:?} {heights:?}"),
            Err(sentence) => sentence,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_matrix_is_found_with_its_coordinates() {
        let z: (&[u64], &[f64]) = (&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        let numbered = "[0.0, 1.0] [0.0, 1.0] [1.0, 2.0, 3.0, 4.0]";
        check(&[("arr_0", z.0, z.1)], numbered);
        check(&[("other", z.0, &[9.0; 4]), ("z", z.0, z.1)], numbered);
        let placed = [("x", &[2][..], &[-1.0, 5.0][..]), ("loss", z.0, z.1)];
        check(&placed, "[-1.0, 5.0] [0.0, 1.0] [1.0, 2.0, 3.0, 4.0]");
    }

    #[test]
    fn unclear_files_are_refused() {
        let z: (&[u64], &[f64]) = (&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        check(
            &[("a", &[2], &[1.0, 2.0])],
            "m.npz: holds the arrays `a`, none of two dimensions; expected an NPZ file with a matrix of heights",
        );
        check(
            &[("a", z.0, z.1), ("b", z.0, z.1)],
            "m.npz: holds the matrices `a`, `b`; expected a single one, or one called `z`",
        );
        check(
            &[("a", z.0, z.1), ("y", &[2], &[2.0, 1.0])],
            "m.npz: `y` is not increasing; expected increasing numbers",
        );
        check(
            &[("a", z.0, z.1), ("y", &[1], &[2.0])],
            "m.npz: `y` has the shape [1]; expected 2 numbers, one for each height",
        );
    }
}
