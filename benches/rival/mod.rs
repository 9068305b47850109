//! The rival's side of a bench: a Python script beside it does the same work and answers in JSON.
//!
//! With `--json` a script reads a question from its input and writes one [`Rival`]. What it imports may be missing.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a script answered.
#[derive(Deserialize)]
pub(crate) struct Rival {
    /// What it ran with.
    pub(crate) versions: String,
    /// Times in milliseconds.
    pub(crate) times: BTreeMap<String, f64>,
    /// What it computed, in a number, by the names of the times.
    #[serde(default)]
    pub(crate) checks: BTreeMap<String, f64>,
}

/// Asks the script `benches/script`. `None`, with a word on why, if it cannot run here.
pub(crate) fn ask(script: &str, question: &Value) -> Option<Rival> {
    match answer(script, question) {
        Ok(rival) => Some(rival),
        Err(error) => {
            println!("no rival: {error}");
            None
        }
    }
}

fn answer(script: &str, question: &Value) -> Result<Rival, String> {
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
        // A script that ends before it reads says why on its own.
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

/// Calls `work` a few times for warmth, then `rounds` times: the median time in milliseconds, and the last result.
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

/// Our times beside the rival's.
pub(crate) struct Table {
    rival: Option<Rival>,
    unit: &'static str,
}

impl Table {
    /// Prints the head. `unit` is what one of [`Self::row`]'s `units` is.
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

    /// Prints a row: our time of `units` units of work, the rival's of the same name, and how often ours fits into it.
    ///
    /// `check` is what we computed in a number; the rival's must be within the share `tolerance` of it.
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
