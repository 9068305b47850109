//! Tables of named columns, written as CSV, JSON and NPZ.

use super::json;
use super::labels::cell;
use super::npz::Npz;
use crate::engine::declare::spec::real;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The cells of a column.
pub enum Cells {
    /// Numbers; not finite where there is none.
    Real(Vec<f64>),
    /// Whole numbers.
    Count(Vec<u64>),
    /// Texts.
    Text(Vec<String>),
}

/// Returns a number as a CSV cell: the shortest text that reads back to the same bits, and `NaN` where there is no number. An empty cell
/// would not do: `numpy.genfromtxt` reads −1 from it in a column of whole numbers, and awk 0.
pub fn number_cell(number: impl Into<Option<f64>>) -> String {
    real(number.into().unwrap_or(f64::NAN))
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Real(cells) => cells.len(),
            Self::Count(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
        }
    }
}

/// A table, with facts about all of it.
#[derive(Default)]
pub struct Columns {
    facts: Vec<(&'static str, serde_json::Value)>,
    columns: Vec<(String, Cells)>,
}

impl Columns {
    /// Adds a fact, which only JSON contains.
    pub fn with_fact(mut self, name: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// Adds a column, of as many cells as the others.
    pub fn with(mut self, name: impl Into<String>, cells: Cells) -> Self {
        self.columns.push((name.into(), cells));
        self
    }

    /// Writes the table as `csv`, `json` or `npz`.
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn write(&self, kind: &str, out: &mut dyn Write) -> io::Result<()> {
        match kind {
            "json" => self.json(out),
            "npz" => self.npz(out),
            _ => self.csv(out),
        }
    }

    /// Writes a header with the names and a line for each row, without quotes. The cells are those of [`number_cell`] and [`cell`].
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| cell(name)).collect();
        writeln!(out, "{}", names.join(","))?;
        for row in 0..self.columns.first().map_or(0, |(_, cells)| cells.len()) {
            let cells = self.columns.iter().map(|(_, cells)| match cells {
                Cells::Real(cells) => number_cell(cells[row]),
                Cells::Count(cells) => cells[row].to_string(),
                Cells::Text(cells) => cell(&cells[row]),
            });
            writeln!(out, "{}", cells.collect::<Vec<_>>().join(","))?;
        }
        Ok(())
    }

    /// Writes the facts, and, if there are any, columns (their names) and rows. A number that is not finite is null.
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::write(self, out)
    }

    /// Writes an array for each column.
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn npz(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut npz = Npz::default();
        self.add_to(&mut npz)?;
        npz.write(out)
    }

    /// Adds an array for each column.
    pub(super) fn add_to(&self, npz: &mut Npz) -> io::Result<()> {
        for (name, cells) in &self.columns {
            let shape = [cells.len() as u64];
            match cells {
                Cells::Real(cells) => npz.add(name, &shape, cells.iter().copied())?,
                Cells::Count(cells) => npz.add(name, &shape, cells.iter().copied())?,
                Cells::Text(cells) => npz.add_texts(name, cells)?,
            }
        }
        Ok(())
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, fact) in &self.facts {
            map.serialize_entry(name, fact)?;
        }
        if self.columns.is_empty() {
            return map.end();
        }
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        map.serialize_entry("columns", &names)?;
        map.serialize_entry("rows", &RowsOf(&self.columns))?;
        map.end()
    }
}

/// The rows of columns.
struct RowsOf<'a>(&'a [(String, Cells)]);

impl Serialize for RowsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.first().map_or(0, |(_, cells)| cells.len());
        serializer.collect_seq((0..rows).map(|row| RowOf(self.0, row)))
    }
}

/// A row of columns.
struct RowOf<'a>(&'a [(String, Cells)], usize);

impl Serialize for RowOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(self.0.len()))?;
        for (_, cells) in self.0 {
            match cells {
                Cells::Real(cells) => row.serialize_element(&cells[self.1])?,
                Cells::Count(cells) => row.serialize_element(&cells[self.1])?,
                Cells::Text(cells) => row.serialize_element(&cells[self.1])?,
            }
        }
        row.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_nan_in_csv_and_null_in_json() {
        let table = Columns::default()
            .with_fact("data", "moons")
            .with("run", Cells::Count(vec![1, 2]))
            .with("loss", Cells::Real(vec![0.5, f64::NAN]))
            .with(
                "spec",
                Cells::Text(vec!["sgd:lr=1,momentum=0".to_owned(), "adam".to_owned()]),
            );
        let mut csv = Vec::new();
        table.csv(&mut csv).unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "run,loss,spec\n1,0.5,sgd:lr=1;momentum=0\n2,NaN,adam\n"
        );
        let mut out = Vec::new();
        table.json(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"data\":\"moons\",\n\"columns\":[\"run\",\"loss\",\"spec\"],\n\"rows\":[\n[1,0.5,\"sgd:lr=1,momentum=0\"],\n[2,null,\"adam\"]\n]}\n"
        );
    }
}
