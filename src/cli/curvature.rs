//! `ravine curvature`: eigenvalues of the Hessian, and how sharp the loss is.

mod output;

use super::network_args::{NetworkArgs, at_weights};
use super::outputs::{Outputs, kind};
use super::render::{ThemeArg as Light, size};
use super::say_source;
use super::scene_args::{point, setting_error, spec_text};
use crate::engine::analysis::curvature::{CurvatureSettings, ExpensiveParts, Report, report};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Settings;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::Objective;
use crate::export::{picture, spectrum as table};
use crate::figure::spectrum;
use crate::import::Disk;
use std::path::PathBuf;
use std::sync::Arc;

/// Tells how a loss bends: eigenvalues of its Hessian, trace, density, sharpness
///
/// Of a network at its weights, or of a landscape at a point.
#[derive(clap::Args)]
#[command(after_help = "\
Up to 2000 parameters the matrix is made in full where --trace, --density or
--output ask for all of it: eigenvalues, trace, Frobenius norm and density are
then exact but for rounding. Of more parameters, eigenvalues come from Lanczos'
method, which stops where their estimated error is --tolerance times the largest
magnitude: an estimate, not a bound. Trace, norm and density come from random
vectors, with their standard errors.

--json prints dim, matrix, loss, grad_norm, top and bottom (eigenvalues, the
outermost first), condition, exact, products (with the matrix), sharpness and,
where they are asked for, trace, trace_error, frobenius, frobenius_error, layers
and density (lambda, density, error). What is not known is null; condition is the
word infinite where the smallest magnitude is 0 but for rounding.

Sharpness, of the loss L at θ with gradient g:
  lambda_max           the Hessian's largest eigenvalue
  sam                  L(θ + ρ g/‖g‖) - L(θ), ρ = --rho (Foret et al. 2021)
  keskar               100 (max L - L(θ)) / (1 + L(θ)) in a box of half sides
                       ε (|θ| + 1), ε = --box-size (Keskar et al. 2017);
                       not known where L(θ) is -1 or below
  average              the mean rise over random directions of length ρ
  adaptive             L(θ + ρ T²g/‖T g‖) - L(θ), T = |θ|, ρ = --adaptive-rho
                       (Kwon et al. 2021)
  adaptive_lambda_max  the largest eigenvalue of T H T
sam, keskar and adaptive see the slope as well: of a run that is not at rest, as
one with SAM seldom is, they can be large on flat ground; the others cannot. On
moons:noise=0.2 and mlp:hidden=16/16, sgd:lr=0.5+sam:rho=0.2 ends flatter than
sgd:lr=0.5 by all six; with lr=0.1 and rho=0.1 by lambda_max, average and
adaptive_lambda_max only.

The last two stay as they are when layers are rescaled, the others do not:
--rescale 0.1 multiplies layer 0 and divides layer 1, which leaves the function
of a ReLU network as it is (Dinh et al. 2017), and tells what that does.

-o writes the spectrum: .csv has the columns lambda, density, error; .png and
.svg draw it.

Examples:
  ravine curvature --network mlp:hidden=16/16,activation=tanh,loss=bce \\
    --data moons.csv --weights w.safetensors --top 5 --bottom 2 --trace \\
    --density --json
  ravine curvature --landscape rosenbrock --at=1,1
  ravine curvature --network mlp:hidden=64,activation=relu,loss=ce \\
    --data digits --weights w.safetensors --layers --rescale 0.1")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(super) struct Args {
    #[command(flatten)]
    network: Option<NetworkArgs>,
    /// The network's weights, a safetensors file
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Where norm=batch has its means and variances from: data, or the file of the weights
    #[arg(long, value_name = "data|file", default_value = "data")]
    norm_statistics: String,
    /// A landscape in place of a network, like rosenbrock or 'formula:f=x^2-y^2'
    #[arg(long, value_name = "SPEC", value_parser = spec_text())]
    landscape: Option<String>,
    /// The point of the landscape; of one parameter, x alone
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    at: Option<String>,
    /// The matrix: hessian, gauss-newton or empirical-fisher [default: hessian]
    #[arg(long, value_name = "NAME")]
    matrix: Option<String>,
    /// How many of the largest eigenvalues [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top: Option<String>,
    /// How many of the smallest eigenvalues [default: 2]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    bottom: Option<String>,
    /// Estimated error at which eigenvalues are accepted, relative to the largest magnitude [default: 1e-10]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    tolerance: Option<String>,
    /// Trace and Frobenius norm too
    #[arg(long)]
    trace: bool,
    /// The density of all eigenvalues too
    #[arg(long)]
    density: bool,
    /// Each layer too: the ends of its block's spectrum, and its trace
    #[arg(long)]
    layers: bool,
    /// Random vectors for the density of more than 2000 parameters; ten times as many products go into the Frobenius norm, and into the trace of networks with normalisation [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    vectors: Option<String>,
    /// Products for each of these vectors [default: 80]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<String>,
    /// The radius for sam and average [default: 0.05]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    rho: Option<String>,
    /// The radius for adaptive [default: 0.5]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    adaptive_rho: Option<String>,
    /// ε of keskar's box [default: 0.001]
    #[arg(long, value_name = "EPS", allow_negative_numbers = true)]
    box_size: Option<String>,
    /// How many random directions average is of [default: 20]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    directions: Option<String>,
    /// The seed of all random vectors [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Tells the same of weights of which one layer is multiplied by α and the next one divided by it
    #[arg(long, value_name = "α", allow_negative_numbers = true)]
    rescale: Option<String>,
    /// With --rescale, the layer that is multiplied, from 0 [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    layer: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// The file of the spectrum, its name ending in .csv, .png or .svg; - is standard output, as CSV
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Width and height of a picture in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x900")]
    size: String,
    /// Of a picture: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

/// The program with a `curvature` that takes a landscape in place of a network.
pub(super) fn allow_landscape(program: clap::Command) -> clap::Command {
    program.mut_subcommand("curvature", |command| {
        let one_of_both = |arg: clap::Arg| arg.required(false);
        command
            .mut_arg("network", one_of_both)
            .mut_arg("data", one_of_both)
    })
}

/// What is looked at.
struct CurvaturePoint {
    title: String,
    objective: Arc<dyn Objective>,
    /// The same, where it is a network.
    network: Option<Arc<NetworkLoss>>,
    theta: Vec<f64>,
    /// Summary of what was taken of a file of data, or empty.
    source: String,
}

pub(super) fn curvature(args: &Args) -> Result<(), String> {
    let inquiry = args.curvature_settings()?;
    let output = args.output.as_deref();
    let kind = output
        .map(|path| kind(path, &["csv", "png", "svg"], "csv"))
        .transpose()?;
    let pixels = size(&args.size, kind)?;
    let rescale = args.rescale()?;
    let place = args.place()?;
    let mut outputs = Outputs::plan(&args.output)?;
    outputs.alone("--json", args.json)?;
    if let Some(metric) = inquiry.matrix.metric() {
        let n = place.theta.len();
        let (vector, mut product) = (vec![0.0; n], vec![0.0; n]);
        let objective = &place.objective;
        if !objective.metric_vector(metric, &place.theta, &vector, &mut product) {
            let name = inquiry.matrix.name();
            return Err(format!(
                "--matrix {name} is for the loss of a model on data; expected hessian"
            ));
        }
    }
    let extras = ExpensiveParts {
        trace: args.trace,
        density: args.density || output.is_some(),
        layers: args.layers,
    };
    let told = |theta: &[f64]| {
        let never = Cancel::default();
        let told = report(
            &*place.objective,
            theta,
            &inquiry,
            extras,
            &never,
            &mut |_| (),
        );
        told.map_err(|error| error.to_string())
    };
    let report = told(&place.theta)?;
    let rescaled = rescale.map(|(alpha, layer)| {
        let network = { place.network.as_ref() }
            .ok_or("--rescale is for networks; expected --network".to_owned())?;
        let theta = network.rescaled(&place.theta, layer, alpha);
        let theta = theta.map_err(|error| format!("--rescale {alpha}: {error}"))?;
        Ok::<_, String>((alpha, layer, told(&theta)?))
    });
    let rescaled: Option<(f64, usize, Report)> = rescaled.transpose()?;
    if let (Some(path), Some(kind)) = (output, kind) {
        if kind == "csv" {
            outputs.write(path, |out| table::csv(&report, out))?;
        } else {
            let (points, theme) = (picture::points(pixels), args.theme.theme());
            let sheet = spectrum::picture(&report, &inquiry, &place.title, points, theme);
            let bytes = picture::bytes(&sheet, kind, pixels, &place.title)?;
            outputs.write(path, |out| out.write_all(&bytes))?;
        }
    }
    outputs.print(|out| {
        if args.json {
            let mut line = output::json(&report, &inquiry, rescaled.as_ref());
            if !place.source.is_empty() {
                line["source"] = place.source.as_str().into();
            }
            return writeln!(out, "{line}");
        }
        output::words(&place.title, &report, &inquiry, rescaled.as_ref(), out)
    })?;
    outputs.finish()
}

impl Args {
    fn curvature_settings(&self) -> Result<CurvatureSettings, String> {
        let mut inquiry = CurvatureSettings::default();
        for (flag, text) in [
            ("matrix", &self.matrix),
            ("top", &self.top),
            ("bottom", &self.bottom),
            ("tolerance", &self.tolerance),
            ("vectors", &self.vectors),
            ("steps", &self.steps),
            ("rho", &self.rho),
            ("adaptive_rho", &self.adaptive_rho),
            ("box_size", &self.box_size),
            ("directions", &self.directions),
            ("seed", &self.seed),
        ] {
            let Some(text) = text else { continue };
            let refused =
                |refusal| setting_error(&format!("--{}", flag.replace('_', "-")), text, &refusal);
            let index = inquiry.index(flag).map_err(refused)?;
            let value = inquiry.params()[index].parse(text).map_err(refused)?;
            inquiry.set(flag, value).map_err(refused)?;
        }
        Ok(inquiry)
    }

    fn rescale(&self) -> Result<Option<(f64, usize)>, String> {
        let Some(text) = &self.rescale else {
            return match self.layer {
                Some(_) => Err("--layer is for --rescale; expected it beside it".to_owned()),
                None => Ok(None),
            };
        };
        let alpha = text
            .parse()
            .ok()
            .filter(|alpha| *alpha > 0.0 && f64::is_finite(*alpha));
        let alpha = alpha.ok_or_else(|| {
            format!("--rescale cannot be `{text}`; expected a number above 0, like 0.1")
        })?;
        let layer = self.layer.as_deref().map_or(Ok(0), |text| {
            text.parse()
                .map_err(|_| format!("--layer cannot be `{text}`; expected a whole number from 0"))
        });
        Ok(Some((alpha, layer?)))
    }

    fn place(&self) -> Result<CurvaturePoint, String> {
        match (&self.network, &self.landscape) {
            (Some(_), Some(_)) => Err("--network and --landscape exclude each other; expected one of both".to_owned()),
            (None, None) => Err("there is nothing to look at; expected --network, --data and --weights, or --landscape and --at".to_owned()),
            (Some(network), None) => self.weights_of(network),
            (None, Some(text)) => self.point_of(text),
        }
    }

    fn weights_of(&self, network: &NetworkArgs) -> Result<CurvaturePoint, String> {
        if self.at.is_some() {
            return Err("--at is for --landscape; expected --weights".to_owned());
        }
        let path = self.weights.as_ref();
        let path = path.ok_or("the network has no weights; expected --weights FILE".to_owned())?;
        let (loss, split) = network.prepare(0.0, 0)?;
        let (loss, theta) = at_weights(loss, path, &self.norm_statistics)?;
        let loss = Arc::new(loss);
        Ok(CurvaturePoint {
            title: network.title(),
            objective: Arc::clone(&loss) as Arc<dyn Objective>,
            network: Some(loss),
            theta,
            source: split.train.source().to_owned(),
        })
    }

    fn point_of(&self, text: &str) -> Result<CurvaturePoint, String> {
        if self.weights.is_some() {
            return Err("--weights is for --network; expected --at".to_owned());
        }
        let landscape: AnyLandscape =
            { text.parse() }.map_err(|refusal| setting_error("--landscape", text, &refusal))?;
        let at = self.at.as_ref();
        let at =
            at.ok_or("the landscape needs a point; expected --at, like --at=1,1".to_owned())?;
        let problem = landscape.as_dyn().load(&Disk::default());
        let problem = problem.map_err(|error| error.to_string())?;
        let dim = problem.objective.dim();
        let at = point("--at", at, dim)?;
        say_source(text, &problem.source);
        Ok(CurvaturePoint {
            title: text.to_owned(),
            objective: Arc::clone(&problem.objective),
            network: None,
            theta: at[..dim.min(2)].to_vec(),
            source: problem.source,
        })
    }
}
