//! Label columns of tables, the seed, outcome, name and spec of each row's run, and CSV cells of texts.

use super::columns::{Cells, Columns};
use crate::engine::training::Outcome;

/// Names of the last columns of a CSV of runs, behind all numbers.
pub const LABELS: [&str; 4] = ["seed", "outcome", "name", "spec"];

/// The cells of a run in the columns [`LABELS`].
#[derive(Clone, Debug)]
pub struct Labels {
    /// Seed of the run.
    pub seed: u64,
    /// How the run ended.
    pub outcome: Outcome,
    /// Name of the run.
    pub name: String,
    /// Spec of the run.
    pub spec: String,
}

impl Labels {
    /// Returns the cells as CSV.
    pub fn csv(&self) -> String {
        let (name, spec) = (cell(&self.name), cell(&self.spec));
        format!("{},{},{name},{spec}", self.seed, self.outcome.name())
    }

    /// Adds the columns to a table; `rows` has the labels of each row's run.
    pub fn add_to<'a>(table: Columns, rows: impl Iterator<Item = &'a Self>) -> Columns {
        let [seed, outcome, name, spec] = LABELS;
        let rows: Vec<&Self> = rows.collect();
        let text = |of: fn(&Self) -> &str| {
            Cells::Text(rows.iter().map(|run| of(run).to_owned()).collect())
        };
        let seeds = rows.iter().map(|run| run.seed);
        table
            .with(seed, Cells::Count(seeds.collect()))
            .with(outcome, text(|run| run.outcome.name()))
            .with(name, text(|run| &run.name))
            .with(spec, text(|run| &run.spec))
    }
}

/// Returns a text as a CSV cell that needs no quotes, which `numpy.genfromtxt` and awk do not know: commas become `;`, which specs
/// accept as well, and the signs of quotes, comments and line breaks are replaced.
pub fn cell(text: &str) -> String {
    let replaced = text.chars().map(|char| match char {
        ',' => ';',
        '"' => '\'',
        '#' => '№',
        char if char.is_control() => ' ',
        char => char,
    });
    replaced.collect()
}
