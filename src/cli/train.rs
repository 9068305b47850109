//! `ravine train`: training runs of a network, with their weights, trajectories, layer statistics and sharpness.

mod flags;
mod layers;
mod prepare;
mod report;
mod seeded;
mod sharpness;

use super::network_args::{NetworkArgs, share};
use super::network_scene::SaveSceneArg;
use super::outputs::{TABLES, TABLES_AND_PICTURES, with_kind};
use super::results::TableArg;
use super::run_args::{GivenRun, RunArgs};
use super::seeds::{SeedsArg, warn_diverged_seeds};
use super::{interrupt, note, slice, warn};
use crate::engine::analysis::network_plane::project_all;
use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::training::{Outcome, RunSettings, RunSpec, Trajectory};
use crate::export::labels::Labels;
use crate::export::layers::columns;
use crate::export::training::{RunRecord, csv, json, npz};
use crate::export::weights as safetensors;
use prepare::build_plane;
use seeded::{Seeded, train_all};
use std::path::PathBuf;

/// Train a network and write its weights
///
/// All runs start from one set of weights and see the mini-batches in one order. One line per run is printed with the final
/// loss and accuracy.
#[derive(clap::Args)]
#[command(after_help = "\
Weights are written in f64 as safetensors with PyTorch's names, layers.0.weight
(out x in). With several runs, {} in the file name stands for the number of the
run: w-{}.safetensors writes w-1.safetensors and so on. For a run that diverges,
the last finite weights are written, and stderr gives the step and the reason
(`ravine help trace` has the rule). With norm=batch the file contains
norms.0.running_mean and so on, for PyTorch's modules: not averages over time,
but the means and biased variances of all training data, which the test loss uses.

--trajectories writes every step. CSV has one row per step: run (from 1), step,
evaluations, loss (of all training data), grad_norm, lr, cost, and at the end of
each row seed, outcome, name and spec, without quotes: a spec has `;` for `,`,
which --run accepts too. JSON has the same columns. NPZ contains for
run k the arrays run_k_step, run_k_theta (steps x parameters), run_k_loss,
run_k_grad_norm, run_k_lr and run_k_evaluations, and run, seed, outcome, name
and spec with an entry for each run. --every N evaluates the loss of
all data at the recorded steps only, which saves most of the time with small
batches; divergence, and schedules that depend on the loss, then use these steps.

--plane adds a, b (coordinates of the projected step), projected_loss (the loss
there, which is not the run's) and residual (distance of the step from the
plane); NPZ has them in run_k_plane, and the plane in origin, u and v. The origin
is at the final weights of the first run.

With --seeds, every run is repeated with each seed, as with that --seed: with other
initial weights, mini-batches and test data. {seed} in the name of the weights
stands for it. The summary then has mean ± standard deviation, --table also median
and quartiles, over the seeds that did not diverge, and how many did; --json has an
entry, and --trajectories rows, for each run and seed. Ctrl+C writes the weights
and the rows so far (exit code 130).

--json prints for each run its number, name, spec, seed, steps, outcome, losses,
accuracies and grad_norm; --table prints them as Markdown, LaTeX or CSV.

--layers writes one row per layer and recorded step: run, step, layer, grad_norm
(of all training data, without clipping), weight_norm, update_ratio (norm of the
step's update relative to weight_norm), dead (share of ReLUs that are zero, with
zero slope, for every sample), noise_scale. A normalisation belongs to its layer.
Rows of layer `all` are of the whole network and have the simple noise scale
(McCandlish et al. 2018), except with norm=batch. With --every, update_ratio is
NaN unless the previous step is recorded. Layers whose gradients vanish or
explode are listed at the end.

--sharpness writes the largest eigenvalue of the Hessian of all training data
along each run: run, step, loss, lambda_max, limit (2/lr for gradient descent, the
stability limit on a quadratic), and for Adam and its variants the largest
eigenvalue of the preconditioned Hessian with its limit (Cohen et al. 2021, 2022).

Examples:
  ravine train --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --run adam:lr=0.01 --steps 500 -o w.safetensors
  ravine train --network mlp:hidden=32,activation=relu,loss=ce --data digits \\
    --standardize --run sgd:lr=0.1,momentum=0.9 --run adam --epochs 5 \\
    --batch 32 --test 0.25 -o 'w-{}.safetensors' --plane pca \\
    --trajectories steps.npz
  ravine train --network mlp:hidden=16,loss=bce --data moons \\
    --run sgd:lr=0.5 --run adam --steps 300 \\
    --seeds 0..4 -o 'w-{}-{seed}.safetensors'

Inputs far from 0, like the grey values of digits (0 to 16), need --standardize:
without it, sgd:lr=0.1,momentum=0.9 ends with all hidden units dead. A run of at
least 10 steps that ends no better than a constant prediction is reported on
stderr.")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    runs: RunArgs,
    /// Number of steps of every run
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    steps: Option<String>,
    /// Number of epochs of every run, instead of --steps
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    epochs: Option<String>,
    /// Mini-batch size in samples, reshuffled in each epoch, or all
    #[arg(
        long,
        value_name = "N|all",
        default_value = "all",
        allow_negative_numbers = true
    )]
    batch: String,
    /// Seed of the initial weights, the mini-batches and the --test split
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_negative_numbers = true
    )]
    seed: String,
    #[command(flatten)]
    seeds: SeedsArg,
    /// Share of the data held out for the test, from 0 to less than 1
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0",
        allow_negative_numbers = true
    )]
    test: String,
    /// Recording interval N in steps of --trajectories and --layers; the last step is always recorded [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    every: Option<String>,
    /// Initial weights, a safetensors file [default: the network's init with --seed]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Output file of the final weights: .safetensors; - is standard output; it may be the file of --weights
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Output file of all recorded steps: .csv, .json or .npz
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// Output file of per-layer statistics: .csv, .json or .npz
    #[arg(long, value_name = "FILE")]
    layers: Option<PathBuf>,
    /// Output file of λmax along each run: .csv, .json, .npz, .png, .svg or .pdf
    #[arg(long, value_name = "FILE")]
    sharpness: Option<PathBuf>,
    /// Interval in steps between measurements of --sharpness [default: 1/100 of the steps]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    sharpness_every: Option<String>,
    /// Gradient norm above which --layers reports an exploding gradient [default: 100]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    exploding: Option<String>,
    /// Gradient norm below which --layers reports a vanishing gradient [default: 1e-5]
    #[arg(long, value_name = "NORM", allow_negative_numbers = true)]
    vanishing: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Print the summary as a table to paste: markdown, latex or csv
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true,
        conflicts_with = "json"
    )]
    table: Option<TableArg>,
    /// Plane that --trajectories projects steps onto: pca of all runs, or any plane of `ravine slice`
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
    #[command(flatten)]
    save_scene: SaveSceneArg,
}

#[expect(
    clippy::too_many_lines,
    reason = "reading, training and writing in the order in which they happen"
)]
pub(super) fn train(args: &Args) -> Result<(), String> {
    if args.runs.given().is_none() {
        return Err("--run SPEC is missing; `ravine train --help` has examples".to_owned());
    }
    let given = args.runs.read()?;
    let seeds = args.seeds()?;
    let weight_files = flags::outputs(&args.output, given.len(), &seeds)?;
    let table = with_kind(args.trajectories.as_ref(), &TABLES)?;
    let layers_output = with_kind(args.layers.as_ref(), &TABLES)?;
    let sharpness_output = with_kind(args.sharpness.as_ref(), &TABLES_AND_PICTURES)?;
    args.check()?;
    let (exploding, vanishing) = (args.exploding.as_deref(), args.vanishing.as_deref());
    let thresholds = layers::thresholds(exploding, vanishing)?;
    let record = table.is_some() || args.layers.is_some();
    let plane = args.plane.as_deref().map(slice::plane).transpose()?;
    let names: Vec<String> = given.iter().map(GivenRun::display_name).collect();
    let specs: Vec<RunSpec> = given.iter().map(|run| run.spec.clone()).collect();
    let test = share(&args.test)?;
    let prepared = seeds.iter().map(|seed| args.prepare(*seed, test, &specs));
    let mut all: Vec<Seeded> = prepared.collect::<Result<_, String>>()?;
    let Some(run_settings) = all.first().map(|first| first.run_settings) else {
        return Ok(()); // There is at least one seed.
    };
    let (steps, every) = (run_settings.steps, run_settings.record_every);
    let sharpness_every = sharpness::measure_every(args.sharpness_every.as_deref(), steps)?;
    if record {
        let rows = steps.div_ceil(every);
        flags::affordable(rows, all[0].loss.dim(), specs.len() * seeds.len())?;
    }
    let mut outputs = args.plan_outputs(&weight_files)?;
    args.save_scene_later(&given, run_settings, test)?;
    train_all(&mut all, &specs, record);
    let first = &all[0];
    let trajectories = first.ends.iter().filter_map(|end| end.trajectory.clone());
    let trajectories: Vec<Trajectory> = plane.iter().flat_map(|_| trajectories.clone()).collect();
    let network_plane =
        plane.map(|plane| build_plane(&plane, &first.loss, &first.ends, &trajectories));
    let network_plane = match network_plane {
        // The weights of an interrupted training are kept also where its steps are too few for the plane.
        Some(Err(sentence)) if interrupt::is_stopped() => {
            note(&sentence);
            None
        }
        built => built.transpose()?,
    };
    let plane = network_plane
        .as_ref()
        .map(|network_plane| &network_plane.plane);
    let project = |trajectory| project_all(plane?, &first.loss, trajectory, &Cancel::default());
    let mut runs = Vec::new();
    for (run, (spec, name)) in specs.iter().zip(&names).enumerate() {
        let with_rows = all
            .iter()
            .filter_map(|seeded| Some((seeded.seed, seeded.ends.get(run)?.trajectory.as_ref()?)));
        runs.extend(with_rows.map(|(seed, trajectory)| RunRecord {
            number: run + 1,
            labels: Labels {
                seed,
                outcome: trajectory.outcome,
                name: name.clone(),
                spec: spec.to_string(),
            },
            trajectory,
            every,
            last: steps,
            projections: project(trajectory),
        }));
    }
    let sharpness_series = sharpness_output.map(|_| {
        let run_settings = RunSettings {
            record_every: sharpness_every,
            ..run_settings
        };
        sharpness::measure(&first.loss, &first.start, &specs, &run_settings)
    });
    let ends = all
        .iter()
        .flat_map(|seeded| seeded.ends.iter().map(move |end| (seeded, end)));
    for ((seeded, end), path) in ends.zip(&weight_files) {
        outputs.write(path, |out| {
            safetensors::write(&seeded.loss, &end.theta, out)
        })?;
    }
    if let Some((path, kind)) = table {
        outputs.write(path, |out| match kind {
            "npz" => npz(&runs, plane, out),
            "json" => json(&runs, args.facts(), out),
            _ => csv(&runs, out),
        })?;
    }
    let mut issues = Vec::new();
    if let Some((path, kind)) = layers_output {
        let labels: Vec<Labels> = runs.iter().map(|run| run.labels.clone()).collect();
        let (rows, found) = layers::compute(&first.loss, &runs, &thresholds);
        let table = columns(&rows, &labels, args.facts());
        outputs.write(path, |out| table.write(kind, out))?;
        issues = found;
    }
    if let (Some(output), Some(runs)) = (sharpness_output, sharpness_series) {
        let labels = specs.iter().zip(&first.ends).zip(&names);
        let labels = labels.map(|((spec, end), name)| Labels {
            seed: first.seed,
            outcome: end.outcome,
            name: name.clone(),
            spec: spec.to_string(),
        });
        let (labels, title): (Vec<Labels>, String) = (labels.collect(), args.network.title());
        sharpness::write(&runs, &labels, &mut outputs, output, &title, args.facts())?;
    }
    let summaries = report::summaries(&all, &specs, &names, steps);
    outputs.print(|out| {
        if args.json {
            return report::json(&summaries, network_plane.as_ref(), args.facts(), out);
        }
        if let Some(format) = args.table {
            return report::table(&summaries, format.format(), out);
        }
        report::report(&summaries, network_plane.as_ref(), out)?;
        layers::report(&issues, &thresholds, out)
    })?;
    outputs.finish()?;
    for seeded in &all {
        let untrained = report::untrained_warnings(&seeded.loss, &specs, &seeded.ends, steps);
        untrained.iter().for_each(|sentence| note(sentence));
    }
    for (run, spec) in specs.iter().enumerate() {
        let outcomes = all
            .iter()
            .filter_map(|seeded| Some(seeded.ends.get(run)?.outcome));
        let outcomes: Vec<Outcome> = outcomes.collect();
        match outcomes[..] {
            [outcome] => warn(&spec.to_string(), outcome),
            _ => warn_diverged_seeds(&spec.to_string(), &outcomes),
        }
    }
    interrupt::report_stop("the weights and rows so far are written");
    Ok(())
}
