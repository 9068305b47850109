//! Columns of numbers with a column of labels out of a table.

use super::cell::{Cell, shown};
use super::{Kind, ParsedTable, sorted};
use crate::engine::files::{Labels, Table};

impl ParsedTable {
    /// Returns the numbers of all columns except the one called `label`, or else the last, which holds the labels.
    pub(super) fn labelled(&self, label: Option<&str>) -> Result<Table, String> {
        let label = label.map(|label| self.place(label)).transpose()?;
        let is_data = |column: &usize| match self.kinds[*column] {
            Kind::Index => label == Some(*column),
            Kind::Empty => self.name(*column).is_some_and(|name| !name.is_empty()),
            _ => true,
        };
        let mut inputs: Vec<usize> = (0..self.sheet.width).filter(is_data).collect();
        let last = inputs.last().copied();
        let label = label.or(last).unwrap_or(0);
        inputs.retain(|column| *column != label);
        if inputs.is_empty() {
            let (line, expected) = (self.sheet.rows[self.first].line, self.sheet.rules.expected);
            return Err(format!(
                "line {line} has one column; expected {expected}, separated by commas, semicolons, tabs, bars or spaces"
            ));
        }
        if let Some(wrong) = { inputs.iter() }.find(|column| self.kinds[**column] != Kind::Numbers)
        {
            return Err(self.not_numbers(*wrong));
        }
        let labels = self.labels(label)?;
        let mut numeric = inputs.clone();
        numeric.extend(matches!(labels, Labels::Numbers(_)).then_some(label));
        let commas = self.sheet.check_commas(&sorted(numeric), self.first)?;
        let rows = self.first..self.sheet.rows.len();
        let numbers = rows.clone().flat_map(|row| {
            inputs
                .iter()
                .map(move |column| self.sheet.number(row, *column))
        });
        let names: Vec<String> = inputs.iter().map(|column| self.called(*column)).collect();
        let taken = match &names[..] {
            [one] => format!("input {one}"),
            [first, .., last] if names.len() > 8 => {
                format!("{} inputs, {first} to {last}", names.len())
            }
            _ => format!("inputs {}", names.join(", ")),
        };
        let taken = format!("{taken}, label = {}", self.called(label));
        Ok(Table {
            width: inputs.len(),
            numbers: numbers.collect(),
            labels,
            lines: rows.map(|row| self.sheet.rows[row].line).collect(),
            label: self.at(label),
            file: String::new(),
            source: self.summary(&taken, commas, &[label]),
        })
    }

    fn labels(&self, label: usize) -> Result<Labels, String> {
        let counts = &self.counts[label];
        let missing = self.find(label, |cell| cell == Cell::Missing);
        if let Some(row) = missing.filter(|_| counts.missing > 0) {
            let cell = self.sheet.cell(row, label);
            let wrong = if cell.is_empty() {
                "there is no label; expected one in every row".to_owned()
            } else {
                format!(
                    "{} is a missing value; expected a label in every row",
                    shown(&cell)
                )
            };
            return Err(self.refused(row, label, &wrong));
        }
        if counts.numbers == self.rows() {
            return self.numbers(label).map(Labels::Numbers);
        }
        if counts.numbers + counts.unreadable == 0 {
            let rows = self.first..self.sheet.rows.len();
            let names = rows.map(|row| self.sheet.cell(row, label).into_owned());
            return Ok(Labels::Names(names.collect()));
        }
        if counts.numbers + counts.unreadable >= counts.text {
            return Err(self.not_numbers(label));
        }
        let row = self.find(label, Cell::is_numeric).unwrap_or(self.first);
        let cell = shown(&self.sheet.cell(row, label));
        let wrong =
            format!("{cell} is a number among names; expected names alone, or numbers alone");
        Err(self.refused(row, label, &wrong))
    }
}
