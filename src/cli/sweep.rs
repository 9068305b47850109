//! `ravine sweep`: final losses over a grid of one or two settings.

mod table;

use super::diverged::warn_diverged_values;
use super::outputs::{Outputs, is_stdout, kind};
use super::page_args::size;
use super::progress_counter::with_progress;
use super::render::ThemeArg as Light;
use super::results::TableArg;
use super::scene_args::SceneArgs;
use super::{print, print_error, run_number};
use crate::engine::analysis::sweep::{
    AxisValues, Score, SweepAxis, SweepContext, SweepCurve, SweepMap, SweepMetric, grids, lr_limit,
    lr_limits, quadratic_lambda_max, run_curves, run_map, swept_runs,
};
use crate::engine::cancel::Cancel;
use crate::engine::declare::SettingError;
use crate::engine::declare::spec::real;
use crate::engine::scene::Problem;
use crate::engine::scene::Scene;
use crate::engine::training::{self, RunSpec};
use crate::export::picture;
use crate::export::trajectories::visible_runs;
use crate::figure::style_index;
use crate::figure::sweep::{SweepFigure, SweepLine, curves_picture, map_picture};
use std::path::PathBuf;
use std::sync::Arc;
use table::{Format, Table};

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

CSV has one row per value, or per pair of values. Columns:
  run          number of the run, from 1
  the setting or both settings, by name
  final_loss   loss after the last step
  best_loss    lowest loss of the run
  steps        first step with loss <= --goal; empty if there is none
  outcome      finished, converged, diverged or stopped
  diverged_at  the step of divergence
  seed, name, spec   of the run; no cell needs quotes: a spec has `;` for `,`,
               which --run accepts too
A run that diverged has no losses and no steps, whatever it reached before; the
number of values that diverged is written to stderr. A setting has at most 10000
values, a map at most 1000000 pairs.
NPZ has an array per column. JSON contains the same columns, null where CSV is empty, and for each run its
best values and lr_limit, the largest stable learning rate by theory (for a map,
one per value of the other setting). It is known for some optimizers at a
constant learning rate, on landscapes of constant curvature; pictures mark it by
a dashed line.

--best prints one line per run: its spec with the best value, two spaces, and
the measure. Ties go to the first value.

Examples:
  ravine sweep --over lr=1e-4..1:log:200 --best
  ravine sweep --landscape quadratic --run sgd --run sgd:momentum=0.9 --over lr -o limits.svg
  ravine sweep --run adam --over lr=1e-3..1:log:60 --over beta1=0..0.99:40 -o adam.png
  ravine sweep lecture.toml --over lr --measure steps --goal 1e-3 -o lecture.csv")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
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

/// Results of a sweep, with the stability limits of the learning rate.
enum SweepData {
    /// Curves over one setting, a limit for each, and the indices of the runs that do not have the setting.
    Curves {
        curves: Vec<SweepCurve>,
        limits: Vec<Option<f64>>,
        left_out: Vec<usize>,
    },
    /// A map over two settings of the run at this index in the scene.
    Map {
        map: Box<SweepMap>,
        run: usize,
        limits: Option<(usize, Vec<Option<f64>>)>,
    },
}

impl SweepData {
    /// Warns on stderr how many values of each run diverged.
    fn warn_diverged(&self) {
        match self {
            Self::Curves { curves, .. } => {
                for curve in curves {
                    let values = format!("values of {}", curve.line.grid.setting());
                    let steps = curve.scores.iter().map(Score::diverged);
                    warn_diverged_values(&curve.line.spec.to_string(), &values, steps);
                }
            }
            Self::Map { map, .. } => {
                let [x, y] = map.grids.each_ref().map(AxisValues::setting);
                let steps = map.scores.iter().map(Score::diverged);
                warn_diverged_values(
                    &map.spec.to_string(),
                    &format!("pairs of {x} and {y}"),
                    steps,
                );
            }
        }
    }
}

pub(super) fn sweep(args: &Args) -> Result<(), String> {
    let extension = args
        .output
        .as_deref()
        .map(|path| kind(path, &["csv", "json", "npz", "png", "svg", "pdf"], "csv"))
        .transpose()?;
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
    let printed = args.output.as_deref().is_none_or(is_stdout);
    for (flag, given) in [("--best", args.best), ("--table", args.table.is_some())] {
        if given && args.output.is_some() && printed {
            return Err(format!(
                "{flag} and -o - both use standard output; leave out one of them"
            ));
        }
    }
    let (scene, problem) = args.scene.prepare_landscape()?;
    let mut outputs = Outputs::plan(&args.output)?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    let results = match overs.as_slice() {
        [over] => sweep_curves(args, &scene, &problem, over, goal)?,
        [x, y] => sweep_map(args, &scene, &problem, [x, y], goal)?,
        _ => {
            return Err(format!(
                "--over is given {} times; expected it once, or twice for a map",
                overs.len()
            ));
        }
    };
    let table = Table {
        scene: &scene,
        source: &problem.source,
        measure,
        goal,
        overs: &overs,
        results: &results,
    };
    match (&args.output, extension) {
        (Some(path), Some("csv")) => outputs.write(path, |out| table.write(Format::Csv, out))?,
        (Some(path), Some("json")) => outputs.write(path, |out| table.write(Format::Json, out))?,
        (Some(path), Some("npz")) => outputs.write(path, |out| table.write(Format::Npz, out))?,
        (Some(path), Some(extension)) => {
            let sheet = SweepFigure {
                scene: &scene,
                metric: measure,
                goal,
                size: picture::points(pixels),
                theme: args.theme.theme(),
            };
            let drawing = drawing(&sheet, &results);
            let texts: Vec<String> = overs.iter().map(ToString::to_string).collect();
            let description = format!("Sweep over {}\n\n{}", texts.join(" and "), scene.to_toml());
            let bytes = picture::bytes(&drawing, extension, pixels, &description)?;
            outputs.write(path, |out| out.write_all(&bytes))?;
        }
        _ if !args.best && args.table.is_none() => print(|out| table.write(Format::Csv, out))?,
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
    Ok(())
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

/// Computes the visible runs of the scene, or the run of `--run-number`, over one setting.
fn sweep_curves(
    args: &Args,
    scene: &Scene,
    problem: &Arc<Problem>,
    over: &SweepAxis,
    goal: Option<f64>,
) -> Result<SweepData, String> {
    let runs: Vec<usize> = match &args.run_number {
        Some(number) => vec![run_number(scene, Some(number))?],
        None => visible_runs(scene).collect(),
    };
    let specs: Vec<RunSpec> = runs
        .iter()
        .map(|run| scene.runs[*run].spec.clone())
        .collect();
    let mut lines = swept_runs(&specs, over).map_err(|error| over_error(&error))?;
    for line in &mut lines {
        line.run = runs[line.run];
    }
    let left_out: Vec<usize> = runs
        .into_iter()
        .filter(|run| lines.iter().all(|line| line.run != *run))
        .collect();
    for run in &left_out {
        let spec = &scene.runs[*run].spec;
        print_error(&format!(
            "`{spec}` has no setting `{}`; the run is skipped",
            over.setting
        ));
    }
    let run_settings = scene.run_settings();
    let steepest = quadratic_lambda_max(&*problem.objective, problem.view);
    let limits = lines
        .iter()
        .map(|line| {
            lr_limit(
                &line.spec,
                steepest.filter(|_| line.grid.is_lr())?,
                &run_settings,
            )
        })
        .collect();
    let total = lines.iter().map(|line| line.grid.len()).sum();
    let curves = with_setup(scene, problem, goal, total, |setup| {
        run_curves(setup, lines)
    });
    Ok(SweepData::Curves {
        curves: curves.unwrap_or_default(), // Nothing cancels this work.
        limits,
        left_out,
    })
}

/// Computes the only run of the scene, or the run of `--run-number`, over two settings.
fn sweep_map(
    args: &Args,
    scene: &Scene,
    problem: &Arc<Problem>,
    overs: [&SweepAxis; 2],
    goal: Option<f64>,
) -> Result<SweepData, String> {
    let run = run_number(scene, args.run_number.as_deref())?;
    let spec = &scene.runs[run].spec;
    let grids = grids(spec, overs).map_err(|error| over_error(&error))?;
    let total = grids.iter().map(AxisValues::len).product();
    let map = with_setup(scene, problem, goal, total, |setup| {
        run_map(setup, spec, grids)
    });
    let map = map.ok_or_else(|| "the sweep was cancelled".to_owned())?;
    let limits = quadratic_lambda_max(&*problem.objective, problem.view)
        .and_then(|steepest| lr_limits(&map, steepest, &scene.run_settings()));
    Ok(SweepData::Map {
        map: Box::new(map),
        run,
        limits,
    })
}

/// Computes `total` runs, with a progress bar on a terminal.
fn with_setup<T>(
    scene: &Scene,
    problem: &Problem,
    goal: Option<f64>,
    total: usize,
    work: impl FnOnce(&SweepContext) -> T,
) -> T {
    with_progress("sweep", "runs", total, |done| {
        work(&SweepContext {
            objective: &*problem.objective,
            start: scene.start_theta(),
            run_settings: &scene.run_settings(),
            goal,
            cancel: &Cancel::default(),
            done,
        })
    })
}

fn drawing(sheet: &SweepFigure, results: &SweepData) -> crate::figure::drawing::Drawing {
    let names = sheet.scene.run_names();
    match results {
        SweepData::Curves {
            curves,
            limits,
            left_out,
        } => {
            let shown: Vec<SweepLine> = curves
                .iter()
                .zip(limits)
                .map(|(curve, limit)| SweepLine {
                    curve,
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
fn best(results: &SweepData, measure: SweepMetric) -> Vec<String> {
    let line = |best: Option<(RunSpec, f64)>, spec: &RunSpec, diverged: bool| match best {
        Some((spec, value)) => format!("{spec}  {measure} {}", real(value)),
        None if diverged => format!("{spec}  diverged at every value"),
        None => format!("{spec}  never reached the goal"),
    };
    match results {
        SweepData::Curves { curves, .. } => curves
            .iter()
            .map(|curve| {
                let best = curve.best(measure).and_then(|index| {
                    Some((curve.spec(index), curve.scores[index].value(measure)?))
                });
                let diverged = curve.scores.iter().all(|score| score.diverged().is_some());
                line(best, &curve.line.spec, diverged)
            })
            .collect(),
        SweepData::Map { map, .. } => {
            let best = map
                .best(measure)
                .and_then(|at| Some((map.spec(at), map.score(at)?.value(measure)?)));
            let diverged = map.scores.iter().all(|score| score.diverged().is_some());
            vec![line(best, &map.spec, diverged)]
        }
    }
}
