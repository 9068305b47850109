//! `ravine sweep`: where runs end over one or two of their settings.

mod table;

use super::diverged::warn_diverged_values;
use super::outputs::{Outputs, is_stdout, kind};
use super::render::{ThemeArg as Light, size};
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
use std::sync::atomic::AtomicUsize;
use table::{Format, Table};

/// Compares the ends of runs over one or two of their settings
///
/// Every ticked run of the scene is made once for each value of a setting; what counts is where it ends. With two settings, one
/// run is made for each pair of values. This is the grid search of the textbooks.
#[derive(clap::Args)]
#[command(after_help = "\
--over is one of
  lr=1e-4..1:log:200     200 values from 1e-4 to 1, evenly on a log scale
  momentum=0..0.99       100 values, on the scale of the setting's slider
  beta1=0.5,0.9,0.99     these values
  lr, or nesterov        the reach of the slider, or all there are
  cosine.t_max=10..500   a setting of the run's schedule

CSV has a line for each value, or pair of values. Columns:
  run          with several runs, the run's spec
  the setting, or both, by name
  final_loss   the loss after the last step
  best_loss    the lowest loss on the way
  steps        the first step with a loss not above --goal; empty if none
  outcome      finished, converged, diverged or stopped
  diverged_at  the step of that
A run that diverged has no losses and no steps, whatever it reached before; how
many of a run's values did is told on stderr. A setting has 10000 values at
most, a map 1000000 pairs.
JSON holds the same, null where CSV is empty, with each run's best values and
lr_limit, the learning rate up to which theory has it stable (of a map, one for
each value of the other setting): known for some optimizers at a constant rate,
on landscapes of one curvature. In pictures a dashed line stands there.

--best prints a line for each run: its spec with the best value, two blanks, the
measure. Of several that are as good it is the first.

Examples:
  ravine sweep --over lr=1e-4..1:log:200 --best
  ravine sweep --landscape quadratic --run sgd --run sgd:momentum=0.9 --over lr -o limits.svg
  ravine sweep --run adam --over lr=1e-3..1:log:60 --over beta1=0..0.99:40 -o adam.png
  ravine sweep lecture.toml --over lr --measure steps --goal 1e-3 -o lecture.csv")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// A setting and its values, like lr=1e-4..1:log:200. Give it twice for a map over two settings of one run
    #[arg(
        long = "over",
        value_name = "SETTING=VALUES",
        required = true,
        allow_hyphen_values = true
    )]
    overs: Vec<String>,
    /// Which run of the scene, counted from 1; without it, all that are ticked
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    run_number: Option<String>,
    /// What is compared: final, the loss after the last step; best, the lowest on the way; or steps, those to the goal
    #[arg(long, value_name = "MEASURE", default_value = "final")]
    measure: String,
    /// The loss that is to be reached
    #[arg(long, value_name = "LOSS", allow_negative_numbers = true)]
    goal: Option<String>,
    /// Prints the best values of each run, as a spec
    #[arg(long)]
    best: bool,
    /// The file to write, its name ending in .csv, .json, .png or .svg; without it, or for -, CSV on standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Width and height of a picture in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

/// What was swept, and what theory says of it.
enum SweepData {
    /// Curves with the places of their runs in the scene and their limits, and the runs that were left out.
    Curves {
        curves: Vec<SweepCurve>,
        limits: Vec<Option<f64>>,
        left_out: Vec<usize>,
    },
    /// A map of the run at a place in the scene.
    Map {
        map: Box<SweepMap>,
        run: usize,
        limits: Option<(usize, Vec<Option<f64>>)>,
    },
}

impl SweepData {
    /// Writes to stderr how many values of each run diverged.
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
        .map(|path| kind(path, &["csv", "json", "png", "svg"], "csv"))
        .transpose()?;
    let pixels = size(&args.size, extension)?;
    let overs = args
        .overs
        .iter()
        .map(|text| {
            text.parse::<SweepAxis>()
                .map_err(|refusal| format!("--over {refusal}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let measure: SweepMetric = args
        .measure
        .parse()
        .map_err(|refusal: SettingError| refusal.to_string())?;
    let goal = args.goal.as_deref().map(goal).transpose()?;
    if measure == SweepMetric::Steps && goal.is_none() {
        return Err(
            "--measure steps has no loss to reach; expected one, like --goal 1e-3".to_owned(),
        );
    }
    let printed = args.output.as_deref().is_none_or(is_stdout);
    if args.best && args.output.is_some() && printed {
        return Err(
            "--best and -o - are both for standard output; expected one of them".to_owned(),
        );
    }
    let (scene, problem) = args.scene.prepare_landscape()?;
    let mut outputs = Outputs::plan(&args.output)?;
    training::check_start(&*problem.objective, scene.start_theta())?;
    let swept = match overs.as_slice() {
        [over] => sweep_curves(args, &scene, &problem, over, goal)?,
        [x, y] => sweep_map(args, &scene, &problem, [x, y], goal)?,
        _ => {
            return Err(format!(
                "--over stands {} times; expected it once, or twice for a map",
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
        swept: &swept,
    };
    match (&args.output, extension) {
        (Some(path), Some("csv")) => outputs.write(path, |out| table.write(Format::Csv, out))?,
        (Some(path), Some("json")) => outputs.write(path, |out| table.write(Format::Json, out))?,
        (Some(path), Some(extension)) => {
            let sheet = SweepFigure {
                scene: &scene,
                metric: measure,
                goal,
                size: picture::points(pixels),
                theme: args.theme.theme(),
            };
            let drawing = drawing(&sheet, &swept);
            let texts: Vec<String> = overs.iter().map(ToString::to_string).collect();
            let description = format!("Sweep over {}\n\n{}", texts.join(" and "), scene.to_toml());
            let bytes = picture::bytes(&drawing, extension, pixels, &description)?;
            outputs.write(path, |out| out.write_all(&bytes))?;
        }
        _ if !args.best => print(|out| table.write(Format::Csv, out))?,
        _ => {}
    }
    if args.best {
        let best = best(&swept, measure);
        print(|out| best.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    }
    outputs.finish()?;
    swept.warn_diverged();
    Ok(())
}

fn refused(refusal: &SettingError) -> String {
    format!("--over: {refusal}")
}

fn goal(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| format!("--goal cannot be `{text}`; expected a loss, like --goal 1e-3"))
}

/// Makes the ticked runs of the scene, or the one that is asked for, over a setting.
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
    let mut lines = swept_runs(&specs, over).map_err(|refusal| refused(&refusal))?;
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
            "`{spec}` has no setting `{}`; it is left out",
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
    let curves = with_setup(scene, problem, goal, |setup| run_curves(setup, lines));
    Ok(SweepData::Curves {
        curves: curves.unwrap_or_default(), // Nothing cancels this work.
        limits,
        left_out,
    })
}

/// Makes the only run of the scene, or the one that is asked for, over two settings.
fn sweep_map(
    args: &Args,
    scene: &Scene,
    problem: &Arc<Problem>,
    overs: [&SweepAxis; 2],
    goal: Option<f64>,
) -> Result<SweepData, String> {
    let run = run_number(scene, args.run_number.as_deref())?;
    let spec = &scene.runs[run].spec;
    let grids = grids(spec, overs).map_err(|refusal| refused(&refusal))?;
    let map = with_setup(scene, problem, goal, |setup| run_map(setup, spec, grids));
    let map = map.ok_or_else(|| "the sweep was cancelled".to_owned())?;
    let limits = quadratic_lambda_max(&*problem.objective, problem.view)
        .and_then(|steepest| lr_limits(&map, steepest, &scene.run_settings()));
    Ok(SweepData::Map {
        map: Box::new(map),
        run,
        limits,
    })
}

fn with_setup<T>(
    scene: &Scene,
    problem: &Problem,
    goal: Option<f64>,
    work: impl FnOnce(&SweepContext) -> T,
) -> T {
    work(&SweepContext {
        objective: &*problem.objective,
        start: scene.start_theta(),
        run_settings: &scene.run_settings(),
        goal,
        cancel: &Cancel::default(),
        done: &AtomicUsize::new(0),
    })
}

fn drawing(sheet: &SweepFigure, swept: &SweepData) -> crate::figure::drawing::Drawing {
    let names = sheet.scene.run_names();
    match swept {
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

/// A line for each run: its spec with the best values and its measure there, or that there is none.
fn best(swept: &SweepData, measure: SweepMetric) -> Vec<String> {
    let line = |best: Option<(RunSpec, f64)>, spec: &RunSpec, diverged: bool| match best {
        Some((spec, value)) => format!("{spec}  {measure} {}", real(value)),
        None if diverged => format!("{spec}  diverged at every value"),
        None => format!("{spec}  never reached the goal"),
    };
    match swept {
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
