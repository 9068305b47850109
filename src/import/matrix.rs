//! A matrix of heights out of a CSV or NPY file.

use super::npy;
use crate::engine::landscape::Matrix;
use crate::engine::real;
use std::io::{BufRead, ErrorKind, Read};

/// What sentences say was expected.
pub(super) const EXPECTED: &str = "a CSV or NPY file with a matrix";

/// The longest line, in bytes: 4096 cells, each of them 256 long.
const LONGEST_LINE: u64 = 1 << 20;

/// Reads a file, whose first bytes tell what it is. `name` is what sentences call it.
///
/// A NumPy file holds a matrix of whole or real numbers or of bool: \[i, j\] is the height at (x\[j\], y\[i\]). A CSV file is one of these,
/// its columns separated by commas, semicolons, tabs or spaces:
///
/// - rows of numbers, the lowest y first;
/// - the same with a first row of x and a first column of y, and a corner that is empty or holds a name;
/// - three names, and below them a row x, y, height for each point of a grid, in any order.
///
/// Lines that are empty or begin with `#` are passed over. Points without x and y are numbered from 0.
pub(super) fn read(name: &str, mut source: impl BufRead) -> Result<Matrix, String> {
    let glance = source
        .fill_buf()
        .map_err(|error| format!("{name}: cannot be read ({})", error.kind()))?;
    let matrix = if glance.starts_with(b"\x93NUMPY") {
        numpy(source)
    } else if glance.contains(&0) {
        Err(format!("is not text in lines; expected {EXPECTED}"))
    } else {
        Lines {
            source,
            text: String::new(),
            number: 0,
            separator: None,
        }
        .matrix()
    };
    matrix.map_err(|wrong| format!("{name}: {wrong}"))
}

/// Heights and their places, once both axes are known to be sound.
fn matrix(x: Vec<f64>, y: Vec<f64>, heights: Vec<f64>) -> Result<Matrix, String> {
    let [columns, rows] = [x.len(), y.len()];
    if columns.min(rows) < 2 || columns.max(rows) > Matrix::MOST {
        let most = Matrix::MOST;
        return Err(format!(
            "has {columns} columns and {rows} rows of heights; expected 2 to {most} of each"
        ));
    }
    Ok(Matrix { x, y, heights })
}

/// The numbers of points that have no other place.
fn numbered(count: usize) -> Vec<f64> {
    (0..count).map(real).collect()
}

/// A NumPy file.
fn numpy(source: impl Read) -> Result<Matrix, String> {
    let file = npy::open(source, EXPECTED)?;
    let [rows, columns] = *file.shape() else {
        let dimensions = file.shape().len();
        return Err(format!(
            "holds an array of {dimensions} dimensions; expected 2"
        ));
    };
    let most = Matrix::MOST as u64;
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

/// A text that is read line by line.
struct Lines<R> {
    source: R,
    text: String,
    /// That of the line in `text`, from 1.
    number: u64,
    /// What separates cells, as the first line tells: tab, semicolon or comma; or else spaces.
    separator: Option<char>,
}

impl<R: BufRead> Lines<R> {
    /// Reads the next line that holds something; false at the end.
    fn advance(&mut self) -> Result<bool, String> {
        loop {
            self.text.clear();
            self.number += 1;
            let mut line = self.source.by_ref().take(LONGEST_LINE);
            let length = line
                .read_line(&mut self.text)
                .map_err(|error| match error.kind() {
                    ErrorKind::InvalidData => {
                        format!(
                            "line {} is not text in UTF-8; expected {EXPECTED}",
                            self.number
                        )
                    }
                    kind => format!("cannot be read ({kind})"),
                })?;
            if length as u64 == LONGEST_LINE {
                return Err(format!("is not text in lines; expected {EXPECTED}"));
            }
            let line = self.text.trim_start_matches('\u{feff}').trim();
            if !(line.is_empty() || line.starts_with('#')) {
                return Ok(true);
            }
            if length == 0 {
                return Ok(false);
            }
        }
    }

    /// The cells of the line, without spaces and quotes around them.
    fn cells(&self) -> impl Iterator<Item = &str> {
        let line = self
            .text
            .trim_start_matches('\u{feff}')
            .trim_matches(['\r', '\n']);
        let (separated, spaced) = match self.separator {
            Some(separator) => (Some(line.split(separator)), None),
            None => (None, Some(line.split_whitespace())),
        };
        let cells = separated
            .into_iter()
            .flatten()
            .chain(spaced.into_iter().flatten());
        cells.map(|cell| cell.trim().trim_matches('"').trim())
    }

    fn matrix(mut self) -> Result<Matrix, String> {
        if !self.advance()? {
            return Err(format!("is empty; expected {EXPECTED}"));
        }
        self.separator = ['\t', ';', ',']
            .into_iter()
            .find(|c| self.text.contains(*c));
        let is_number = |cell: &str| cell.parse::<f64>().is_ok();
        let mut cells = self.cells();
        let corner = !cells.next().is_some_and(is_number);
        let others: Vec<bool> = cells.map(is_number).collect();
        if corner && others == [false; 2] {
            self.points()
        } else if corner && others.contains(&true) {
            self.with_axes()
        } else if corner {
            Err(format!(
                "line {} has {} cells and no number; expected numbers, or three names as in x,y,loss",
                self.number,
                others.len() + 1
            ))
        } else {
            self.plain()
        }
    }

    /// Rows of numbers.
    fn plain(mut self) -> Result<Matrix, String> {
        let (mut heights, mut rows) = (Vec::new(), 0);
        let columns = self.cells().count();
        loop {
            self.row(columns, &mut heights)?;
            rows += 1;
            if rows > Matrix::MOST || !self.advance()? {
                return matrix(numbered(columns), numbered(rows), heights);
            }
        }
    }

    /// Rows of numbers, with x above them and y on their left.
    fn with_axes(mut self) -> Result<Matrix, String> {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (cell, column) in self.cells().skip(1).zip(2..) {
            self.increasing("x", x.last(), cell, column)
                .map(|place| x.push(place))?;
        }
        let (mut heights, mut row) = (Vec::new(), Vec::new());
        while y.len() <= Matrix::MOST && self.advance()? {
            row.clear();
            self.row(x.len() + 1, &mut row)?;
            let cell = self.cells().next().unwrap_or_default();
            self.increasing("y", y.last(), cell, 1)
                .map(|place| y.push(place))?;
            heights.extend_from_slice(&row[1..]);
        }
        matrix(x, y, heights)
    }

    /// A header, and a row for each point.
    fn points(mut self) -> Result<Matrix, String> {
        let mut points = Vec::new();
        let mut row = Vec::new();
        while self.advance()? {
            row.clear();
            self.row(3, &mut row)?;
            // A negative zero is no place of its own.
            points.push([row[0] + 0.0, row[1] + 0.0, row[2]]);
            if points.len() > Matrix::MOST * Matrix::MOST {
                return Err(format!(
                    "has more than {} points; expected at most that many",
                    Matrix::MOST * Matrix::MOST
                ));
            }
        }
        points.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
        let [x, y] = [0, 1].map(|axis| {
            let mut places: Vec<f64> = points.iter().map(|point| point[axis]).collect();
            places.sort_by(f64::total_cmp);
            places.dedup();
            places
        });
        if let Some([[a, b, _], _]) = points.array_windows().find(|[p, q]| p[..2] == q[..2]) {
            return Err(format!(
                "has two heights at ({a}, {b}); expected one for each point"
            ));
        }
        if points.len() != x.len() * y.len() {
            return Err(format!(
                "has {} points with {} different x and {} different y; expected one for each pair of them",
                points.len(),
                x.len(),
                y.len()
            ));
        }
        matrix(x, y, points.iter().map(|point| point[2]).collect())
    }

    /// Adds the numbers of the line.
    fn row(&self, columns: usize, numbers: &mut Vec<f64>) -> Result<(), String> {
        let before = numbers.len();
        for (cell, column) in self.cells().zip(1..) {
            numbers.push(self.number(cell, column)?);
        }
        let found = numbers.len() - before;
        if found == columns {
            return Ok(());
        }
        let line = self.number;
        Err(format!(
            "line {line} has {found} cells; expected {columns}, as before"
        ))
    }

    /// A cell as a finite number.
    fn number(&self, cell: &str, column: usize) -> Result<f64, String> {
        let wrong = match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => return Ok(number),
            Ok(_) => "is not finite; expected a finite number",
            Err(_) if cell.is_empty() => "there is no number; expected one in every cell",
            Err(_) if cell.replacen(',', ".", 1).parse::<f64>().is_ok() => {
                "has a decimal comma; expected a decimal point"
            }
            Err(_) => "is text; expected a number",
        };
        let shown: String = cell.chars().take(30).flat_map(char::escape_debug).collect();
        let shown = if cell.is_empty() {
            shown
        } else {
            format!("`{shown}` ")
        };
        Err(format!(
            "line {}, column {column}: {shown}{wrong}",
            self.number
        ))
    }

    /// A cell as the place after `last`.
    fn increasing(
        &self,
        axis: &str,
        last: Option<&f64>,
        cell: &str,
        column: usize,
    ) -> Result<f64, String> {
        let place = self.number(cell, column)?;
        match last {
            Some(last) if *last >= place => Err(format!(
                "line {}, column {column}: {axis} goes from {last} to {place}; expected increasing numbers",
                self.number
            )),
            _ => Ok(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use npyz::{Order, WriterBuilder};

    /// What is read, as text: x, y and heights, or the sentence.
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let found = match read("m.csv", bytes) {
            Ok(Matrix { x, y, heights }) => format!("{x:?} {y:?} {heights:?}"),
            Err(sentence) => sentence,
        };
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn the_three_forms_of_csv_are_understood() {
        let plain = "[0.0, 1.0, 2.0] [0.0, 1.0] [1.0, 2.5, 3.0, -4.0, 0.5, 6.0]";
        for text in [
            "1,2.5,3\n-4,.5,6\n",
            "1;2.5;3\r\n\r\n-4;0.5;6",
            "\u{feff}1\t2.5\t3\n-4\t5e-1\t6\n",
            "# numpy.savetxt\n 1   2.5 3\n-4 0.5  6\n",
            "\"1\", 2.5 ,3\n-4,0.5,\"6\"\n",
        ] {
            check(text.as_bytes(), plain);
        }
        let placed = "[-1.0, 0.0, 2.0] [0.5, 0.75] [1.0, 2.5, 3.0, -4.0, 0.5, 6.0]";
        for text in [
            ",-1,0,2\n0.5,1,2.5,3\n0.75,-4,0.5,6\n",
            "y\\x;-1;0;2\n0.5;1;2.5;3\n0.75;-4;0.5;6\n",
            "y -1 0 2\n0.5 1 2.5 3\n0.75 -4 0.5 6\n",
            "\t-1\t0\t2\n0.5\t1\t2.5\t3\n0.75\t-4\t0.5\t6\n",
            "x,y,loss\n-1,0.5,1\n0,0.5,2.5\n2,0.5,3\n-1,0.75,-4\n0,0.75,0.5\n2,0.75,6\n",
            "\"a\",\"b\",\"loss\"\n2,0.75,6\n-0,0.5,2.5\n-1,0.5,1\n2,0.5,3\n0,0.75,0.5\n-1,0.75,-4\n",
        ] {
            check(text.as_bytes(), placed);
        }
    }

    #[test]
    fn bad_tables_are_refused_in_one_sentence() {
        for (text, expected) in [
            ("", "is empty; expected a CSV or NPY file with a matrix"),
            (
                "# only\n\n",
                "is empty; expected a CSV or NPY file with a matrix",
            ),
            (
                "1,2\n",
                "has 2 columns and 1 rows of heights; expected 2 to 4096 of each",
            ),
            (
                "1\n2\n",
                "has 1 columns and 2 rows of heights; expected 2 to 4096 of each",
            ),
            (
                ",1,2\n",
                "has 2 columns and 0 rows of heights; expected 2 to 4096 of each",
            ),
            ("1,2\n3\n", "line 2 has 1 cells; expected 2, as before"),
            (
                "1,2\n\n3,4,5\n",
                "line 3 has 3 cells; expected 2, as before",
            ),
            (
                "1,2\n3,\n",
                "line 2, column 2: there is no number; expected one in every cell",
            ),
            (
                "1,2\n3,nan\n",
                "line 2, column 2: `nan` is not finite; expected a finite number",
            ),
            (
                "1,2\n1e999,3\n",
                "line 2, column 1: `1e999` is not finite; expected a finite number",
            ),
            (
                "1;2\n3;x\n",
                "line 2, column 2: `x` is text; expected a number",
            ),
            (
                "1;2\n3;4,5\n",
                "line 2, column 2: `4,5` has a decimal comma; expected a decimal point",
            ),
            (
                ",1,1\n0,1,2\n",
                "line 1, column 3: x goes from 1 to 1; expected increasing numbers",
            ),
            (
                ",1,2\n0,1,2\n-1,1,2\n",
                "line 3, column 1: y goes from 0 to -1; expected increasing numbers",
            ),
            (
                ",1,b\n0,1,2\n",
                "line 1, column 3: `b` is text; expected a number",
            ),
            (
                "a,b\n1,2\n",
                "line 1 has 2 cells and no number; expected numbers, or three names as in x,y,loss",
            ),
            (
                "x,y,z\n0,0,1\n0,0,2\n",
                "has two heights at (0, 0); expected one for each point",
            ),
            (
                "x,y,z\n0,0,1\n0,1,2\n1,1,2\n",
                "has 3 points with 2 different x and 2 different y; expected one for each pair of them",
            ),
            (
                "x,y,z\n0,0,1,2\n",
                "line 2 has 4 cells; expected 3, as before",
            ),
            (
                "x,y,z\n",
                "has 0 columns and 0 rows of heights; expected 2 to 4096 of each",
            ),
            (
                "a\0b",
                "is not text in lines; expected a CSV or NPY file with a matrix",
            ),
        ] {
            check(text.as_bytes(), &format!("m.csv: {expected}"));
        }
        let wide = "1,".repeat(4096) + "1\n";
        check(
            wide.repeat(2).as_bytes(),
            "m.csv: has 4097 columns and 2 rows of heights; expected 2 to 4096 of each",
        );
        check(
            "1,2\n".repeat(5000).as_bytes(),
            "m.csv: has 2 columns and 4097 rows of heights; expected 2 to 4096 of each",
        );
        check(
            b"1,2\n\xff,3\n",
            "m.csv: line 2 is not text in UTF-8; expected a CSV or NPY file with a matrix",
        );
    }

    /// The matrix 1 2 3 / 4 5 6 as a NumPy file.
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
    fn numpy_arrays_of_any_order_and_type_are_understood() {
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
            "m.csv: is not sound (could not parse Python expression); expected a CSV or NPY file with a matrix",
        );
    }
}
