//! Paths as texts, so that specs can hold any of them.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Returns a path as a text that [`path_from_text`] turns back into it.
///
/// Bytes that are not UTF-8 stand as `\xNN`, and so does the backslash of a name that holds such letters itself; every other path is its
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

/// Returns an argument as a text: bytes that are not UTF-8 stand as `\xNN`.
pub fn argument_text(argument: &OsStr) -> String {
    let pieces = pieces(argument).into_iter();
    pieces
        .map(|piece| piece.map_or_else(escaped, str::to_owned))
        .collect()
}

/// Returns the path that a text stands for. A text that means two of them is the one that exists, or what [`path_text`] writes so.
pub fn path_from_text(text: &str) -> PathBuf {
    let paths = readings(text);
    let found = paths.iter().find(|path| path.exists());
    found.or(paths.first()).cloned().unwrap_or_default()
}

/// The paths that a text can stand for, at least one; the one that [`path_text`] writes so is the first.
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

/// The byte that a text begins with as `\xNN`, where file names are bytes.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix(r"\x").filter(|_| cfg!(unix))?.get(..2)?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| all)
}

/// The path whose bytes a text tells; `None` if it tells none.
#[cfg(unix)]
fn decoded(text: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let (mut bytes, mut rest, mut told) = (Vec::new(), text, false);
    while let Some(first) = rest.chars().next() {
        let length = if let Some(byte) = byte(rest) {
            bytes.push(byte);
            told = true;
            4
        } else {
            bytes.extend_from_slice(&rest.as_bytes()[..first.len_utf8()]);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    told.then(|| std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn decoded(_: &str) -> Option<PathBuf> {
    None
}

/// The parts of a text that are UTF-8, and the bytes that are not.
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
    fn every_path_comes_back_from_its_text() {
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
    fn a_text_that_is_a_path_itself_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let literal = folder.path().join(r"a\xff.csv");
        std::fs::write(&literal, "").unwrap();
        assert_eq!(path_from_text(literal.to_str().unwrap()), literal);
    }
}
