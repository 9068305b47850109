//! `ravine sweep`: final losses over a grid of one or two settings.

mod data;
mod table;

use super::outputs::{Outputs, TABLES, TABLES_AND_PICTURES, format, is_stdout};
use super::page_args::size;
use super::render::ThemeArg as Light;
use super::results::TableArg;
use super::scene_args::SceneArgs;
use super::seeds::{SeedsArg, note_equal_seeds};
use super::{interrupt, print};
use crate::engine::analysis::sweep::{AxisValues, SweepAxis, SweepMetric};
use crate::engine::declare::SettingError;
use crate::engine::declare::spec::real;
use crate::engine::scene::Scene;
use crate::engine::training::{self, RunSpec};
use crate::export::picture;
use crate::figure::style_index;
use crate::figure::sweep::{SweepFigure, SweepLine, curves_picture, map_picture};
use data::{Query, SweepData, Sweeps};
use std::path::PathBuf;
use table::Table;

/// Compare runs over a grid of one or two settings (grid search)
///
/// Every visible run of the scene is computed for each value of a setting, or one run for each pair of values of two
/// settings, and compared by its loss or by its steps to a goal.
#[derive(clap::Args)]
#[command(after_help = "\
--over is one of
  lr=1e-4..1:log:200     200 values from 1e-4 to 1, evenly spaced on a log scale
  momentum=0..0.99       100 values, on the scale of the setting's slider
  beta1=0.5,0.9,0.99     these values
  lr, or nesterov        the range of the slider, or all values of a choice
  cosine.t_max=10..500   a setting of the run's schedule
  steps=100..1000:10, seed=0..9, noise, clip_norm or clip_value, of all runs

CSV has one row per value, or per pair of values. Columns:
  run          number of the run, from 1
  the setting or both settings, by name
  final_loss   loss after the last step
  best_loss    lowest loss of the run
  steps        first step with loss <= --goal; with --over steps it is called
               steps_to_goal
  outcome      finished, converged, diverged or stopped
  diverged_at  the step of divergence
  seed, name   of the run
  spec         of the run with the values of the row; no cell needs quotes: a
               spec has `;` for `,`, which --run accepts too
Where there is no number, CSV and NPZ have NaN and JSON has null. A run that
diverged has no losses and no steps, whatever it reached before; the number of
values that diverged is written to stderr. A setting has at most 10000 values, a
map at most 1000000 pairs.
NPZ has an array per column. JSON also contains for each run its best values, seed
and lr_limit, the largest stable learning rate by theory (for a map, one per value
of the other setting). It is known for some optimizers at a constant learning
rate, on landscapes of constant curvature; pictures mark it by a dashed line.

With --seeds, tables have a row per value and seed. --table then has mean ± standard
deviation, median and quartiles over the seeds that did not diverge, pictures show
the median with a band between the quartiles, and --best goes by the median;
there, a run that diverged is worse than all others. Ctrl+C keeps the rows so far
(exit code 130), but no picture.

--best prints one line per run: its spec with the best value, two spaces, and
the measure. Ties go to the first value.

Examples:
  ravine sweep --over lr=1e-4..1:log:200 --best
  ravine sweep --landscape quadratic --run sgd --run sgd:momentum=0.9 \\
    --over lr -o limits.svg
  ravine sweep --run adam --over lr=1e-3..1:log:60 --over beta1=0..0.99:40 \\
    -o adam.png
  ravine sweep example:beale --over lr --measure steps --goal 1e-3 \\
    -o beale.csv")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    #[command(flatten)]
    seeds: SeedsArg,
    /// Setting and its values, like lr=1e-4..1:log:200; give it twice for a map over two settings of one run
    #[arg(
        long = "over",
        value_name = "SETTING=VALUES",
        required = true,
        allow_hyphen_values = true
    )]
    overs: Vec<String>,
    /// Number of the scene's run, from 1 [default: all visible runs]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    run_number: Option<String>,
    /// Measure: final (loss after the last step), best (lowest loss of the run) or steps (steps to the goal)
    #[arg(long, value_name = "MEASURE", default_value = "final")]
    measure: String,
    /// Goal: the loss to reach, for --measure steps and the column steps
    #[arg(long, value_name = "LOSS", allow_negative_numbers = true)]
    goal: Option<String>,
    /// Print the spec of each run with its best values
    #[arg(long)]
    best: bool,
    /// Print a table to paste: markdown, latex or csv
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true,
        conflicts_with = "best"
    )]
    table: Option<TableArg>,
    /// Format of the output: csv, json, npz, png, svg or pdf [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write JSON to standard output, like --format json
    #[arg(long, conflicts_with_all = ["format", "output", "table", "best"])]
    json: bool,
    /// Output file: .csv, .json, .npz, .png, .svg or .pdf [default: -, CSV on standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Picture width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

pub(super) fn sweep(args: &Args) -> Result<(), String> {
    let asked = args.format.as_deref().or(args.json.then_some("json"));
    let named = args.output.is_some() || asked.is_some();
    let format = format(asked, args.output.as_deref(), &TABLES_AND_PICTURES)?;
    let stdout = PathBuf::from("-");
    let output = args.output.as_ref().or(asked.is_some().then_some(&stdout));
    let extension = named.then_some(format);
    let pixels = size(&args.size, extension)?;
    let overs = args
        .overs
        .iter()
        .map(|text| {
            text.parse::<SweepAxis>()
                .map_err(|error| format!("--over {error}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let measure: SweepMetric = args
        .measure
        .parse()
        .map_err(|error: SettingError| error.to_string())?;
    let goal = args.goal.as_deref().map(goal).transpose()?;
    if measure == SweepMetric::Steps && goal.is_none() {
        return Err(
            "--measure steps needs a loss to reach; expected --goal, like --goal 1e-3".to_owned(),
        );
    }
    let printed = output.is_none_or(|path| is_stdout(path));
    for (flag, given) in [("--best", args.best), ("--table", args.table.is_some())] {
        if given && output.is_some() && printed {
            return Err(format!(
                "{flag} and -o - both use standard output; leave out one of them"
            ));
        }
    }
    let (scene, problem) = args.scene.prepare_landscape()?;
    let mut outputs = Outputs::plan(output)?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    let seeds = args.seeds_of_runs(&overs, &scene)?;
    let query = Query {
        scene: &scene,
        problem: &problem,
        run_number: args.run_number.as_deref(),
        goal,
        seeds: &seeds,
    };
    let results = query.compute(&overs)?;
    let table = Table {
        scene: &scene,
        source: &problem.source,
        measure,
        goal,
        overs: &overs,
        results: &results,
    };
    let is_picture = extension.is_some_and(|extension| picture::EXTENSIONS.contains(&extension));
    if interrupt::is_stopped() && (is_picture || args.best || results.is_empty()) {
        return Err(interrupt::nothing_written());
    }
    match (output, extension) {
        (Some(path), Some(kind)) if TABLES.contains(&kind) => {
            outputs.write(path, |out| table.write(kind, out))?;
        }
        (Some(path), Some(extension)) => {
            let sheet = SweepFigure {
                scene: &scene,
                metric: measure,
                goal,
                size: picture::points(pixels),
                theme: args.theme.theme(),
                seeds: seeds.len(),
                legend: true,
            };
            let drawing = drawing(&sheet, &results);
            let texts: Vec<String> = overs.iter().map(ToString::to_string).collect();
            let description = format!("Sweep over {}\n\n{}", texts.join(" and "), scene.to_toml());
            let bytes = picture::bytes(&drawing, extension, pixels, &description)?;
            outputs.write(path, |out| out.write_all(&bytes))?;
        }
        _ if !args.best && args.table.is_none() => print(|out| table.write("csv", out))?,
        _ => {}
    }
    if args.best {
        let best = best(&results, measure);
        print(|out| best.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    }
    if let Some(format) = args.table {
        print(|out| table.results(format.format(), out))?;
    }
    outputs.finish()?;
    results.warn_diverged();
    note_equal_seeds(args.seeds.is_given() && results.seeds_are_equal());
    let [done, total] = results.counts();
    interrupt::report_stop(&format!("{done} of {total} runs are written"));
    Ok(())
}

impl Args {
    /// Returns the seeds of every run: of a sweep over seeds only the scene's first one, which each value replaces.
    fn seeds_of_runs(&self, overs: &[SweepAxis], scene: &Scene) -> Result<Vec<u64>, String> {
        match overs.iter().find(|over| over.setting == "seed") {
            None => self.seeds.or_of(scene),
            Some(over) if self.seeds.is_given() => Err(format!(
                "--seeds and --over {over} both choose seeds; leave out one of them"
            )),
            Some(_) => Ok(vec![scene.training.seed]),
        }
    }
}

fn over_error(error: &SettingError) -> String {
    format!("--over: {error}")
}

fn goal(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| format!("--goal cannot be `{text}`; expected a loss, like --goal 1e-3"))
}

fn drawing(sheet: &SweepFigure, results: &Sweeps) -> crate::figure::drawing::Drawing {
    let names = sheet.scene.run_names();
    let bands = results.bands(sheet.metric);
    match results.median() {
        SweepData::Curves {
            curves,
            limits,
            left_out,
        } => {
            let shown: Vec<SweepLine> = curves
                .iter()
                .zip(limits)
                .enumerate()
                .map(|(index, (curve, limit))| SweepLine {
                    curve,
                    band: bands.get(index).map_or(&[], Vec::as_slice),
                    name: &names[curve.line.run],
                    style_index: style_index(sheet.scene.runs[curve.line.run].colour),
                    limit: *limit,
                })
                .collect();
            let left_out: Vec<String> = left_out.iter().map(|run| names[*run].clone()).collect();
            curves_picture(sheet, &shown, &left_out)
        }
        SweepData::Map { map, run, limits } => {
            map_picture(sheet, map, &names[*run], limits.as_ref())
        }
    }
}

/// Returns one line per run: its spec with the best values and the measure, or why it has none.
fn best(results: &Sweeps, measure: SweepMetric) -> Vec<String> {
    let of_seeds = match results.len() {
        ..=1 => String::new(),
        seeds => format!(" (median of {seeds} seeds)"),
    };
    // Steps and seeds are in no spec.
    let shared = |values: &[(&AxisValues, usize)]| {
        let shared = values.iter().filter(|(grid, _)| grid.is_shared());
        let texts = shared.map(|(grid, at)| format!(" {}={}", grid.setting(), grid.text(*at)));
        texts.collect::<String>()
    };
    let line = |best: Option<(RunSpec, String, f64)>, spec: &RunSpec, diverged: bool| match best {
        Some((spec, shared, value)) => {
            format!("{spec}{shared}  {measure} {}{of_seeds}", real(value))
        }
        None if diverged => format!("{spec}  diverged at every value"),
        None => format!("{spec}  never reached the goal"),
    };
    match results.median() {
        SweepData::Curves { curves, .. } => curves
            .iter()
            .map(|curve| {
                let best = curve.best(measure).and_then(|index| {
                    let grid = &curve.line.grid;
                    let value = curve.scores[index].value(measure)?;
                    Some((curve.spec(index), shared(&[(grid, index)]), value))
                });
                let diverged = curve.scores.iter().all(|score| score.diverged().is_some());
                line(best, &curve.line.spec, diverged)
            })
            .collect(),
        SweepData::Map { map, .. } => {
            let best = map.best(measure).and_then(|at| {
                let values = [(&map.grids[0], at[0]), (&map.grids[1], at[1])];
                Some((
                    map.spec(at),
                    shared(&values),
                    map.score(at)?.value(measure)?,
                ))
            });
            let diverged = map.scores.iter().all(|score| score.diverged().is_some());
            vec![line(best, &map.spec, diverged)]
        }
    }
}
