//! Decodes the bytes of a file as UTF-8 text without a byte order mark.

use super::records::{Scanner, cells, separator};

/// Returns the bytes as text. The error is UTF-16, binary data, or the first place that is not UTF-8.
pub(super) fn decode(mut bytes: Vec<u8>, expected: &str) -> Result<String, String> {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    // Half the bytes of Latin text in UTF-16 are 0.
    let alternating = |first: usize| {
        let sample = &bytes[..bytes.len().min(64)];
        sample.len() > 3 && sample.iter().skip(first).step_by(2).all(|byte| *byte == 0)
    };
    if marked || alternating(0) || alternating(1) {
        return Err(format!("is text in UTF-16; expected {expected} in UTF-8"));
    }
    if bytes.contains(&0) {
        return Err(format!("is not text in lines; expected {expected}"));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let (line, column) = place(error.as_bytes(), error.utf8_error().valid_up_to());
        format!("line {line}, column {column} is not text in UTF-8; expected {expected} in UTF-8")
    })
}

/// Returns the line and the column of a byte, both from 1.
fn place(bytes: &[u8], at: usize) -> (usize, usize) {
    // Only the bytes before `at` are counted.
    let text = String::from_utf8_lossy(bytes);
    let (separator, _) = separator(&text);
    let mut scanner = Scanner::new(&text, 0, separator);
    let mut rows = std::iter::from_fn(|| scanner.row()).map_while(Result::ok);
    let row = rows.find(|(row, _)| (row.start as usize..row.end as usize).contains(&at));
    let column = row.map_or(1, |(row, _)| cells(&text[..at], row, separator).count());
    (1 + line_ends(&bytes[..at]), column)
}

/// Returns the number of line ends: LF, CR LF, or CR alone.
pub(super) fn line_ends(text: &[u8]) -> usize {
    let ends = text.iter().enumerate().filter(|(at, byte)| {
        **byte == b'\n' || **byte == b'\r' && text.get(at + 1) != Some(&b'\n')
    });
    ends.count()
}
