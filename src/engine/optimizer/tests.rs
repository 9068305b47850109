//! Tests of all optimizers.

use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::outcome::Outcome;
use crate::engine::objective::{Formula, GradientSettings};
use crate::engine::training::Trajectory;
use crate::engine::training::{RunSettings, RunSpec, run};

/// Runs `spec` on a landscape and returns the trajectory.
pub(in crate::engine) fn path(
    landscape: &str,
    start: &[f64],
    spec: &str,
    steps: u64,
) -> Trajectory {
    let landscape: AnyLandscape = landscape.parse().unwrap();
    let problem = landscape.as_dyn().load(&NoFiles).unwrap();
    let run_settings = RunSettings {
        steps,
        gradient_settings: GradientSettings::default(),
        tolerance: None,
        record_every: 1,
    };
    let (spec, never) = (spec.parse().unwrap(), Cancel::default());
    run(&*problem.objective, start, &spec, &run_settings, &never).unwrap()
}

#[test]
fn beta_power_follows_a_changing_base() {
    let mut power = BetaPower::new(0.9);
    assert_eq!(power.next(0.9), 0.9);
    assert_eq!(power.next(0.9), 0.9 * 0.9);
    assert!((power.next(0.8) - 0.512).abs() < 1e-15);
    assert!((power.next(0.8) - 0.4096).abs() < 1e-15);
}

/// Formula whose full loss is finite but whose mini-batches, the only gradients that a rule sees, are not.
struct Broken;
impl Formula for Broken {
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        x * x + y * y
    }
    fn samples(&self) -> usize {
        2
    }
    fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, y: S) -> S {
        match batch {
            [0] => x * f64::NAN + y * f64::INFINITY,
            _ => x * 1e308 - y * 1e-308,
        }
    }
}

#[test]
fn recorded_steps_match_the_outcome_at_any_learning_rate() {
    for name in ["rosenbrock", "ackley", "saddle", "plateau", "absolute"] {
        let landscape: AnyLandscape = name.parse().unwrap();
        let objective = landscape.as_dyn().load(&NoFiles).unwrap().objective;
        let run_settings = RunSettings {
            steps: 300,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        for optimizer in AnyOptimizer::NAMES {
            for lr in ["1e-12", "1e-3", "1", "1e12"] {
                let spec: RunSpec = format!("{optimizer}:lr={lr}").parse().unwrap();
                let start = landscape.as_dyn().start();
                let path = run(
                    &*objective,
                    &start,
                    &spec,
                    &run_settings,
                    &Cancel::default(),
                );
                let path = path.unwrap();
                let steps = match path.outcome {
                    Outcome::Finished => 301..=301,
                    Outcome::Diverged(step, _) => step..=step + 1,
                    Outcome::Stopped(step, _) => step + 1..=step + 1,
                    Outcome::Converged(_) => unreachable!("there is no tolerance"),
                };
                let rows = u64::try_from(path.len()).unwrap();
                assert!(steps.contains(&rows), "{spec} on {name}: {rows} rows");
                let numbers = path.theta.iter().chain(&path.loss).chain(&path.grad_norm);
                let bounded = |number: &f64| number.is_finite();
                assert!({ numbers }.all(bounded), "{spec} on {name}");
            }
        }
    }
}

#[test]
fn no_optimizer_panics_on_nan_or_infinity() {
    for any in AnyOptimizer::all() {
        for seed in 0..10 {
            let gradient_settings = GradientSettings {
                seed,
                batch: Some(1),
                ..GradientSettings::default()
            };
            let run_settings = RunSettings {
                steps: 5,
                gradient_settings,
                tolerance: None,
                record_every: 1,
            };
            let spec = RunSpec::new(any.clone());
            for start in [&[1.0, -2.0][..], &[0.0, 0.0]] {
                assert!(run(&Broken, start, &spec, &run_settings, &Cancel::default()).is_some());
            }
        }
    }
}
