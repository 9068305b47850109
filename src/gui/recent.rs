//! Recent files and the last folder, kept in a file of the user's state folder.

use crate::export::file::write_atomic;
use crate::import::{path_from_text, path_text};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Name of the file in the state folder.
const FILE: &str = "recent.toml";

/// Largest number of recent files.
const MAX_FILES: usize = 20;

/// Recent files, the newest first, and the folder of the last file dialog.
#[derive(Default)]
pub(super) struct Recent {
    /// The file; without one the list ends with the window.
    path: Option<PathBuf>,
    pub(super) files: Vec<PathBuf>,
    pub(super) folder: Option<PathBuf>,
}

impl Recent {
    /// Reads the list of a state folder; one that cannot be read is empty.
    pub(super) fn open(folder: &Path) -> Self {
        let mut recent = Self {
            path: Some(folder.join(FILE)),
            ..Self::default()
        };
        recent.read();
        recent
    }

    fn read(&mut self) {
        let text = self
            .path
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok());
        let Some(Ok(table)) = text.map(|text| text.parse::<Table>()) else {
            return;
        };
        let path = |value: &Value| value.as_str().map(path_from_text);
        let files = table.get("files").and_then(Value::as_array);
        self.files = files
            .into_iter()
            .flatten()
            .filter_map(path)
            .take(MAX_FILES)
            .collect();
        self.folder = table.get("folder").and_then(path);
    }

    /// Puts a file that was opened or written first, and remembers its folder.
    pub(super) fn add(&mut self, file: &Path) {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        // Another window may have added files.
        self.read();
        self.folder = file.parent().map(Path::to_owned);
        self.files.retain(|other| *other != file);
        self.files.insert(0, file);
        self.files.truncate(MAX_FILES);
        self.write();
    }

    /// Empties the list.
    pub(super) fn clear(&mut self) {
        self.files.clear();
        self.write();
    }

    fn write(&self) {
        let Some(path) = &self.path else { return };
        let text = |path: &PathBuf| Value::from(path_text(path));
        let mut table = Table::new();
        let files: Vec<Value> = self.files.iter().map(text).collect();
        table.insert("files".to_owned(), files.into());
        if let Some(folder) = &self.folder {
            table.insert("folder".to_owned(), text(folder));
        }
        // A list that cannot be written ends with the window.
        let _ = write_atomic(path, |out| out.write_all(table.to_string().as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_newest_first_without_repetition() {
        let folder = tempfile::tempdir().unwrap();
        let mut recent = Recent::open(folder.path());
        let mut other = Recent::open(folder.path());
        for name in ["/a/x.toml", "/b/y.toml", "/a/x.toml"] {
            recent.add(Path::new(name));
        }
        other.add(Path::new("/c/z.toml"));
        let again = Recent::open(folder.path());
        let expected = ["/c/z.toml", "/a/x.toml", "/b/y.toml"].map(PathBuf::from);
        assert_eq!(again.files, expected);
        assert_eq!(again.folder.as_deref(), Some(Path::new("/c")));
        for number in 0..100 {
            recent.add(Path::new(&format!("/d/{number}.toml")));
        }
        assert_eq!(Recent::open(folder.path()).files.len(), MAX_FILES);
        recent.clear();
        assert!(Recent::open(folder.path()).files.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_text_are_kept() {
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let name = PathBuf::from(std::ffi::OsString::from_vec(b"/a/caf\xe9.toml".to_vec()));
        Recent::open(folder.path()).add(&name);
        assert_eq!(Recent::open(folder.path()).files, [name]);
    }

    #[test]
    fn a_broken_file_is_an_empty_list() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["files = 3", "files = [1, 2]\nfolder = []", "]["] {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            let recent = Recent::open(folder.path());
            assert!(recent.files.is_empty() && recent.folder.is_none(), "{text}");
        }
    }
}
