//! Export of trajectories as JSON and CSV.
//!
//! A landscape of two parameters has the columns `x` and `y`, one of a single parameter has `x` alone, and its start is one
//! number. Floats are the shortest text that reads back to the same bits. A diverged run's rows end before the first number that
//! is not finite. With curvature there are two more columns, `lambda_min` and `lambda_max`; where the Hessian is not
//! finite although the loss is, they are `null` in JSON and `NaN` in CSV. Then comes `cost`, the cost so far in
//! gradients. A run that keeps an average of its iterates has it in the last columns, `average_x` and `average_y`, which are `NaN` for the
//! other runs of a CSV table.

use super::json;
use super::labels::{LABELS, Labels};
use super::npz::Npz;
use crate::engine::landscape::AnyLandscape;
use crate::engine::results::Runs;
use crate::engine::scene::{Scene, Training};
use crate::engine::training::{Outcome, Reason, RunSpec, Trajectory};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};

/// Names of the columns. The two parameters are `x` and `y` on every landscape; a landscape of one parameter has no `y`.
pub const COLUMNS: [&str; 7] = ["step", "evaluations", "x", "y", "loss", "grad_norm", "lr"];

/// Names of the columns that curvature adds.
pub const CURVATURE: [&str; 2] = ["lambda_min", "lambda_max"];

/// Name of the next column: the cost of all values, gradients and Hessians that the optimizer asked for, in gradients.
pub const COST: &str = "cost";

/// Names of the columns that a run with an average of its iterates adds.
pub const AVERAGE: [&str; 2] = ["average_x", "average_y"];

/// Format of a file of trajectories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"landscape":…,"source":…,"start":[…],"training":{…},"runs":[{"spec":…,"name":…,"seed":…,"outcome":…,"diverged_at":…,
    /// "converged_at":…,"reason":…,"columns":[…],"rows":[[…],…]},…]}`.
    Json,
    /// A header and a line for each row; `run`, which counts from 1, is the first column, and [`LABELS`] are the last.
    Csv,
    /// NumPy arrays: run_1_step, run_1_loss … for each run, and seed, outcome, name and spec of all runs.
    Npz,
}

/// Returns the visible runs of a scene as one file.
pub fn trajectories(runs: &Runs, format: Format, curvature: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let table = Table {
        scene: &runs.scene,
        source: &runs.problem.source,
        curvature,
        seeds: &[runs.scene.training.seed],
    };
    let mut computed = |index: usize, _: u64| {
        let result = runs.results.get(index)?;
        Some(Computed {
            trajectory: Cow::Borrowed(&result.trajectory),
            curvature: curvature.then(|| Cow::Borrowed(&*result.curvature)),
        })
    };
    // Writing to memory does not fail.
    let _ = table.write(format, &mut computed, &mut out);
    out
}

/// Returns the indices of the visible runs of a scene.
pub fn visible_runs(scene: &Scene) -> impl Iterator<Item = usize> {
    (0..scene.runs.len()).filter(|index| scene.runs[*index].shown)
}

/// A computed run.
pub struct Computed<'a> {
    /// The trajectory.
    pub trajectory: Cow<'a, Trajectory>,
    /// λmin and λmax of each row, if the table has these columns.
    pub curvature: Option<Cow<'a, [[f64; 2]]>>,
}

/// A function that computes run `index` of a scene with a seed. Runs are computed one after the other, so that only one is in memory at a time.
pub type Compute<'a, 'r> = &'a mut dyn FnMut(usize, u64) -> Option<Computed<'r>>;

/// A table of the visible runs of a scene.
pub struct Table<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// Summary of the data file, or empty.
    pub source: &'a str,
    /// Whether the table has the columns of the curvature.
    pub curvature: bool,
    /// The seeds that each run is computed with.
    pub seeds: &'a [u64],
}

impl Table<'_> {
    /// Writes the table; runs that `compute` does not return are left out.
    ///
    /// # Errors
    /// Returns any I/O error from `out`.
    pub fn write(&self, format: Format, compute: Compute, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => self.json(compute, out)?,
            Format::Csv => self.csv(compute, out)?,
            Format::Npz => self.npz(compute, out)?,
        }
        out.flush()
    }

    /// Returns the number of each visible run, from 1, its index and a seed.
    fn runs(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        let visible = visible_runs(self.scene).enumerate();
        visible.flat_map(|(at, index)| self.seeds.iter().map(move |seed| (at + 1, index, *seed)))
    }

    fn json(&self, compute: Compute, out: &mut dyn Write) -> io::Result<()> {
        let file = TableFile {
            landscape: self.scene.landscape(),
            source: self.source,
            start: self.scene.start_theta(),
            training: &self.scene.training,
            runs: LazyRuns {
                table: self,
                names: self.scene.run_names(),
                compute: RefCell::new(compute),
            },
        };
        json::write(&file, out)
    }

    fn csv(&self, compute: Compute, out: &mut dyn Write) -> io::Result<()> {
        let averages = averages(self.scene);
        let columns = columns(self.scene, self.curvature, averages);
        writeln!(out, "run,{},{}", columns.join(","), LABELS.join(","))?;
        let names = self.scene.run_names();
        for (number, index, seed) in self.runs() {
            let Some(run) = compute(index, seed) else {
                continue;
            };
            let labels = Labels {
                seed,
                outcome: run.trajectory.outcome,
                name: names[index].clone(),
                spec: self.scene.runs[index].spec.to_string(),
            };
            let labels = labels.csv();
            let rows = Rows { run, averages };
            for row in rows.iter() {
                write!(out, "{number},{},{}", row.step, row.evaluations)?;
                for number in row.numbers {
                    out.write_all(b",")?;
                    if number.is_finite() {
                        serde_json::to_writer(&mut *out, &number)?;
                    } else {
                        out.write_all(b"NaN")?;
                    }
                }
                writeln!(out, ",{labels}")?;
            }
        }
        Ok(())
    }

    /// Writes, for run k counted from 1, the columns as arrays run_k_step and so on, and the arrays seed, outcome, name and spec, which
    /// have an entry for each run. With several seeds the names are run_k_seed_s_step and so on, and the array run has the run of each entry.
    fn npz(&self, compute: Compute, out: &mut dyn Write) -> io::Result<()> {
        let mut npz = Npz::default();
        let names = self.scene.run_names();
        let (mut outcomes, mut of_runs, mut specs) = (Vec::new(), Vec::new(), Vec::new());
        let (mut numbers, mut seeds) = (Vec::new(), Vec::new());
        for (number, index, seed) in self.runs() {
            let Some(run) = compute(index, seed) else {
                continue;
            };
            numbers.push(number as u64);
            seeds.push(seed);
            let prefix = match self.seeds.len() {
                ..=1 => format!("run_{number}_"),
                _ => format!("run_{number}_seed_{seed}_"),
            };
            outcomes.push(run.trajectory.outcome.name().to_owned());
            of_runs.push(names[index].clone());
            specs.push(self.scene.runs[index].spec.to_string());
            let averages = run.trajectory.average.is_some();
            let columns = columns(self.scene, self.curvature, averages);
            let rows: Vec<Row> = Rows { run, averages }.iter().collect();
            let shape = [rows.len() as u64];
            let mut add = |column: &str, values: &mut dyn Iterator<Item = f64>| {
                npz.add(&format!("{prefix}{column}"), &shape, values)
            };
            for (at, column) in columns.iter().skip(2).enumerate() {
                let cell = |row: &Row| row.numbers.get(at).copied().unwrap_or(f64::NAN);
                add(column, &mut rows.iter().map(cell))?;
            }
            let name = |column: &str| format!("{prefix}{column}");
            let steps = rows.iter().map(|row| row.step as u64);
            npz.add(&name("step"), &shape, steps)?;
            let evaluations = rows.iter().map(|row| row.evaluations);
            npz.add(&name("evaluations"), &shape, evaluations)?;
        }
        let shape = [specs.len() as u64];
        if self.seeds.len() > 1 {
            npz.add("run", &shape, numbers)?;
        }
        npz.add("seed", &shape, seeds)?;
        for (name, texts) in [("outcome", outcomes), ("name", of_runs), ("spec", specs)] {
            npz.add_texts(name, &texts)?;
        }
        npz.write(out)
    }
}

/// A table in a JSON file.
#[derive(Serialize)]
struct TableFile<'a, 'r> {
    landscape: &'a AnyLandscape,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    start: &'a [f64],
    training: &'a Training,
    runs: LazyRuns<'a, 'r>,
}

/// The runs of a JSON file, each computed when it is written.
struct LazyRuns<'a, 'r> {
    table: &'a Table<'a>,
    names: Vec<String>,
    compute: RefCell<Compute<'a, 'r>>,
}

impl Serialize for LazyRuns<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Table {
            scene, curvature, ..
        } = *self.table;
        let mut compute = self.compute.borrow_mut();
        let runs = self.table.runs().filter_map(|(_, index, seed)| {
            let run = compute(index, seed)?;
            let outcome = run.trajectory.outcome;
            let [diverged_at, converged_at] = ends(outcome);
            let averages = run.trajectory.average.is_some();
            Some(RunEntry {
                spec: &scene.runs[index].spec,
                name: &self.names[index],
                seed,
                outcome: outcome.name(),
                diverged_at,
                converged_at,
                reason: outcome.reason().map(Reason::clause),
                columns: columns(scene, curvature, averages),
                rows: Rows { run, averages },
            })
        });
        serializer.collect_seq(runs)
    }
}

/// A run in a JSON file.
#[derive(Serialize)]
struct RunEntry<'a> {
    spec: &'a RunSpec,
    name: &'a str,
    seed: u64,
    outcome: &'static str,
    diverged_at: Option<u64>,
    converged_at: Option<u64>,
    reason: Option<&'static str>,
    columns: Vec<&'static str>,
    rows: Rows<'a>,
}

/// The rows of a run, with or without columns of the averages.
struct Rows<'a> {
    run: Computed<'a>,
    averages: bool,
}

/// A row of a table. Numbers that are not finite are null in JSON and `NaN` in CSV.
struct Row {
    step: usize,
    evaluations: u64,
    numbers: Vec<f64>,
}

impl Rows<'_> {
    fn iter(&self) -> impl Iterator<Item = Row> {
        let Computed {
            trajectory,
            curvature,
        } = &self.run;
        let dim = trajectory.dim.max(1);
        let steps = trajectory.theta.chunks_exact(dim).enumerate();
        steps.map(move |(step, theta)| {
            let mut numbers = theta.to_vec();
            numbers.extend([
                trajectory.loss[step],
                trajectory.grad_norm[step],
                trajectory.lr[step],
            ]);
            let lambdas = curvature.as_ref().and_then(|curvature| curvature.get(step));
            numbers.extend(lambdas.into_iter().flatten());
            numbers.extend(trajectory.gradient_equivalents(step));
            if self.averages {
                let average = trajectory.average.as_ref();
                let own = average.and_then(|average| average.get(step * dim..(step + 1) * dim));
                numbers.extend(own.unwrap_or(&vec![f64::NAN; dim]));
            }
            Row {
                step,
                evaluations: trajectory.evaluations[step],
                numbers,
            }
        })
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cells = serializer.serialize_seq(Some(2 + self.numbers.len()))?;
        cells.serialize_element(&self.step)?;
        cells.serialize_element(&self.evaluations)?;
        for number in &self.numbers {
            cells.serialize_element(number)?;
        }
        cells.end()
    }
}

/// Returns the names of the columns of a run, or of a table of all visible runs.
fn columns(scene: &Scene, curvature: bool, averages: bool) -> Vec<&'static str> {
    let mut columns = COLUMNS.to_vec();
    if curvature {
        columns.extend(CURVATURE);
    }
    columns.push(COST);
    if averages {
        columns.extend(AVERAGE);
    }
    if scene.start_theta().len() == 1 {
        columns.retain(|column| !matches!(*column, "y" | "average_y"));
    }
    columns
}

/// Whether a visible run of a scene keeps an average of its iterates.
fn averages(scene: &Scene) -> bool {
    visible_runs(scene).any(|index| scene.runs[index].spec.keeps_average())
}

/// Returns the step at which a run diverged and the step at which it converged.
fn ends(outcome: Outcome) -> [Option<u64>; 2] {
    match outcome {
        Outcome::Finished | Outcome::Stopped(..) => [None, None],
        Outcome::Diverged(step, _) => [Some(step), None],
        Outcome::Converged(step) => [None, Some(step)],
    }
}

#[cfg(test)]
mod tests;
