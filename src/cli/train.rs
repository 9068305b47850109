//! `ravine train`: runs of a network, their weights and what a plane shows of them.

use super::network_args::{NetworkArgs, weights};
use super::scene_args::placed;
use super::{print, slice};
use crate::engine::cancel::Cancel;
use crate::engine::network::data::Split;
use crate::engine::network::plane::{Cut, Given, shadows};
use crate::engine::network::{Measure, NetworkLoss};
use crate::engine::objective::{Objective, Treatment, norm};
use crate::engine::run::{self, Conditions, Outcome, RunSpec, Trajectory};
use crate::export::file::{check_place, extension, write_whole};
use crate::export::training::{self, Trained};
use crate::export::weights as tensors;
use crate::figure::axis::number;
use rayon::prelude::*;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The most numbers that the steps of all runs may have together: 3.2 GB.
const MOST_NUMBERS: u64 = 400_000_000;

/// The most steps of a run.
const MOST_STEPS: u64 = 100_000_000;

/// Trains a network and writes its weights
///
/// Every run begins with the same weights and sees the same mini-batches. A line for each says how good the network is in the
/// end.
#[derive(clap::Args)]
#[command(after_help = "\
Weights are written in double precision as safetensors with PyTorch's names,
layers.0.weight (out x in). With several runs the name of the file holds {}, for
which the run's number stands: w-{}.safetensors makes w-1.safetensors and so on.
Of a run that diverges, the last finite weights are written.

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

Examples:
  ravine train --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --run adam:lr=0.01 --steps 500 -o w.safetensors
  ravine train --network mlp:hidden=32,activation=relu,loss=ce --data digits \\
    --run sgd:lr=0.1,momentum=0.9 --run adam --epochs 5 --batch 32 --test 0.25 \\
    -o 'w-{}.safetensors' --plane pca --trajectories steps.npz")]
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
    /// With --trajectories, keeps a row of every so many steps and of the last
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_negative_numbers = true
    )]
    every: String,
    /// The first weights, a safetensors file; without it, those of the network's init
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The file of the last weights, its name ending in .safetensors
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The file of all steps, its name ending in .csv or .npz
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    /// With --trajectories, the plane on which steps are shown: pca of all runs, or any other that `ravine slice` has
    #[arg(long, value_name = "SPEC")]
    plane: Option<String>,
}

/// Where a run ended.
struct End {
    theta: Vec<f64>,
    outcome: Outcome,
    trajectory: Option<Trajectory>,
}

pub(super) fn train(args: &Args) -> Result<(), String> {
    let outputs = outputs(&args.output, args.runs.len())?;
    let table = args.trajectories.as_deref();
    let table = table.map(|path| Ok::<_, String>((path, extension(path, &["csv", "npz"])?)));
    let table = table.transpose()?;
    if table.is_none() && args.plane.is_some() {
        return Err(
            "--plane shows steps, which are not kept; expected --trajectories beside it".to_owned(),
        );
    }
    let plane = args.plane.as_deref().map(slice::plane).transpose()?;
    let (seed, test) = (seed(&args.seed)?, share(&args.test)?);
    let (loss, split) = args.network.prepare(test, seed)?;
    let specs = { args.runs.iter() }.map(|text| spec(text, &loss));
    let specs = specs.collect::<Result<Vec<RunSpec>, String>>()?;
    let batch = batch(&args.batch, loss.samples())?;
    let steps = args.steps(loss.samples(), batch)?;
    let every = every(&args.every)?;
    if table.is_some() {
        affordable(steps.div_ceil(every), loss.dim(), specs.len())?;
    }
    let start = match &args.weights {
        Some(path) => weights(&loss, path)?,
        None => loss.initial(seed),
    };
    for path in outputs
        .iter()
        .map(PathBuf::as_path)
        .chain(args.trajectories.as_deref())
    {
        check_place(path)?;
    }
    let conditions = Conditions {
        steps,
        treatment: Treatment {
            seed,
            batch,
            ..Treatment::default()
        },
        tolerance: None,
        every,
    };
    let ends = specs
        .par_iter()
        .filter_map(|spec| end(&loss, &start, spec, &conditions, table.is_some()));
    let mut ends: Vec<End> = ends.collect();
    for (end, path) in ends.iter().zip(&outputs) {
        write_whole(path, |out| {
            tensors::write(loss.layout().tensors(), &end.theta, out)
        })?;
    }
    let made: Vec<Trajectory> = { ends.iter_mut() }
        .filter_map(|end| end.trajectory.take())
        .collect();
    let mut cut = None;
    if let Some((path, kind)) = table {
        let never = Cancel::default();
        if let (Some(plane), Some(first)) = (&plane, ends.first()) {
            let given = Given {
                trajectories: &made,
                ..Given::new(&loss, &first.theta, &never)
            };
            cut = Some(
                plane
                    .as_dyn()
                    .cut(&given)
                    .map_err(|error| error.to_string())?,
            );
        }
        let runs: Vec<Trained> = { specs.iter().zip(&made) }
            .map(|(spec, trajectory)| Trained {
                spec: spec.to_string(),
                trajectory,
                every,
                last: steps,
                shadows: cut
                    .as_ref()
                    .and_then(|cut| shadows(&cut.plane, &loss, trajectory, &never)),
            })
            .collect();
        write_whole(path, |out| match kind {
            "npz" => training::npz(&runs, cut.as_ref().map(|cut| &cut.plane), out),
            _ => training::csv(&runs, out),
        })?;
    }
    print(|out| report(&loss, &split, &specs, &ends, cut.as_ref(), steps, out))
}

impl Args {
    /// How many steps every run takes.
    fn steps(&self, samples: usize, batch: Option<usize>) -> Result<u64, String> {
        let each = match (&self.steps, &self.epochs) {
            (Some(_), None) => 1,
            (None, Some(_)) => samples.div_ceil(batch.unwrap_or(samples).max(1)) as u64,
            _ => {
                return Err(
                    "--steps and --epochs both say how long to train; expected one of them"
                        .to_owned(),
                );
            }
        };
        let flag = if self.steps.is_some() {
            "--steps"
        } else {
            "--epochs"
        };
        let text = self
            .steps
            .as_deref()
            .or(self.epochs.as_deref())
            .unwrap_or("");
        let count: Option<u64> = text.parse().ok();
        let steps = count.and_then(|count| count.checked_mul(each));
        steps.filter(|steps| (1..=MOST_STEPS).contains(steps)).ok_or_else(|| {
            format!("{flag} cannot be `{text}`; expected a whole number that makes 1 to {MOST_STEPS} steps")
        })
    }
}

/// A run, with all of its steps if they are wanted.
fn end(
    loss: &NetworkLoss,
    start: &[f64],
    spec: &RunSpec,
    conditions: &Conditions,
    kept: bool,
) -> Option<End> {
    let never = Cancel::default();
    if kept {
        let made = run::run(loss, start, spec, conditions, &never)?;
        return Some(End {
            theta: made.theta(usize::MAX).unwrap_or(start).to_vec(),
            outcome: made.outcome,
            trajectory: Some(made),
        });
    }
    // What all the data say is asked for now and then, to see whether the run diverges, unless its schedule heeds it.
    let now_and_then = conditions.treatment.batch.is_some() && !spec.plan.heeds_loss();
    let conditions = Conditions {
        every: if now_and_then {
            (conditions.steps / 100).max(1)
        } else {
            1
        },
        ..*conditions
    };
    let arrival = run::arrive(loss, start, spec, &conditions, f64::NEG_INFINITY, &never)?;
    Some(End {
        theta: arrival.theta,
        outcome: arrival.outcome,
        trajectory: None,
    })
}

/// A line for each run, under a header.
fn report(
    loss: &NetworkLoss,
    split: &Split,
    specs: &[RunSpec],
    ends: &[End],
    cut: Option<&Cut>,
    steps: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    let test = Some(&split.test).filter(|test| test.samples() > 0);
    let test = test.and_then(|test| loss.on(test).ok());
    let header = [
        "run",
        "steps",
        "train loss",
        "test loss",
        "train accuracy",
        "test accuracy",
        "gradient norm",
    ];
    let mut lines = vec![header.map(str::to_owned)];
    let mut gradient = vec![0.0; loss.dim()];
    for (spec, end) in specs.iter().zip(ends) {
        let train = loss.measure(&end.theta);
        let test = test.as_ref().map(|test| loss.measure_on(&end.theta, test));
        loss.gradient(&end.theta, &mut gradient);
        let taken = match end.outcome {
            Outcome::Diverged(at) => format!("{at} (diverged)"),
            Outcome::Converged(at) => at.to_string(),
            Outcome::Finished => steps.to_string(),
        };
        let digits = |value: f64| number(value, 6);
        let of = |measure: Option<f64>| measure.map_or("–".to_owned(), digits);
        let accuracy = |measure: Measure| measure.accuracy;
        lines.push([
            spec.to_string(),
            taken,
            digits(train.loss),
            of(test.map(|test| test.loss)),
            of(accuracy(train)),
            of(test.and_then(accuracy)),
            digits(norm(&gradient)),
        ]);
    }
    let widths: [usize; 7] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    });
    for line in &lines {
        let cells = line.iter().zip(widths);
        let text: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", text.join("  ").trim_end())?;
    }
    if let Some([a, b]) = cut.and_then(|cut| cut.explained) {
        let [a, b] = [a, b].map(|share| number(100.0 * share, 4));
        writeln!(
            out,
            "The plane explains {a} % and {b} % of the variance of the steps."
        )?;
    }
    Ok(())
}

/// The file of each run's weights.
fn outputs(path: &Path, runs: usize) -> Result<Vec<PathBuf>, String> {
    extension(path, &["safetensors"])?;
    if runs == 1 {
        return Ok(vec![path.to_owned()]);
    }
    let name = path.to_string_lossy();
    if !name.contains("{}") {
        return Err(format!(
            "{name}: is one file for {runs} runs; expected {{}} in the name, in place of the run's number, like w-{{}}.safetensors"
        ));
    }
    let number = |run: usize| PathBuf::from(name.replace("{}", &run.to_string()));
    Ok((1..=runs).map(number).collect())
}

/// A run that this network can make.
fn spec(text: &str, loss: &NetworkLoss) -> Result<RunSpec, String> {
    let spec: RunSpec = text
        .parse()
        .map_err(|refusal| placed("--run", text, &refusal))?;
    let optimizer = &spec.optimizer;
    if let Some(expected) = optimizer.as_dyn().refuses(loss) {
        let name = optimizer.name();
        return Err(format!(
            "`{name}` cannot train this network; expected {expected}"
        ));
    }
    let unknown = { spec.groups.iter() }.find(|group| loss.group(&group.name).is_none());
    match unknown {
        Some(group) => {
            let names: Vec<&str> = { loss.layout().tensors().iter() }
                .map(|tensor| &*tensor.name)
                .collect();
            Err(format!(
                "the network has no parameters called `{}`; expected a layer like layers.0 or one of {} in brackets",
                group.name,
                names.join(", ")
            ))
        }
        None => Ok(spec),
    }
}

fn batch(text: &str, samples: usize) -> Result<Option<usize>, String> {
    if text == "all" {
        return Ok(None);
    }
    let size = text
        .parse()
        .ok()
        .filter(|size| (1..=samples).contains(size));
    size.map(Some).ok_or_else(|| {
        format!("--batch cannot be `{text}`; expected a whole number from 1 to {samples}, the training samples, or all")
    })
}

fn every(text: &str) -> Result<u64, String> {
    let every = text
        .parse()
        .ok()
        .filter(|every| (1..=MOST_STEPS).contains(every));
    every.ok_or_else(|| {
        format!("--every cannot be `{text}`; expected a whole number from 1 to {MOST_STEPS}")
    })
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("--seed cannot be `{text}`; expected a whole number from 0"))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| {
        format!("--test cannot be `{text}`; expected a number from 0 to less than 1, like 0.25")
    })
}

/// Refuses steps that do not fit into memory.
fn affordable(rows: u64, dim: usize, runs: usize) -> Result<(), String> {
    let numbers = rows
        .saturating_add(1)
        .saturating_mul(dim as u64)
        .saturating_mul(runs as u64);
    if numbers <= MOST_NUMBERS {
        return Ok(());
    }
    Err(format!(
        "--trajectories would keep {rows} rows of {runs} runs in {dim} parameters, {numbers} numbers; expected at most \
         {MOST_NUMBERS}, by fewer steps or a larger --every"
    ))
}
