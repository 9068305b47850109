//! Tests of the command line: each runs the program in a temporary folder.

mod arguments;
mod basins;
mod connect;
mod critical;
mod curvature;
mod data;
mod examples;
mod explain;
mod figures;
mod file_names;
mod files;
mod films;
mod guide;
#[cfg(unix)]
mod interrupts;
mod layers;
mod lessons;
mod limits;
mod networks;
mod others;
mod planes;
mod refusals;
mod runs;
mod seeds;
mod slice;
mod stdout;
mod surveys;
mod sweep;
mod trace;
mod train;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A temporary folder in which the program runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Returns the names of the files, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ravine"));
        command
            .args(args)
            .current_dir(self.path())
            .env("COLUMNS", "80");
        for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(display);
        }
        command
    }

    /// Runs the program and returns its exit code, stdout and stderr.
    fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let output = self.command(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Returns the stdout of a call that succeeds; stderr may only report diverged runs and the columns read from a data file.
    pub(crate) fn said(&self, args: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(args);
        let expected = |line: &str| {
            let told = [" diverged", " rows; ", " row; "];
            line.starts_with("ravine: ") && told.iter().any(|words| line.contains(words))
        };
        assert!(
            code == Some(0) && stderr.lines().all(expected),
            "{args:?} ended with {code:?} and said {stderr}"
        );
        stdout
    }

    /// Returns the JSON that a call with `--json` prints; `args` may choose it themselves.
    fn json(&self, args: &[&str]) -> Value {
        let is_chosen = args.iter().any(|arg| matches!(*arg, "--json" | "--format"));
        let flag: &[&str] = if is_chosen { &[] } else { &["--json"] };
        serde_json::from_str(&self.said(&[args, flag].concat())).unwrap()
    }

    /// Checks that the program refuses in one sentence that contains `expected`, with exit code 2, and leaves every file unchanged.
    pub(crate) fn refused(&self, args: &[&str], expected: &str) -> String {
        let before = self.names();
        let (code, stdout, stderr) = self.run(args);
        assert_eq!(
            (code, stdout.as_str()),
            (Some(2), ""),
            "{args:?} said {stderr}"
        );
        assert!(
            stderr.starts_with("ravine: ") && stderr.contains(expected),
            "{args:?} said {stderr:?}, not {expected:?}"
        );
        let lines = if expected.contains('^') { 3 } else { 1 };
        assert_eq!(stderr.lines().count(), lines, "{args:?} said {stderr}");
        assert_eq!(self.names(), before, "{args:?} left something behind");
        stderr
    }
}

/// Returns the words of a command line without quotes.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Runs one call in a folder with the given files; `expected` is a part of its output or, after "refused: ", of the refusal.
fn check(files: &[(&str, &str)], args: &[&str], expected: &str) {
    let place = Place::new();
    for (name, content) in files {
        place.file(name, content);
    }
    if let Some(expected) = expected.strip_prefix("refused: ") {
        place.refused(args, expected);
        return;
    }
    let said = place.said(args);
    assert!(
        said.contains(expected),
        "{args:?} said {said:?}, not {expected:?}"
    );
}
