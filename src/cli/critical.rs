//! `ravine critical`: the critical points of a landscape as numbers.

use super::diverged::check_view;
use super::outputs::{Outputs, TABLES, format};
use super::progress_counter::with_spinner;
use super::scene_args::SceneArgs;
use super::{interrupt, print};
use crate::engine::analysis::critical::{self, CriticalPoint};
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::objective::{Objective, norm};
use crate::export::columns::{Cells, Columns};
use crate::export::json;
use std::io::Write;
use std::path::PathBuf;

/// Names of the columns of numbers.
const NUMBERS: [&str; 6] = ["x", "y", "value", "lambda_min", "lambda_max", "grad_norm"];

/// List the minima, maxima and saddles in the view
///
/// Newton's method searches for zeros of the gradient from a grid of points in the view and from the published minima.
#[derive(clap::Args)]
#[command(after_help = "\
Columns:
  kind         minimum, maximum, saddle or flat
  x, y         the two parameters, whatever their names in the landscape
  value        the loss at the point
  lambda_min, lambda_max   eigenvalues of the Hessian
  grad_norm    gradient norm at the point: 0 up to rounding

A point is flat if an eigenvalue is 0 up to rounding. A curve of such points,
like the floor of a level valley, is listed as one point. A minimum at a kink,
like the tip of a cone, has no eigenvalues: null in JSON, NaN in CSV. Maxima
and saddles at kinks are not found, nor are minima on the border of the view.

Minima come first, then maxima, saddles and flat points, each by increasing
value, at most 2000 in all. A search takes at most 80 Newton steps, at a kink at
most 400 circles. Features narrower than 1/60 of the view may be missed; a
narrower --view finds them. JSON contains landscape, view, columns and rows;
NPZ has an array per column. Numbers read back to the same bits. Ctrl+C writes
the points found so far (exit code 130).

Examples:
  ravine critical --landscape himmelblau
  ravine critical --landscape rastrigin --view=-1..1,-1..1 --json
  ravine critical --landscape 'formula:f=x^3-3*x+y^2' -o points.csv
  ravine critical example:beale -o points.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Format of the output: csv, json or npz [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write JSON to standard output, like --format json
    #[arg(long, conflicts_with_all = ["format", "output"])]
    json: bool,
    /// Output file: .csv, .json or .npz [default: -, standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn critical(args: &Args) -> Result<(), String> {
    let asked = args.format.as_deref().or(args.json.then_some("json"));
    let format = format(asked, args.output.as_deref(), &TABLES)?;
    let (scene, problem) = args.scene.prepare_landscape()?;
    if problem.objective.dim() != 2 {
        return Err(format!(
            "`{}` has one parameter; expected a landscape of two",
            scene.landscape().name()
        ));
    }
    let mut outputs = Outputs::plan(&args.output)?;
    let view = scene.view.unwrap_or(problem.view);
    check_view(&*problem.objective, view)?;
    let known: Vec<[f64; 2]> = problem.minima.iter().map(|mark| mark.at).collect();
    let cancel = interrupt::stoppable();
    let points = with_spinner("critical", || {
        critical::find_so_far(&*problem.objective, view, &known, &cancel)
    });
    if interrupt::is_stopped() && points.is_empty() {
        return Err(interrupt::nothing_written());
    }
    let columns = columns(&points, &*problem.objective);
    let fill = |out: &mut dyn Write| match format {
        "npz" => columns.npz(out),
        "json" => {
            let facts = PointsFile {
                landscape: scene.landscape(),
                source: &problem.source,
                view,
                table: &columns,
            };
            json::write(&facts, out)
        }
        _ => columns.csv(out),
    };
    match &args.output {
        Some(path) => outputs.write(path, fill)?,
        None => print(fill)?,
    }
    outputs.finish()?;
    let count = points.len();
    interrupt::report_stop(&format!(
        "the {count} points found so far are written, others may be missing"
    ));
    Ok(())
}

/// Returns the columns of all formats.
fn columns(points: &[CriticalPoint], objective: &dyn Objective) -> Columns {
    let numbers = points.iter().map(|point| {
        let mut gradient = [0.0; 2];
        objective.gradient(&point.at, &mut gradient);
        let [low, high] = if point.is_kink() {
            [f64::NAN; 2]
        } else {
            point.eigenvalues
        };
        let [x, y] = point.at;
        [x, y, point.value, low, high, norm(&gradient)]
    });
    let numbers: Vec<[f64; 6]> = numbers.collect();
    let kinds = points.iter().map(|point| point.kind.name().to_owned());
    let table = Columns::default().with("kind", Cells::Text(kinds.collect()));
    NUMBERS
        .into_iter()
        .enumerate()
        .fold(table, |table, (column, name)| {
            let numbers = numbers.iter().map(|numbers| numbers[column]);
            table.with(name, Cells::Real(numbers.collect()))
        })
}

/// Critical points in a JSON file.
#[derive(serde::Serialize)]
struct PointsFile<'a> {
    landscape: &'a AnyLandscape,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    view: Rect,
    #[serde(flatten)]
    table: &'a Columns,
}
