//! `ravine basins`: the basin of attraction of each minimum.

mod summary;

use super::diverged::warn_diverged_values;
use super::interrupt;
use super::outputs::{Outputs, TABLES_AND_PICTURES, format};
use super::page_args::size;
use super::progress_counter::with_progress;
use super::render::ThemeArg as Light;
use super::scene_args::{SceneArgs, whole};
use crate::engine::analysis::basins::{BasinLabel, BasinQuery, Cell, MAX_SIDE};
use crate::engine::cancel::Cancel;
use crate::engine::results;
use crate::export::columns::Columns;
use crate::export::{basins, picture};
use crate::figure;
use std::path::PathBuf;

/// Map every start in the view to the minimum that its run converges to
///
/// One optimizer runs from a grid of starts. Each start has the colour of the minimum that its run converges to, light
/// after few steps and dark after many; starts that diverge or stay undecided have colours of their own.
#[derive(clap::Args)]
#[command(after_help = "\
A run stops when its gradient norm falls below the tolerance (0.001 if the scene
has none) or after its last step. It has converged if Newton's method leads from
there to a minimum nearby, in at most 60 steps with at most 26 halvings each. At
most 1000 minima are distinguished. The floor of a level valley counts as one
minimum; it is traced in steps of 1/100 of the view, at most 1000 to each side.
The number of starts that diverged is written to stderr.

The grid of starts covers the view and includes its border. Table, arrays and
picture contain the same starts, with the minima in the same order.

CSV has one row per start: x, y, fate (arrives, undecided or diverges),
minimum_x, minimum_y, minimum (its value) and steps; undecided and diverged
starts have NaN there, null in JSON. NPZ contains the arrays x, y, label, steps
(rows are y, upwards) and minima (x, y, value). A label is a row of minima, -1 for
undecided, -2 for diverged, -3 for not computed: Ctrl+C keeps the starts so far of
a table (exit code 130), but no picture. The share of the starts that end at each
minimum, and their median number of steps, are printed.

Examples:
  ravine basins --landscape himmelblau --run sgd:lr=0.01,momentum=0.9 \\
    -o basins.png
  ravine basins --landscape rastrigin --run adam:lr=0.1 --side 256 \\
    -o basins.npz
  ravine basins example:opening-race --run-number 2 --side 128 -o basins.svg")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Format of the output: csv, json, npz, png, svg or pdf [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Output file: .csv, .json, .npz, .png, .svg or .pdf; - writes CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Print the summary as JSON: minima with the shares of the starts, from 0 to 1, that they attract
    #[arg(long)]
    json: bool,
    /// Grid points per side, 2 to 1024
    #[arg(
        long,
        value_name = "N",
        default_value = "512",
        allow_negative_numbers = true
    )]
    side: String,
    /// Number of the scene's run, from 1 [default: the only run]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    run_number: Option<String>,
    /// Picture width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

pub(super) fn basins(args: &Args) -> Result<(), String> {
    let asked = args.format.as_deref();
    let extension = format(asked, Some(&args.output), &TABLES_AND_PICTURES)?;
    let pixels = size(&args.size, Some(extension))?;
    let side = whole(&args.side)
        .filter(|side| (2..=MAX_SIDE).contains(side))
        .ok_or_else(|| {
            format!(
                "--side cannot be `{}`; expected a whole number from 2 to {MAX_SIDE}",
                args.side
            )
        })?;
    let (scene, problem) = args.scene.prepare_landscape()?;
    if problem.objective.dim() != 2 {
        return Err(format!(
            "`{}` has one parameter; expected a landscape of two",
            scene.landscape().name()
        ));
    }
    let index = super::run_number(&scene, args.run_number.as_deref())?;
    let mut outputs = Outputs::plan([&args.output])?;
    outputs.check_stdout_free("--json", args.json)?;
    let spec = &scene.runs[index].spec;
    let points = picture::points(pixels);
    let window = scene.view.unwrap_or(problem.view);
    let question = BasinQuery {
        objective: &*problem.objective,
        known: &problem.minima,
        spec,
        run_settings: scene.run_settings(),
        window,
    };
    question
        .check(side)
        .map_err(|reason| format!("--side {side}: {reason}"))?;
    let is_picture = picture::EXTENSIONS.contains(&extension);
    let cancel = interrupt::stoppable();
    let answer = with_progress("basins", "starts", side * side, |done| {
        question.compute_so_far(side, done, &cancel)
    });
    let all = answer.cells.len();
    let computed = all - answer.missing.iter().filter(|missing| **missing).count();
    if interrupt::is_stopped() && (is_picture || computed == 0) {
        return Err(interrupt::nothing_written());
    }
    let facts = || {
        Columns::default()
            .with_fact("landscape", scene.landscape().to_string())
            .with_fact("spec", spec.to_string())
            .with_fact("steps", scene.training.steps)
    };
    match extension {
        "npz" => outputs.write(&args.output, |out| basins::npz(&answer, out))?,
        "json" => outputs.write(&args.output, |out| {
            basins::columns(&answer, facts()).json(out)
        })?,
        "csv" => outputs.write(&args.output, |out| {
            basins::columns(&answer, Columns::default()).csv(out)
        })?,
        _ => {
            let never = Cancel::default();
            let map_data = results::compute_map_data(&scene, &problem, window, 400, &never);
            let run = spec.to_string();
            let drawing = figure::basins::picture(
                &answer,
                map_data.as_ref(),
                &scene,
                &run,
                (points, true),
                args.theme.theme(),
            );
            let description = format!("Basins of {run}\n\n{}", scene.to_toml());
            let bytes = picture::bytes(&drawing, extension, pixels, &description)?;
            outputs.write(&args.output, |out| out.write_all(&bytes))?;
        }
    }
    outputs.print(|out| {
        if args.json {
            summary::json(&answer, facts(), out)
        } else {
            summary::text(&answer, out)
        }
    })?;
    outputs.finish()?;
    let is_computed = |(index, _): &(usize, &Cell)| answer.missing.get(*index) != Some(&true);
    let cells = answer.cells.iter().enumerate().filter(is_computed);
    let diverged = cells.map(|(_, cell)| {
        let step = u64::from(cell.steps);
        (cell.label == BasinLabel::Diverges).then_some(step)
    });
    let diverged: Vec<Option<u64>> = diverged.collect();
    warn_diverged_values(&spec.to_string(), "starts", diverged.into_iter());
    interrupt::report_stop(&format!("{computed} of {all} starts are written"));
    Ok(())
}
