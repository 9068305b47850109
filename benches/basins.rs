//! Benchmark of steps of runs from very many starts against JAX's jit and vmap of equal optimizers on equal cores.
//!
//! ```sh
//! pip install jax optax
//! cargo bench --bench basins --no-default-features
//! ```
//!
//! The rows `steps` take every step from every start, as the rival does, and compare the last points: the rival uses optimizers
//! written by hand, in the rows `optax` those of optax under vmap of whole runs, in the rows `state` those of optax under vmap of
//! steps with separate states. The rows `basins` time the program's command: runs stop when they have converged, and every last
//! point is assigned to a minimum.

mod rival;

use ravine::engine::analysis::basins::BasinQuery;
use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::landscape::{AnyLandscape, LoadedLandscape};
use ravine::engine::objective::GradientSettings;
use ravine::engine::training::{Outcome, RunSettings, RunSpec, run_to_end_batch};
use rayon::prelude::*;
use rival::{Table, median_ms};
use serde_json::{Value, json};
use std::sync::atomic::AtomicUsize;

const NAMES: [&str; 3] = ["rosenbrock", "himmelblau", "rastrigin"];
/// Optimizers, with a learning rate at which no start diverges.
const RULES: [(&str, f64); 2] = [("sgd", 1e-5), ("adam", 1e-2)];
const SIDE: usize = 256;
const STEPS: u64 = 500;

struct Case {
    landscape: &'static str,
    rule: &'static str,
    lr: f64,
    problem: LoadedLandscape,
    spec: RunSpec,
}

fn main() {
    let cases = NAMES
        .iter()
        .flat_map(|name| RULES.map(|(rule, lr)| Case::new(name, rule, lr)));
    let cases: Vec<Case> = cases.collect();
    let asked: Vec<Value> = cases.iter().map(Case::question).collect();
    let question = json!({ "side": SIDE, "steps": STEPS, "cases": asked });
    let table = Table::new(rival::ask("basins.py", &question), "step");
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let units = (SIDE * SIDE) as f64 * STEPS as f64;
    for case in &cases {
        let starts = case.starts();
        let (ms, ends) = median_ms(7, || case.ends(&starts));
        let sum: f64 = ends.iter().map(|end| end[0].abs() + end[1].abs()).sum();
        for rival in ["steps", "optax", "state"] {
            table.row(&format!("{rival} {}", case.name()), ms, units, sum, 1e-6);
        }
    }
    for case in &cases {
        let (ms, _) = median_ms(7, || case.basins());
        table.row(
            &format!("basins {}", case.name()),
            ms,
            units,
            f64::NAN,
            f64::INFINITY,
        );
    }
}

impl Case {
    fn new(landscape: &'static str, rule: &'static str, lr: f64) -> Self {
        let parsed: AnyLandscape = landscape.parse().expect("a landscape");
        let momentum = if rule == "sgd" { ",momentum=0.9" } else { "" };
        Self {
            landscape,
            rule,
            lr,
            problem: parsed.as_dyn().load(&NoFiles).expect("no data"),
            spec: format!("{rule}:lr={lr}{momentum}").parse().expect("a run"),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.landscape, self.rule)
    }

    fn question(&self) -> Value {
        let view = [self.problem.view.x(), self.problem.view.y()];
        json!({ "landscape": self.landscape, "rule": self.rule, "lr": self.lr, "view": view })
    }

    fn starts(&self) -> Vec<[f64; 2]> {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let share = |index: usize| index as f64 / (SIDE - 1) as f64;
        let place = |index: usize| {
            self.problem
                .view
                .at([share(index % SIDE), share(index / SIDE)])
        };
        (0..SIDE * SIDE).map(place).collect()
    }

    fn run_settings(tolerance: Option<f64>) -> RunSettings {
        RunSettings {
            steps: STEPS,
            gradient_settings: GradientSettings::default(),
            tolerance,
            record_every: 1,
        }
    }

    /// Returns the last points of the runs from all starts.
    fn ends(&self, starts: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let (run_settings, never) = (Self::run_settings(None), Cancel::default());
        let ends = starts.par_chunks(1024).flat_map_iter(|starts| {
            let ends = run_to_end_batch(
                &*self.problem.objective,
                starts,
                &self.spec,
                &run_settings,
                &never,
            );
            ends.expect("never cancelled")
        });
        ends.map(|(at, outcome)| {
            assert_eq!(outcome, Outcome::Finished, "{}", self.name());
            at
        })
        .collect()
    }

    fn basins(&self) -> usize {
        let question = BasinQuery {
            objective: &*self.problem.objective,
            known: &self.problem.minima,
            spec: &self.spec,
            run_settings: Self::run_settings(None),
            window: self.problem.view,
        };
        let answer = question.compute(SIDE, None, &AtomicUsize::new(0), &Cancel::default());
        answer.expect("never cancelled").minima.len()
    }
}
