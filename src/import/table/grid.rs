//! Reads a matrix of heights from a table.

use super::cell::{Cell, refusal, short};
use super::cells::{Rules, Sheet};
use super::{Kind, ParsedTable, plural, text};
use crate::engine::files::{Header, Matrix};
use crate::import::matrix::{EXPECTED, matrix, numbered};

/// Reads rows of heights, with or without coordinates, or points.
///
/// A table is one of these:
/// - rows of numbers, the lowest y first, with or without a header of numbers;
/// - rows of numbers with a first row of x and a first column of y, and a corner that is empty or holds a name;
/// - three names, and below them a row x, y, height for each point of a grid, in any order.
///
/// Points without x and y are numbered from 0.
pub(in crate::import) fn read(bytes: Vec<u8>, header: Header) -> Result<Matrix, String> {
    let rules = Rules {
        max_rows: Matrix::MAX_POINTS * Matrix::MAX_POINTS,
        quoted_commas: true,
        expected: EXPECTED,
    };
    let sheet = Sheet::new(text::decode(bytes, EXPECTED)?, rules)?;
    let mut first =
        { sheet.cells(sheet.rows[0]) }.map(|(cell, quoted)| sheet.content(&cell, quoted));
    let corner = first.next().is_some_and(|cell| !cell.is_numeric());
    let rest: Vec<Cell> = first.collect();
    let has_axes = header != Header::No
        && corner
        && sheet.short_header.is_none()
        && rest.iter().any(|cell| cell.is_numeric());
    if has_axes {
        return with_axes(&ParsedTable::new(sheet, Header::Yes, &[])?);
    }
    let read = ParsedTable::new(sheet, header, &[])?;
    let columns = read.all_but_left_out();
    let names = { read.header.as_ref() }.filter(|_| !read.numeric_header);
    match names {
        None => plain(&read, &columns),
        Some(_) if columns.len() == 3 => points(&read, &columns),
        Some((_, record)) => Err(format!(
            "line {} has {} and no number; expected numbers, or three names as in x,y,loss",
            record.line,
            plural(columns.len(), "cell")
        )),
    }
}

impl ParsedTable {
    /// Returns the columns that hold data.
    fn all_but_left_out(&self) -> Vec<usize> {
        let unnamed = |column: usize| self.name(column).is_none_or(str::is_empty);
        let left_out = |column: usize| match self.kinds[column] {
            Kind::Index => true,
            Kind::Empty => unnamed(column),
            _ => false,
        };
        (0..self.sheet.width)
            .filter(|column| !left_out(*column))
            .collect()
    }

    /// Returns all numbers of some columns, row by row, and whether they have decimal commas.
    fn heights(&self, columns: &[usize]) -> Result<(Vec<f64>, bool), String> {
        if let Some(wrong) = columns
            .iter()
            .find(|column| self.kinds[**column] != Kind::Numbers)
        {
            return Err(self.not_numbers(*wrong));
        }
        let rows = self.first..self.sheet.rows.len();
        let heights = rows.flat_map(|row| {
            columns
                .iter()
                .map(move |column| self.sheet.number(row, *column))
        });
        Ok((
            heights.collect(),
            self.sheet.check_commas(columns, self.first)?,
        ))
    }

    /// Returns the matrix with a summary; `used` are the columns without heights.
    fn matrix_of(
        &self,
        [x, y, heights]: [Vec<f64>; 3],
        (taken, commas): (&str, bool),
        used: &[usize],
    ) -> Result<Matrix, String> {
        let taken = format!("{taken} {} × {}", x.len(), y.len());
        let source = self.summary(&taken, commas, used);
        Ok(Matrix {
            source,
            ..matrix(x, y, heights)?
        })
    }
}

fn plain(read: &ParsedTable, columns: &[usize]) -> Result<Matrix, String> {
    let size = [columns.len(), read.rows()];
    let (x, y) = (numbered(size[0]), numbered(size[1]));
    if size
        .iter()
        .any(|size| !(2..=Matrix::MAX_POINTS).contains(size))
    {
        return matrix(x, y, Vec::new());
    }
    let (heights, commas) = read.heights(columns)?;
    read.matrix_of([x, y, heights], ("heights", commas), &[])
}

fn with_axes(read: &ParsedTable) -> Result<Matrix, String> {
    let header = read.sheet.rows[0];
    let mut columns: Vec<usize> = (1..read.sheet.width).collect();
    // A trailing separator on every line.
    columns.retain(|column| read.kinds[*column] != Kind::Empty || read.name(*column) != Some(""));
    let mut x = Vec::new();
    for column in &columns {
        let place = read.sheet.number(0, *column);
        if !place.is_finite() {
            let wrong = refusal(&read.sheet.cell(0, *column));
            return Err(format!(
                "line {}, column {}: {wrong}",
                header.line,
                column + 1
            ));
        }
        increasing("x", x.last(), place)
            .map_err(|wrong| format!("line {}, column {}: {wrong}", header.line, column + 1))?;
        x.push(place);
    }
    let Some(y) = read.sheet.column(0, read.first) else {
        return Err(read.not_numbers(0));
    };
    for (row, [last, place]) in y.array_windows().enumerate() {
        let line = read.sheet.rows[row + read.first + 1].line;
        increasing("y", Some(last), *place)
            .map_err(|wrong| format!("line {line}, column 1: {wrong}"))?;
    }
    let (heights, commas) = read.heights(&columns)?;
    let all: Vec<usize> = (0..read.sheet.width).collect();
    let commas = commas | read.sheet.check_commas(&all, 0)?;
    read.matrix_of([x, y, heights], ("heights with x and y", commas), &[0])
}

fn increasing(axis: &str, last: Option<&f64>, place: f64) -> Result<(), String> {
    match last {
        Some(last) if *last >= place => Err(format!(
            "{axis} goes from {last} to {place}; expected increasing numbers"
        )),
        _ => Ok(()),
    }
}

fn points(read: &ParsedTable, columns: &[usize]) -> Result<Matrix, String> {
    let (numbers, commas) = read.heights(columns)?;
    // A negative zero is equal to zero.
    let points = numbers
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[x, y, height]| [x + 0.0, y + 0.0, *height]);
    let mut points: Vec<[f64; 3]> = points.collect();
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
    let names: Vec<String> = columns
        .iter()
        .map(|column| short(read.name(*column).unwrap_or_default()))
        .collect();
    let heights = points.iter().map(|point| point[2]).collect();
    let taken = format!("points {}; heights", names.join(", "));
    read.matrix_of([x, y, heights], (&taken, commas), &[])
}
