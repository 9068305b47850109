//! `ravine slice`: the loss of a network on a plane through its parameters.

use super::network_args::{NetworkArgs, weights};
use super::render::{Ground as Light, size};
use super::scene_args::placed;
use crate::engine::cancel::Cancel;
use crate::engine::network::plane::{AnyPlane, Cut, Given, Ignore, normalise};
use crate::engine::network::{NetworkLoss, Precision};
use crate::engine::objective::Objective;
use crate::engine::plane::{Plane, Rect};
use crate::engine::surface::Surface;
use crate::export::file::{check_place, extension, write_whole};
use crate::export::{picture, slice as table};
use crate::figure::{self, axis::number};
use std::path::PathBuf;

/// The most points along a side.
const FINEST: usize = 4096;

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

CSV has a line for each point: a, b, loss; a moves fastest. NPZ holds the arrays
a, b and loss (rows are b, columns a). With one --direction there is no b, and
no picture. Weights, directions and what is written are in double precision;
with --precision=f32 losses are not, unless norm is set.

Weights are safetensors files with PyTorch's names, layers.0.weight (out x in)
and layers.0.bias, or those of a state_dict with other names for the same
layers. norm=batch takes the moments of all the data at every point.

Examples:
  ravine slice --network mlp:hidden=16/16,activation=tanh,loss=bce \\
    --data moons.csv --weights w.safetensors --plane filter:seed=1 \\
    --range=-1..1 --points 51 -o slice.npz
  ravine slice --network mlp:hidden=32,loss=ce --data digits \\
    --weights w.safetensors --direction u.safetensors \\
    --direction v.safetensors --normalize filter -o slice.png")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// The weights at (0, 0), a safetensors file
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The plane [default: filter:seed=1]
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
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
    /// The range of a and b, or of each
    #[arg(
        long,
        value_name = "A..A[,B..B]",
        default_value = "-1..1",
        allow_hyphen_values = true
    )]
    range: String,
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
    /// The file to write, its name ending in .csv, .npz, .png or .svg
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
    let extension = extension(&args.output, &["csv", "npz", "png", "svg"])?;
    let drawn = matches!(extension, "png" | "svg");
    let (pixels, view) = (size(&args.size)?, range(&args.range)?);
    let [columns, rows] = points(&args.points)?;
    args.check()?;
    let precision = precision(&args.precision)?;
    let (loss, _) = args.network.prepare(0.0, 0)?;
    let loss = loss.with_surfaces_in(precision);
    let theta = weights(&loss, &args.weights)?;
    let never = Cancel::default();
    check_place(&args.output)?;
    let cut = args.cut(&loss, &theta, &never)?;
    if args.directions.len() == 1 {
        if drawn {
            return Err(format!(
                "{}: a line has no map; expected .csv or .npz, or a second --direction",
                args.output.display()
            ));
        }
        let line = line(&loss, &cut.plane, view, columns);
        return write_whole(&args.output, |out| match extension {
            "npz" => table::line_npz(&line, out),
            _ => table::line_csv(&line, out),
        });
    }
    let surface = Surface::sample(&loss, &cut.plane, view, columns, rows, &never);
    let Some(surface) = surface else {
        return Ok(()); // Nothing cancels this work.
    };
    if !drawn {
        return write_whole(&args.output, |out| match extension {
            "npz" => table::npz(&surface, out),
            _ => table::csv(&surface, out),
        });
    }
    let (title, caption) = (args.network.title(), args.caption(&cut));
    let theme = args.theme.theme();
    let drawing = figure::slice::picture(surface, &title, &caption, picture::points(pixels), theme);
    let bytes = picture::bytes(
        &drawing,
        extension,
        pixels,
        &format!("{title}\n\n{caption}"),
    )?;
    write_whole(&args.output, |out| out.write_all(&bytes))
}

impl Args {
    /// Refuses flags that do not go together.
    fn check(&self) -> Result<(), String> {
        let wrong = match (&self.directions[..], &self.plane, &self.normalize) {
            ([_, _, _, ..], _, _) => format!(
                "--direction is given {} times; expected it once or twice",
                self.directions.len()
            ),
            ([_, ..], Some(_), _) => {
                "--plane and --direction exclude each other; expected one of both".to_owned()
            }
            ([_, ..], _, Some(other)) if other != "filter" => {
                format!("--normalize cannot be `{other}`; expected filter")
            }
            ([], _, Some(_)) => {
                "--normalize is for directions from files; expected --direction beside it"
                    .to_owned()
            }
            ([_, ..], None, _) if !self.others.is_empty() => {
                "--other is for --plane line or points; expected it without --direction".to_owned()
            }
            _ if self.normalize.is_none() && self.ignore.is_some() => {
                "--ignore is for --normalize filter; expected it beside it".to_owned()
            }
            _ if self.ignore().is_none() => format!(
                "--ignore cannot be `{}`; expected biasbn or none",
                self.ignore.as_deref().unwrap_or_default()
            ),
            _ => return Ok(()),
        };
        Err(wrong)
    }

    /// What --ignore means; `None` if it means nothing.
    fn ignore(&self) -> Option<Ignore> {
        let Some(asked) = &self.ignore else {
            return Some(Ignore::BiasBn);
        };
        [Ignore::BiasBn, Ignore::None]
            .into_iter()
            .find(|ignore| ignore.name() == asked)
    }

    /// The plane that is asked for.
    fn cut(&self, loss: &NetworkLoss, theta: &[f64], cancel: &Cancel) -> Result<Cut, String> {
        let read = |paths: &[PathBuf]| -> Result<Vec<Vec<f64>>, String> {
            paths.iter().map(|path| weights(loss, path)).collect()
        };
        if self.directions.is_empty() {
            let plane = plane(self.plane.as_deref().unwrap_or("filter:seed=1"))?;
            let through = matches!(plane, AnyPlane::Line(_) | AnyPlane::Points(_));
            if !through && !self.others.is_empty() {
                let name = plane.name();
                return Err(format!(
                    "--other is for --plane line or points, not {name}; expected one of them"
                ));
            }
            let others = read(&self.others)?;
            let given = Given {
                others: &others,
                ..Given::new(loss, theta, cancel)
            };
            return plane
                .as_dyn()
                .cut(&given)
                .map_err(|error| error.to_string());
        }
        let mut directions = read(&self.directions)?;
        if let (Some(_), Some(ignore)) = (&self.normalize, self.ignore()) {
            for direction in &mut directions {
                normalise(loss.layout().tensors(), theta, ignore, direction);
            }
        }
        let mut directions = directions.into_iter();
        let mut next = || directions.next().unwrap_or_else(|| vec![0.0; theta.len()]);
        let plane = Plane::new(theta.to_vec(), next(), next());
        let plane = plane.ok_or("the directions are not finite; expected finite numbers")?;
        Ok(Cut {
            plane,
            explained: None,
            eigenvalues: None,
        })
    }

    /// Which plane it is, and what is known of it.
    fn caption(&self, cut: &Cut) -> String {
        // Names, not places, which mean nothing to whoever sees the picture.
        let name = |path: &PathBuf| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let mut parts = vec![format!("weights {}", name(&self.weights))];
        if self.directions.is_empty() {
            let plane = self.plane.as_deref().unwrap_or("filter:seed=1");
            parts.push(format!("plane {plane}"));
        } else {
            let names: Vec<String> = self.directions.iter().map(name).collect();
            parts.push(format!("directions {}", names.join(", ")));
            parts.extend(
                self.normalize
                    .as_ref()
                    .map(|how| format!("{how}-normalised")),
            );
        }
        parts.extend(
            cut.eigenvalues
                .map(|[a, b]| format!("eigenvalues {} and {}", number(a, 5), number(b, 5))),
        );
        parts.join(" · ")
    }
}

/// A plane by its spec.
pub(super) fn plane(text: &str) -> Result<AnyPlane, String> {
    text.parse()
        .map_err(|refusal| placed("--plane", text, &refusal))
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

/// One range, or those of a and b.
fn range(text: &str) -> Result<Rect, String> {
    let range = |text: &str| {
        let (low, high) = text.split_once("..")?;
        let number = |text: &str| text.trim().parse().ok();
        Some([number(low)?, number(high)?])
    };
    let (a, b) = text.split_once(',').unwrap_or((text, text));
    let rect = range(a).zip(range(b)).and_then(|(a, b)| Rect::new(a, b));
    rect.ok_or_else(|| {
        format!("--range cannot be `{text}`; expected a range, low end first, like --range=-1..1, or two like --range=-1..1,-2..2")
    })
}

fn precision(text: &str) -> Result<Precision, String> {
    match text {
        "f64" => Ok(Precision::Double),
        "f32" => Ok(Precision::Single),
        _ => Err(format!(
            "--precision cannot be `{text}`; expected f64 or f32"
        )),
    }
}

/// Points along a and b.
fn points(text: &str) -> Result<[usize; 2], String> {
    let count = |text: &str| {
        let count = text.trim().parse().ok();
        count.filter(|count| (2..=FINEST).contains(count))
    };
    let (a, b) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
    let both = count(a).zip(count(b));
    both.map(|(a, b)| [a, b]).ok_or_else(|| {
        format!("--points cannot be `{text}`; expected a whole number from 2 to {FINEST}, or two like 51x31")
    })
}
