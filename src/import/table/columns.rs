//! Two columns of numbers out of a table.

use super::cell::shown;
use super::{Kind, ParsedTable, sorted};
use crate::engine::files::Columns;

impl ParsedTable {
    /// Returns the numbers of the columns called `wanted`; without a name, those of the first unused column of numbers.
    pub(super) fn columns(&self, wanted: [Option<&str>; 2]) -> Result<Columns, String> {
        let mut places = [None; 2];
        for (place, wanted) in places.iter_mut().zip(wanted) {
            *place = wanted.map(|wanted| self.place(wanted)).transpose()?;
        }
        let mut mixed = self.all(Kind::Mixed).filter(|_| places.contains(&None));
        if let Some(mixed) = mixed.next() {
            return Err(self.not_numbers(mixed));
        }
        let mut free = self
            .all(Kind::Numbers)
            .filter(|column| !places.contains(&Some(*column)));
        let chosen = places.map(|place| place.or_else(|| free.next()));
        let [Some(x), Some(y)] = chosen else {
            return Err(self.too_few(chosen.iter().flatten().count()));
        };
        // A column of numbers that are all missing.
        let mut empty = { self.all(Kind::Empty) }
            .filter(|column| self.name(*column).is_some_and(|name| !name.is_empty()));
        let passed = |column: &usize| {
            { places.iter().zip([x, y]) }.any(|(place, own)| place.is_none() && *column < own)
        };
        if let Some(missing) = empty.find(passed) {
            return Err(self.not_numbers(missing));
        }
        let (x_numbers, y_numbers) = (self.numbers(x)?, self.numbers(y)?);
        let commas = self.sheet.check_commas(&sorted(vec![x, y]), self.first)?;
        let taken = format!("columns x = {}, y = {}", self.called(x), self.called(y));
        Ok(Columns {
            x: x_numbers,
            y: y_numbers,
            source: self.summary(&taken, commas, &[]),
        })
    }

    /// Returns the error for a table with fewer than two columns of numbers.
    fn too_few(&self, found: usize) -> String {
        let line = self.sheet.rows[self.first].line;
        if self.sheet.width == 1 {
            return format!(
                "line {line} has one column; expected two columns of numbers, separated by commas, semicolons, tabs, bars or spaces"
            );
        }
        let found = if found == 0 { "no" } else { "one" };
        let but = if let Some(text) = self.all(Kind::Text).next() {
            format!(
                ", but {} holds {}",
                self.at(text),
                shown(&self.sheet.cell(self.first, text))
            )
        } else if self.kinds[0] == Kind::Index {
            ", but column 1 has no name and counts the rows".to_owned()
        } else {
            String::new()
        };
        format!("line {line} has {found} column of numbers; expected two{but}")
    }
}
