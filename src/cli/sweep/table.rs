//! Tables of sweeps as CSV, JSON and NPZ. Floats are the shortest text that reads back to the same bits.

use super::{SweepData, Sweeps};
use crate::engine::analysis::sweep::{AxisValues, Score, SweepAxis, SweepMetric};
use crate::engine::declare::Value;
use crate::engine::landscape::AnyLandscape;
use crate::engine::numeric::real as count;
use crate::engine::scene::{Scene, Training};
use crate::engine::training::RunSpec;
use crate::export::columns::{Cells, Columns};
use crate::export::results_table::{NO_NUMBER, ResultRow, TableFormat, loss_text, write_results};
use crate::export::seed_table::{SeedColumn, SeedRow, SeedTable};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// Columns after those of the settings.
const COLUMNS: [&str; 5] = ["final_loss", "best_loss", "steps", "outcome", "diverged_at"];

/// A sweep with the scene and the arguments that it was computed from.
pub(super) struct Table<'a> {
    pub(super) scene: &'a Scene,
    /// Summary of the data file, or empty.
    pub(super) source: &'a str,
    pub(super) measure: SweepMetric,
    pub(super) goal: Option<f64>,
    pub(super) overs: &'a [SweepAxis],
    pub(super) results: &'a Sweeps,
}

/// Function that returns the spec with the values of some indices.
type SpecOf<'a> = Box<dyn Fn(&[usize]) -> RunSpec + 'a>;

/// Results of one run with one seed: its number, its index in the scene, its grids, its scores with the indices of their values, the best
/// indices, and its limits.
struct Part<'a> {
    number: usize,
    run: usize,
    seed: u64,
    grids: Vec<&'a AxisValues>,
    scores: Vec<(Vec<usize>, &'a Score)>,
    best: Option<Vec<usize>>,
    limit: serde_json::Value,
    /// Returns the spec with the values of some indices.
    spec: SpecOf<'a>,
}

impl Table<'_> {
    /// Returns the results of all runs and seeds, those of a run together.
    fn parts(&self) -> Vec<Part<'_>> {
        let each = self.results.each.iter();
        let mut parts: Vec<Part> = each
            .flat_map(|(seed, sweep)| self.parts_of(*seed, sweep))
            .collect();
        parts.sort_by_key(|part| part.number);
        for part in &mut parts {
            part.scores.retain(|(_, score)| score.is_computed());
        }
        parts
    }

    fn parts_of<'s>(&self, seed: u64, sweep: &'s SweepData) -> Vec<Part<'s>> {
        match sweep {
            SweepData::Curves { curves, limits, .. } => curves
                .iter()
                .zip(limits)
                .enumerate()
                .map(|(index, (curve, limit))| Part {
                    number: index + 1,
                    seed,
                    run: curve.line.run,
                    grids: vec![&curve.line.grid],
                    scores: curve
                        .scores
                        .iter()
                        .enumerate()
                        .map(|(index, score)| (vec![index], score))
                        .collect(),
                    best: curve.best(self.measure).map(|index| vec![index]),
                    limit: json!(limit),
                    spec: Box::new(|at| curve.spec(at.first().copied().unwrap_or(0))),
                })
                .collect(),
            SweepData::Map { map, run, limits } => {
                let columns = map.grids[0].len();
                vec![Part {
                    number: 1,
                    seed,
                    run: *run,
                    grids: map.grids.iter().collect(),
                    scores: map
                        .scores
                        .iter()
                        .enumerate()
                        .map(|(index, score)| (vec![index % columns, index / columns], score))
                        .collect(),
                    best: map.best(self.measure).map(|at| at.to_vec()),
                    limit: json!(limits.as_ref().map(|(_, limits)| limits)),
                    spec: Box::new(|at| match at {
                        [x, y] => map.spec([*x, *y]),
                        _ => map.spec.clone(),
                    }),
                }]
            }
        }
    }

    /// Writes the table as `csv`, `json` or `npz`.
    pub(super) fn write(&self, kind: &str, out: &mut dyn Write) -> io::Result<()> {
        match kind {
            "json" => self.json(out),
            kind => self.all_columns().write(kind, out),
        }
    }

    /// Returns the columns of CSV and NPZ, with a row for each value and seed.
    fn all_columns(&self) -> Columns {
        let (names, parts) = (self.scene.run_names(), self.parts());
        let rows = || {
            parts
                .iter()
                .flat_map(|part| part.scores.iter().map(move |row| (part, row)))
        };
        let real = |of: &dyn Fn(&Score) -> Option<f64>| {
            let numbers = rows().map(|(_, (_, score))| of(score).unwrap_or(f64::NAN));
            Cells::Real(numbers.collect())
        };
        let runs = rows().map(|(part, _)| part.number as u64).collect();
        let mut table = Columns::default().with("run", Cells::Count(runs));
        for (index, over) in self.overs.iter().enumerate() {
            let values = || rows().map(|(part, (at, _))| (part.grids[index], at[index]));
            let counts = values().map(|(grid, at)| match grid.values()[at] {
                Value::Count(count) => Some(count),
                _ => None,
            });
            let reals = values().map(|(grid, at)| grid.text(at).parse().ok());
            let cells = match (counts.collect(), reals.collect()) {
                (Some(counts), _) => Cells::Count(counts),
                (None, Some(reals)) => Cells::Real(reals),
                _ => Cells::Text(values().map(|(grid, at)| grid.text(at)).collect()),
            };
            table = table.with(&*over.setting, cells);
        }
        let outcomes = rows().map(|(_, (_, score))| score.outcome.name().to_owned());
        let steps = self.columns()[2];
        let mut table = table
            .with("final_loss", real(&|score| score.value(SweepMetric::Final)))
            .with("best_loss", real(&|score| score.value(SweepMetric::Best)))
            .with(steps, real(&|score| reached(score).map(count)))
            .with("outcome", Cells::Text(outcomes.collect()))
            .with("diverged_at", real(&|score| score.diverged().map(count)));
        if !self.is_over("seed") {
            let seeds = rows().map(|(part, _)| part.seed);
            table = table.with("seed", Cells::Count(seeds.collect()));
        }
        let names = rows().map(|(part, _)| names[part.run].clone());
        let specs = rows().map(|(part, (at, _))| (part.spec)(at).to_string());
        table
            .with("name", Cells::Text(names.collect()))
            .with("spec", Cells::Text(specs.collect()))
    }

    /// Whether a setting is swept over.
    fn is_over(&self, setting: &str) -> bool {
        self.overs.iter().any(|over| over.setting == setting)
    }

    /// Returns the names of the columns after those of the settings, none of which occurs twice.
    fn columns(&self) -> [&'static str; 5] {
        let is_over_steps = self.is_over("steps");
        COLUMNS.map(|column| match column {
            "steps" if is_over_steps => "steps_to_goal",
            column => column,
        })
    }

    /// Writes a line for each value, or pair of values, as a table to paste; over several seeds with their statistics.
    pub(super) fn results(&self, format: TableFormat, out: &mut dyn Write) -> io::Result<()> {
        if self.results.len() > 1 {
            return self.seed_table(format).write(out);
        }
        let (names, parts) = (self.scene.run_names(), self.parts());
        let row = |part: &Part, at: &[usize], score: &Score| {
            let losses = [
                ("final loss", SweepMetric::Final),
                ("best loss", SweepMetric::Best),
            ];
            let losses = losses.map(|(name, metric)| (name, loss_text(score.value(metric))));
            let steps = reached(score).map_or(NO_NUMBER.to_owned(), |step| step.to_string());
            let steps = self.goal.map(|_| ("steps to goal", steps));
            ResultRow {
                number: part.number,
                name: names[part.run].clone(),
                settings: settings(&part.grids, at),
                results: losses.into_iter().chain(steps).collect(),
                seed: part.seed,
                outcome: score.outcome,
                spec: (part.spec)(at).to_string(),
            }
        };
        let rows = parts.iter().flat_map(|part| {
            let row = &row;
            part.scores
                .iter()
                .map(move |(at, score)| row(part, at, score))
        });
        write_results(rows, format, out)
    }

    /// Returns a table with a line for each run and value: the results over all seeds.
    fn seed_table(&self, format: TableFormat) -> SeedTable {
        let (names, parts) = (self.scene.run_names(), self.parts());
        let mut table = SeedTable::new(format);
        let first = self.results.each.first().map_or(0, |(seed, _)| *seed);
        for part in parts.iter().filter(|part| part.seed == first) {
            for (place, (at, _)) in part.scores.iter().enumerate() {
                let own = parts.iter().filter(|other| other.number == part.number);
                let scores = own.filter_map(|own| {
                    // In a sweep that was stopped, values are missing.
                    let here = own.scores.get(place).filter(|(other, _)| other == at);
                    let found = here.or_else(|| own.scores.iter().find(|(other, _)| other == at));
                    found.map(|(_, score)| *score)
                });
                let scores: Vec<&Score> = scores.collect();
                let column = |name, with_median, of: &dyn Fn(&Score) -> Option<f64>| SeedColumn {
                    name,
                    values: scores.iter().filter_map(|score| of(score)).collect(),
                    with_median,
                };
                let mut columns = vec![
                    column("final loss", true, &|score| score.value(SweepMetric::Final)),
                    column("best loss", false, &|score| score.value(SweepMetric::Best)),
                ];
                if self.goal.is_some() {
                    let steps = |score: &Score| reached(score).map(count);
                    columns.push(column("steps to goal", false, &steps));
                }
                table.add(SeedRow {
                    number: part.number,
                    name: names[part.run].clone(),
                    settings: settings(&part.grids, at),
                    columns,
                    outcomes: scores.iter().map(|score| score.outcome).collect(),
                    spec: (part.spec)(at).to_string(),
                });
            }
        }
        table
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let names = self.scene.run_names();
        let settings = self.overs.iter().map(|over| over.setting.as_str());
        let columns = settings.chain(self.columns()).chain(["spec"]);
        let columns: Vec<&str> = columns.collect();
        let parts = self.parts();
        let runs = parts.iter().map(|part| RunEntry {
            spec: &self.scene.runs[part.run].spec,
            name: &names[part.run],
            seed: part.seed,
            best: part.best.as_ref().map(|at| values(&part.grids, at)),
            lr_limit: &part.limit,
            columns: &columns,
            rows: part
                .scores
                .iter()
                .map(|(at, score)| {
                    let mut cells = values(&part.grids, at);
                    cells.extend([
                        json!(score.value(SweepMetric::Final)),
                        json!(score.value(SweepMetric::Best)),
                        json!(reached(score)),
                        json!(score.outcome.name()),
                        json!(score.diverged()),
                        json!((part.spec)(at)),
                    ]);
                    cells
                })
                .collect(),
        });
        let file = SweepFile {
            landscape: self.scene.landscape(),
            start: self.scene.start_theta(),
            training: &self.scene.training,
            over: self.overs.iter().map(ToString::to_string).collect(),
            measure: self.measure.name(),
            goal: self.goal,
            source: self.source,
            runs: runs.collect(),
        };
        crate::export::json::write(&file, out)
    }
}

/// A sweep in a JSON file.
#[derive(Serialize)]
struct SweepFile<'a> {
    landscape: &'a AnyLandscape,
    start: &'a [f64],
    training: &'a Training,
    over: Vec<String>,
    measure: &'static str,
    goal: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    runs: Vec<RunEntry<'a>>,
}

/// A run in a JSON file of a sweep.
#[derive(Serialize)]
struct RunEntry<'a> {
    spec: &'a RunSpec,
    name: &'a str,
    seed: u64,
    best: Option<Vec<serde_json::Value>>,
    lr_limit: &'a serde_json::Value,
    columns: &'a [&'a str],
    rows: Vec<Vec<serde_json::Value>>,
}

/// Returns the step at which a run that did not diverge reached the goal.
fn reached(score: &Score) -> Option<u64> {
    score.goal_step.filter(|_| score.diverged().is_none())
}

/// Returns the names and the values of settings as texts.
fn settings(grids: &[&AxisValues], at: &[usize]) -> Vec<(String, String)> {
    let values = grids.iter().zip(at);
    let texts = values.map(|(grid, index)| (grid.setting().to_owned(), grid.text(*index)));
    texts.collect()
}

/// Returns the values of settings as JSON.
fn values(grids: &[&AxisValues], at: &[usize]) -> Vec<serde_json::Value> {
    grids
        .iter()
        .zip(at)
        .map(|(grid, index)| match &grid.values()[*index] {
            Value::Real(real) => json!(real),
            Value::Count(count) => json!(count),
            Value::Flag(flag) => json!(flag),
            Value::List(list) => json!(list),
            Value::Counts(counts) => json!(counts),
            Value::Choice(_) | Value::Text(_) | Value::None => json!(grid.text(*index)),
        })
        .collect()
}
