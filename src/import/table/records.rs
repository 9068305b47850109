//! Splits a text into rows and cells and detects the separator.

use super::cell::{Cell, shown};
use super::text::line_ends;
use std::borrow::Cow;

/// The number of rows from which the separator is detected.
const SAMPLE: usize = 200;

/// The separator between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// One character.
    Mark(u8),
    /// Spaces and tabs, any number of them.
    Spaces,
}

impl Separator {
    const ALL: [Self; 5] = [
        Self::Mark(b'\t'),
        Self::Mark(b';'),
        Self::Mark(b'|'),
        Self::Mark(b','),
        Self::Spaces,
    ];

    /// Returns whether numbers between such separators may have a decimal comma.
    pub(super) fn allows_comma(self) -> bool {
        self != Self::Mark(b',')
    }

    fn splits(self, byte: u8) -> bool {
        match self {
            Self::Mark(mark) => byte == mark,
            Self::Spaces => is_space(byte),
        }
    }

    /// Returns its description in a summary.
    pub(super) fn name(self) -> String {
        match self {
            Self::Mark(b'\t') => "tab separated".to_owned(),
            Self::Mark(mark) => format!("'{}' separated", char::from(mark)),
            Self::Spaces => "separated by spaces".to_owned(),
        }
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// A row: its bytes in the text, without the line end, and its line, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
}

/// A cell's bytes without its quotes, and the place of the separator or line end after it.
struct Span {
    start: usize,
    end: usize,
    quoted: bool,
    stop: usize,
}

/// Finds the cell that begins at `at`.
fn span(text: &[u8], at: usize, separator: Separator) -> Result<Span, &'static str> {
    let here = |at: usize| text.get(at).copied();
    let blank = |at: usize| {
        here(at).is_some_and(|byte| is_space(byte) && separator != Separator::Mark(byte))
    };
    let after_blanks = |mut at: usize| {
        while blank(at) {
            at += 1;
        }
        at
    };
    let ends = |at: usize| here(at).is_none_or(|byte| is_end(byte) || separator.splits(byte));
    let mut start = after_blanks(at);
    let (end, quoted, mut stop);
    if here(start) == Some(b'"') {
        start += 1;
        let mut close = start;
        loop {
            let quote = text[close..].iter().position(|byte| *byte == b'"');
            close += quote
                .ok_or("has a quote that is not closed; expected one at the end of the cell")?;
            if here(close + 1) != Some(b'"') {
                break;
            }
            close += 2;
        }
        (end, quoted, stop) = (close, true, close + 1);
        if separator != Separator::Spaces {
            stop = after_blanks(stop);
        }
        if !ends(stop) {
            return Err(
                "has text after a closing quote; expected quotes around whole cells, and doubled ones inside",
            );
        }
    } else {
        let rest = &text[at..];
        let length = rest
            .iter()
            .position(|byte| is_end(*byte) || separator.splits(*byte));
        (start, stop) = (at, at + length.unwrap_or(rest.len()));
        (end, quoted) = (stop, false);
    }
    if separator == Separator::Spaces {
        stop = after_blanks(stop);
    }
    Ok(Span {
        start,
        end,
        quoted,
        stop,
    })
}

/// Returns the trimmed cells of a row, each with whether it is in quotes.
pub(super) fn cells(
    text: &str,
    record: Record,
    separator: Separator,
) -> impl Iterator<Item = (Cow<'_, str>, bool)> {
    let text = &text[..text.len().min(record.end as usize)];
    let mut next = Some(record.start as usize);
    std::iter::from_fn(move || {
        let span = span(text.as_bytes(), next?, separator).ok()?;
        next = (span.stop < text.len()).then_some(after(&span, separator));
        let cell = text[span.start..span.end].trim();
        let cell = if span.quoted && cell.contains("\"\"") {
            Cow::Owned(cell.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(cell)
        };
        Some((cell, span.quoted))
    })
}

/// Returns the start of the next cell.
fn after(span: &Span, separator: Separator) -> usize {
    span.stop + usize::from(separator != Separator::Spaces)
}

/// Reads a text row by row, without empty lines and comments.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    separator: Separator,
    /// The number of comment lines so far.
    pub(super) comments: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at a byte, which begins a line.
    pub(super) fn new(text: &'a str, at: usize, separator: Separator) -> Self {
        let line = 1 + line_ends(&text.as_bytes()[..at]);
        Self {
            text,
            at,
            line,
            separator,
            comments: 0,
        }
    }

    fn skip_line_end(&mut self) {
        let bytes = self.text.as_bytes();
        self.at += match bytes.get(self.at..) {
            Some([b'\r', b'\n', ..]) => 2,
            _ => 1,
        };
        self.line += 1;
    }

    /// Reads the next row and its number of cells.
    pub(super) fn row(&mut self) -> Option<Result<(Record, usize), String>> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let rest = &bytes[self.at..];
            let length = rest
                .iter()
                .position(|byte| is_end(*byte))
                .unwrap_or(rest.len());
            let line = self.text[self.at..self.at + length].trim_start();
            if let Some(comment) = line.strip_prefix('#') {
                if comment.starts_with([',', ';', '\t', '|']) {
                    let line = self.line;
                    return Some(Err(format!(
                        "line {line} begins with a `#` that is a cell of its own; expected a space after it in a comment, or another name in a header"
                    )));
                }
                self.comments += 1;
            } else if !line.is_empty() {
                return Some(self.record());
            }
            self.at += length;
            self.skip_line_end();
        }
        None
    }

    #[expect(clippy::cast_possible_truncation, reason = "files are at most 1 GiB")]
    fn record(&mut self) -> Result<(Record, usize), String> {
        let bytes = self.text.as_bytes();
        if self.separator == Separator::Spaces {
            self.at += bytes[self.at..]
                .iter()
                .take_while(|byte| is_space(**byte))
                .count();
        }
        let (start, line, mut count) = (self.at, self.line, 0);
        loop {
            let span = span(bytes, self.at, self.separator)
                .map_err(|wrong| format!("line {} {wrong}", self.line))?;
            count += 1;
            if span.quoted {
                self.line += line_ends(&bytes[span.start..span.end]);
            }
            self.at = span.stop;
            if bytes.get(span.stop).is_none_or(|byte| is_end(*byte)) {
                let record = Record {
                    start: start as u32,
                    end: span.stop as u32,
                    line: line as u32,
                };
                self.skip_line_end();
                return Ok((record, count));
            }
            self.at = after(&span, self.separator);
        }
    }
}

/// Returns the separator that Excel's first line `sep=;` names, and the start of the next line.
pub(super) fn named_separator(text: &str) -> Option<(Separator, usize)> {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..end].trim_matches([' ', '"']);
    let mark = line
        .get(..4)
        .filter(|head| head.eq_ignore_ascii_case("sep="))
        .map(|_| &line[4..])?;
    let separator = match *mark.as_bytes() {
        [] if line.len() == 4 && text[..end].contains("= ") => Separator::Spaces,
        [mark] if mark.is_ascii_punctuation() || mark == b'\t' => Separator::Mark(mark),
        _ => return None,
    };
    let ends = if text[end..].starts_with("\r\n") {
        2
    } else {
        1
    };
    Some((separator, (end + ends).min(text.len())))
}

/// Returns the separator for which most of the first rows have one number of cells, more than one, and most cells are numbers; with
/// that number.
pub(super) fn separator(text: &str) -> (Separator, usize) {
    let mut best = (Separator::Mark(b','), 1, 0.0);
    for separator in Separator::ALL {
        let (width, score) = score(text, 0, separator);
        if width > 1 && score > best.2 {
            best = (separator, width, score);
        }
    }
    (best.0, best.1)
}

/// Returns the most common number of cells in the first rows, the greater one of equals, and how well the separator suits them.
pub(super) fn score(text: &str, at: usize, separator: Separator) -> (usize, f64) {
    let mut scanner = Scanner::new(text, at, separator);
    let sample = std::iter::from_fn(|| scanner.row())
        .take(SAMPLE)
        .map_while(Result::ok);
    let sample: Vec<(Record, usize)> = sample.collect();
    let common = |width: usize| sample.iter().filter(|(_, count)| *count == width).count();
    let width = sample
        .iter()
        .map(|(_, count)| *count)
        .max_by_key(|count| (common(*count), *count));
    let width = width.unwrap_or(1);
    let agreeing = sample.iter().filter(|(_, count)| *count == width);
    let numeric = |record: Record| {
        let cells = cells(text, record, separator);
        let comma = separator.allows_comma();
        cells
            .filter(|(cell, _)| Cell::new(cell, comma).is_numeric())
            .count()
    };
    let (rows, numbers) = agreeing.fold((0, 0), |(rows, numbers), (record, _)| {
        (rows + 1, numbers + numeric(*record))
    });
    let share = |part: usize, whole: usize| {
        crate::engine::numeric::real(part) / crate::engine::numeric::real(whole.max(1))
    };
    let text_too = 0.1;
    (
        width,
        share(rows, sample.len()) * (text_too + share(numbers, rows * width)),
    )
}

/// Returns the beginning of a row, for errors.
pub(super) fn beginning(text: &str, record: Record) -> String {
    shown(text[record.start as usize..record.end as usize].trim())
}
