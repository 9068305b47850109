//! `ravine trace`: optimizer trajectories as numbers.

use super::outputs::{Outputs, TABLES, format, is_stdout};
use super::progress::Progress;
use super::results::TableArg;
use super::scene_args::SceneArgs;
use super::seeds::{SeedsArg, note_equal_seeds, warn_diverged_seeds};
use super::{interrupt, print, warn};
use crate::engine::analysis::curvature;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::real;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training::{self, Outcome};
use crate::export::results_table::{ResultRow, loss_text, write_results};
use crate::export::seed_table::{SeedColumn, SeedRow, SeedTable};
use crate::export::trajectories::{Computed, Format, Table, visible_runs};
use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;

/// Write optimizer trajectories as CSV, JSON or NPZ
///
/// Each visible run of the scene has one row per step, from 0 to its last; row k is the state after k steps.
#[derive(clap::Args)]
#[command(after_help = "\
Columns:
  step         steps taken so far
  evaluations  gradient evaluations by the optimizer so far
  x, y         the two parameters, whatever their names in the landscape; y is
               absent on a landscape of one parameter
  loss         loss over all the data, without noise
  grad_norm    norm of the exact gradient, without clipping
  lr           learning rate of the next step: the schedule's, or the one that
               +polyak-step sets. Optimizers that choose their own step size
               (line-search, bfgs, barzilai-borwein, prodigy and others) use it
               as initial guess or as factor
  lambda_min, lambda_max   with --curvature, the Hessian's eigenvalues
  cost         evaluations so far, in gradients: a loss value counts 1/3, a
               Hessian-vector product 2
  average_x, average_y   average of the iterates, for runs that keep one (asgd,
               schedulefree-sgd, schedulefree-adamw, +ema)

Specs are written in their shortest form: settings at their defaults are left
out, except lr. JSON contains runs, each with its spec, outcome (finished,
converged, diverged, or stopped if the optimizer cannot continue), diverged_at
and converged_at (a step or null), seed, reason (of divergence or stop, or null),
columns and rows, and as source the summary of a data file. Runs that diverge or
stop are reported on stderr as well.

A run diverges when the loss, a parameter or the gradient norm is not finite,
when |loss| exceeds 1e12 x max(1, |first loss|), or when a parameter exceeds
1e12 x max(1, the largest at the start). A start at which the loss or its
gradient is not finite is an error.

CSV has one header. Its first column is run, which counts from 1, its last ones
are seed, outcome, name and spec. No cell needs quotes, so that pandas, R,
numpy.genfromtxt and awk read it: a spec has `;` for `,`, which --run accepts too.
NPZ has these columns as arrays run_1_step, run_1_x and so on, and seed, outcome,
name and spec with an entry per run. Numbers read back to the same bits. The rows
of a run end before the first number that is not finite; where there is no number,
like the average of a run that keeps none, CSV has NaN and JSON null.

With --seeds, CSV has the rows of every run and seed, JSON an entry for each, and
NPZ arrays like run_1_seed_0_loss. --table then has a line per run: mean ± standard
deviation, median and quartiles over the seeds that did not diverge, and how many
did. Ctrl+C keeps the runs that are complete (exit code 130).

Examples:
  ravine trace --landscape rosenbrock --start=-1.5,2 --steps 100 \\
    --run adam:lr=0.05
  ravine trace --landscape 'formula:f=x^2+2*y^2' --run sgd:lr=0.1 \\
    --run newton --json
  ravine trace example:regression --batch 8 -o runs.csv
  ravine trace --run adam --run sgd --noise 1 --seeds 0..9 --table markdown
  ravine trace example:beale --curvature -o beale.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    #[command(flatten)]
    seeds: SeedsArg,
    /// Format of the output: csv, json or npz [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write JSON to standard output, like --format json
    #[arg(long, conflicts_with_all = ["format", "output", "table"])]
    json: bool,
    /// Output file: .csv, .json or .npz [default: -, standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the results of the runs as a table to paste: markdown, latex or csv
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    table: Option<TableArg>,
    /// Add columns with the smallest and the largest eigenvalue of the Hessian
    #[arg(long)]
    curvature: bool,
}

pub(super) fn trace(args: &Args) -> Result<(), String> {
    let format = match format(
        args.format.as_deref().or(args.json.then_some("json")),
        args.output.as_deref(),
        &TABLES,
    )? {
        "json" => Format::Json,
        "npz" => Format::Npz,
        _ => Format::Csv,
    };
    let (scene, problem) = args.scene.prepare_landscape()?;
    let seeds = args.seeds.or_of(&scene)?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    if args.table.is_some() && args.output.as_deref().is_some_and(is_stdout) {
        return Err("--table and -o - both use standard output; leave out one of them".to_owned());
    }
    let mut outputs = Outputs::plan(&args.output)?;
    let total = visible_runs(&scene).count() * seeds.len();
    let mut tracer = Tracer {
        scene: &scene,
        problem: &problem,
        curvature: args.curvature,
        cancel: interrupt::stoppable(),
        progress: Progress::new("trace", "runs", total),
        rows: Vec::new(),
    };
    let table = Table {
        scene: &scene,
        source: &problem.source,
        curvature: args.curvature,
        seeds: &seeds,
    };
    let mut compute = |index: usize, seed: u64| tracer.compute(index, seed);
    let fill = |out: &mut dyn Write| table.write(format, &mut compute, out);
    match (&args.output, args.table) {
        (Some(path), _) => outputs.write(path, fill)?,
        (None, None) => print(fill)?,
        (None, Some(_)) => {
            for index in visible_runs(&scene) {
                seeds
                    .iter()
                    .for_each(|seed| drop(tracer.compute(index, *seed)));
            }
        }
    }
    let Tracer { rows, progress, .. } = tracer;
    drop(progress);
    if interrupt::is_stopped() && rows.is_empty() {
        return Err(interrupt::nothing_written());
    }
    if let Some(format) = args.table {
        let names = scene.run_names();
        if args.seeds.are_several(&scene) {
            print(|out| seed_table(&scene, &names, &rows, format).write(out))?;
        } else {
            results(&scene, &names, &rows, format)?;
        }
    }
    outputs.finish()?;
    warn_ends(&scene, &rows, args.seeds.are_several(&scene));
    interrupt::report_stop(&format!("{} of {total} runs are written", rows.len()));
    Ok(())
}

/// Computes runs one by one, so that only one is in memory at a time, and keeps the end of each.
struct Tracer<'a> {
    scene: &'a Scene,
    problem: &'a Problem,
    curvature: bool,
    cancel: Cancel,
    progress: Progress,
    rows: Vec<RunEnd>,
}

/// The end of a run of the scene with a seed.
struct RunEnd {
    index: usize,
    seed: u64,
    last: f64,
    best: f64,
    steps: usize,
    evaluations: u64,
    outcome: Outcome,
}

impl Tracer<'_> {
    /// Computes a run of the scene with a seed; `None` if it was stopped.
    fn compute(&mut self, index: usize, seed: u64) -> Option<Computed<'static>> {
        let (spec, start) = (&self.scene.runs[index].spec, self.scene.start_theta());
        let mut settings = self.scene.run_settings();
        settings.gradient_settings.seed = seed;
        let objective = &*self.problem.objective;
        let trajectory = training::run(objective, start, spec, &settings, &self.cancel)?;
        let curvature = if self.curvature {
            Some(curvature::extremes_along(
                objective,
                &trajectory,
                &self.cancel,
            )?)
        } else {
            None
        };
        let losses = &trajectory.loss;
        self.rows.push(RunEnd {
            index,
            seed,
            last: losses.last().copied().unwrap_or(f64::NAN),
            best: losses.iter().copied().fold(f64::NAN, f64::min),
            steps: trajectory.len().saturating_sub(1),
            evaluations: trajectory.evaluations.last().copied().unwrap_or(0),
            outcome: trajectory.outcome,
        });
        self.progress.set(self.rows.len());
        Some(Computed {
            trajectory: Cow::Owned(trajectory),
            curvature: curvature.map(Cow::Owned),
        })
    }
}

/// Prints a table with a line for each run: losses, evaluations and outcome.
fn results(
    scene: &Scene,
    names: &[String],
    rows: &[RunEnd],
    format: TableArg,
) -> Result<(), String> {
    let number = |index: usize| {
        visible_runs(scene)
            .take_while(|other| *other != index)
            .count()
            + 1
    };
    // As in tables of sweeps and seeds, a run that diverged has no losses.
    let loss = |run: &RunEnd, loss: f64| {
        let diverged = matches!(run.outcome, Outcome::Diverged(..));
        loss_text(Some(loss).filter(|_| !diverged))
    };
    let row = |run: &RunEnd| ResultRow {
        number: number(run.index),
        name: names[run.index].clone(),
        settings: Vec::new(),
        results: vec![
            ("final loss", loss(run, run.last)),
            ("best loss", loss(run, run.best)),
            ("steps", run.steps.to_string()),
            ("evaluations", run.evaluations.to_string()),
        ],
        seed: run.seed,
        outcome: run.outcome,
        spec: scene.runs[run.index].spec.to_string(),
    };
    print(|out| write_results(rows.iter().map(row), format.format(), out))
}

/// Returns a table with a line for each run: its results over all seeds.
fn seed_table(scene: &Scene, names: &[String], rows: &[RunEnd], format: TableArg) -> SeedTable {
    let mut table = SeedTable::new(format.format());
    for (number, index) in visible_runs(scene).enumerate() {
        let own = || rows.iter().filter(move |run| run.index == index);
        let column = |name: &'static str, with_median: bool, of: fn(&RunEnd) -> f64| SeedColumn {
            name,
            values: { own() }
                .filter(|run| !matches!(run.outcome, Outcome::Diverged(..)))
                .map(of)
                .collect(),
            with_median,
        };
        table.add(SeedRow {
            number: number + 1,
            name: names[index].clone(),
            settings: Vec::new(),
            columns: vec![
                column("final loss", true, |run| run.last),
                column("best loss", false, |run| run.best),
                column("steps", false, |run| real(run.steps)),
                column("evaluations", false, |run| real(run.evaluations)),
            ],
            outcomes: own().map(|run| run.outcome).collect(),
            spec: scene.runs[index].spec.to_string(),
        });
    }
    table
}

/// Warns on stderr about runs that diverged or stopped; of several seeds, how many did.
fn warn_ends(scene: &Scene, rows: &[RunEnd], with_seeds: bool) {
    if !with_seeds {
        let spec = |run: &RunEnd| scene.runs[run.index].spec.to_string();
        rows.iter().for_each(|run| warn(&spec(run), run.outcome));
        return;
    }
    let mut are_equal = rows.len() > 1;
    for index in visible_runs(scene) {
        let own: Vec<&RunEnd> = rows.iter().filter(|run| run.index == index).collect();
        let outcomes: Vec<Outcome> = own.iter().map(|run| run.outcome).collect();
        warn_diverged_seeds(&scene.runs[index].spec.to_string(), &outcomes);
        are_equal &= own.len() > 1 && own.iter().all(|run| run.last == own[0].last);
    }
    note_equal_seeds(are_equal);
}
