//! `ravine slice`: the loss of a network on a plane through its parameters.

mod flags;
mod output;
mod plane;
mod projection;

use super::memory::{MAX_NUMBER_BYTES, claim};
use super::network_args::{NetworkArgs, at_weights, seed, share};
use super::outputs::{Outputs, kind};
use super::render::{ThemeArg as Light, size};
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::{Plane, Rect};
use crate::export::file::extension;
use crate::export::slice as table;
use crate::import::open_runs;
use output::SliceOutput;
use projection::ProjectedPaths;
use std::path::PathBuf;

pub(super) use plane::{explained, plane};

/// Writes the loss of a network on a plane through its parameters
///
/// The plane has the weights at (0, 0). Its directions are random ones, filter-normalised as Li et al. 2018 have them, or other
/// ones that --plane names, or those of two files.
#[derive(clap::Args)]
#[command(after_help = "\
Planes:
  filter:seed=1            random, filter-normalised; biases and normalisations
                           stay as they are unless ignore=none
  hessian                  the Hessian's two largest eigenvalues
  gradient:seed=1          the gradient, and a random direction across
  weights:a=layers.0.weight[0][1],b=layers.0.bias[0]
                           two weights; with absolute=true by their values
  line                     to other weights (--other) at (1, 0)
  points                   through two other weights at (1, 0) and (0, 1)
  pca                      principal components of the runs in --trajectories

CSV has a line for each point: a, b, loss; a moves fastest. NPZ holds the arrays
a, b and loss (rows are b, columns a). With one --direction there is no b, and
no picture. With --seeds CSV has a column seed before them, and NPZ an array
seed, and a loss for each (seeds x rows x columns). Weights, directions and what is written are in double precision;
with --precision=f32 losses are not, unless norm is set.

Weights are safetensors files with PyTorch's names, layers.0.weight (out x in)
and layers.0.bias, or those of a state_dict with other names for the same
layers. norm=batch takes the moments of the data at every point, or with
--norm-statistics=file the running averages of the weights' file at all of them,
as PyTorch's evaluation mode does.

In a picture, runs are drawn where the plane has their shadows. They lie off the
plane, so that the map's height there is not their loss: `ravine train --plane`
writes both, and how far they are away.

Examples:
  ravine slice --network mlp:hidden=16/16,activation=tanh,loss=bce \\
    --data moons.csv --weights w.safetensors --plane filter:seed=1 \\
    --range=-1..1 --points 51 -o slice.npz
  ravine slice --network mlp:hidden=32,loss=ce --data digits \\
    --weights w.safetensors --direction u.safetensors \\
    --direction v.safetensors --normalize filter -o slice.png
  ravine slice --network mlp:hidden=16/16,loss=bce --data moons \\
    --weights w.safetensors --plane pca --trajectories steps.npz -o path.png")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// The weights at (0, 0), a safetensors file
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The plane [default: filter:seed=1]
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
    /// With --plane filter: so many planes, of this seed and those after it; a picture has them side by side at one scale
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seeds: Option<String>,
    /// The steps of runs, an NPZ file of `ravine train --trajectories`: for --plane pca or gradient:second=step, and for pictures
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// Further weights that the plane goes through; once for line, twice for points
    #[arg(long = "other", value_name = "FILE")]
    others: Vec<PathBuf>,
    /// A direction in place of --plane, a safetensors file like that of the weights, used as it is; once for a line, twice
    /// for a plane
    #[arg(long = "direction", value_name = "FILE")]
    directions: Vec<PathBuf>,
    /// filter: makes each filter of the directions as long as that of the weights
    #[arg(long, value_name = "filter")]
    normalize: Option<String>,
    /// With --normalize: biasbn sets biases and normalisations of the directions to zero, none normalises them too, each
    /// number by itself [default: biasbn]
    #[arg(long, value_name = "biasbn|none")]
    ignore: Option<String>,
    /// The range of a and b, or of each [default: -1..1, or what the trajectories need]
    #[arg(long, value_name = "A..A[,B..B]", allow_hyphen_values = true)]
    range: Option<String>,
    /// Points along a side, or along a and b as 51x31; 2 to 4096 each
    #[arg(
        long,
        value_name = "N",
        default_value = "51",
        allow_negative_numbers = true
    )]
    points: String,
    /// The numbers that losses are computed in: f64, or f32, which takes half the time and is right to about 1e-5
    #[arg(long, value_name = "f64|f32", default_value = "f64")]
    precision: String,
    /// The loss on the share of the data that `ravine train --test` keeps for a test; planes are those of the rest
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    test: Option<String>,
    /// With --test, the seed that `ravine train` was given [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Where norm=batch has its means and variances from: data, or the file of the weights
    #[arg(long, value_name = "data|file", default_value = "data")]
    norm_statistics: String,
    /// The file to write, its name ending in .csv, .npz, .png or .svg; - is standard output, as CSV
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Width and height of a picture in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// Of a picture: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

pub(super) fn slice(args: &Args) -> Result<(), String> {
    let extension = kind(&args.output, &["csv", "npz", "png", "svg"], "csv")?;
    let pixels = size(&args.size, Some(extension))?;
    let asked = args.range.as_deref().map(flags::range).transpose()?;
    let [columns, rows] = flags::points(&args.points)?;
    args.check(args.drawn())?;
    let seeds = args.seeds.as_deref().map(flags::seeds).transpose()?;
    let slices = [columns as u64, rows as u64, seeds.unwrap_or(1)];
    let losses = slices.into_iter().fold(1, u64::saturating_mul);
    // They are there as losses and once more as what is written.
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
    let cuts = args.build_planes(&trained, &theta, &runs, seeds, read)?;
    let Some((_, cut)) = cuts.first() else {
        return Ok(()); // There is at least one.
    };
    if args.directions.len() == 1 {
        let view = asked.unwrap_or(Rect::square(1.0));
        let line = line(loss, &cut.plane, view, columns);
        outputs.write(&args.output, |out| match extension {
            "npz" => table::line_npz(&line, out),
            _ => table::line_csv(&line, out),
        })?;
        return outputs.finish();
    }
    let shadows = ProjectedPaths::of(&runs, &cut.plane);
    let view = asked.unwrap_or_else(|| shadows.view());
    let never = Cancel::default();
    let surface = |(seed, cut): &(u64, NetworkPlane)| {
        let made = Surface::sample(loss, &cut.plane, view, columns, rows, &never);
        made.map(|surface| (*seed, surface))
    };
    let slices: Vec<(u64, Surface)> = cuts.iter().filter_map(surface).collect();
    let sliced = SliceOutput {
        cut,
        slices,
        several: seeds.is_some(),
        projections: shadows,
    };
    let told = sliced.summary_lines();
    match extension {
        "csv" | "npz" => outputs.write(&args.output, |out| sliced.table(extension, out))?,
        _ => {
            let bytes = args.picture(sliced, &told, extension, pixels)?;
            outputs.write(&args.output, |out| out.write_all(&bytes))?;
        }
    }
    outputs.print(|out| told.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    outputs.finish()
}

/// What is sliced.
struct Losses {
    /// The loss of training, of which planes are made.
    trained: NetworkLoss,
    /// The loss of the samples that are kept for a test, if they are asked for.
    tested: Option<NetworkLoss>,
    theta: Vec<f64>,
}

impl Args {
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
                    "--test {share} keeps no sample for a test; expected a larger share"
                ));
            }
            if trained.is_coupled() {
                let moments = "--test with norm=batch would take the moments of the test samples; expected --norm-statistics file \
                               beside it";
                return Err(moments.to_owned());
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

    /// Whether a picture is asked for.
    fn drawn(&self) -> bool {
        extension(&self.output, &["png", "svg"]).is_ok()
    }
}

/// (a, loss) along a line.
fn line(loss: &NetworkLoss, plane: &Plane, view: Rect, count: usize) -> Vec<[f64; 2]> {
    let blank = Surface {
        view,
        columns: count,
        rows: 2,
        values: Vec::new(),
    };
    let [a, _] = blank.axes();
    let (mut losses, mut theta) = (vec![0.0; count], vec![0.0; plane.dim()]);
    loss.rows(plane, &a, &[0.0], &mut losses, &mut theta);
    a.into_iter()
        .zip(losses)
        .map(|(a, loss)| [a, loss])
        .collect()
}
