//! Benchmark of one step of one run, including its recording, against a loop written by hand and against optax.
//!
//! ```sh
//! pip install optax
//! cargo bench --bench steps --no-default-features
//! ```
//!
//! Everything runs on one core.

mod rival;

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::landscape::AnyLandscape;
use ravine::engine::objective::{GradientSettings, Objective};
use ravine::engine::optimizer::AnyOptimizer;
use ravine::engine::training::{Outcome, RunSettings, RunSpec, run};
use rival::{Table, median_ms};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

/// Numbers of steps of a run, and of timed runs. The record of the short run stays in the cache, that of the
/// long one is written to fresh pages.
const LENGTHS: [(usize, usize); 2] = [(1_000, 3_001), (100_000, 31)];
const START: [f64; 2] = [-1.5, 2.0];

type ByHand = fn(&mut Record);

/// Runs with learning rates too small to reach the minimum, where a velocity decays into subnormal numbers, which
/// would cost both sides far more than a step does.
const CASES: [(&str, Option<ByHand>); 4] = [
    ("sgd:lr=1e-5,momentum=0.9", Some(momentum_by_hand)),
    ("adam:lr=1e-5", Some(adam_by_hand)),
    ("lbfgs:lr=1e-5,max_iter=1,history_size=10", None),
    ("newton:lr=1e-5", None),
];

fn main() {
    let rosenbrock: AnyLandscape = "rosenbrock".parse().expect("a landscape");
    let objective = rosenbrock
        .as_dyn()
        .load(&NoFiles)
        .expect("no data")
        .objective;
    compare_with_optax(&*objective);
    time_all_optimizers(&*objective);
    for (steps, rounds) in LENGTHS {
        println!("\nns per step on Rosenbrock: median (fastest) of {rounds} runs of {steps} steps");
        println!(
            "{:42} {:>16} {:>16} {:>14}",
            "run", "Ravine", "by hand", "ratio"
        );
        for (text, by_hand) in CASES {
            let spec = text.parse().expect("a run");
            let ours = || ravine(&*objective, &spec, steps);
            let theirs = by_hand.map(|by_hand| {
                move || {
                    let mut record = Record::blank(steps);
                    by_hand(&mut record);
                    record
                }
            });
            let mut times = [Vec::new(), Vec::new()];
            for _ in 0..rounds {
                times[0].push(nanoseconds(steps, ours));
                if let Some(theirs) = theirs {
                    times[1].push(nanoseconds(steps, theirs));
                }
            }
            let [ours_ns, theirs_ns] = times.map(median_and_minimum);
            print!("{text:42} {}", cell(ours_ns));
            if let Some(theirs) = theirs {
                compare(text, &ours(), &theirs());
                let [middle, least] = [0, 1].map(|i| ours_ns[i] / theirs_ns[i]);
                let ratio = format!("{middle:.2} ({least:.2})");
                print!(" {} {ratio:>14}", cell(theirs_ns));
            }
            println!();
        }
    }
}

/// Runs that optax does too: name, our spec, optax's optimizer, learning rate and steps.
///
/// The two L-BFGS differ in their strong Wolfe searches, and steps at the minimum are cheap, so both get as many steps as they
/// need to reach it.
const OPTAX: [(&str, &str, &str, f64, u64); 3] = [
    (
        "sgd+momentum",
        "sgd:lr=1e-5,momentum=0.9",
        "sgd",
        1e-5,
        100_000,
    ),
    ("adam", "adam:lr=1e-5", "adam", 1e-5, 100_000),
    (
        "lbfgs",
        "lbfgs:lr=1,max_iter=1,max_eval=20,history_size=10,line_search=strong_wolfe",
        "lbfgs",
        1.0,
        30,
    ),
];

fn compare_with_optax(objective: &dyn Objective) {
    let case = |(name, _, rule, lr, steps): &(&str, &str, &str, f64, u64)| json!({ "name": name, "rule": rule, "lr": lr, "steps": steps });
    let cases: Vec<Value> = OPTAX.iter().map(case).collect();
    let question = json!({ "start": START, "cases": cases });
    let table = Table::new(rival::ask("steps.py", &question), "step");
    for (name, run, rule, _, steps) in OPTAX {
        let spec = run.parse().expect("a run");
        let (ms, end) = median_ms(31, || {
            let trajectory = trajectory(objective, &spec, steps);
            trajectory.theta(usize::MAX).map(<[f64]>::to_vec)
        });
        let end = end.expect("a row");
        let check = match rule {
            "lbfgs" => f64::NAN,
            _ => end[0].abs() + end[1].abs(),
        };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        table.row(name, ms, steps as f64, check, 1e-6);
    }
}

/// Times every optimizer for 1,000 steps, one after the other.
fn time_all_optimizers(objective: &dyn Objective) {
    let runs: Vec<RunSpec> = AnyOptimizer::all().into_iter().map(RunSpec::new).collect();
    let (ms, rows) = median_ms(15, || {
        runs.iter()
            .map(|spec| trajectory(objective, spec, 1_000).len())
            .sum::<usize>()
    });
    println!(
        "\n{} optimizers with their defaults, 1,000 steps each on one core: {ms:.2} ms, {:.2} ms for 30 of them ({rows} rows)",
        runs.len(),
        ms * 30.0 / f64::from(u32::try_from(runs.len()).unwrap_or(1)),
    );
    let mut each: Vec<(f64, &RunSpec)> = runs
        .iter()
        .map(|spec| {
            (
                median_ms(9, || trajectory(objective, spec, 1_000).len()).0,
                spec,
            )
        })
        .collect();
    each.sort_by(|a, b| b.0.total_cmp(&a.0));
    let slowest = each
        .iter()
        .take(8)
        .map(|(ms, spec)| format!("{} {ms:.2}", spec.optimizer.name()));
    println!(
        "the slowest, ms: {}",
        slowest.collect::<Vec<_>>().join(", ")
    );
}

fn trajectory(
    objective: &dyn Objective,
    spec: &RunSpec,
    steps: u64,
) -> ravine::engine::training::Trajectory {
    let run_settings = RunSettings {
        steps,
        gradient_settings: GradientSettings::default(),
        tolerance: None,
        record_every: 1,
    };
    run(objective, &START, spec, &run_settings, &Cancel::default()).expect("never cancelled")
}

fn cell([middle, least]: [f64; 2]) -> String {
    format!("{:>16}", format!("{middle:.1} ({least:.1})"))
}

/// Returns the nanoseconds per step of one run.
#[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
fn nanoseconds<T>(steps: usize, run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64() * 1e9 / steps as f64
}

/// Returns median and minimum. Other programs on the machine raise the median, but hardly the minimum.
fn median_and_minimum(mut times: Vec<f64>) -> [f64; 2] {
    times.sort_by(f64::total_cmp);
    [times.len() / 2, 0].map(|index| times.get(index).copied().unwrap_or(f64::NAN))
}

/// Checks that both sides did equal work, over the first steps: later the path amplifies rounding errors.
fn compare(text: &str, ours: &Record, theirs: &Record) {
    let far = ours
        .theta
        .iter()
        .zip(&theirs.theta)
        .take(2_000)
        .position(|(a, b)| (a - b).abs() > 1e-9 * b.abs().max(1.0));
    assert_eq!(far, None, "{text}: the paths part");
    assert_eq!(ours.loss.len(), theirs.loss.len());
    assert_eq!(ours.evaluations, theirs.evaluations);
}

/// The columns that a run records.
struct Record {
    theta: Vec<f64>,
    loss: Vec<f64>,
    grad_norm: Vec<f64>,
    lr: Vec<f64>,
    evaluations: Vec<u64>,
}

fn ravine(objective: &dyn Objective, spec: &RunSpec, steps: usize) -> Record {
    let trajectory = trajectory(objective, spec, steps as u64);
    assert_eq!(trajectory.outcome, Outcome::Finished);
    Record {
        theta: trajectory.theta,
        loss: trajectory.loss,
        grad_norm: trajectory.grad_norm,
        lr: trajectory.lr,
        evaluations: trajectory.evaluations,
    }
}

impl Record {
    /// Allocates the record before the loop, like the trajectory of a run.
    fn blank(steps: usize) -> Self {
        let column = || vec![0.0; steps + 1];
        Self {
            theta: vec![0.0; 2 * (steps + 1)],
            loss: column(),
            grad_norm: column(),
            lr: column(),
            evaluations: vec![0; steps + 1],
        }
    }

    /// Runs the loop written by hand: `rule` updates θ given the gradient.
    #[inline]
    fn fill(&mut self, lr: f64, mut rule: impl FnMut(&mut [f64; 2], [f64; 2])) {
        let mut theta = START;
        let (rows, _) = self.theta.as_chunks_mut();
        let columns = rows.iter_mut().zip(&mut self.loss).zip(&mut self.grad_norm);
        let columns = columns.zip(&mut self.lr).zip(&mut self.evaluations);
        for (step, ((((at, loss), grad_norm), rate), evaluations)) in columns.enumerate() {
            let gradient;
            (*loss, gradient) = rosenbrock(theta);
            *at = theta;
            *grad_norm = (gradient[0] * gradient[0] + gradient[1] * gradient[1]).sqrt();
            *rate = lr;
            *evaluations = step as u64;
            if *loss > 1e12 || loss.is_nan() {
                break;
            }
            rule(&mut theta, gradient);
        }
    }
}

/// Returns (1 − x)² + 100 (y − x²)² and its gradient.
#[inline]
fn rosenbrock([x, y]: [f64; 2]) -> (f64, [f64; 2]) {
    let (a, b) = (1.0 - x, y - x * x);
    (a * a + 100.0 * b * b, [-2.0 * a - 400.0 * b * x, 200.0 * b])
}

fn momentum_by_hand(record: &mut Record) {
    let (lr, mu) = black_box((1e-5, 0.9));
    let mut v = [0.0; 2];
    record.fill(lr, |theta, g| {
        for i in 0..2 {
            v[i] = mu * v[i] + g[i];
            theta[i] -= lr * v[i];
        }
    });
}

fn adam_by_hand(record: &mut Record) {
    let (lr, beta1, beta2, eps) = black_box((1e-5, 0.9, 0.999, 1e-8));
    let [mut m, mut v] = [[0.0; 2]; 2];
    let (mut beta1_power, mut beta2_power) = (1.0, 1.0);
    record.fill(lr, |theta, g| {
        beta1_power *= beta1;
        beta2_power *= beta2;
        let root_correction = f64::sqrt(1.0 - beta2_power);
        let step_size = lr * root_correction / (1.0 - beta1_power);
        let eps = eps * root_correction;
        for i in 0..2 {
            m[i] += (g[i] - m[i]) * (1.0 - beta1);
            v[i] = v[i] * beta2 + (1.0 - beta2) * g[i] * g[i];
            theta[i] -= step_size * m[i] / (v[i].sqrt() + eps);
        }
    });
}
