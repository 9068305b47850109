//! Decides whether the first row of a table holds names, and whether its first column is an index.

use super::cell::Cell;
use super::cells::{Counts, Sheet};
use super::records::beginning;
use crate::engine::files::Header;
use crate::engine::numeric::real;
use std::ops::RangeInclusive;

/// Years that can be names of columns.
const YEARS: RangeInclusive<f64> = 1500.0..=2200.0;

/// Returns whether the first row holds the names of the columns. `wanted` are the requested names.
pub(super) fn is_header(sheet: &Sheet, header: Header, wanted: &[&str]) -> Result<bool, String> {
    let cells: Vec<(String, Cell)> = { sheet.cells(sheet.rows[0]) }
        .map(|(cell, quoted)| (cell.to_string(), sheet.content(&cell, quoted)))
        .collect();
    match header {
        Header::Yes => return Ok(true),
        Header::No => return Ok(false),
        Header::Auto if cells.iter().any(|(cell, _)| wanted.contains(&&**cell)) => return Ok(true),
        Header::Auto => {}
    }
    let all = || cells.iter().enumerate();
    let numeric: Vec<usize> = all()
        .filter(|(_, (cell, content))| !cell.is_empty() && *content != Cell::Text)
        .map(|(column, _)| column)
        .collect();
    if numeric.is_empty() {
        return Ok(true);
    }
    let below = sheet.counts(1);
    if cells[0].0.is_empty() && is_index(sheet, &below[0], 1) {
        return Ok(true);
    }
    let digits = |column: &usize| cells[*column].0.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<f64> = numeric
        .iter()
        .map(|column| sheet.number(0, *column))
        .collect();
    if !numeric.iter().all(digits) || sheet.rows.len() < 2 {
        return Ok(false);
    }
    let step = |[a, b]: &[f64; 2]| b - a;
    let even = numbers
        .array_windows()
        .all(|pair| step(pair) > 0.0 && step(pair) == numbers[1] - numbers[0]);
    let are_years = even && numbers.iter().all(|number| YEARS.contains(number));
    let are_counted = numbers
        .iter()
        .enumerate()
        .all(|(k, number)| *number == real(k));
    if !are_years && !are_counted {
        return Ok(false);
    }
    let named = |(column, (_, content)): (usize, &(String, Cell))| {
        *content == Cell::Text && below[column].numbers + 1 == sheet.rows.len()
    };
    let decided = if all().any(named) {
        Some(true)
    } else if are_years {
        let years = |column: &usize| {
            (1..sheet.rows.len()).any(|row| YEARS.contains(&sheet.number(row, *column)))
        };
        (!numeric.iter().any(years)).then_some(true)
    } else {
        let fits = sheet.fits(&numeric);
        if fits.contains(&Some(false)) {
            Some(true)
        } else if fits.iter().all(|fits| *fits == Some(true)) {
            Some(false)
        } else {
            // A row of whole numbers above fractions is one of names; above whole numbers, only where it is long.
            let rows = 1..sheet.rows.len();
            let is_whole = |row: usize, column: &usize| sheet.number(row, *column).fract() == 0.0;
            let whole =
                { rows.clone() }.all(|row| numeric.iter().all(|column| is_whole(row, column)));
            let enough = numeric.len() > 2 && !whole || numeric.len() > 9 && rows.len() > 2;
            (enough && !fits.contains(&Some(true))).then_some(true)
        }
    };
    decided.ok_or_else(|| {
        let first = sheet.rows[0];
        format!(
            "line {} may be names of columns or the first row, {}; expected header=yes for names or header=no for a row",
            first.line,
            beginning(&sheet.text, first)
        )
    })
}

/// Returns whether the first column, of these contents from row `from` on, can be an index: row names, or different whole numbers.
pub(super) fn is_index(sheet: &Sheet, below: &Counts, from: usize) -> bool {
    let rows = sheet.rows.len() - from;
    rows > 0 && (below.text == rows || below.numbers == rows && sheet.is_index(from))
}

/// Returns whether the first column of a table without names is R's: "1", "2", "3" … in quotes before numbers that have none.
pub(super) fn are_quoted_names(sheet: &Sheet) -> bool {
    let mut cells = sheet.cells(sheet.rows[0]);
    let quoted = cells.next().is_some_and(|(_, quoted)| quoted);
    let bare = |(cell, quoted): (std::borrow::Cow<str>, bool)| {
        !quoted && sheet.content(&cell, quoted).is_numeric()
    };
    quoted && sheet.width > 1 && cells.all(bare) && sheet.is_counted(0)
}
