//! `ravine trace`: the paths of optimizers as numbers.

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

/// Writes the paths of optimizers as JSON or CSV
///
/// Each ticked run of the scene has a row for every step from 0 to the last one; row k is the state after k steps.
#[derive(clap::Args)]
#[command(after_help = "\
Columns:
  step         steps taken so far
  evaluations  gradients that the optimizer has asked for so far
  x, y         the two parameters, whatever the landscape calls them; on a
               landscape of one parameter there is no y
  loss         the true loss: all the data, no noise
  grad_norm    the length of the true gradient, not clipped
  lr           the learning rate of the next step: that of the schedule, and
               with +polyak-step the one that it sets. Rules that choose a
               length of their own (line-search, bfgs, barzilai-borwein, prodigy
               and others) take it as their first guess or as a factor
  lambda_min, lambda_max   with --curvature, the Hessian's eigenvalues
  cost         all that was asked for so far, in gradients: a value counts as a
               third of one, a Hessian times a vector as two
  average_x, average_y   the average of the iterates, of runs that keep one
               (asgd, schedulefree-sgd, schedulefree-adamw, +ema)

A spec comes back in its shortest form: settings at their defaults are left
out, but for lr. JSON holds runs, each with its spec, outcome (finished,
converged, diverged, or stopped where a rule cannot move on), diverged_at and
converged_at (a step or null), reason (why it diverged or stopped, or null),
columns and rows, and under source what was taken of a file of data. What
diverged or stopped is told on stderr too.

A run has diverged where the loss, a parameter or the norm of the gradient is
not finite, where |loss| is beyond 1e12 x max(1, |first loss|), or where a
parameter is beyond 1e12 x max(1, the largest at the start). A start where the
loss or its gradient is not finite is refused.

CSV has one header; with several runs, a first column `run` with the run's spec.
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
    /// json or csv; without it, what the name of the file says, or json
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<FormatArg>,
    /// The file to write, its name ending in .json or .csv; without it, or for -, standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Adds the smallest and the largest eigenvalue of the Hessian
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

/// The format that is asked for, which the file's name must not contradict; without it, the name's.
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

/// Makes and writes one run after the other: only one is in memory at a time.
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
