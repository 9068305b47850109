//! Converts paths to text and back, so that specs can contain any path.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Returns a path as text; [`path_from_text`] converts it back.
///
/// Bytes that are not UTF-8 are written as `\xNN`, and so is the backslash of a name that contains such letters itself; every other path is its
/// own text.
pub fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for piece in pieces(path.as_os_str()) {
        match piece {
            Ok(sound) => {
                for (at, char) in sound.char_indices() {
                    if byte(&sound[at..]).is_some() {
                        text += r"\x5C";
                    } else {
                        text.push(char);
                    }
                }
            }
            Err(stray) => text += &escaped(stray),
        }
    }
    text
}

/// Returns an argument as text, with bytes that are not UTF-8 as `\xNN`.
pub fn argument_text(argument: &OsStr) -> String {
    let pieces = pieces(argument).into_iter();
    pieces
        .map(|piece| piece.map_or_else(escaped, str::to_owned))
        .collect()
}

/// Returns the path of a text. An ambiguous text is the path that exists, or else the one that [`path_text`] writes as this text.
pub fn path_from_text(text: &str) -> PathBuf {
    let paths = readings(text);
    let found = paths.iter().find(|path| path.exists());
    found.or(paths.first()).cloned().unwrap_or_default()
}

/// Returns the possible paths of a text, at least one; the first is the one that [`path_text`] writes as this text.
pub(super) fn readings(text: &str) -> Vec<PathBuf> {
    decoded(text).into_iter().chain([text.into()]).collect()
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, r"\x{byte:02X}");
    }
    text
}

/// Returns the byte of a leading `\xNN`, on systems where file names are bytes.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix(r"\x").filter(|_| cfg!(unix))?.get(..2)?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| all)
}

/// Decodes `\xNN` in a text to a path; `None` if there is none.
#[cfg(unix)]
fn decoded(text: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let (mut bytes, mut rest, mut is_escaped) = (Vec::new(), text, false);
    while let Some(first) = rest.chars().next() {
        let length = if let Some(byte) = byte(rest) {
            bytes.push(byte);
            is_escaped = true;
            4
        } else {
            bytes.extend_from_slice(&rest.as_bytes()[..first.len_utf8()]);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    is_escaped.then(|| std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn decoded(_: &str) -> Option<PathBuf> {
    None
}

/// Splits a text into UTF-8 parts and other bytes.
#[cfg(unix)]
fn pieces(text: &OsStr) -> Vec<Result<&str, &[u8]>> {
    use std::os::unix::ffi::OsStrExt;
    let chunks = text.as_bytes().utf8_chunks();
    let both = chunks.flat_map(|chunk| [Ok(chunk.valid()), Err(chunk.invalid())]);
    both.collect()
}

#[cfg(not(unix))]
fn pieces(text: &OsStr) -> Vec<Result<&str, &[u8]>> {
    text.to_str().map(Ok).into_iter().collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn every_path_round_trips_through_its_text() {
        for (bytes, expected) in [
            (&b"data/plain name.csv"[..], "data/plain name.csv"),
            ("Größe.csv".as_bytes(), "Größe.csv"),
            (b"caf\xe9.csv", r"caf\xE9.csv"),
            (b"\xff\xfe", r"\xFF\xFE"),
            (br"a\xff.csv", r"a\x5Cxff.csv"),
            (br"a\x5Cxff\.csv", r"a\x5Cx5Cxff\.csv"),
            (br"C:\xavier\x", r"C:\xavier\x"),
            (b"\\x\xe9", r"\x\xE9"),
            (b"\\x4\xe9", r"\x4\xE9"),
        ] {
            let path = PathBuf::from(OsString::from_vec(bytes.to_vec()));
            let text = path_text(&path);
            assert_eq!(text, expected);
            assert_eq!(path_from_text(&text), path, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_an_existing_path_stays_that_path() {
        let folder = tempfile::tempdir().unwrap();
        let literal = folder.path().join(r"a\xff.csv");
        std::fs::write(&literal, "").unwrap();
        assert_eq!(path_from_text(literal.to_str().unwrap()), literal);
    }
}
