//! `ravine slice`: the loss of a network on a plane in parameter space.

mod flags;
mod line;
mod output;
mod plane;
mod projection;

use super::interrupt;
use super::memory::{MAX_NUMBER_BYTES, claim};
use super::network_args::{NetworkArgs, at_weights, seed, share};
use super::network_scene::{SaveSceneArg, set};
use super::outputs::{Outputs, TABLES_AND_PICTURES, format};
use super::page_args::size;
use super::progress_counter::{with_progress, with_spinner};
use super::render::ThemeArg as Light;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::declare::{SettingError, Value};
use crate::engine::geometry::surface::Surface;
use crate::engine::network::{NetworkLoss, Precision};
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::MapPrecision;
use crate::export::columns::Columns;
use crate::export::picture;
use crate::export::slice as table;
use crate::figure::axis::number;
use crate::import::open_runs;
use line::line;
use output::SliceOutput;
use projection::ProjectedPaths;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

pub(super) use plane::{explained_variance_text, plane};

/// Compute the loss of a network on a plane in parameter space
///
/// The plane has its origin (0, 0) at the weights. Its two directions are random and filter-normalised (Li et al. 2018),
/// chosen by --plane, or read from files with --direction.
#[derive(clap::Args)]
#[command(after_help = "\
Planes:
  filter:seed=1            random, filter-normalised; zero in biases and
                           normalisations unless ignore=none
  hessian                  eigenvectors of the two largest Hessian eigenvalues
  gradient:seed=1          the gradient, and a random orthogonal direction
  weights:a=layers.0.weight[0][1],b=layers.0.bias[0]
                           two weights; absolute=true shows their values
  line                     to other weights (--other) at (1, 0)
  points                   through two other weights at (1, 0) and (0, 1)
  pca                      principal components of the runs in --trajectories

CSV has one row per point: a, b, loss, with a varying fastest. NPZ contains the
arrays a, b and loss (rows are b, columns a), the plane's origin, u and v, its
explained_variance_ratio, and for each run of --trajectories run_1_a, run_1_b,
run_1_loss and run_1_residual, so that a figure can be drawn again from it alone:
examples/slice.py does. JSON has the columns of CSV. Ctrl+C keeps the losses so
far of a table, with NaN for the others (exit code 130). The loss and the accuracy at
the weights, (0, 0), are printed. With one --direction there is no b
and no picture. With --seeds, CSV has a first column seed, and NPZ an array seed
and a loss for each (seeds x rows x columns). Weights, directions and output are
f64; --precision=f32 affects the loss evaluations only, and none if norm is set.

Weights are safetensors files with PyTorch's names, layers.0.weight (out x in)
and layers.0.bias, or a state_dict with other names for the same layers.
norm=batch uses the batch statistics of the data at every point, or, with
--norm-statistics=file, the running averages of the weights file at all points,
as in PyTorch's evaluation mode.

Pictures show runs projected onto the plane. The runs lie off the plane, so that
the height of the map there is not their loss: `ravine train --plane` writes both,
and the distances from the plane.

Examples:
  ravine train --network mlp:hidden=16/16,loss=bce --data moons \\
    --run adam:lr=0.01 --run sgd:lr=0.5 --steps 500 -o 'w-{}.safetensors' \\
    --trajectories steps.npz
  ravine slice --network mlp:hidden=16/16,loss=bce --data moons \\
    --weights w-1.safetensors -o slice.png
  ravine slice --network mlp:hidden=16/16,loss=bce --data moons \\
    --weights w-1.safetensors --plane filter:seed=1 --range=-1..1 \\
    --points 51 -o slice.npz
  ravine slice --network mlp:hidden=16/16,loss=bce --data moons \\
    --weights w-1.safetensors --plane pca --trajectories steps.npz -o path.png
  ravine slice --network mlp:hidden=16/16,loss=bce --data moons \\
    --weights w-1.safetensors --direction w-2.safetensors \\
    --normalize filter -o line.csv")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// Weights at the origin of the plane, a safetensors file
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// Plane [default: filter:seed=1]
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
    /// Repeat the slice on 2 to 16 planes of --plane filter with these seeds: a range like 0..3 with both of its ends, a list like 0,3,7, or how many from the plane's seed on: 3 with seed=1 is 1..3; a picture shows them side by side at one scale
    #[arg(long, value_name = "FIRST..LAST", allow_negative_numbers = true)]
    seeds: Option<String>,
    /// Trajectories, an NPZ file of `ravine train --trajectories`, for --plane pca or gradient:second=step and for pictures
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// Other weights on the plane, a safetensors file; once for --plane line, twice for points
    #[arg(long = "other", value_name = "FILE")]
    others: Vec<PathBuf>,
    /// Direction to use instead of --plane, a safetensors file like the weights; once for a line, twice for a plane
    #[arg(long = "direction", value_name = "FILE")]
    directions: Vec<PathBuf>,
    /// Normalisation of each --direction; filter scales each filter to the norm of the weights' filter
    #[arg(long, value_name = "filter")]
    normalize: Option<String>,
    /// Biases and normalisations of a direction with --normalize: biasbn sets them to zero, none normalises each of their
    /// entries [default: biasbn]
    #[arg(long, value_name = "biasbn|none")]
    ignore: Option<String>,
    /// Range of a and b, or one for each [default: -1..1, or the range of the trajectories]
    #[arg(long, value_name = "A..A[,B..B]", allow_hyphen_values = true)]
    range: Option<String>,
    /// Grid points per side, or along a and b like 51x31; 2 to 4096 each
    #[arg(
        long,
        value_name = "N",
        default_value = "51",
        allow_negative_numbers = true
    )]
    points: String,
    /// Floating-point type of the loss evaluations: f64, or f32, which takes half the time and is accurate to about 1e-5
    #[arg(long, value_name = "f64|f32", default_value = "f64")]
    precision: String,
    /// Share of test data to compute the loss on, as split by `ravine train --test`; planes use the training data
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    test: Option<String>,
    /// Seed of the --test split, as given to `ravine train` [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Batch statistics of norm=batch: data (of the training data) or file (running averages in the weights file)
    #[arg(long, value_name = "data|file", default_value = "data")]
    norm_statistics: String,
    /// Format of the output: csv, json, npz, png, svg or pdf [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Print the loss and the accuracy at the weights, and the explained variance, as JSON
    #[arg(long)]
    json: bool,
    /// Output file: .csv, .json, .npz, .png, .svg or .pdf; - writes CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Picture width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
    #[command(flatten)]
    save_scene: SaveSceneArg,
}

#[expect(
    clippy::too_many_lines,
    reason = "reading, computing and writing in the order in which they happen"
)]
pub(super) fn slice(args: &Args) -> Result<(), String> {
    let asked = args.format.as_deref();
    let extension = format(asked, Some(&args.output), &TABLES_AND_PICTURES)?;
    let pixels = size(&args.size, Some(extension))?;
    let range = args.range.as_deref().map(flags::range).transpose()?;
    let [columns, rows] = flags::points(&args.points)?;
    args.check(args.drawn())?;
    let seeds = args.plane_seeds()?;
    let count = seeds.as_ref().map_or(1, |seeds| seeds.len() as u64);
    let slices = [columns as u64, rows as u64, count];
    let losses = slices.into_iter().fold(1, u64::saturating_mul);
    // Two copies: the losses, and the bytes to write.
    let bytes = losses.saturating_mul(16);
    claim(
        "the losses at all points",
        bytes,
        MAX_NUMBER_BYTES,
        "fewer --points or --seeds",
    )?;
    let Losses {
        trained,
        tested,
        theta,
    } = args.losses()?;
    let loss = tested.as_ref().unwrap_or(&trained);
    let runs = args.trajectories.as_ref();
    let runs = runs
        .map(|path| open_runs(path, trained.dim()))
        .transpose()?;
    let runs = runs.unwrap_or_default();
    let read = args.further_weights(&trained)?;
    let mut outputs = Outputs::plan([&args.output])?;
    outputs.check_stdout_free("--json", args.json)?;
    args.save_scene_later(range)?;
    let planes = with_spinner("plane", || {
        args.build_planes(&trained, &theta, &runs, seeds.as_deref(), read)
    })?;
    let Some((_, network_plane)) = planes.first() else {
        return Ok(()); // There is at least one.
    };
    if args.directions.len() == 1 {
        let view = range.unwrap_or(Rect::square(1.0));
        let line = line(loss, &network_plane.plane, view, columns);
        let done = line.iter().filter(|[_, loss]| !loss.is_nan()).count();
        if interrupt::is_stopped() && done == 0 {
            return Err(interrupt::nothing_written());
        }
        outputs.write(&args.output, |out| match extension {
            "npz" => table::line_npz(&line, &network_plane.plane, out),
            "json" => table::line_json(&line, args.facts(loss, &theta), out),
            _ => table::line_csv(&line, out),
        })?;
        outputs.print(|out| {
            if args.json {
                args.facts(loss, &theta).json(out)
            } else {
                writeln!(out, "{}", origin_text(loss, &theta))
            }
        })?;
        outputs.finish()?;
        interrupt::report_stop(&format!(
            "{done} of {columns} points are complete; {MISSING}"
        ));
        return Ok(());
    }
    let projections = ProjectedPaths::new(&runs, &network_plane.plane);
    let view = range.unwrap_or_else(|| projections.view());
    let cancel = interrupt::stoppable();
    let total = rows.max(2) * planes.len();
    let (slices, done) = with_progress("slice", "rows", total, |done| {
        let surface = |(seed, network_plane): &(u64, NetworkPlane)| {
            let (plane, sides) = (&network_plane.plane, [columns, rows]);
            let sampled = Surface::sample_so_far(loss, plane, view, sides, &cancel, done);
            (*seed, sampled)
        };
        let slices: Vec<(u64, Surface)> = planes.iter().map(surface).collect();
        (slices, done.load(Ordering::Relaxed))
    });
    let is_empty =
        { slices.iter() }.all(|(_, slice)| slice.values.iter().all(|loss| loss.is_nan()));
    if interrupt::is_stopped() && (args.drawn() || is_empty) {
        return Err(interrupt::nothing_written());
    }
    let sliced = SliceOutput {
        network_plane,
        planes: planes.iter().map(|(_, plane)| plane).collect(),
        slices,
        several: seeds.is_some(),
        projections,
    };
    let summary = sliced.summary_lines();
    match extension {
        "csv" | "json" | "npz" => {
            outputs.write(&args.output, |out| {
                sliced.table(extension, args.facts(loss, &theta), out)
            })?;
        }
        _ => {
            let bytes = args.picture(sliced, &summary, extension, pixels)?;
            outputs.write(&args.output, |out| out.write_all(&bytes))?;
        }
    }
    let explained = network_plane
        .explained_variance_ratio
        .map_or_else(Vec::new, Vec::from);
    outputs.print(|out| {
        if args.json {
            let facts = args.facts(loss, &theta);
            return facts
                .with_fact("explained_variance_ratio", explained)
                .json(out);
        }
        writeln!(out, "{}", origin_text(loss, &theta))?;
        summary.iter().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    outputs.finish()?;
    interrupt::report_stop(&format!("{done} of {total} rows are complete; {MISSING}"));
    Ok(())
}

/// Loss functions and weights of a slice.
struct Losses {
    /// The training loss, which planes are built from.
    trained: NetworkLoss,
    /// The test loss, with `--test`.
    tested: Option<NetworkLoss>,
    theta: Vec<f64>,
}

impl Args {
    /// Returns the facts that JSON contains: the network, the data, and the loss and accuracy at the weights.
    fn facts(&self, loss: &NetworkLoss, theta: &[f64]) -> Columns {
        let at = loss.measure(theta);
        Columns::default()
            .with_fact("network", self.network.network.as_str())
            .with_fact("data", self.network.data.as_str())
            .with_fact("loss_at_origin", at.loss)
            .with_fact("accuracy_at_origin", at.accuracy)
    }

    fn losses(&self) -> Result<Losses, String> {
        let precision = flags::precision(&self.precision)?;
        let test = self.test.as_deref().map(share).transpose()?;
        let seed = self.seed.as_deref().map_or(Ok(0), seed)?;
        let (loss, split) = self.network.prepare(test.unwrap_or(0.0), seed)?;
        let loss = loss.with_surfaces_in(precision);
        let (trained, theta) = at_weights(loss, &self.weights, &self.norm_statistics)?;
        let tested = test.map(|share| {
            if split.test.samples() == 0 {
                return Err(format!(
                    "--test {share} leaves no test sample; expected a larger share"
                ));
            }
            if trained.is_coupled() {
                return Err("--test with norm=batch would use batch statistics of the test samples; add --norm-statistics file".to_owned());
            }
            let tested = trained.with_data(&split.test);
            tested.map_err(|error| format!("--test {share}: {error}"))
        });
        Ok(Losses {
            tested: tested.transpose()?,
            trained,
            theta,
        })
    }
}

impl Args {
    /// Remembers the scene of `--save-scene`: the plane around the weights, from which its run starts.
    fn save_scene_later(&self, range: Option<Rect>) -> Result<(), String> {
        let unknown = [
            ("--direction", !self.directions.is_empty()),
            ("--other", !self.others.is_empty()),
            ("--trajectories", self.trajectories.is_some()),
            ("--norm-statistics file", self.norm_statistics != "data"),
        ];
        if let Some((flag, _)) =
            { unknown.iter() }.find(|(_, given)| *given && self.save_scene.is_given())
        {
            return Err(format!(
                "--save-scene cannot keep {flag}, which scenes do not have; leave out one of them"
            ));
        }
        let weights = Some(&*self.weights);
        (self.save_scene).save_later(&self.network, weights, |scene, network| {
            network.plane = plane(self.plane.as_deref().unwrap_or("filter:seed=1"))?;
            let seed = self.seed.as_deref().map_or(Ok(0), seed)?;
            set(&mut scene.training, "seed", Value::Count(seed))?;
            let test = self.test.as_deref().map_or(Ok(0.0), share)?;
            let settings = &mut network.settings;
            set(settings, "test", Value::Real(test))?;
            set(settings, "around", Value::Count(1))?;
            set(settings, "around_step", Value::Count(0))?;
            if flags::precision(&self.precision)? == Precision::Single {
                settings.precision = MapPrecision::F32;
            }
            scene.view = range;
            scene.add_run(
                "sgd:lr=0.1"
                    .parse()
                    .map_err(|error: SettingError| error.to_string())?,
            );
            Ok(())
        })
    }

    /// Returns whether the output is a picture.
    fn drawn(&self) -> bool {
        let kind = format(
            self.format.as_deref(),
            Some(&self.output),
            &TABLES_AND_PICTURES,
        );
        kind.is_ok_and(|kind| picture::EXTENSIONS.contains(&kind))
    }
}

/// Returns a sentence with the loss and the accuracy at the weights.
fn origin_text(loss: &NetworkLoss, theta: &[f64]) -> String {
    let at = loss.measure(theta);
    let accuracy = at
        .accuracy
        .map(|accuracy| format!(", accuracy {}", number(accuracy, 6)));
    let accuracy = accuracy.unwrap_or_default();
    format!("At (0, 0): loss {}{accuracy}.", number(at.loss, 6))
}

/// Sentence about losses that an interrupted table does not have.
const MISSING: &str = "losses that are not computed are NaN, or null in JSON";
