//! Splits a text into rows of equally many cells and determines the content of each.

use super::cell::{Cell, are_thousands, shown};
use super::records::{
    Record, Scanner, Separator, beginning, cells, named_separator, score, separator,
};
use crate::engine::numeric::real;
use std::borrow::Cow;

/// Rules of a kind of table.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// The maximum number of rows.
    pub(super) max_rows: usize,
    /// Whether a quoted cell may have a decimal comma where commas separate.
    pub(super) quoted_commas: bool,
    /// The expected contents, in words.
    pub(super) expected: &'static str,
}

/// Rows of a table.
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) separator: Separator,
    pub(super) rules: Rules,
    /// Cells in a row.
    pub(super) width: usize,
    pub(super) rows: Vec<Record>,
    /// The header, if it has one cell less than the rows, as R and pandas write it above row names.
    pub(super) short_header: Option<Record>,
    /// All cells, row by row: the finite numbers, and NaN for anything else.
    pub(super) numbers: Vec<f64>,
    /// The number of comment lines.
    pub(super) comments: usize,
}

/// The numbers of cells of a column with each content, from some row on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) numbers: usize,
    pub(super) unreadable: usize,
    pub(super) missing: usize,
    pub(super) text: usize,
}

impl Counts {
    pub(super) fn add(&mut self, cell: Cell) {
        match cell {
            Cell::Number(_) => self.numbers += 1,
            Cell::Unreadable => self.unreadable += 1,
            Cell::Missing => self.missing += 1,
            Cell::Text => self.text += 1,
        }
    }
}

impl Sheet {
    /// Splits a text into rows and cells.
    pub(super) fn new(text: String, rules: Rules) -> Result<Self, String> {
        let (separator, width, at) = if let Some((separator, at)) = named_separator(&text) {
            (separator, score(&text, at, separator).0, at)
        } else {
            let (separator, width) = separator(&text);
            (separator, width, 0)
        };
        let mut scanner = Scanner::new(&text, at, separator);
        let mut rows = Vec::new();
        let mut above = Vec::new();
        while let Some(row) = scanner.row() {
            let (record, count) = row?;
            match rows.first() {
                Some(first) if count != width => {
                    let first = above.first().copied().unwrap_or((*first, width));
                    return Err(uneven_rows(&text, separator, width, first, (record, count)));
                }
                None if count != width => above.push((record, count)),
                _ => rows.push(record),
            }
            // A header may come before them.
            if rows.len() > rules.max_rows + 1 {
                break;
            }
        }
        let comments = scanner.comments;
        if rows.is_empty() {
            return Err(format!("is empty; expected {}", rules.expected));
        }
        let mut sheet = Self {
            text,
            separator,
            rules,
            width,
            rows,
            short_header: None,
            numbers: Vec::new(),
            comments,
        };
        if let Some(&(record, count)) = above.first() {
            if above.len() > 1 || count + 1 != width || !sheet.names_rows(record) {
                let next = (sheet.rows[0], width);
                return Err(uneven_rows(
                    &sheet.text,
                    separator,
                    width,
                    (record, count),
                    next,
                ));
            }
            sheet.short_header = Some(record);
        }
        sheet.numbers = sheet.read_numbers();
        Ok(sheet)
    }

    /// Returns the cells of a row, each with whether it stands in quotes.
    pub(super) fn cells(&self, row: Record) -> impl Iterator<Item = (Cow<'_, str>, bool)> {
        cells(&self.text, row, self.separator)
    }

    /// Returns a cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        let cell = self.cells(self.rows[row]).nth(column);
        cell.map_or(Cow::Borrowed(""), |(cell, _)| cell)
    }

    /// Returns what a cell holds.
    pub(super) fn content(&self, cell: &str, quoted: bool) -> Cell {
        let comma = self.separator.allows_comma() || quoted && self.rules.quoted_commas;
        Cell::new(cell, comma)
    }

    fn read_numbers(&self) -> Vec<f64> {
        let mut numbers = Vec::with_capacity(self.rows.len() * self.width);
        for row in &self.rows {
            numbers.extend(self.cells(*row).map(
                |(cell, quoted)| match self.content(&cell, quoted) {
                    Cell::Number(number) => number,
                    _ => f64::NAN,
                },
            ));
        }
        numbers
    }

    /// Returns the number in a cell, NaN if it holds none.
    pub(super) fn number(&self, row: usize, column: usize) -> f64 {
        self.numbers[row * self.width + column]
    }

    /// Counts the contents of each column from row `first` on.
    pub(super) fn counts(&self, first: usize) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); self.width];
        for row in first..self.rows.len() {
            let numbers = &self.numbers[row * self.width..(row + 1) * self.width];
            if numbers.iter().all(|number| number.is_finite()) {
                counts.iter_mut().for_each(|counts| counts.numbers += 1);
                continue;
            }
            for ((cell, quoted), counts) in self.cells(self.rows[row]).zip(&mut counts) {
                counts.add(self.content(&cell, quoted));
            }
        }
        counts
    }

    /// Returns whether a header with one cell less fits the rows: it has no numbers, and they begin with names or 0, 1, 2 …
    fn names_rows(&self, header: Record) -> bool {
        let is_name = |(cell, quoted): (Cow<str>, bool)| self.content(&cell, quoted) == Cell::Text;
        let first = |row: &Record| self.cells(*row).next().unwrap_or_default();
        let named = || self.rows.iter().map(first).all(is_name);
        self.rows.len() > 1 && self.cells(header).all(is_name) && (named() || self.is_counted(0))
    }

    /// Returns whether the first column holds 0, 1, 2 … or 1, 2, 3 … from row `from` on.
    pub(super) fn is_counted(&self, from: usize) -> bool {
        let cells = self.rows[from..].iter().map(|row| self.cells(*row).next());
        let mut expected = None;
        cells.flatten().all(|(cell, _)| {
            let number = cell.parse::<u32>().ok();
            let counted = expected.map_or(matches!(number, Some(0 | 1)), |last: u32| {
                number.is_some() && number == last.checked_add(1)
            });
            expected = number;
            counted
        })
    }

    /// Returns whether the first column holds different whole numbers from row `from` on, as an index does.
    pub(super) fn is_index(&self, from: usize) -> bool {
        let mut numbers: Vec<f64> = (from..self.rows.len())
            .map(|row| self.number(row, 0))
            .collect();
        let whole = numbers
            .iter()
            .all(|number| *number >= 0.0 && number.fract() == 0.0);
        numbers.sort_by(f64::total_cmp);
        whole && numbers.array_windows().all(|[a, b]| a < b)
    }

    /// Returns a column from row `from` on, if it has only numbers.
    pub(super) fn column(&self, column: usize, from: usize) -> Option<Vec<f64>> {
        let numbers = (from..self.rows.len()).map(|row| self.number(row, column));
        let numbers: Vec<f64> = numbers.collect();
        numbers
            .iter()
            .all(|number| number.is_finite())
            .then_some(numbers)
    }

    /// Fails on a mix of decimal commas and points, and on commas that may separate thousands. `columns` are the columns of
    /// numbers.
    pub(super) fn check_commas(&self, columns: &[usize], from: usize) -> Result<bool, String> {
        if !self.separator.allows_comma() && !self.rules.quoted_commas {
            return Ok(false);
        }
        let (mut comma, mut point, mut doubtful) = (None, None, true);
        for row in from..self.rows.len() {
            let record = self.rows[row];
            let bytes = &self.text.as_bytes()[record.start as usize..record.end as usize];
            if !bytes.contains(&b',') && (point.is_some() || !bytes.contains(&b'.')) {
                continue;
            }
            for (column, (cell, _)) in self.cells(record).enumerate() {
                if columns.binary_search(&column).is_err() {
                    continue;
                }
                if cell.contains(',') {
                    comma = comma.or(Some((row, column)));
                    doubtful &= are_thousands(&cell);
                } else if cell.contains('.') {
                    point = point.or(Some((row, column)));
                }
            }
        }
        let Some((row, column)) = comma else {
            return Ok(false);
        };
        let cell = self.cell(row, column);
        let at = format!(
            "line {}, column {}: {}",
            self.rows[row].line,
            column + 1,
            shown(&cell)
        );
        if let Some((row, column)) = point {
            let (line, other) = (self.rows[row].line, self.cell(row, column));
            return Err(format!(
                "{at} has a decimal comma, but {} in line {line} has a point; expected one of both in all numbers",
                shown(&other)
            ));
        }
        if doubtful {
            let [fraction, whole] = [".", ""].map(|mark| cell.replacen(',', mark, 1));
            return Err(format!(
                "{at} may be {fraction} or {whole}; expected numbers with decimal points, or without separated thousands"
            ));
        }
        Ok(true)
    }

    /// Returns whether the numbers from row 1 on are evenly spaced or on a line with those of the first column, and whether
    /// row 0 is as well: `None` if that is undecided.
    pub(super) fn fits(&self, columns: &[usize]) -> Vec<Option<bool>> {
        let all = columns.iter().map(|column| self.column(*column, 1));
        let all: Vec<Option<Vec<f64>>> = all.collect();
        let order: Vec<f64> = (1..self.rows.len()).map(real).collect();
        let found = columns.iter().zip(&all).map(|(column, y)| {
            let (y, own) = (y.as_ref()?, self.number(0, *column));
            let by_row = fits_line(&order, y, [0.0, own]);
            let first = columns.first().filter(|first| *first != column);
            let by_first = first
                .zip(all[0].as_ref())
                .and_then(|(first, x)| fits_line(x, y, [self.number(0, *first), own]));
            match (by_row, by_first) {
                (Some(a), Some(b)) => Some(a && b),
                (a, b) => a.or(b),
            }
        });
        found.collect()
    }
}

/// Returns whether `at` is on the line through all other points, at least three; `None` if they are not on a line, or on
/// a horizontal or vertical one.
fn fits_line(x: &[f64], y: &[f64], at: [f64; 2]) -> Option<bool> {
    let (x0, y0) = (*x.first()?, *y.first()?);
    let far = x.iter().zip(y).find(|(x, _)| **x != x0)?;
    let slope = (far.1 - y0) / (far.0 - x0);
    let on = |x: f64, y: f64| {
        (y0 + slope * (x - x0) - y).abs() <= 1e-9 * (y.abs() + y0.abs() + (slope * (x - x0)).abs())
    };
    let all = x.len() >= 3 && slope != 0.0 && x.iter().zip(y).all(|(x, y)| on(*x, *y));
    all.then(|| on(at[0], at[1]))
}

/// Returns the error for two rows of different numbers of cells, the second of which is later in the file.
fn uneven_rows(
    text: &str,
    separator: Separator,
    width: usize,
    (first, own): (Record, usize),
    (record, count): (Record, usize),
) -> String {
    let names = |record| {
        cells(text, record, separator).all(|(cell, _)| !Cell::new(&cell, true).is_numeric())
    };
    let title = names(first) && (names(record) || own == 1 && count == width);
    if own < count && title {
        return format!(
            "line {} has {} above a table of {count} columns; expected the table alone, and titles as comments that begin with #",
            first.line,
            beginning(text, first),
        );
    }
    let cells = |count: usize| {
        if count == 1 {
            "1 cell".to_owned()
        } else {
            format!("{count} cells")
        }
    };
    format!(
        "line {} has {}; expected {own}, as in line {}",
        record.line,
        cells(count),
        first.line
    )
}
