//! `ravine curvature`: Hessian eigenvalues and sharpness.

mod output;

use super::interrupt;
use super::network_args::{NetworkArgs, at_weights};
use super::outputs::{Outputs, TABLES_AND_PICTURES, with_format};
use super::page_args::size;
use super::progress_counter::with_spinner;
use super::remember_source;
use super::render::ThemeArg as Light;
use super::scene_args::{landscape, point, setting_error, spec_text, whole};
use crate::engine::analysis::curvature::{
    CurvatureSettings, EigenError, ExpensiveParts, Report, report,
};
use crate::engine::declare::Settings;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::Objective;
use crate::export::{picture, spectrum as table};
use crate::figure::spectrum;
use crate::import::Disk;
use std::path::PathBuf;
use std::sync::Arc;

/// Compute Hessian eigenvalues, trace, spectral density and sharpness
///
/// The loss is that of a network at its weights, or of a landscape at a point.
#[derive(clap::Args)]
#[command(after_help = "\
With up to 2000 parameters, --trace, --density and --output compute the full
matrix: eigenvalues, trace, Frobenius norm and density are then exact up to
rounding. With more parameters, eigenvalues come from the Lanczos method, with
--tolerance relative to the largest magnitude; trace, norm and density are
estimated from random vectors, with standard errors. The density of a network is
computed in f32, which shifts it by about 1e-6 of the largest eigenvalue.

--json prints dim, matrix, loss, grad_norm, top and bottom (eigenvalues, the
outermost first), condition, exact, products (matrix-vector products), sharpness
and, if requested, trace, trace_error, frobenius, frobenius_error, layers and
density (lambda, density, error). Unknown values are null; condition is the
string infinite if the smallest magnitude is 0 up to rounding.

Sharpness of the loss L at θ with gradient g:
  lambda_max           largest eigenvalue of the Hessian
  sam                  L(θ + ρ g/‖g‖) - L(θ), ρ = --rho (Foret et al. 2021)
  keskar               100 (max L - L(θ)) / (1 + L(θ)) in a box of half widths
                       ε (|θ| + 1), ε = --box-size (Keskar et al. 2017);
                       unknown if L(θ) <= -1
  average              mean rise of L over random directions of length ρ
  adaptive             L(θ + ρ T²g/‖T g‖) - L(θ), T = |θ|, ρ = --adaptive-rho
                       (Kwon et al. 2021)
  adaptive_lambda_max  largest eigenvalue of T H T
sam, keskar and adaptive also depend on the slope: away from a minimum, where runs
with SAM often end, they can be large on flat ground; the others cannot. On
moons:noise=0.2 and mlp:hidden=16/16, sgd:lr=0.5+sam:rho=0.2 ends flatter than
sgd:lr=0.5 by all six; with lr=0.1 and rho=0.1 by lambda_max, average and
adaptive_lambda_max only.

The last two do not change when layers are rescaled, the others do: --rescale 0.1
multiplies layer 0 by 0.1 and divides layer 1 by it, which leaves the function of
a ReLU network unchanged (Dinh et al. 2017), and prints all numbers again.

-o writes the spectrum: .csv, .json and .npz with the columns lambda, density and
error, .png, .svg and .pdf as a plot. Ctrl+C prints the numbers that are complete,
and writes a spectrum only if it is complete (exit code 130).

Examples:
  ravine curvature --landscape rosenbrock --at=1,1
  ravine train --network mlp:hidden=16/16,activation=relu,loss=bce \\
    --data moons --run adam:lr=0.01 --steps 500 -o w.safetensors
  ravine curvature --network mlp:hidden=16/16,activation=relu,loss=bce \\
    --data moons --weights w.safetensors --top 5 --bottom 2 \\
    --trace --density --json
  ravine curvature --network mlp:hidden=16/16,activation=relu,loss=bce \\
    --data moons --weights w.safetensors --layers --rescale 0.1
  ravine curvature --network mlp:hidden=16/16,activation=relu,loss=bce \\
    --data moons --weights w.safetensors -o spectrum.png")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(super) struct Args {
    #[command(flatten)]
    network: Option<NetworkArgs>,
    /// Weights of the network, a safetensors file
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Batch statistics of norm=batch: data (of the training data) or file (running averages in the weights file)
    #[arg(long, value_name = "data|file", default_value = "data")]
    norm_statistics: String,
    /// Landscape instead of a network, like rosenbrock or 'formula:f=x^2-y^2'
    #[arg(long, value_name = "SPEC", value_parser = spec_text())]
    landscape: Option<String>,
    /// Point on the landscape; x alone for one parameter
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    at: Option<String>,
    /// Matrix: hessian, gauss-newton or empirical-fisher [default: hessian]
    #[arg(long, value_name = "NAME")]
    matrix: Option<String>,
    /// Number of largest eigenvalues [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top: Option<String>,
    /// Number of smallest eigenvalues [default: 2]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    bottom: Option<String>,
    /// Tolerance of eigenvalues, relative to the largest magnitude [default: 1e-10]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    tolerance: Option<String>,
    /// Compute trace and Frobenius norm
    #[arg(long)]
    trace: bool,
    /// Compute the spectral density
    #[arg(long)]
    density: bool,
    /// Compute the extreme eigenvalues and the trace of each layer's diagonal block
    #[arg(long)]
    layers: bool,
    /// Number of random vectors for the density with more than 2000 parameters; the Frobenius norm, and the trace of networks with normalisation, use ten times as many products [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    vectors: Option<String>,
    /// Number of matrix-vector products per random vector [default: 80]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<String>,
    /// Radius ρ of sam and average [default: 0.05]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    rho: Option<String>,
    /// Radius ρ of adaptive [default: 0.5]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    adaptive_rho: Option<String>,
    /// Box size ε of keskar [default: 0.001]
    #[arg(long, value_name = "EPS", allow_negative_numbers = true)]
    box_size: Option<String>,
    /// Number of random directions for average [default: 20]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    directions: Option<String>,
    /// Seed of all random vectors [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Factor α: repeat the report with layer k multiplied and layer k+1 divided by α
    #[arg(long, value_name = "α", allow_negative_numbers = true)]
    rescale: Option<String>,
    /// Index k of the layer that --rescale multiplies, from 0 [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    layer: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Format of --output: csv, json, npz, png, svg or pdf [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Output file of the spectrum: .csv, .json, .npz, .png, .svg or .pdf; - writes CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Picture width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x900")]
    size: String,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

/// Makes the network's arguments of `curvature` optional, as a landscape may be given instead.
pub(super) fn allow_landscape(program: clap::Command) -> clap::Command {
    let needs = |name: &'static str| move |arg: clap::Arg| arg.required(false).requires(name);
    program.mut_subcommand("curvature", |command| {
        (command
            .mut_arg("network", needs("data"))
            .mut_arg("data", needs("network")))
        .mut_arg("label", needs("network"))
        .mut_arg("standardize", needs("network"))
    })
}

/// The loss and the parameters at which its curvature is computed.
struct CurvaturePoint {
    title: String,
    objective: Arc<dyn Objective>,
    /// The objective as a network, if it is one.
    network: Option<Arc<NetworkLoss>>,
    theta: Vec<f64>,
    /// Summary of the data file, or empty.
    source: String,
}

pub(super) fn curvature(args: &Args) -> Result<(), String> {
    let settings = args.curvature_settings()?;
    let output = args.output.as_deref();
    let kind = with_format(args.format.as_deref(), output, &TABLES_AND_PICTURES)?;
    let kind = kind.map(|(_, kind)| kind);
    let pixels = size(&args.size, kind)?;
    let rescale = args.rescale()?;
    let curvature_point = args.curvature_point()?;
    let mut outputs = Outputs::plan(&args.output)?;
    outputs.check_stdout_free("--json", args.json)?;
    if let Some(metric) = settings.matrix.metric() {
        let n = curvature_point.theta.len();
        let (vector, mut product) = (vec![0.0; n], vec![0.0; n]);
        let objective = &curvature_point.objective;
        if !objective.metric_vector(metric, &curvature_point.theta, &vector, &mut product) {
            let name = settings.matrix.name();
            return Err(format!(
                "--matrix {name} needs the loss of a model on data; expected hessian"
            ));
        }
    }
    let extras = ExpensiveParts {
        trace: args.trace,
        density: args.density || output.is_some(),
        layers: args.layers,
    };
    let cancel = interrupt::stoppable();
    // Returns the parts of an interrupted computation that are complete.
    let compute = |theta: &[f64]| {
        let mut so_far = None;
        let computed = report(
            &*curvature_point.objective,
            theta,
            &settings,
            extras,
            &cancel,
            &mut |report| so_far = Some(report.clone()),
        );
        match computed {
            Err(EigenError::Cancelled) => Ok(so_far),
            computed => computed.map(Some).map_err(|error| error.to_string()),
        }
    };
    let report = with_spinner("curvature", || compute(&curvature_point.theta))?;
    let report = report.ok_or_else(interrupt::nothing_written)?;
    let rescaled = rescale.map(|(alpha, layer)| {
        let network = { curvature_point.network.as_ref() }
            .ok_or("--rescale needs a network; expected --network".to_owned())?;
        let theta = network.rescaled(&curvature_point.theta, layer, alpha);
        let theta = theta.map_err(|error| format!("--rescale {alpha}: {error}"))?;
        let report = with_spinner("rescaled", || compute(&theta))?;
        Ok::<_, String>(report.map(|report| (alpha, layer, report)))
    });
    let rescaled: Option<(f64, usize, Report)> = rescaled.transpose()?.flatten();
    let is_written = report.density.is_some() || !interrupt::is_stopped();
    if let (Some(path), Some(kind), true) = (output, kind, is_written) {
        if matches!(kind, "csv" | "json" | "npz") {
            outputs.write(path, |out| table::columns(&report).write(kind, out))?;
        } else {
            let (points, theme) = (picture::points(pixels), args.theme.theme());
            let sheet =
                spectrum::picture(&report, &settings, &curvature_point.title, points, theme);
            let bytes = picture::bytes(&sheet, kind, pixels, &curvature_point.title)?;
            outputs.write(path, |out| out.write_all(&bytes))?;
        }
    }
    outputs.print(|out| {
        if args.json {
            let mut line = output::json(&report, &settings, rescaled.as_ref());
            if !curvature_point.source.is_empty() {
                line["source"] = curvature_point.source.as_str().into();
            }
            return writeln!(out, "{line}");
        }
        output::text(
            &curvature_point.title,
            &report,
            &settings,
            rescaled.as_ref(),
            out,
        )
    })?;
    outputs.finish()?;
    interrupt::report_stop(match output {
        Some(_) if !is_written => "the numbers so far are printed, and no file is written",
        _ => "the numbers so far are printed",
    });
    Ok(())
}

impl Args {
    fn curvature_settings(&self) -> Result<CurvatureSettings, String> {
        let mut settings = CurvatureSettings::default();
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
            let to_sentence =
                |error| setting_error(&format!("--{}", flag.replace('_', "-")), text, &error);
            let index = settings.index(flag).map_err(to_sentence)?;
            let value = settings.params()[index].parse(text).map_err(to_sentence)?;
            settings.set(flag, value).map_err(to_sentence)?;
        }
        Ok(settings)
    }

    fn rescale(&self) -> Result<Option<(f64, usize)>, String> {
        let Some(text) = &self.rescale else {
            return match self.layer {
                Some(_) => Err("--layer needs --rescale; add --rescale α".to_owned()),
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
            whole(text).ok_or_else(|| {
                format!("--layer cannot be `{text}`; expected a whole number from 0")
            })
        });
        Ok(Some((alpha, layer?)))
    }

    fn curvature_point(&self) -> Result<CurvaturePoint, String> {
        match (&self.network, &self.landscape) {
            (Some(_), Some(_)) => Err("--network and --landscape exclude each other; leave out one of them".to_owned()),
            (None, None) => Err("no network or landscape is given; expected --network, --data and --weights, or --landscape and --at".to_owned()),
            (Some(network), None) => self.weights_of(network),
            (None, Some(text)) => self.point_of(text),
        }
    }

    fn weights_of(&self, network: &NetworkArgs) -> Result<CurvaturePoint, String> {
        if self.at.is_some() {
            return Err(
                "--at is for a landscape, but a network is given; expected --weights".to_owned(),
            );
        }
        let path = self.weights.as_ref();
        let path = path
            .ok_or("the weights of the network are missing; expected --weights FILE".to_owned())?;
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
            return Err(
                "--weights is for a network, but a landscape is given; expected --at".to_owned(),
            );
        }
        let landscape = landscape(text)?;
        let at = self.at.as_ref();
        let at = at.ok_or(
            "the point on the landscape is missing; expected --at, like --at=1,1".to_owned(),
        )?;
        let problem = landscape.as_dyn().load(&Disk::default());
        let problem = problem.map_err(|error| error.to_string())?;
        let dim = problem.objective.dim();
        let at = point("--at", at, dim)?;
        remember_source(text, &problem.source);
        Ok(CurvaturePoint {
            title: text.to_owned(),
            objective: Arc::clone(&problem.objective),
            network: None,
            theta: at[..dim.min(2)].to_vec(),
            source: problem.source,
        })
    }
}
