//! `--seeds`: every run repeated with several seeds.

use super::diverged::warn_diverged_values;
use super::note;
use super::scene_args::whole;
use crate::engine::scene::{Scene, Training};
use crate::engine::training::Outcome;

/// Maximal number of seeds.
const MAX_SEEDS: u64 = 1000;

#[derive(clap::Args)]
pub(super) struct SeedsArg {
    /// Repeat every run with these seeds: a range like 0..9 with both of its ends, a list like 0,3,7, or how many from 0 on: 10 is 0..9
    #[arg(long, value_name = "FIRST..LAST", allow_negative_numbers = true)]
    seeds: Option<String>,
}

impl SeedsArg {
    /// Returns the seeds, in rising order; `None` without the flag.
    pub(super) fn read(&self) -> Result<Option<Vec<u64>>, String> {
        self.seeds.as_deref().map(parse).transpose()
    }

    /// Sets the first seed and, of several that count up by one, their number.
    pub(super) fn set(&self, training: &mut Training) -> Result<(), String> {
        let seeds = self.read()?.unwrap_or_default();
        if let (Some(&first), Some(last)) = (seeds.first(), seeds.last()) {
            let count = seeds.len() as u64;
            training.seed = first;
            training.seeds = (count > 1 && last - first == count - 1).then_some(count);
        }
        Ok(())
    }

    /// Returns the seeds, or without the flag those of a scene.
    pub(super) fn or_of(&self, scene: &Scene) -> Result<Vec<u64>, String> {
        Ok(self.read()?.unwrap_or_else(|| scene.seeds().collect()))
    }

    /// Whether the runs of a scene have several seeds, or the flag is given.
    pub(super) fn are_several(&self, scene: &Scene) -> bool {
        self.is_given() || scene.seed_count() > 1
    }

    /// Returns the seeds, or `usual` alone without the flag.
    pub(super) fn or(&self, usual: u64) -> Result<Vec<u64>, String> {
        Ok(self.read()?.unwrap_or_else(|| vec![usual]))
    }

    /// Whether the flag is given.
    pub(super) fn is_given(&self) -> bool {
        self.seeds.is_some()
    }
}

/// Parses a range, a list, or how many from 0 on.
pub(super) fn parse(text: &str) -> Result<Vec<u64>, String> {
    let number = whole::<u64>;
    let range = |first: u64, last: u64| {
        let count = last.checked_sub(first)?;
        (count < MAX_SEEDS).then(|| (first..=last).collect())
    };
    let seeds: Option<Vec<u64>> = match text.split_once("..") {
        Some((first, last)) => {
            let ends = number(first).zip(number(last));
            ends.and_then(|(first, last)| range(first, last))
        }
        None if text.contains(',') => text.split(',').map(number).collect(),
        None => number(text).and_then(|count| range(0, count.checked_sub(1)?)),
    };
    let mut seeds = seeds.ok_or_else(|| {
        format!("--seeds cannot be `{text}`; expected 1 to {MAX_SEEDS} seeds, like 0..9, 0,3,7 or 10, which is 0..9")
    })?;
    seeds.sort_unstable();
    match seeds.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(format!(
            "--seeds {text} has {} twice; expected it once",
            twice[0]
        )),
        None => Ok(seeds),
    }
}

/// Warns on stderr with how many of its seeds a run diverged, if it did.
pub(super) fn warn_diverged_seeds(run: &str, outcomes: &[Outcome]) {
    let steps = outcomes.iter().map(|outcome| match outcome {
        Outcome::Diverged(step, _) => Some(*step),
        _ => None,
    });
    warn_diverged_values(run, "seeds", steps);
}

/// Notes on stderr that seeds make no difference, if they do not.
pub(super) fn note_equal_seeds(are_equal: bool) {
    if are_equal {
        note("all seeds give the same runs: nothing in them is random; add --noise or --batch");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(parse("0..3"), Ok(vec![0, 1, 2, 3]));
        assert_eq!(parse("4"), parse("0..3"));
        assert_eq!(parse("7,3"), Ok(vec![3, 7]));
        assert_eq!(parse("5..5"), Ok(vec![5]));
        for text in ["", "0", "9..0", "-1..3", "0..1000", "1001", "a", "1,,2"] {
            let error = parse(text).unwrap_err();
            assert!(
                error.starts_with(&format!("--seeds cannot be `{text}`")),
                "{error}"
            );
        }
        assert!(parse("1,1").unwrap_err().contains("has 1 twice"));
    }
}
