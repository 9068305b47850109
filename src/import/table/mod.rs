//! Reads tables out of text: two columns of numbers, numbers with a label, or a matrix of heights.
//!
//! All of them follow one set of rules. Rows have equally many cells; empty lines and lines that begin with `#` are left out. Cells
//! are separated by commas, semicolons, tabs, bars or spaces, and may be in quotes. A column holds numbers if all of its cells
//! are numbers; a column of numbers and other cells is an error with the place of the first other cell. A summary lists
//! the columns that are used and those that are left out.

mod cell;
mod cells;
mod columns;
mod grid;
mod header;
mod labelled;
mod records;
#[cfg(test)]
mod tests;
mod text;

use crate::engine::files::{Columns, Header, Table};
use cell::{Cell, refusal, short, shown};
use cells::{Counts, Rules, Sheet};
use records::Record;

pub(super) use grid::read as read_matrix;

/// The maximum number of rows of a table.
pub(super) const MAX_ROWS: usize = 1_000_000;

/// Reads the columns called `wanted`; without a name, the first unused column of numbers. `name` is the file's name in
/// errors.
pub(super) fn read_columns(
    name: &str,
    bytes: Vec<u8>,
    wanted: [Option<&str>; 2],
    header: Header,
) -> Result<Columns, String> {
    let read = || {
        let names: Vec<&str> = wanted.iter().flatten().copied().collect();
        parse(bytes, "two columns of numbers", header, &names)?.columns(wanted)
    };
    read().map_err(|wrong: String| format!("{name}: {wrong}"))
}

/// Reads the numbers of all columns except the one called `label`, or else the last. `name` is the file's name in errors.
pub(super) fn read_labelled(
    name: &str,
    bytes: Vec<u8>,
    label: Option<&str>,
    header: Header,
) -> Result<Table, String> {
    let read = || {
        let expected = "columns of numbers and a column of labels";
        parse(bytes, expected, header, label.as_slice())?.labelled(label)
    };
    let mut table = read().map_err(|wrong: String| format!("{name}: {wrong}"))?;
    name.clone_into(&mut table.file);
    Ok(table)
}

/// Parses a table in which columns called `wanted` are looked for.
fn parse(
    bytes: Vec<u8>,
    expected: &'static str,
    header: Header,
    wanted: &[&str],
) -> Result<ParsedTable, String> {
    let rules = Rules {
        max_rows: MAX_ROWS,
        quoted_commas: false,
        expected,
    };
    let sheet = Sheet::new(text::decode(bytes, "a CSV file")?, rules)?;
    ParsedTable::new(sheet, header, wanted)
}

/// Use of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Numbers in all rows.
    Numbers,
    /// No number in any row.
    Text,
    /// Numbers in some rows and something else in others.
    Mixed,
    /// No values.
    Empty,
    /// Names or numbers of the rows, not data.
    Index,
}

/// A table whose header is known.
struct ParsedTable {
    sheet: Sheet,
    /// Names of the columns, and the header's line.
    header: Option<(Vec<String>, Record)>,
    /// Whether the header holds numbers.
    numeric_header: bool,
    /// First row of data in the sheet.
    first: usize,
    counts: Vec<Counts>,
    kinds: Vec<Kind>,
}

impl ParsedTable {
    fn new(sheet: Sheet, header: Header, wanted: &[&str]) -> Result<Self, String> {
        let (record, first) = match sheet.short_header {
            Some(record) => (Some(record), 0),
            None if header::is_header(&sheet, header, wanted)? => (Some(sheet.rows[0]), 1),
            None => (None, 0),
        };
        let (rules, rows) = (sheet.rules, sheet.rows.len() - first);
        if rows == 0 {
            return Err(format!(
                "has no rows after its header; expected {}",
                rules.expected
            ));
        }
        if rows > rules.max_rows {
            return Err(format!(
                "has more than {} rows; expected at most that many",
                rules.max_rows
            ));
        }
        let names = record.map(|record| {
            let short = sheet.short_header.map(|_| String::new());
            let cells = sheet.cells(record).map(|(cell, _)| cell.to_string());
            (
                short.into_iter().chain(cells).collect::<Vec<String>>(),
                record,
            )
        });
        let mut read = Self {
            counts: sheet.counts(first),
            numeric_header: first == 1
                && sheet.numbers[..sheet.width]
                    .iter()
                    .any(|number| number.is_finite()),
            sheet,
            header: names,
            first,
            kinds: Vec::new(),
        };
        read.kinds = (0..read.sheet.width)
            .map(|column| read.kind(column))
            .collect();
        Ok(read)
    }

    fn rows(&self) -> usize {
        self.sheet.rows.len() - self.first
    }

    fn kind(&self, column: usize) -> Kind {
        let (rows, counts) = (self.rows(), &self.counts[column]);
        let unnamed = || ["", "Unnamed: 0"].contains(&self.name(column).unwrap_or("none"));
        let is_index = || match &self.header {
            Some(_) => unnamed() && header::is_index(&self.sheet, counts, self.first),
            None => header::are_quoted_names(&self.sheet),
        };
        if column == 0 && is_index() {
            Kind::Index
        } else if counts.numbers == rows {
            Kind::Numbers
        } else if counts.missing == rows {
            Kind::Empty
        } else if counts.numbers + counts.unreadable == 0 {
            Kind::Text
        } else {
            Kind::Mixed
        }
    }

    fn name(&self, column: usize) -> Option<&str> {
        self.header.as_ref().map(|(names, _)| &*names[column])
    }

    /// "`weight`" or "column 2".
    fn called(&self, column: usize) -> String {
        match self.name(column).filter(|name| !name.is_empty()) {
            Some(name) => short(name),
            None => format!("column {}", column + 1),
        }
    }

    /// "column 2 (`weight`)".
    fn at(&self, column: usize) -> String {
        let name = self.name(column).filter(|name| !name.is_empty());
        let name = name.map_or(String::new(), |name| format!(" ({})", shown(name)));
        format!("column {}{name}", column + 1)
    }

    /// Returns the first row whose cell in a column is of some content.
    fn find(&self, column: usize, is_found: impl Fn(Cell) -> bool) -> Option<usize> {
        (self.first..self.sheet.rows.len()).find(|row| {
            let cell = self.sheet.cells(self.sheet.rows[*row]).nth(column);
            cell.is_some_and(|(cell, quoted)| is_found(self.sheet.content(&cell, quoted)))
        })
    }

    /// Returns the error for a cell.
    fn refused(&self, row: usize, column: usize, wrong: &str) -> String {
        let line = self.sheet.rows[row].line;
        let mut hint = "";
        let is_top = row == self.first && self.sheet.rows.len() > row + 1;
        let mut cells = self.sheet.cells(self.sheet.rows[row]);
        if is_top && cells.all(|(cell, quoted)| self.sheet.content(&cell, quoted) == Cell::Text) {
            hint = "; a title above the table begins with # or is removed";
        } else if row == 0 && self.first == 0 && self.header.is_none() {
            hint = "; header=yes reads this line as names";
        }
        format!("line {line}, {}: {wrong}{hint}", self.at(column))
    }

    /// Returns the error for the first cell of a column that is not a number.
    fn not_numbers(&self, column: usize) -> String {
        let row = self.find(column, |cell| !matches!(cell, Cell::Number(_)));
        let row = row.unwrap_or(self.first);
        self.refused(row, column, &refusal(&self.sheet.cell(row, column)))
    }

    /// Returns the index of the column called `wanted`.
    fn place(&self, wanted: &str) -> Result<usize, String> {
        let first = self.sheet.rows[0].line;
        let Some((names, record)) = &self.header else {
            return Err(format!(
                "line {first} holds numbers, not names; expected a header with the column `{}`",
                short(wanted)
            ));
        };
        let mut found = (0..names.len()).filter(|column| names[*column] == wanted);
        match [found.next(), found.next()] {
            [Some(one), Some(other)] => Err(format!(
                "line {} has the column {} twice, as columns {} and {}; expected names that differ",
                record.line,
                shown(wanted),
                one + 1,
                other + 1
            )),
            [Some(one), _] => Ok(one),
            _ => {
                let mut near: Vec<&str> = names.iter().map(|name| &**name).collect();
                near.sort_by_key(|cell| strsim::damerau_levenshtein(wanted, cell));
                near.truncate(8);
                let near: Vec<String> = near.into_iter().map(shown).collect();
                Err(format!(
                    "line {} has no column `{}`; expected one of its columns, like {}",
                    record.line,
                    short(wanted),
                    near.join(", ")
                ))
            }
        }
    }

    /// Returns the numbers of a column.
    fn numbers(&self, column: usize) -> Result<Vec<f64>, String> {
        let numbers = self.sheet.column(column, self.first);
        numbers.ok_or_else(|| self.not_numbers(column))
    }

    fn all(&self, kind: Kind) -> impl Iterator<Item = usize> {
        let kinds = self.kinds.iter().enumerate();
        kinds
            .filter(move |(_, own)| **own == kind)
            .map(|(column, _)| column)
    }

    /// Returns a summary: the columns `used` as `taken`, and the columns that were left out.
    fn summary(&self, taken: &str, commas: bool, used: &[usize]) -> String {
        let rows = self.rows();
        let mut parts = vec![taken.to_owned(), plural(rows, "row")];
        if self.sheet.width > 1 {
            let commas = if commas { ", decimal commas" } else { "" };
            parts.push(self.sheet.separator.name() + commas);
        }
        match &self.header {
            None => parts.push("no header".to_owned()),
            Some((_, record)) if self.numeric_header => {
                parts.push(format!("line {} read as a header of numbers", record.line));
            }
            Some(_) => {}
        }
        for (kind, name) in [
            (Kind::Text, "text"),
            (Kind::Empty, "empty column"),
            (Kind::Index, "index"),
        ] {
            let mut left: Vec<String> = { self.all(kind) }
                .filter(|column| !used.contains(column))
                .map(|column| self.called(column))
                .collect();
            if left.len() > 8 {
                left.truncate(8);
                left.push("…".to_owned());
            }
            if !left.is_empty() {
                parts.push(format!("{name} left out: {}", left.join(", ")));
            }
        }
        if self.sheet.comments > 0 {
            parts.push(plural(self.sheet.comments, "comment line"));
        }
        parts.join("; ")
    }
}

fn sorted(mut columns: Vec<usize>) -> Vec<usize> {
    columns.sort_unstable();
    columns
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
