//! `ravine trace`: optimizer trajectories as numbers.

use super::outputs::{Outputs, format, is_stdout};
use super::results::TableArg;
use super::scene_args::SceneArgs;
use super::{print, warn};
use crate::engine::analysis::curvature;
use crate::engine::cancel::Cancel;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training;
use crate::export::results_table::{self, loss_text};
use crate::export::trajectories::{Computed, Format, Table, visible_runs};
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

/// Write optimizer trajectories as JSON, CSV or NPZ
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
and converged_at (a step or null), reason (of divergence or stop, or null),
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
of a run end before the first number that is not finite.

Examples:
  ravine trace --landscape rosenbrock --start=-1.5,2 --steps 100 --run adam:lr=0.05
  ravine trace --landscape 'formula:f=x^2+2*y^2' --run sgd:lr=0.1 --run newton --format csv
  ravine trace --landscape regression:data=points.csv --batch 8 --run sgd -o runs.csv
  ravine trace lecture.toml --curvature -o lecture.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Output format: json, csv or npz [default: by the file's extension, else json]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Output file: .json, .csv or .npz [default: -, standard output]
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
    let valid = ["json", "csv", "npz"];
    let format = match format(args.format.as_deref(), args.output.as_deref(), &valid)? {
        "csv" => Format::Csv,
        "npz" => Format::Npz,
        _ => Format::Json,
    };
    let (scene, problem) = args.scene.prepare_landscape()?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    if args.table.is_some() && args.output.as_deref().is_some_and(is_stdout) {
        return Err("--table and -o - both use standard output; leave out one of them".to_owned());
    }
    if let (Some(format), None) = (args.table, &args.output) {
        return results(&scene, &problem, format);
    }
    let fill = |out: &mut dyn Write| write(&scene, &problem, format, args.curvature, out);
    let Some(path) = &args.output else {
        return print(fill);
    };
    let mut outputs = Outputs::plan([path])?;
    outputs.write(path, fill)?;
    if let Some(format) = args.table {
        results(&scene, &problem, format)?;
    }
    outputs.finish()
}

/// Prints a table with a line for each run: losses, evaluations and outcome.
fn results(scene: &Scene, problem: &Problem, format: TableArg) -> Result<(), String> {
    let names = scene.run_names();
    let mut rows = Vec::new();
    for index in visible_runs(scene) {
        let spec = &scene.runs[index].spec;
        let (start, settings) = (scene.start_theta(), scene.run_settings());
        let run = training::run(
            &*problem.objective,
            start,
            spec,
            &settings,
            &Cancel::default(),
        );
        let Some(run) = run else {
            continue; // Nothing cancels this work.
        };
        let best = run.loss.iter().copied().reduce(f64::min);
        let evaluations = run.evaluations.last().copied().unwrap_or(0);
        rows.push(vec![
            names[index].clone(),
            loss_text(run.loss.last().copied()),
            loss_text(best),
            run.len().saturating_sub(1).to_string(),
            evaluations.to_string(),
            run.outcome.name().to_owned(),
            spec.to_string(),
        ]);
    }
    let header = [
        "name",
        "final loss",
        "best loss",
        "steps",
        "evaluations",
        "outcome",
        "spec",
    ];
    print(|out| results_table::write(&header, &rows, format.format(), out))
}

/// Computes and writes the runs one by one, so that only one is in memory at a time.
fn write(
    scene: &Scene,
    problem: &Problem,
    format: Format,
    with_curvature: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (never, run_settings) = (Cancel::default(), scene.run_settings());
    let objective = &*problem.objective;
    let table = Table {
        scene,
        source: &problem.source,
        curvature: with_curvature,
    };
    let mut compute = |index: usize| {
        let (spec, start) = (&scene.runs[index].spec, scene.start_theta());
        let trajectory = training::run(objective, start, spec, &run_settings, &never)?;
        let curvature = with_curvature
            .then(|| curvature::extremes_along(objective, &trajectory, &never))
            .flatten();
        warn(&spec.to_string(), trajectory.outcome);
        Some(Computed {
            trajectory: Cow::Owned(trajectory),
            curvature: curvature.map(Cow::Owned),
        })
    };
    table.write(format, &mut compute, out)
}
