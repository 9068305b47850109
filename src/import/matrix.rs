//! Reads matrices of heights from CSV, NPY and NPZ files.

use super::table::read_matrix;
use super::{npy, zipped_matrix};
use crate::engine::files::{Header, Matrix};
use crate::engine::numeric::real;
use std::io::Read;

/// The expected file in errors.
pub(super) const EXPECTED: &str = "a CSV, NPY or NPZ file with a matrix";

/// Reads the bytes of a file; the first ones determine the format. `name` is its name in errors.
///
/// A NumPy file, or one in an NPZ file, holds a matrix of whole or real numbers or of bool: \[i, j\] is the height at (x\[j\], y\[i\]). Anything else is a
/// [table](read_matrix).
pub(super) fn read(name: &str, bytes: Vec<u8>, header: Header) -> Result<Matrix, String> {
    let matrix = if bytes.starts_with(b"\x93NUMPY") {
        npy::open(&*bytes, EXPECTED).and_then(matrix_of_array)
    } else if bytes.starts_with(b"PK") {
        zipped_matrix::read(&bytes)
    } else {
        read_matrix(bytes, header)
    };
    matrix.map_err(|wrong| format!("{name}: {wrong}"))
}

/// Returns the matrix of heights. Fails if an axis has too few or too many points.
pub(super) fn matrix(x: Vec<f64>, y: Vec<f64>, heights: Vec<f64>) -> Result<Matrix, String> {
    let [columns, rows] = [x.len(), y.len()];
    if columns.min(rows) < 2 || columns.max(rows) > Matrix::MAX_POINTS {
        let most = Matrix::MAX_POINTS;
        return Err(format!(
            "has {columns} columns and {rows} rows of heights; expected 2 to {most} of each"
        ));
    }
    Ok(Matrix {
        x,
        y,
        heights,
        source: String::new(),
    })
}

/// Returns the coordinates 0, 1, 2 … of points without coordinates.
pub(super) fn numbered(count: usize) -> Vec<f64> {
    (0..count).map(real).collect()
}

/// Returns the heights of an array of two dimensions.
pub(super) fn matrix_of_array(file: npy::Array<impl Read>) -> Result<Matrix, String> {
    let [rows, columns] = *file.shape() else {
        let dimensions = file.shape().len();
        return Err(format!(
            "holds an array of {dimensions} dimensions; expected 2"
        ));
    };
    let most = Matrix::MAX_POINTS as u64;
    if rows.min(columns) < 2 || rows.max(columns) > most {
        return Err(format!(
            "holds a matrix of {rows} × {columns}; expected 2 × 2 to {most} × {most}"
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most Matrix::MOST")]
    let [rows, columns] = [rows as usize, columns as usize];
    let heights = file.numbers(EXPECTED)?;
    if let Some(k) = heights.iter().position(|height| !height.is_finite()) {
        let (i, j) = (k / columns, k % columns);
        return Err(format!(
            "[{i}, {j}] is {}; expected a finite number",
            heights[k]
        ));
    }
    matrix(numbered(columns), numbered(rows), heights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use npyz::{Order, WriterBuilder};

    /// Asserts the text of x, y and heights, or of the error.
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let found = match read("m.csv", bytes.to_vec(), Header::Auto) {
            Ok(Matrix { x, y, heights, .. }) => format!("{x:?} {y:?} {heights:?}"),
            Err(sentence) => sentence,
        };
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(bytes));
    }

    /// Returns the matrix 1 2 3 / 4 5 6 as a NumPy file.
    fn npy<T: npyz::AutoSerialize>(
        order: Order,
        shape: &[u64],
        numbers: impl IntoIterator<Item = T>,
    ) -> Vec<u8> {
        let mut file = Vec::new();
        let options = npyz::WriteOptions::new().default_dtype().order(order);
        let mut writer = options.shape(shape).writer(&mut file).begin_nd().unwrap();
        writer.extend(numbers).unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn numpy_arrays_of_any_order_and_type_are_read() {
        let expected = "[0.0, 1.0, 2.0] [0.0, 1.0] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]";
        let shape = &[2, 3];
        check(
            &npy(Order::C, shape, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f64]),
            expected,
        );
        check(
            &npy(Order::C, shape, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f32]),
            expected,
        );
        check(&npy(Order::C, shape, [1, 2, 3, 4, 5, 6_i64]), expected);
        check(&npy(Order::C, shape, [1, 2, 3, 4, 5, 6_u8]), expected);
        check(
            &npy(Order::Fortran, shape, [1, 4, 2, 5, 3, 6_i16]),
            expected,
        );
        let swapped = npy(Order::C, shape, [1, 2, 3, 4, 5, 6_u32]);
        let mut swapped = swapped.clone();
        let at = swapped.windows(3).position(|w| w == b"<u4").unwrap();
        swapped[at] = b'>';
        let start = swapped.len() - 24;
        swapped[start..]
            .chunks_exact_mut(4)
            .for_each(<[u8]>::reverse);
        check(&swapped, expected);
    }

    #[test]
    fn bad_numpy_files_are_refused_in_one_sentence() {
        let whole = npy(Order::C, &[2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f64]);
        for (file, expected) in [
            (
                &whole[..whole.len() - 3],
                "ends before its numbers do; expected a whole NPY file",
            ),
            (
                &whole[..30],
                "ends before its numbers do; expected a whole NPY file",
            ),
            (
                &npy(Order::C, &[6], [0.0; 6]),
                "holds an array of 1 dimensions; expected 2",
            ),
            (
                &npy(Order::C, &[1, 2, 3], [0.0; 6]),
                "holds an array of 3 dimensions; expected 2",
            ),
            (
                &npy(Order::C, &[1, 6], [0.0; 6]),
                "holds a matrix of 1 × 6; expected 2 × 2 to 4096 × 4096",
            ),
            (
                &npy(Order::C, &[2, 2], [0.0, 1.0, f64::NAN, 2.0]),
                "[1, 0] is NaN; expected a finite number",
            ),
        ] {
            check(file, &format!("m.csv: {expected}"));
        }
        let mut complex = whole.clone();
        let at = complex.windows(3).position(|w| w == b"<f8").unwrap();
        complex[at + 1] = b'c';
        check(
            &complex,
            "m.csv: holds numbers of type '<c8'; expected float16, float32, float64, whole numbers or bool",
        );
        complex[at - 1] = b'?';
        check(
            &complex,
            "m.csv: is not sound (could not parse Python expression); expected a CSV, NPY or NPZ file with a matrix",
        );
    }
}
