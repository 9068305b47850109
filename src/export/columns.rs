//! Tables of named columns, written as JSON and NPZ by every command that has them as CSV.

use super::json;
use super::npz::Npz;
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
        for (name, cells) in &self.columns {
            let shape = [cells.len() as u64];
            match cells {
                Cells::Real(cells) => npz.add(name, &shape, cells.iter().copied())?,
                Cells::Count(cells) => npz.add(name, &shape, cells.iter().copied())?,
                Cells::Text(cells) => npz.add_texts(name, cells)?,
            }
        }
        npz.write(out)
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
    fn rows_begin_lines_and_gaps_are_null() {
        let table = Columns::default()
            .with_fact("data", "moons")
            .with("run", Cells::Count(vec![1, 2]))
            .with("loss", Cells::Real(vec![0.5, f64::NAN]))
            .with(
                "spec",
                Cells::Text(vec!["sgd".to_owned(), "adam".to_owned()]),
            );
        let mut out = Vec::new();
        table.json(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"data\":\"moons\",\n\"columns\":[\"run\",\"loss\",\"spec\"],\n\"rows\":[\n[1,0.5,\"sgd\"],\n[2,null,\"adam\"]\n]}\n"
        );
    }
}
