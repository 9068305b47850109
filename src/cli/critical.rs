//! `ravine critical`: the critical points of a landscape as numbers.

use super::diverged::check_view;
use super::outputs::{Outputs, is_stdout};
use super::print;
use super::scene_args::SceneArgs;
use crate::engine::analysis::critical::{self, CriticalPoint};
use crate::engine::cancel::Cancel;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::objective::norm;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::export::file::extension;
use crate::export::trajectories::source_member;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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
narrower --view finds them. JSON contains landscape, view, columns and rows.
Numbers read back to the same bits.

Examples:
  ravine critical --landscape himmelblau
  ravine critical --landscape rastrigin --view=-1..1,-1..1 --format csv
  ravine critical --landscape 'formula:f=x^3-3*x+y^2' -o points.csv
  ravine critical lecture.toml -o points.json")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Output format: json or csv [default: by the file's extension, else json]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Format>,
    /// Output file: .json or .csv [default: -, standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Csv,
}

pub(super) fn critical(args: &Args) -> Result<(), String> {
    let format = format(args.format, args.output.as_deref())?;
    let (scene, problem) = args.scene.prepare_landscape()?;
    if problem.objective.dim() != 2 {
        return Err(format!(
            "`{}` has one parameter; expected a landscape of two",
            scene.landscape.name()
        ));
    }
    let mut outputs = Outputs::plan(&args.output)?;
    let view = scene.view.unwrap_or(problem.view);
    check_view(&*problem.objective, view)?;
    let known: Vec<[f64; 2]> = problem.minima.iter().map(|mark| mark.at).collect();
    let found = critical::find(&*problem.objective, view, &known, &Cancel::default());
    let points = found.unwrap_or_default(); // Nothing cancels this work.
    let fill = |out: &mut dyn Write| write(&points, view, &scene, &problem, format, out);
    match &args.output {
        Some(path) => outputs.write(path, fill)?,
        None => print(fill)?,
    }
    outputs.finish()
}

/// Returns the format of `--format`, which the file's extension must not contradict; without it, the extension's.
fn format(asked: Option<Format>, output: Option<&Path>) -> Result<Format, String> {
    let Some(path) = output.filter(|path| !is_stdout(path)) else {
        return Ok(asked.unwrap_or(Format::Json));
    };
    let valid: &[&str] = match asked {
        None => &["json", "csv"],
        Some(Format::Json) => &["json"],
        Some(Format::Csv) => &["csv"],
    };
    Ok(match extension(path, valid)? {
        "csv" => Format::Csv,
        _ => Format::Json,
    })
}

fn write(
    points: &[CriticalPoint],
    view: Rect,
    scene: &Scene,
    problem: &LoadedLandscape,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ([before, between, after], quote, missing) = match format {
        Format::Json => {
            let landscape = serde_json::to_string(&scene.landscape)?;
            let source = source_member(&problem.source)?;
            let view = serde_json::to_string(&view)?;
            let columns = serde_json::to_string(&COLUMNS)?;
            write!(
                out,
                "{{\"landscape\":{landscape},{source}\"view\":{view},\n\"columns\":{columns},\"rows\":["
            )?;
            (["\n[", ",\n[", "]"], "\"", "null")
        }
        Format::Csv => {
            writeln!(out, "{}", COLUMNS.join(","))?;
            (["", "", "\n"], "", "")
        }
    };
    for (index, point) in points.iter().enumerate() {
        let before = if index > 0 { between } else { before };
        write!(out, "{before}{quote}{}{quote}", point.kind.name())?;
        let mut gradient = [0.0; 2];
        problem.objective.gradient(&point.at, &mut gradient);
        let [low, high] = point.eigenvalues;
        let [x, y] = point.at;
        for number in [x, y, point.value, low, high, norm(&gradient)] {
            out.write_all(b",")?;
            if number.is_finite() {
                serde_json::to_writer(&mut *out, &number)?;
            } else {
                out.write_all(missing.as_bytes())?;
            }
        }
        out.write_all(after.as_bytes())?;
    }
    if format == Format::Json {
        out.write_all(b"\n]}\n")?;
    }
    Ok(())
}
