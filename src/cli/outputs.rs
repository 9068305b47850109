//! The files that a command writes: planned before its work, and put in their places together after it.

use super::print;
use crate::export::file::{self, Staged, check_writable, commit_staged, same_file, stage};
use crate::import::files_read;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The name that stands for standard output.
const STDOUT: &str = "-";

/// Whether a path stands for standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDOUT
}

/// The kind of an output: the ending of its name, which must be one of `valid`; of standard output `default`.
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

/// The outputs of one command, which appear together or not at all. Dropped before [`Outputs::finish`], none appears.
#[derive(Default)]
pub(super) struct Outputs {
    planned: Vec<PathBuf>,
    staged: Vec<Staged>,
    stdout: bool,
}

impl Outputs {
    /// Plans outputs, once everything that the command reads has been read and before it does any work.
    ///
    /// # Errors
    /// One sentence, where one cannot be written, is an input, or is another output.
    pub(super) fn plan<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<Self, String> {
        let mut outputs = Self::default();
        for path in paths {
            outputs.add(path, None)?;
        }
        Ok(outputs)
    }

    /// Plans one more output, which may take the place of the input `replaced`.
    pub(super) fn add(&mut self, path: &Path, replaced: Option<&Path>) -> Result<(), String> {
        let shown = path.display();
        if is_stdout(path) {
            if self.stdout {
                return Err("`-` is given for two outputs, and there is one standard output; expected a file for one of them".to_owned());
            }
            self.stdout = true;
            return Ok(());
        }
        check_writable(path)?;
        if let Some(other) = self.planned.iter().find(|other| same_file(path, other)) {
            let other = other.display();
            return Err(format!(
                "{shown}: is the same file as {other}, another output of this command; expected a file for each"
            ));
        }
        let mut inputs = files_read().into_iter();
        let input = inputs.find(|input| {
            same_file(path, input) && !replaced.is_some_and(|replaced| same_file(replaced, input))
        });
        if let Some(input) = input {
            let input = input.display();
            return Err(format!(
                "{shown}: is the same file as {input}, an input of this command; expected another file"
            ));
        }
        self.planned.push(path.to_owned());
        Ok(())
    }

    /// Writes an output that is planned: standard output at once, a file for [`Outputs::finish`] to put in its place.
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

    /// Puts all files in their places: the last thing that a command does, after it has said all that it has to say.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        commit_staged(std::mem::take(&mut self.staged))
    }

    /// Refuses a flag that prints something, where an output is printed already.
    pub(super) fn alone(&self, flag: &str, given: bool) -> Result<(), String> {
        if self.stdout && given {
            return Err(format!(
                "{flag} and an output `-` are both for standard output; expected one of them"
            ));
        }
        Ok(())
    }

    /// Says something on stdout or, where an output is there, on stderr.
    pub(super) fn print(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), String> {
        if !self.stdout {
            return print(fill);
        }
        // Where stderr is closed there is nobody to tell.
        let _ = fill(&mut io::stderr().lock());
        Ok(())
    }
}
