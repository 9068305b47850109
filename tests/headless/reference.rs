//! Paths, values, derivatives and schedules that PyTorch made; `tests/reference/README.md` tells how.

use ravine::engine::cancel::Cancel;
use ravine::engine::landscape::{AnyLandscape, NoFiles};
use ravine::engine::objective::{Objective, Treatment};
use ravine::engine::optimizer::AnyOptimizer;
use ravine::engine::run::{Conditions, RunSpec, Trajectory, run};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Deserialize)]
struct File<Case> {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Path {
    landscape: String,
    run: String,
    start: [f64; 2],
    steps: u64,
    clip_norm: Option<f64>,
    clip_value: Option<f64>,
    /// The last row that does not depend on rounding.
    compare: usize,
    theta: Vec<[f64; 2]>,
    loss: Vec<f64>,
    lr: Vec<f64>,
}

#[derive(Deserialize)]
struct Point {
    landscape: String,
    point: [f64; 2],
    value: f64,
    gradient: [f64; 2],
    hessian: [f64; 3],
}

#[derive(Deserialize)]
struct Schedule {
    schedule: String,
    run: String,
    lr: Vec<f64>,
    momentum: Vec<f64>,
}

/// The cases of a file. Each is on a line of its own; the whole is read as JSON.
fn cases<Case: for<'a> Deserialize<'a>>(name: &str) -> Vec<Case> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str::<File<Case>>(&text).unwrap().cases
}

fn objective(landscape: &str) -> Arc<dyn Objective> {
    let landscape: AnyLandscape = landscape.parse().unwrap();
    landscape.as_dyn().ground(&NoFiles).unwrap().objective
}

/// A run without noise and mini-batches.
fn trace(
    landscape: &str,
    spec: &str,
    start: [f64; 2],
    steps: u64,
    treatment: Treatment,
) -> Trajectory {
    let spec: RunSpec = spec.parse().unwrap();
    let conditions = Conditions {
        steps,
        treatment,
        tolerance: None,
    };
    run(
        &*objective(landscape),
        &start,
        &spec,
        &conditions,
        &Cancel::default(),
    )
    .unwrap()
}

/// The point after some steps.
fn end(landscape: &str, spec: &str, start: [f64; 2], steps: u64) -> [f64; 2] {
    let trajectory = trace(landscape, spec, start, steps, Treatment::default());
    let theta = trajectory.theta(usize::MAX).unwrap();
    [theta[0], theta[1]]
}

#[test]
fn paths_are_pytorchs() {
    let mut covered: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for case in cases::<Path>("torch_paths.json") {
        let name = format!("{} on {}", case.run, case.landscape);
        let treatment = Treatment {
            clip_norm: case.clip_norm,
            clip_value: case.clip_value,
            ..Treatment::default()
        };
        let made = trace(
            &case.landscape,
            &case.run,
            case.start,
            case.steps,
            treatment,
        );
        for row in 0..=case.compare {
            let (theta, expected) = (made.theta(row).unwrap(), case.theta[row]);
            let scale = 1e-10
                * expected
                    .iter()
                    .fold(1.0, |scale: f64, t| scale.max(t.abs()));
            let near = (0..2).all(|i| (theta[i] - expected[i]).abs() <= scale);
            assert!(near, "{name}, step {row}: {theta:?}, PyTorch {expected:?}");
            let loss = case.loss[row];
            assert!(
                (made.loss[row] - loss).abs() <= 1e-10 * loss.abs().max(1.0),
                "{name}, step {row}: loss"
            );
            let lr = case.lr[row];
            assert!(
                (made.lr[row] - lr).abs() <= 1e-12 * lr + 1e-15,
                "{name}, step {row}: lr"
            );
        }
        let optimizer = case.run.split([':', '@']).next().unwrap().to_owned();
        let (landscapes, settings) = covered.entry(optimizer).or_default();
        landscapes.insert(case.landscape);
        settings.insert(case.run);
    }
    for name in AnyOptimizer::NAMES {
        let (landscapes, settings) = &covered[*name];
        assert!(
            landscapes.len() >= 3 && settings.len() >= 2,
            "{name}: {landscapes:?}, {settings:?}"
        );
    }
}

#[test]
fn values_and_derivatives_are_pytorchs() {
    let points = cases::<Point>("torch_landscapes.json");
    assert!(points.len() >= 200);
    for Point {
        landscape,
        point,
        value,
        gradient,
        hessian,
    } in points
    {
        let objective = objective(&landscape);
        let (mut g, mut h) = ([0.0; 2], [0.0; 4]);
        let found = objective.gradient(&point, &mut g);
        objective.hessian(&point, &mut h);
        let scale = [
            value,
            gradient[0],
            gradient[1],
            hessian[0],
            hessian[1],
            hessian[2],
        ];
        let scale = scale
            .iter()
            .fold(1.0, |scale: f64, part| scale.max(part.abs()));
        let pairs = [
            (found, value),
            (g[0], gradient[0]),
            (g[1], gradient[1]),
            (h[0], hessian[0]),
            (h[1], hessian[1]),
            (h[2], hessian[1]),
            (h[3], hessian[2]),
        ];
        for (ours, theirs) in pairs {
            assert!(
                (ours - theirs).abs() <= 1e-12 * scale,
                "{landscape} at {point:?}: {ours}, PyTorch {theirs}"
            );
        }
    }
}

#[test]
fn schedules_are_pytorchs() {
    for case in cases::<Schedule>("torch_schedules.json") {
        let spec: RunSpec = format!("{}@{}", case.run, case.schedule).parse().unwrap();
        let own = |name| spec.optimizer.settings().get(name);
        let own = own("momentum").or(own("beta1"));
        for (step, (lr, momentum)) in case.lr.iter().zip(&case.momentum).enumerate() {
            let pace = spec.pace(step as u64, 1000);
            assert!(
                (pace.lr - lr).abs() <= 1e-12 * lr + 1e-15,
                "{spec} at {step}: {}, PyTorch {lr}",
                pace.lr
            );
            match (pace.momentum, &own) {
                (Some(ours), _) => assert!((ours - momentum).abs() <= 1e-12, "{spec} at {step}"),
                (None, own) => assert_eq!(
                    *own,
                    Some(ravine::engine::declare::Value::Real(*momentum)),
                    "{spec}"
                ),
            }
        }
    }
}

/// Whether each coordinate is as printed, to one unit of the last digit.
fn check(found: [f64; 2], printed: [f64; 2], unit: f64, name: &str) {
    let near = found
        .iter()
        .zip(printed)
        .all(|(found, printed)| (found - printed).abs() <= unit);
    assert!(near, "{name}: {found:?}, printed {printed:?}");
}

/// Rosenbrock from (−1.5, 2), 100 steps, as PyTorch 2.15 prints it.
#[test]
fn rosenbrock_ends_where_pytorch_ends() {
    for (spec, printed) in [
        ("sgd:lr=0.001", [-1.363_766_786, 1.867_498_748]),
        (
            "sgd:lr=0.001,momentum=0.9",
            [-0.586_549_181_8, 0.351_021_682_8],
        ),
        (
            "sgd:lr=0.001,momentum=0.9,nesterov=true",
            [0.663_487_500_4, 0.438_571_605_1],
        ),
        ("adam:lr=0.05", [-1.267_307_111, 1.612_510_222]),
        ("adam:lr=0.05,amsgrad=true", [-1.268_490_12, 1.615_676_103]),
        ("adamw:lr=0.05", [-1.221_274_644, 1.498_737_743]),
        ("adagrad:lr=0.5", [-1.349_355_497, 1.827_549_419]),
        ("adadelta", [-1.419_130_006, 2.020_770_152]),
        ("rmsprop:lr=0.01", [-1.336_101_29, 1.791_381_959]),
    ] {
        check(
            end("rosenbrock", spec, [-1.5, 2.0], 100),
            printed,
            1e-9,
            spec,
        );
    }
}

/// The tables of d2l.ai's chapter on optimization. Its AdaGrad has ε inside the root, PyTorch's outside, which does not
/// reach the digits printed. It reaches those of its RMSProp row, which PyTorch's form therefore misses by 1e-6.
#[test]
fn the_rows_of_d2l_are_met() {
    let (steep, flat) = ("formula:f=x^2+2*y^2", "formula:f=0.1*x^2+2*y^2");
    for (landscape, spec, printed) in [
        (steep, "sgd:lr=0.1", [-0.057_646, -0.000_073]),
        (flat, "sgd:lr=0.4", [-0.943_467, -0.000_073]),
        (flat, "sgd:lr=0.6", [-0.387_814, -1673.365_109]),
        (flat, "sgd:lr=0.6,momentum=0.5", [0.007_188, 0.002_553]),
        (flat, "sgd:lr=0.6,momentum=0.25", [-0.126_340, -0.186_632]),
        (flat, "adagrad:lr=0.4", [-2.382_563, -0.158_591]),
        (flat, "adagrad:lr=2", [-0.002_295, 0.0]),
    ] {
        check(end(landscape, spec, [-5.0, -2.0], 20), printed, 1e-6, spec);
    }
    for (f, spec, printed) in [
        ("x^2", "sgd:lr=0.2", 0.060_466),
        ("x^2", "sgd:lr=0.05", 3.486_784),
        ("x^2", "sgd:lr=1.1", 61.917_364),
        ("x*cos(0.15*pi*x)", "sgd:lr=2", -1.528_166),
    ] {
        let found = end(&format!("formula:f={f}"), spec, [10.0, 0.0], 10);
        check(found, [printed, 0.0], 1e-6, f);
    }
    // Newton's method needs a Hessian that is not singular, so y has a bowl of its own.
    let found = end("formula:f=x*cos(0.15*pi*x)+y^2", "newton", [10.0, 0.0], 10);
    check(found, [26.8341, 0.0], 1e-4, "newton");
}

/// Goh 2017: on a quadratic of condition number 10 the error shrinks by these factors a step.
#[test]
fn momentum_converges_at_the_rate_of_theory() {
    for (spec, rate) in [
        ("sgd:lr=0.18181818181818182", 0.818_182),
        ("sgd:lr=0.230886,momentum=0.269874", 0.519_494),
    ] {
        let made = trace(
            "quadratic:a=1,b=10",
            spec,
            [1.0, 1.0],
            60,
            Treatment::default(),
        );
        let length = |row: usize| {
            made.theta(row)
                .unwrap()
                .iter()
                .map(|t| t * t)
                .sum::<f64>()
                .sqrt()
        };
        let found = (length(50) / length(20)).powf(1.0 / 30.0);
        assert!(
            (found - rate).abs() < 0.02,
            "{spec}: {found}, theory {rate}"
        );
    }
}

#[test]
fn runs_diverge_just_above_the_stability_limit_and_not_below() {
    for settings in [
        "momentum=0",
        "momentum=0.9",
        "momentum=0.9,nesterov=true",
        "momentum=0.9,dampening=0.9",
        "momentum=0.5,weight_decay=0.3",
    ] {
        let spec: RunSpec = format!("sgd:lr=0.1,{settings}").parse().unwrap();
        let limit = spec
            .optimizer
            .as_dyn()
            .stability_limit(spec.pace(0, 1))
            .unwrap();
        for (factor, grows) in [(0.99, false), (1.01, true)] {
            let bowl = format!("quadratic:a={b},b={b}", b = limit * factor);
            let made = trace(
                &bowl,
                &spec.to_string(),
                [1.0, 1.0],
                3000,
                Treatment::default(),
            );
            let last = made.theta(usize::MAX).unwrap()[0].abs();
            assert_eq!(
                last > 1.0,
                grows,
                "{spec} at {factor} of the limit ends at {last}"
            );
        }
    }
}

#[test]
fn no_learning_rate_breaks_any_optimizer_on_any_landscape() {
    for landscape in AnyLandscape::all() {
        let ground = landscape.as_dyn().ground(&NoFiles).unwrap();
        let start = landscape.as_dyn().start();
        for optimizer in AnyOptimizer::NAMES {
            for power in (-12..=12).step_by(3) {
                let spec: RunSpec = format!("{optimizer}:lr=1e{power}").parse().unwrap();
                let conditions = Conditions {
                    steps: 1000,
                    treatment: Treatment::default(),
                    tolerance: None,
                };
                let made = run(
                    &*ground.objective,
                    &start,
                    &spec,
                    &conditions,
                    &Cancel::default(),
                )
                .unwrap();
                use ravine::engine::run::Outcome;
                let rows = made.len() as u64;
                let sound = match made.outcome {
                    Outcome::Finished => rows == 1001,
                    Outcome::Diverged(at) => rows == at || rows == at + 1,
                    Outcome::Converged(_) => false,
                };
                assert!(
                    sound,
                    "{spec} on {landscape}: {:?} with {rows} rows",
                    made.outcome
                );
                assert!(
                    made.theta
                        .iter()
                        .chain(&made.loss)
                        .chain(&made.grad_norm)
                        .all(|value| value.is_finite())
                );
            }
        }
    }
}
