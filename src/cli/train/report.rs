//! The printed table of `ravine train`: final losses and accuracies.

use super::seeded::{RunEnd, Seeded};
use crate::cli::slice::explained_variance_text;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::network::{Metrics, NetworkLoss};
use crate::engine::objective::{Objective, norm};
use crate::engine::training::{Outcome, Reason, RunSpec};
use crate::export::columns::Columns;
use crate::export::results_table::{ResultRow, TableFormat, loss_text, write_results};
use crate::export::seed_table::{SeedColumn, SeedRow, SeedTable, mean_text};
use crate::figure::axis::number;
use std::io::{self, Write};

/// The final state of a run in numbers.
pub(super) struct RunSummary {
    /// The run's number, from 1, which all its seeds share.
    number: usize,
    seed: u64,
    name: String,
    spec: String,
    outcome: Outcome,
    steps: u64,
    train: Metrics,
    test: Option<Metrics>,
    grad_norm: f64,
}

/// Returns the summary of each run with each seed, those of a run together.
pub(super) fn summaries(
    all: &[Seeded],
    specs: &[RunSpec],
    names: &[String],
    steps: u64,
) -> Vec<RunSummary> {
    let each = all
        .iter()
        .flat_map(|seeded| summary(seeded, specs, names, steps));
    let mut summaries: Vec<RunSummary> = each.collect();
    summaries.sort_by_key(|run| run.number);
    summaries
}

fn summary(seeded: &Seeded, specs: &[RunSpec], names: &[String], steps: u64) -> Vec<RunSummary> {
    let Seeded {
        loss, split, ends, ..
    } = seeded;
    let test = Some(&split.test).filter(|test| test.samples() > 0);
    let test = test.and_then(|test| loss.with_data(test).ok());
    let mut gradient = vec![0.0; loss.dim()];
    let runs = specs.iter().zip(names).zip(ends).enumerate();
    runs.map(|(index, ((spec, name), end))| {
        loss.gradient(&end.theta, &mut gradient);
        RunSummary {
            number: index + 1,
            seed: seeded.seed,
            name: name.clone(),
            spec: spec.to_string(),
            outcome: end.outcome,
            steps: match end.outcome {
                Outcome::Diverged(at, _) | Outcome::Stopped(at, _) | Outcome::Converged(at) => at,
                Outcome::Finished => steps,
            },
            train: loss.measure(&end.theta),
            test: test.as_ref().map(|test| loss.measure_on(&end.theta, test)),
            grad_norm: norm(&gradient),
        }
    })
    .collect()
}

impl RunSummary {
    /// Returns the numbers of [`NUMBERS`]; `None` where there is none.
    fn values(&self) -> [Option<f64>; 5] {
        let accuracy = |measure: Metrics| measure.accuracy;
        [
            Some(self.train.loss),
            self.test.map(|test| test.loss),
            accuracy(self.train),
            self.test.and_then(accuracy),
            Some(self.grad_norm),
        ]
    }

    /// Returns the losses and accuracies in training and test, and the gradient norm, with six digits.
    fn numbers(&self) -> [String; 5] {
        let digits = |value: f64| number(value, 6);
        self.values()
            .map(|value| value.map_or("–".to_owned(), digits))
    }
}

/// Names of the numbers of a summary.
const NUMBERS: [&str; 5] = [
    "train loss",
    "test loss",
    "train accuracy",
    "test accuracy",
    "gradient norm",
];

/// Writes a table with one line per run.
pub(super) fn report(
    runs: &[RunSummary],
    network_plane: Option<&NetworkPlane>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if has_seeds(runs) {
        return report_of_seeds(runs, out);
    }
    let [a, b, c, d, e] = NUMBERS;
    let mut lines = vec![["run", "steps", a, b, c, d, e].map(str::to_owned)];
    for run in runs {
        let taken = match run.outcome {
            Outcome::Diverged(at, _) => format!("{at} (diverged)"),
            Outcome::Stopped(at, _) => format!("{at} (stopped)"),
            _ => run.steps.to_string(),
        };
        let [a, b, c, d, e] = run.numbers();
        lines.push([run.spec.clone(), taken, a, b, c, d, e]);
    }
    super::super::table(&lines, out)?;
    if let Some(sentence) = network_plane.and_then(explained_variance_text) {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}

/// Whether some run has several seeds.
fn has_seeds(runs: &[RunSummary]) -> bool {
    runs.iter().any(|run| run.seed != runs[0].seed)
}

/// Writes a table with one line per run: mean ± standard deviation over the seeds that did not diverge.
fn report_of_seeds(runs: &[RunSummary], out: &mut dyn Write) -> io::Result<()> {
    let [a, b, c, d, e] = NUMBERS;
    let mut lines = vec![["run", "diverged", a, b, c, d, e].map(str::to_owned)];
    for of_run in runs.chunk_by(|one, other| one.number == other.number) {
        let whole = { of_run.iter() }.filter(|run| !matches!(run.outcome, Outcome::Diverged(..)));
        let cell = |column: usize| {
            let values = whole.clone().filter_map(|run| run.values()[column]);
            SeedStats::of(values).map_or("–".to_owned(), |stats| mean_text(stats.mean, stats.sd))
        };
        let diverged = of_run.len() - whole.clone().count();
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(cell);
        let diverged = format!("{diverged} of {}", of_run.len());
        lines.push([of_run[0].spec.clone(), diverged, a, b, c, d, e]);
    }
    super::super::table(&lines, out)
}

/// Returns a table with one line per run: its numbers over all seeds.
fn seed_table(runs: &[RunSummary], format: TableFormat) -> SeedTable {
    let mut table = SeedTable::new(format);
    for of_run in runs.chunk_by(|one, other| one.number == other.number) {
        let whole = { of_run.iter() }.filter(|run| !matches!(run.outcome, Outcome::Diverged(..)));
        let columns = NUMBERS.into_iter().enumerate();
        table.add(SeedRow {
            number: of_run[0].number,
            name: of_run[0].name.clone(),
            settings: Vec::new(),
            columns: columns
                .map(|(column, name)| SeedColumn {
                    name,
                    values: { whole.clone() }
                        .filter_map(|run| run.values()[column])
                        .collect(),
                    with_median: column == 0,
                })
                .collect(),
            outcomes: of_run.iter().map(|run| run.outcome).collect(),
            spec: of_run[0].spec.clone(),
        });
    }
    table
}

/// Writes the summary as a table to paste.
pub(super) fn table(
    runs: &[RunSummary],
    format: TableFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    if has_seeds(runs) {
        return seed_table(runs, format).write(out);
    }
    let rows = runs.iter().map(|run| {
        let numbers = NUMBERS.into_iter().zip(run.values().map(loss_text));
        let steps = [("steps", run.steps.to_string())];
        ResultRow {
            number: run.number,
            name: run.name.clone(),
            settings: Vec::new(),
            results: steps.into_iter().chain(numbers).collect(),
            seed: run.seed,
            outcome: run.outcome,
            spec: run.spec.clone(),
        }
    });
    write_results(rows, format, out)
}

/// Writes the summary as JSON, in full precision; what there is not is null.
pub(super) fn json(
    runs: &[RunSummary],
    network_plane: Option<&NetworkPlane>,
    facts: Columns,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ratio = network_plane.and_then(|plane| plane.explained_variance_ratio);
    let entries = runs.iter().map(|run| {
        serde_json::json!({
            "run": run.number,
            "name": run.name,
            "spec": run.spec,
            "seed": run.seed,
            "steps": run.steps,
            "outcome": run.outcome.name(),
            "reason": run.outcome.reason().map(Reason::clause),
            "train_loss": run.train.loss,
            "test_loss": run.test.map(|test| test.loss),
            "train_accuracy": run.train.accuracy,
            "test_accuracy": run.test.and_then(|test| test.accuracy),
            "grad_norm": run.grad_norm,
        })
    });
    let runs: Vec<serde_json::Value> = entries.collect();
    let facts = facts.with_fact(
        "explained_variance_ratio",
        ratio.map_or_else(Vec::new, Vec::from),
    );
    facts.with_fact("runs", runs).json(out)
}

/// Minimum steps of a run for a warning that it has not learned anything.
const MIN_STEPS: u64 = 10;

/// Returns a warning for each run of at least [`MIN_STEPS`] steps that has not diverged, but ends with no lower loss than a constant
/// prediction.
pub(super) fn untrained_warnings(
    loss: &NetworkLoss,
    specs: &[RunSpec],
    ends: &[RunEnd],
    steps: u64,
) -> Vec<String> {
    let constant = loss.constant_loss();
    let digits = |value: f64| number(value, 4);
    let sentence = |(spec, end): (&RunSpec, &RunEnd)| {
        let reached = loss.measure(&end.theta).loss;
        let taken = match end.outcome {
            Outcome::Stopped(at, _) => at,
            _ => steps,
        };
        let diverged = matches!(end.outcome, Outcome::Diverged(..));
        let learned = constant <= 0.0 || reached < 0.99 * constant;
        (taken >= MIN_STEPS && !diverged && !learned).then(|| {
            format!(
                "`{spec}`: the loss ends at {1}, not below {0}, the loss of the best constant prediction; \
                 try other learning rates, --standardize or more steps",
                digits(constant),
                digits(reached)
            )
        })
    };
    specs.iter().zip(ends).filter_map(sentence).collect()
}
