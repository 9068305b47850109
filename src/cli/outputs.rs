//! The output files of a command: checked before its work, and moved into place together after it.

use super::print;
use crate::export::file::{self, Staged, check_writable, commit_staged, same_file, stage};
use crate::import::files_read;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// File name that means standard output.
const STDOUT: &str = "-";

/// Returns whether a path means standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDOUT
}

/// Returns the format of an output: its file's extension, which must be one of `valid`, or `default` for standard output.
pub(super) fn kind<'a>(
    path: &Path,
    valid: &[&'a str],
    default: &'a str,
) -> Result<&'a str, String> {
    if is_stdout(path) {
        return Ok(default);
    }
    file::extension(path, valid)
}

/// Returns the format of an output: that of `--format`, which the file's extension must not contradict; without it, the extension's,
/// or the first of `valid` for standard output.
pub(super) fn format<'a>(
    asked: Option<&str>,
    output: Option<&Path>,
    valid: &[&'a str],
) -> Result<&'a str, String> {
    let asked = asked.map(|asked| {
        let mut found = valid.iter().filter(|name| name.eq_ignore_ascii_case(asked));
        let (all, last) = (&valid[..valid.len() - 1], valid[valid.len() - 1]);
        found.next().copied().ok_or_else(|| {
            format!(
                "--format cannot be `{asked}`; expected {} or {last}",
                all.join(", ")
            )
        })
    });
    let asked = asked.transpose()?;
    let Some(path) = output.filter(|path| !is_stdout(path)) else {
        return Ok(asked.unwrap_or(valid[0]));
    };
    match (asked, file::extension(path, valid)) {
        (None, found) => found,
        // Another format's extension is a slip; any other name is the user's choice.
        (Some(asked), Ok(other)) if other != asked => file::extension(path, &[asked]),
        (Some(asked), _) => Ok(asked),
    }
}

/// Formats of commands that write tables; the first is that of standard output.
pub(super) const TABLES: [&str; 3] = ["csv", "json", "npz"];

/// Formats of commands that write tables and pictures; the first is that of standard output.
pub(super) const TABLES_AND_PICTURES: [&str; 6] = ["csv", "json", "npz", "png", "svg", "pdf"];

/// Returns an optional output with its [`format()`]; `--format` without an output is an error.
pub(super) fn with_format<'p, 'a>(
    asked: Option<&str>,
    path: Option<&'p Path>,
    valid: &[&'a str],
) -> Result<Option<(&'p Path, &'a str)>, String> {
    match (path, asked) {
        (Some(path), _) => Ok(Some((path, format(asked, Some(path), valid)?))),
        (None, Some(_)) => {
            Err("--format is for --output, which is missing; add --output FILE, or -".to_owned())
        }
        (None, None) => Ok(None),
    }
}

/// Returns an optional output with its [`kind`].
pub(super) fn with_kind<'p, 'a>(
    path: Option<&'p PathBuf>,
    valid: &[&'a str],
) -> Result<Option<(&'p Path, &'a str)>, String> {
    path.map(|path| Ok((path.as_path(), kind(path, valid, "csv")?)))
        .transpose()
}

/// The outputs of one command, which are written all or none. Dropped before [`Outputs::finish`], no file changes.
#[derive(Default)]
pub(super) struct Outputs {
    planned: Vec<PathBuf>,
    staged: Vec<Staged>,
    stdout: bool,
}

impl Outputs {
    /// Plans outputs, after the command has read all its inputs and before its work.
    ///
    /// # Errors
    /// One sentence if an output cannot be written, is an input, or is planned already.
    pub(super) fn plan<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<Self, String> {
        let mut outputs = Self::default();
        for path in paths {
            outputs.add(path, None)?;
        }
        Ok(outputs)
    }

    /// Plans one more output, which may overwrite the input `replaced`.
    pub(super) fn add(&mut self, path: &Path, replaced: Option<&Path>) -> Result<(), String> {
        let shown = path.display();
        if is_stdout(path) {
            if self.stdout {
                return Err("two outputs are `-`, but there is one standard output; write one of them to a file".to_owned());
            }
            self.stdout = true;
            return Ok(());
        }
        check_writable(path)?;
        if let Some(other) = self.planned.iter().find(|other| same_file(path, other)) {
            let other = other.display();
            return Err(format!(
                "{shown}: is the same file as {other}, another output of this command; choose another file"
            ));
        }
        let mut inputs = files_read().into_iter();
        let input = inputs.find(|input| {
            same_file(path, input) && !replaced.is_some_and(|replaced| same_file(replaced, input))
        });
        if let Some(input) = input {
            let input = input.display();
            return Err(format!(
                "{shown}: is the same file as {input}, an input of this command; choose another file"
            ));
        }
        self.planned.push(path.to_owned());
        Ok(())
    }

    /// Writes a planned output: standard output at once, a file to a temporary one until [`Outputs::finish`].
    pub(super) fn write(
        &mut self,
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), String> {
        if is_stdout(path) {
            return print(fill);
        }
        self.staged.push(stage(path, fill)?);
        Ok(())
    }

    /// Moves all files into place. A command calls this last, after it has printed everything.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        commit_staged(std::mem::take(&mut self.staged))
    }

    /// Returns an error if the printing flag `flag` is given while an output goes to standard output.
    pub(super) fn check_stdout_free(&self, flag: &str, given: bool) -> Result<(), String> {
        if self.stdout && given {
            return Err(format!(
                "{flag} and an output `-` both use standard output; leave out one of them"
            ));
        }
        Ok(())
    }

    /// Prints a summary to stdout or, if an output goes there, to stderr.
    pub(super) fn print(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), String> {
        if !self.stdout {
            return print(fill);
        }
        // A closed stderr is ignored.
        let _ = fill(&mut io::stderr().lock());
        Ok(())
    }
}
