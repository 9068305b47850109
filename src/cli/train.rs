//! `ravine train`: runs of a network, their weights and what a plane shows of them.

mod flags;
mod layers;
mod report;
mod sharpness;

use super::network_args::{NetworkArgs, seed, share, spec, weights};
use super::outputs::{Outputs, kind};
use super::{print_error, slice, warn};
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs, project_all};
use crate::engine::cancel::Cancel;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::{GradientSettings, Objective};
use crate::engine::training::{self, Outcome, RunSettings, RunSpec, Trajectory};
use crate::export::training::{RunRecord, csv, npz};
use crate::export::weights as safetensors;
use rayon::prelude::*;
use std::path::PathBuf;

/// Trains a network and writes its weights
///
/// Every run begins with the same weights and sees the same mini-batches. A line for each says how good the network is in the
/// end.
#[derive(clap::Args)]
#[command(after_help = "\
Weights are written in double precision as safetensors with PyTorch's names,
layers.0.weight (out x in). With several runs the name of the file holds {}, for
which the run's number stands: w-{}.safetensors makes w-1.safetensors and so on.
Of a run that diverges, the last finite weights are written; stderr says at which
step, and why: `ravine help trace` has the rule. With norm=batch
the file holds norms.0.running_mean and so on, which PyTorch's modules keep: here
they are no averages over time, but the means and the biased variances of all
training data, as the test loss takes them.

--trajectories writes every step. CSV has a line for each: run, step,
evaluations, loss (of all training data), grad_norm, lr, cost. NPZ holds for run
k the arrays run_k_step, run_k_theta (steps x parameters), run_k_loss,
run_k_grad_norm, run_k_lr and run_k_evaluations. With --every the loss of all
data is not asked for at other steps, which saves most of the time where batches
are small; divergence, and a schedule that heeds the loss, see it there only.

With --plane there are also a, b (where the plane shows the step),
projected_loss (the loss there, which is not the run's own) and residual (how
far the step is from the plane); NPZ has them in run_k_plane, and the plane in
origin, u and v. The plane has its origin in the weights of the first run.

--layers writes what each layer says, a line for each at every kept step: run,
step, layer, grad_norm (of all training data, without clipping), weight_norm,
update_ratio (how far the step moved the weights, by their norm), dead (the
share of ReLUs that are zero, with slope zero, for every sample), noise_scale.
A layer's normalisation belongs to it. The lines of layer `all` are those of the
whole network; they have the simple noise scale of McCandlish et al. 2018, which
there is none of with norm=batch. The ratio is that of one step: with --every it
is empty where the step before is not kept. Layers whose gradients vanish or
explode are told in the end.

--sharpness writes the largest eigenvalue of the Hessian of all training data on
the way: run, step, loss, lambda_max, limit (2/lr for gradient descent: where
steps grow on a quadratic), and for Adam and its like that of the Hessian
divided by the preconditioner, with its own limit (Cohen et al. 2021, 2022).

Examples:
  ravine train --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --run adam:lr=0.01 --steps 500 -o w.safetensors
  ravine train --network mlp:hidden=32,activation=relu,loss=ce --data digits \\
    --standardize --run sgd:lr=0.1,momentum=0.9 --run adam --epochs 5 --batch 32 --test 0.25 \\
    -o 'w-{}.safetensors' --plane pca --trajectories steps.npz
Inputs far from 0, as the grey values of digits are (0 to 16), want --standardize:
without it sgd:lr=0.1,momentum=0.9 ends where all hidden units are dead. Of a run
of 10 steps or more whose loss ends no better than that of one constant prediction stderr says so.")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// An optimizer, like adam:lr=0.05 or sgd:lr=0.1@cosine; several times for several runs
    #[arg(long = "run", value_name = "SPEC", required = true)]
    runs: Vec<String>,
    /// How many steps every run takes
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<String>,
    /// How often every run goes through the data, in place of --steps
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    epochs: Option<String>,
    /// Samples in a mini-batch, shuffled anew in each epoch; or all
    #[arg(
        long,
        value_name = "N|all",
        default_value = "all",
        allow_negative_numbers = true
    )]
    batch: String,
    /// The seed of first weights, of mini-batches and of what is kept for a test
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_negative_numbers = true
    )]
    seed: String,
    /// The share of the data that is kept for a test, from 0 to less than 1
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0",
        allow_negative_numbers = true
    )]
    test: String,
    /// With --trajectories or --layers, keeps a row of every so many steps and of the last [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    every: Option<String>,
    /// The first weights, a safetensors file; without it, those of the network's init
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The file of the last weights, its name ending in .safetensors; - is standard output. It may be that of --weights
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The file of all steps, its name ending in .csv or .npz
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// The file of what each layer says at each step, its name ending in .csv
    #[arg(long, value_name = "FILE")]
    layers: Option<PathBuf>,
    /// The file of how sharp the loss is on the way, its name ending in .csv, .png or .svg
    #[arg(long, value_name = "FILE")]
    sharpness: Option<PathBuf>,
    /// With --sharpness, measures it at every so many steps [default: a hundredth of them]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    sharpness_every: Option<String>,
    /// With --layers: a gradient explodes where its norm is above [default: 100]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    exploding: Option<String>,
    /// With --layers: a gradient vanishes where its norm is below [default: 1e-5]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    vanishing: Option<String>,
    /// With --trajectories, the plane on which steps are shown: pca of all runs, or any other that `ravine slice` has
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
}

/// Where a run ended.
struct RunEnd {
    theta: Vec<f64>,
    outcome: Outcome,
    trajectory: Option<Trajectory>,
}

pub(super) fn train(args: &Args) -> Result<(), String> {
    let weight_files = flags::outputs(&args.output, args.runs.len())?;
    let table = args.trajectories.as_deref();
    let table = table.map(|path| Ok::<_, String>((path, kind(path, &["csv", "npz"], "csv")?)));
    let table = table.transpose()?;
    if let Some(path) = &args.layers {
        kind(path, &["csv"], "csv")?;
    }
    let sharp = args.sharpness.as_deref();
    let sharp =
        sharp.map(|path| Ok::<_, String>((path, kind(path, &["csv", "png", "svg"], "csv")?)));
    let sharp = sharp.transpose()?;
    args.check()?;
    let (exploding, vanishing) = (args.exploding.as_deref(), args.vanishing.as_deref());
    let thresholds = layers::thresholds(exploding, vanishing)?;
    let kept = table.is_some() || args.layers.is_some();
    let plane = args.plane.as_deref().map(slice::plane).transpose()?;
    let (seed, test) = (seed(&args.seed)?, share(&args.test)?);
    let (loss, split) = args.network.prepare(test, seed)?;
    let specs = args.runs.iter().map(|text| spec("--run", text, &loss));
    let specs = specs.collect::<Result<Vec<RunSpec>, String>>()?;
    let run_settings = args.run_settings(seed, loss.samples())?;
    let batch = run_settings.gradient_settings.batch;
    loss.check_batch(batch).map_err(|error| error.to_string())?;
    let (steps, every) = (run_settings.steps, run_settings.record_every);
    let measured = sharpness::measure_every(args.sharpness_every.as_deref(), steps)?;
    if kept {
        flags::affordable(steps.div_ceil(every), loss.dim(), specs.len())?;
    }
    let start = match &args.weights {
        Some(path) => weights(&loss, path)?,
        None => loss.init_params(seed),
    };
    training::check_start(&loss, &start)?;
    let mut outputs = Outputs::default();
    for path in &weight_files {
        // They were read whole, so that training can go on in one file.
        outputs.add(path, args.weights.as_deref())?;
    }
    let more = [&args.trajectories, &args.layers, &args.sharpness];
    for path in more.into_iter().flatten() {
        outputs.add(path, None)?;
    }
    let ends = specs
        .par_iter()
        .filter_map(|spec| end(&loss, &start, spec, &run_settings, kept));
    let mut ends: Vec<RunEnd> = ends.collect();
    let made = ends.iter_mut().filter_map(|end| end.trajectory.take());
    let made: Vec<Trajectory> = made.collect();
    let cut = plane.map(|plane| build_plane(&plane, &loss, &ends, &made));
    let cut = cut.transpose()?;
    let plane = cut.as_ref().map(|cut| &cut.plane);
    let shown = |made| project_all(plane?, &loss, made, &Cancel::default());
    let runs = specs.iter().zip(&made).map(|(spec, trajectory)| RunRecord {
        spec: spec.to_string(),
        trajectory,
        every,
        last: steps,
        projections: shown(trajectory),
    });
    let runs: Vec<RunRecord> = runs.collect();
    let measured = sharp.map(|_| {
        let run_settings = RunSettings {
            record_every: measured,
            ..run_settings
        };
        sharpness::measure(&loss, &start, &specs, &run_settings)
    });
    for (end, path) in ends.iter().zip(&weight_files) {
        outputs.write(path, |out| safetensors::write(&loss, &end.theta, out))?;
    }
    if let Some((path, kind)) = table {
        outputs.write(path, |out| match kind {
            "npz" => npz(&runs, plane, out),
            _ => csv(&runs, out),
        })?;
    }
    let mut ailments = Vec::new();
    if let Some(path) = &args.layers {
        outputs.write(path, |out| {
            ailments = layers::write(&loss, &runs, &thresholds, out)?;
            Ok(())
        })?;
    }
    if let (Some((path, kind)), Some(runs)) = (sharp, measured) {
        sharpness::write(&runs, &mut outputs, path, kind, &args.network.title())?;
    }
    outputs.print(|out| {
        report::report(&loss, &split, &specs, &ends, cut.as_ref(), steps, out)?;
        layers::report(&ailments, &thresholds, out)
    })?;
    outputs.finish()?;
    for sentence in report::untrained_warnings(&loss, &specs, &ends, steps) {
        print_error(&sentence);
    }
    for (spec, end) in specs.iter().zip(&ends) {
        warn(&spec.to_string(), end.outcome);
    }
    Ok(())
}

impl Args {
    /// Refuses flags whose files are not asked for.
    fn check(&self) -> Result<(), String> {
        let [steps, layers] = [&self.trajectories, &self.layers].map(Option::is_some);
        for (flag, given, used, expected) in [
            ("--plane", &self.plane, steps, "--trajectories"),
            (
                "--every",
                &self.every,
                steps || layers,
                "--trajectories or --layers",
            ),
            ("--exploding", &self.exploding, layers, "--layers"),
            ("--vanishing", &self.vanishing, layers, "--layers"),
            (
                "--sharpness-every",
                &self.sharpness_every,
                self.sharpness.is_some(),
                "--sharpness",
            ),
        ] {
            if given.is_some() && !used {
                return Err(format!(
                    "{flag} is for steps, which are not kept; expected {expected} beside it"
                ));
            }
        }
        Ok(())
    }

    /// What every run is made under, on so many samples.
    fn run_settings(&self, seed: u64, samples: usize) -> Result<RunSettings, String> {
        let batch = flags::batch(&self.batch, samples)?;
        let (steps, epochs) = (self.steps.as_deref(), self.epochs.as_deref());
        Ok(RunSettings {
            steps: flags::steps(steps, epochs, samples, batch)?,
            gradient_settings: GradientSettings {
                seed,
                batch,
                ..GradientSettings::default()
            },
            tolerance: None,
            record_every: flags::record_every(self.every.as_deref())?,
        })
    }
}

/// The plane that is asked for, with its origin where the first run ends.
fn build_plane(
    plane: &AnyPlane,
    loss: &NetworkLoss,
    ends: &[RunEnd],
    trajectories: &[Trajectory],
) -> Result<NetworkPlane, String> {
    let never = Cancel::default();
    let theta = ends.first().map_or(&[][..], |end| &end.theta);
    let given = PlaneInputs {
        trajectories,
        ..PlaneInputs::new(loss, theta, &never)
    };
    plane
        .as_dyn()
        .build(&given)
        .map_err(|error| error.to_string())
}

/// A run, with all of its steps if they are wanted.
fn end(
    loss: &NetworkLoss,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    kept: bool,
) -> Option<RunEnd> {
    let never = Cancel::default();
    if kept {
        let made = training::run(loss, start, spec, run_settings, &never)?;
        return Some(RunEnd {
            theta: made.theta(usize::MAX).unwrap_or(start).to_vec(),
            outcome: made.outcome,
            trajectory: Some(made),
        });
    }
    // What all the data say is asked for now and then, to see whether the run diverges, unless its schedule heeds it.
    let now_and_then =
        run_settings.gradient_settings.batch.is_some() && !spec.schedule.needs_loss();
    let run_settings = RunSettings {
        record_every: if now_and_then {
            (run_settings.steps / 100).max(1)
        } else {
            1
        },
        ..*run_settings
    };
    let arrival =
        training::run_to_end(loss, start, spec, &run_settings, f64::NEG_INFINITY, &never)?;
    Some(RunEnd {
        theta: arrival.theta,
        outcome: arrival.outcome,
        trajectory: None,
    })
}
