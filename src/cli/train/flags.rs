//! Parsing and checks of the flags of `ravine train`.

use crate::cli::memory::{MAX_NUMBER_BYTES, claim};
use crate::cli::outputs::kind;
use crate::cli::scene_args::whole;
use crate::import::{path_from_text, path_text};
use std::path::{Path, PathBuf};

/// Maximum numbers in the recorded rows of all runs: 3.2 GB.
const MAX_NUMBERS: u64 = 400_000_000;

/// Maximum steps of a run.
const MAX_STEPS: u64 = 100_000_000;

/// Returns the weights file of each run with each seed, those of a seed together.
pub(super) fn outputs(path: &Path, runs: usize, seeds: &[u64]) -> Result<Vec<PathBuf>, String> {
    kind(path, &["safetensors"], "safetensors")?;
    let name = path_text(path);
    if seeds.len() > 1 && !name.contains("{seed}") {
        return Err(format!(
            "{name}: one file for {} seeds; expected {{seed}} in the name for the seed, like w-{{}}-{{seed}}.safetensors",
            seeds.len()
        ));
    }
    if runs > 1 && !name.contains("{}") {
        return Err(format!(
            "{name}: one file for {runs} runs; expected {{}} in the name for the run's number, like w-{{}}.safetensors"
        ));
    }
    let file = |seed: &u64, run: usize| {
        let name = match seeds.len() {
            1 => name.clone(),
            _ => name.replace("{seed}", &seed.to_string()),
        };
        match runs {
            1 => path_from_text(&name),
            _ => path_from_text(&name.replace("{}", &run.to_string())),
        }
    };
    let files = seeds
        .iter()
        .flat_map(|seed| (1..=runs).map(move |run| (seed, run)));
    Ok(files.map(|(seed, run)| file(seed, run)).collect())
}

/// Returns the number of steps, from `--steps`, or from `--epochs` with the samples and the batch size.
pub(super) fn steps(
    steps: Option<&str>,
    epochs: Option<&str>,
    samples: usize,
    batch: Option<usize>,
) -> Result<u64, String> {
    let each = samples.div_ceil(batch.unwrap_or(samples).max(1)) as u64;
    let (flag, text, each) = match (steps, epochs) {
        (Some(steps), None) => ("--steps", steps, 1),
        (None, Some(epochs)) => ("--epochs", epochs, each),
        _ => {
            let both = "the length of the training is given by --steps or --epochs; expected exactly one of them";
            return Err(both.to_owned());
        }
    };
    let count: Option<u64> = whole(text);
    let steps = count.and_then(|count| count.checked_mul(each));
    let steps = steps.filter(|steps| (1..=MAX_STEPS).contains(steps));
    steps.ok_or_else(|| {
        format!(
            "{flag} cannot be `{text}`; expected a whole number that makes 1 to {MAX_STEPS} steps"
        )
    })
}

/// Parses `--batch`; `None` is the full batch.
pub(super) fn batch(text: &str, samples: usize) -> Result<Option<usize>, String> {
    if text == "all" {
        return Ok(None);
    }
    let size = whole(text).filter(|size| (1..=samples).contains(size));
    size.map(Some).ok_or_else(|| {
        format!("--batch cannot be `{text}`; expected a whole number from 1 to {samples}, the training samples, or all")
    })
}

/// Parses `--every`.
pub(super) fn record_every(text: Option<&str>) -> Result<u64, String> {
    let text = text.unwrap_or("1");
    let every = whole(text).filter(|every| (1..=MAX_STEPS).contains(every));
    every.ok_or_else(|| {
        format!("--every cannot be `{text}`; expected a whole number from 1 to {MAX_STEPS}")
    })
}

/// Returns an error if the recorded steps do not fit into memory.
pub(super) fn affordable(rows: u64, dim: usize, runs: usize) -> Result<(), String> {
    let numbers = rows
        .saturating_add(1)
        .saturating_mul(dim as u64)
        .saturating_mul(runs as u64);
    if numbers <= MAX_NUMBERS {
        return claim(
            "the rows of all runs",
            numbers * 8,
            MAX_NUMBER_BYTES,
            "fewer steps or a larger --every",
        );
    }
    Err(format!(
        "--trajectories or --layers would record {rows} rows of {runs} runs with {dim} parameters, {numbers} numbers; expected at most \
         {MAX_NUMBERS}, so choose fewer steps or a larger --every"
    ))
}
