//! Tests of paths, derivatives and schedules against PyTorch and pytorch_optimizer.

use super::{check, path_with_settings, problem};
use ravine::engine::declare::Value;
use ravine::engine::objective::GradientSettings;
use ravine::engine::optimizer::AnyOptimizer;
use ravine::engine::training::RunSpec;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Deserialize)]
struct Reference<T> {
    cases: Vec<T>,
}

fn cases<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let reference: Reference<T> = serde_json::from_str(&text).unwrap();
    assert!(!reference.cases.is_empty());
    reference.cases
}

#[derive(Deserialize)]
struct PathCase {
    landscape: String,
    run: String,
    start: [f64; 2],
    steps: u64,
    clip_norm: Option<f64>,
    clip_value: Option<f64>,
    /// The last row that can be compared.
    compare: usize,
    theta: Vec<[f64; 2]>,
    loss: Vec<f64>,
    lr: Vec<f64>,
    /// The average of the positions, where the optimizer has one.
    average: Option<Vec<[f64; 2]>>,
}

const PATHS: [&str; 2] = ["torch_paths.json", "pytorch_optimizer_paths.json"];

#[test]
fn every_optimizer_matches_pytorch() {
    check_paths("torch_paths.json");
}

#[test]
fn every_optimizer_matches_pytorch_optimizer() {
    check_paths("pytorch_optimizer_paths.json");
}

fn check_paths(file: &str) {
    for case in cases::<PathCase>(file) {
        let PathCase { landscape, run, .. } = &case;
        let gradient_settings = GradientSettings {
            clip_norm: case.clip_norm,
            clip_value: case.clip_value,
            ..GradientSettings::default()
        };
        let found = path_with_settings(landscape, run, case.start, case.steps, gradient_settings);
        assert!(
            found.len() > case.compare,
            "{run} on {landscape} ends early"
        );
        for k in 0..=case.compare {
            let what = |column| format!("{run} on {landscape}, {column} after {k} steps");
            let (theta, [x, y]) = (found.theta(k).unwrap(), case.theta[k]);
            let (loss, lr) = (case.loss[k], case.lr[k]);
            let size = 1.0_f64.max(x.abs()).max(y.abs());
            check(&what("θ"), theta, &[x, y], size, 1e-10);
            if let Some(expected) = &case.average {
                let average = found.average.as_ref().unwrap();
                let average = &average[2 * k..2 * k + 2];
                check(&what("average"), average, &expected[k], size, 1e-10);
            }
            check(
                &what("loss"),
                &found.loss[k..=k],
                &[loss],
                loss.abs().max(1.0),
                1e-10,
            );
            check(&what("lr"), &found.lr[k..=k], &[lr], lr.max(1e-3), 1e-12);
        }
    }
}

#[test]
fn reference_paths_cover_every_optimizer() {
    let mut covered: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
    for case in PATHS.into_iter().flat_map(cases::<PathCase>) {
        let spec: RunSpec = case.run.parse().unwrap();
        let [landscapes, settings] = covered.entry(spec.optimizer.name()).or_default();
        landscapes.insert(case.landscape);
        settings.insert(spec.optimizer.to_string());
    }
    // These are in neither library; their own tests compare them with theory and scipy. Muon is for networks.
    let elsewhere = [
        "muon",
        "gauss-newton",
        "natural-gradient",
        "trust-region",
        "bfgs",
        "conjugate-gradient",
        "line-search",
        "barzilai-borwein",
        "nelder-mead",
        "cma-es",
    ];
    for name in AnyOptimizer::NAMES
        .iter()
        .filter(|name| !elsewhere.contains(name))
    {
        let [landscapes, settings] = &covered[name];
        assert!(landscapes.len() >= 3, "{name}: {landscapes:?}");
        assert!(settings.len() >= 2, "{name}: {settings:?}");
    }
}

#[derive(Deserialize)]
struct PointCase {
    landscape: String,
    point: [f64; 2],
    value: f64,
    gradient: [f64; 2],
    /// xx, xy, yy.
    hessian: [f64; 3],
}

#[test]
fn values_gradients_and_hessians_match_pytorch() {
    let points = cases::<PointCase>("torch_landscapes.json");
    assert!(points.len() >= 200);
    for case in points {
        let PointCase {
            landscape, point, ..
        } = &case;
        let objective = problem(landscape).objective;
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
        let value = objective.gradient(point, &mut gradient);
        objective.hessian(point, &mut hessian);
        let [xx, xy, yy] = case.hessian;
        let what = |part| format!("{part} of {landscape} at {point:?}");
        let near = |part, found: &[f64], expected: &[f64]| {
            let scale = expected
                .iter()
                .fold(1.0, |scale: f64, e| scale.max(e.abs()));
            check(&what(part), found, expected, scale, 1e-11);
        };
        near("value", &[value, objective.value(point)], &[case.value; 2]);
        near("gradient", &gradient, &case.gradient);
        near("Hessian", &hessian, &[xx, xy, xy, yy]);
        let mut product = [0.0; 2];
        objective.hessian_vector(point, &[1.0, -2.0], &mut product);
        near("Hessian·v", &product, &[xx - 2.0 * xy, xy - 2.0 * yy]);
    }
}

#[derive(Deserialize)]
struct ScheduleCase {
    schedule: String,
    run: String,
    /// Values that step t + 1 uses.
    lr: Vec<f64>,
    momentum: Vec<f64>,
}

#[test]
fn schedules_match_pytorch() {
    for ScheduleCase {
        schedule,
        run,
        lr,
        momentum,
    } in cases("torch_schedules.json")
    {
        let spec: RunSpec = format!("{run}@{schedule}").parse().unwrap();
        let settings = spec.optimizer.settings();
        let own = settings.get("momentum").or(settings.get("beta1"));
        for (t, (lr, momentum)) in lr.iter().zip(&momentum).enumerate() {
            let rates = spec.rates(t as u64, 40);
            let what = format!("{run}@{schedule} at {t}");
            check(&what, &[rates.lr], &[*lr], lr.max(1e-3), 1e-12);
            match rates.momentum {
                Some(found) => check(&what, &[found], &[*momentum], 1.0, 1e-12),
                None => assert_eq!(own, Some(Value::Real(*momentum)), "{what}"),
            }
        }
    }
}
