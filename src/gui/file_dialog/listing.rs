//! The files of a folder: names, sizes and dates, folders first.

use crate::export::file::lower_extension;
use crate::import::path_text;
use std::cmp::Ordering;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file or folder.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The name as text; bytes that are not UTF-8 are written as `\xNN`.
    pub name: String,
    pub path: PathBuf,
    pub is_folder: bool,
    /// Size in bytes.
    pub size: u64,
    pub modified: Option<SystemTime>,
}

impl Entry {
    /// Returns the entry of a path; one that is gone has no date.
    pub(super) fn new(path: PathBuf) -> Self {
        let metadata = std::fs::metadata(&path).ok();
        Self {
            name: path
                .file_name()
                .map_or_else(String::new, |name| path_text(Path::new(name))),
            is_folder: metadata.as_ref().is_some_and(std::fs::Metadata::is_dir),
            size: metadata.as_ref().map_or(0, std::fs::Metadata::len),
            modified: metadata.and_then(|metadata| metadata.modified().ok()),
            path,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.name.starts_with('.')
    }

    /// Whether the name has one of some extensions, in capitals or not.
    pub(super) fn has_extension(&self, extensions: &[&str]) -> bool {
        let own = lower_extension(&self.path);
        own.is_some_and(|own| extensions.contains(&own.as_str()))
    }
}

/// Column by which files are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SortBy {
    Name,
    Size,
    Modified,
}

/// Returns the entries of a folder in no order; the error is one sentence.
pub(super) fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| folder_error(folder, error.kind()))?;
    Ok(entries
        .filter_map(Result::ok)
        .map(|entry| Entry::new(entry.path()))
        .collect())
}

fn folder_error(folder: &Path, kind: ErrorKind) -> String {
    let name = folder.display();
    match kind {
        ErrorKind::NotFound => format!("{name}: there is no such folder"),
        ErrorKind::PermissionDenied => {
            format!("{name}: you have no permission to open this folder")
        }
        ErrorKind::NotADirectory => format!("{name}: is a file; expected a folder"),
        kind => format!("{name}: cannot be opened ({kind})"),
    }
}

/// Sorts entries, folders first; `reversed` is from Z to A, the largest first, and the newest last.
pub(super) fn sort(entries: &mut [Entry], by: SortBy, reversed: bool) {
    entries.sort_by(|a, b| {
        let name = || natural(&a.name, &b.name);
        let order = match by {
            SortBy::Name => name(),
            SortBy::Size => a.size.cmp(&b.size).then_with(name),
            SortBy::Modified => b.modified.cmp(&a.modified).then_with(name),
        };
        let order = if reversed { order.reverse() } else { order };
        b.is_folder.cmp(&a.is_folder).then(order)
    });
}

/// Compares names without regard to capitals, with numbers as numbers: `run 2` is before `run 10`.
fn natural(a: &str, b: &str) -> Ordering {
    let pieces = |text: &str| {
        let text = text.to_lowercase();
        let pieces = text.split_inclusive(|c: char| !c.is_ascii_digit());
        let piece = |piece: &str| {
            let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = &piece[..piece.len() - rest.len()];
            // A letter is after a number, as in ASCII.
            (
                digits.is_empty(),
                digits.parse::<u64>().unwrap_or(u64::MAX),
                rest.to_owned(),
            )
        };
        pieces.map(piece).collect::<Vec<_>>()
    };
    pieces(a).cmp(&pieces(b)).then_with(|| a.cmp(b))
}

/// Returns a size like "812 B" or "4.2 kB".
pub(super) fn size_text(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut size = bytes as f64 / 1000.0;
    let mut units = ["kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while size >= 999.5 {
        let Some(next) = units.next() else { break };
        size /= 1000.0;
        unit = next;
    }
    if size < 9.95 {
        format!("{size:.1} {unit}")
    } else {
        format!("{size:.0} {unit}")
    }
}

/// Returns the age of a file like "5 min ago", or after a month its date (UTC).
pub(super) fn age_text(modified: SystemTime, now: SystemTime) -> String {
    let seconds = now
        .duration_since(modified)
        .unwrap_or(Duration::ZERO)
        .as_secs();
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86400 => format!("{} h ago", seconds / 3600),
        86400..172_800 => "yesterday".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86400),
        _ => date_text(modified),
    }
}

/// Returns the date of a time like "2024-02-29" (UTC).
fn date_text(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    // Days since 1 March of year 0 in cycles of 400, 100, 4 and 1 years: http://howardhinnant.github.io/date_algorithms.html
    let days = since.as_secs() / 86400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_first_and_names_are_in_natural_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["run 10.toml", "Run 2.toml", "b.csv", "A.csv"] {
            std::fs::write(folder.path().join(name), "x".repeat(name.len())).unwrap();
        }
        std::fs::create_dir(folder.path().join("zoo")).unwrap();
        let mut entries = read(folder.path()).unwrap();
        let names = |entries: &[Entry]| -> Vec<String> {
            entries.iter().map(|entry| entry.name.clone()).collect()
        };
        sort(&mut entries, SortBy::Name, false);
        assert_eq!(
            names(&entries),
            ["zoo", "A.csv", "b.csv", "Run 2.toml", "run 10.toml"]
        );
        sort(&mut entries, SortBy::Size, true);
        assert_eq!(names(&entries)[..2], ["zoo", "run 10.toml"]);
        assert!(entries[1].has_extension(&["toml"]) && entries[1].size == 11);
    }

    #[test]
    fn folders_that_cannot_be_read_are_explained() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&folder.path().join("none")).unwrap_err();
        assert!(error.ends_with("none: there is no such folder"), "{error}");
        std::fs::write(folder.path().join("file"), "").unwrap();
        let error = read(&folder.path().join("file")).unwrap_err();
        assert!(
            error.ends_with("file: is a file; expected a folder"),
            "{error}"
        );
        let error = folder_error(Path::new("/x"), ErrorKind::PermissionDenied);
        assert_eq!(error, "/x: you have no permission to open this folder");
    }

    #[test]
    fn sizes_and_dates_are_short() {
        let sizes = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (99_950, "100 kB"),
            (999_600, "1.0 MB"),
            (12_345_678_901, "12 GB"),
        ];
        for (bytes, text) in sizes {
            assert_eq!(size_text(bytes), text);
        }
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let now = at(1_709_210_096); // 2024-02-29 12:34:56
        for (seconds, text) in [
            (1_709_210_090, "just now"),
            (1_709_210_096 - 3599, "59 min ago"),
            (1_709_210_096 - 7200, "2 h ago"),
            (1_709_210_096 - 90_000, "yesterday"),
            (1_709_210_096 - 29 * 86_400, "29 days ago"),
            (951_782_400, "2000-02-29"),
            (0, "1970-01-01"),
            (1_709_999_999, "just now"),
        ] {
            assert_eq!(age_text(at(seconds), now), text, "{seconds}");
        }
        assert_eq!(date_text(now), "2024-02-29");
    }
}
