//! The rival of a benchmark: a Python script in this folder that does equal work and returns JSON.
//!
//! With `--json` a script reads its parameters from stdin and prints one [`Rival`]. Its imports may be missing.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Result of a script.
#[derive(Deserialize)]
pub(crate) struct Rival {
    /// Versions of the libraries used.
    pub(crate) versions: String,
    /// Times in milliseconds.
    pub(crate) times: BTreeMap<String, f64>,
    /// A number that summarises each computed result, under the name of its time.
    #[serde(default)]
    pub(crate) checks: BTreeMap<String, f64>,
}

/// Runs the script `benches/script`; prints the reason and returns `None` if it cannot run.
pub(crate) fn ask(script: &str, question: &Value) -> Option<Rival> {
    match run_script(script, question) {
        Ok(rival) => Some(rival),
        Err(error) => {
            println!("no rival: {error}");
            None
        }
    }
}

fn run_script(script: &str, question: &Value) -> Result<Rival, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches")
        .join(script);
    let mut child = Command::new("python3")
        .arg(path)
        .arg("--json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // A script that ends before it reads explains this on stderr.
        let _ = input.write_all(question.to_string().as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(words.trim().lines().last().unwrap_or(script).to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{script}: {error}"))
}

/// Calls `work` a few times to warm up, then `rounds` times; returns the median time in milliseconds and the last result.
pub(crate) fn median_ms<T>(rounds: usize, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut result = black_box(work());
    for _ in 0..2 {
        result = black_box(work());
    }
    let mut times = Vec::new();
    for _ in 0..rounds {
        drop(result);
        let start = Instant::now();
        result = black_box(work());
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    (times.get(rounds / 2).copied().unwrap_or(f64::NAN), result)
}

/// Table of our times and the rival's.
pub(crate) struct Table {
    rival: Option<Rival>,
    unit: &'static str,
}

impl Table {
    /// Prints the header. `unit` names the units of work of [`Self::row`].
    pub(crate) fn new(rival: Option<Rival>, unit: &'static str) -> Self {
        if let Some(rival) = &rival {
            println!("rival: {}", rival.versions);
        }
        println!(
            "\n{:24} {:>12} {:>12} {:>12} {:>12} {:>8}",
            "median",
            "Ravine ms",
            format!("ns/{unit}"),
            "rival ms",
            format!("ns/{unit}"),
            "ratio"
        );
        Self { rival, unit }
    }

    /// Prints a row: our time for `units` units of work, the rival's time with this name, and the rival's divided by ours.
    ///
    /// `check` summarises our result; the rival's number must agree within the relative `tolerance`.
    pub(crate) fn row(&self, name: &str, ours: f64, units: f64, check: f64, tolerance: f64) {
        let cells = |ms: f64| format!("{ms:12.3} {:12.2}", ms * 1e6 / units);
        print!("{name:24} {}", cells(ours));
        if let Some(rival) = &self.rival
            && let Some(&theirs) = rival.times.get(name)
        {
            print!(" {} {:8.2}", cells(theirs), theirs / ours);
            if let Some(&theirs) = rival.checks.get(name) {
                assert!(
                    (check - theirs).abs() <= tolerance * check.abs(),
                    "{name}: {check} {} is not {theirs}, the rival did other work",
                    self.unit
                );
            }
        }
        println!();
    }
}
