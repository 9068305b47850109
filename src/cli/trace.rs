//! `ravine trace`: optimizer trajectories as numbers.

use super::outputs::{Outputs, is_stdout, kind};
use super::scene_args::SceneArgs;
use super::{print, warn};
use crate::engine::analysis::curvature;
use crate::engine::cancel::Cancel;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training;
use crate::export::file::extension;
use crate::export::trajectories::{Format, Writer, visible_runs};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Write optimizer trajectories as JSON or CSV
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

CSV has one header; with several runs, the first column `run` is the run's spec.
Numbers read back to the same bits. The rows of a run end before the first
number that is not finite.

Examples:
  ravine trace --landscape rosenbrock --start=-1.5,2 --steps 100 --run adam:lr=0.05
  ravine trace --landscape 'formula:f=x^2+2*y^2' --run sgd:lr=0.1 --run newton --format csv
  ravine trace --landscape regression:data=points.csv --batch 8 --run sgd -o runs.csv
  ravine trace lecture.toml --curvature -o lecture.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Output format: json or csv [default: by the file's extension, else json]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<FormatArg>,
    /// Output file: .json or .csv [default: -, standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Add columns with the smallest and the largest eigenvalue of the Hessian
    #[arg(long)]
    curvature: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    Json,
    Csv,
}

pub(super) fn trace(args: &Args) -> Result<(), String> {
    let format = format(args.format, args.output.as_deref())?;
    let (scene, problem) = args.scene.prepare_landscape()?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    let fill = |out: &mut dyn Write| write(&scene, &problem, format, args.curvature, out);
    let Some(path) = &args.output else {
        return print(fill);
    };
    let mut outputs = Outputs::plan([path])?;
    outputs.write(path, fill)?;
    outputs.finish()
}

/// Returns the format of `--format`, which the file's extension must not contradict; without it, the extension's.
fn format(asked: Option<FormatArg>, output: Option<&Path>) -> Result<Format, String> {
    let asked = asked.map(|named| match named {
        FormatArg::Json => (Format::Json, "json"),
        FormatArg::Csv => (Format::Csv, "csv"),
    });
    match (asked, output.filter(|path| !is_stdout(path))) {
        (asked, None) => Ok(asked.map_or(Format::Json, |(format, _)| format)),
        (Some((format, own)), Some(path)) => match extension(path, &["json", "csv"]) {
            Ok(other) if other != own => extension(path, &[own]).map(|_| format),
            _ => Ok(format),
        },
        (None, Some(path)) => Ok(match kind(path, &["json", "csv"], "json")? {
            "csv" => Format::Csv,
            _ => Format::Json,
        }),
    }
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
    let mut writer = Writer::new(out, scene, &problem.source, format, with_curvature)?;
    for index in visible_runs(scene) {
        let spec = &scene.runs[index].spec;
        let Some(trajectory) =
            training::run(objective, scene.start_theta(), spec, &run_settings, &never)
        else {
            continue; // Nothing cancels this work.
        };
        let curvature = with_curvature
            .then(|| curvature::extremes_along(objective, &trajectory, &never))
            .flatten();
        warn(&spec.to_string(), trajectory.outcome);
        writer.run(index, &trajectory, curvature.as_deref())?;
    }
    writer.finish()
}
