//! `ravine critical`: the critical points of a landscape as numbers.

use super::diverged::check_view;
use super::outputs::{Outputs, format};
use super::print;
use super::progress_counter::with_spinner;
use super::scene_args::SceneArgs;
use crate::engine::analysis::critical::{self, CriticalPoint};
use crate::engine::cancel::Cancel;
use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
use crate::engine::objective::norm;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::export::columns::{Cells, Columns};
use crate::export::json;
use std::io::{self, Write};
use std::path::PathBuf;

const COLUMNS: [&str; 7] = [
    "kind",
    "x",
    "y",
    "value",
    "lambda_min",
    "lambda_max",
    "grad_norm",
];

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
like the tip of a cone, has no eigenvalues: null in JSON, empty in CSV. Maxima
and saddles at kinks are not found, nor are minima on the border of the view.

Minima come first, then maxima, saddles and flat points, each by increasing
value, at most 2000 in all. A search takes at most 80 Newton steps, at a kink at
most 400 circles. Features narrower than 1/60 of the view may be missed; a
narrower --view finds them. JSON contains landscape, view, columns and rows;
NPZ has an array per column.
Numbers read back to the same bits.

Examples:
  ravine critical --landscape himmelblau
  ravine critical --landscape rastrigin --view=-1..1,-1..1 --format csv
  ravine critical --landscape 'formula:f=x^3-3*x+y^2' -o points.csv
  ravine critical lecture.toml -o points.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Output format: json, csv or npz [default: by the file's extension, else json]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Output file: .json, .csv or .npz [default: -, standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn critical(args: &Args) -> Result<(), String> {
    let valid = ["json", "csv", "npz"];
    let format = format(args.format.as_deref(), args.output.as_deref(), &valid)?;
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
    let found = with_spinner("critical", || {
        critical::find(&*problem.objective, view, &known, &Cancel::default())
    });
    let points = found.unwrap_or_default(); // Nothing cancels this work.
    let fill = |out: &mut dyn Write| write(&points, view, &scene, &problem, format, out);
    match &args.output {
        Some(path) => outputs.write(path, fill)?,
        None => print(fill)?,
    }
    outputs.finish()
}

fn write(
    points: &[CriticalPoint],
    view: Rect,
    scene: &Scene,
    problem: &LoadedLandscape,
    format: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = points.iter().map(|point| {
        let mut gradient = [0.0; 2];
        problem.objective.gradient(&point.at, &mut gradient);
        let ([x, y], [low, high]) = (point.at, point.eigenvalues);
        let numbers = [x, y, point.value, low, high, norm(&gradient)];
        (point.kind.name(), numbers)
    });
    if format == "npz" {
        let rows: Vec<(&str, [f64; 6])> = rows.collect();
        let kinds = rows.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        let mut table = Columns::default().with(COLUMNS[0], Cells::Text(kinds));
        for (column, name) in COLUMNS[1..].iter().enumerate() {
            let numbers = rows.iter().map(|(_, numbers)| numbers[column]);
            table = table.with(*name, Cells::Real(numbers.collect()));
        }
        return table.npz(out);
    }
    if format == "json" {
        let rows =
            rows.map(|(kind, [x, y, value, low, high, norm])| (kind, x, y, value, low, high, norm));
        let file = PointsFile {
            landscape: scene.landscape(),
            source: &problem.source,
            view,
            columns: COLUMNS,
            rows: rows.collect(),
        };
        return json::write(&file, out);
    }
    writeln!(out, "{}", COLUMNS.join(","))?;
    for (kind, numbers) in rows {
        out.write_all(kind.as_bytes())?;
        for number in numbers {
            out.write_all(b",")?;
            if number.is_finite() {
                serde_json::to_writer(&mut *out, &number)?;
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Critical points in a JSON file.
#[derive(serde::Serialize)]
struct PointsFile<'a> {
    landscape: &'a AnyLandscape,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    view: Rect,
    columns: [&'static str; 7],
    rows: Vec<(&'static str, f64, f64, f64, f64, f64, f64)>,
}
