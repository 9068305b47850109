//! Tests of networks compared with PyTorch: losses, derivatives, layer statistics, and training paths.

use super::check;
use ravine::engine::analysis::layer_stats::LayerStats;
use ravine::engine::cancel::Cancel;
use ravine::engine::network::data::{Data, Targets};
use ravine::engine::network::{BatchNormStats, NetworkLoss};
use ravine::engine::objective::{GradientSettings, Objective};
use ravine::engine::training::{RunSettings, RunSpec, run};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Reference {
    points: Vec<Point>,
    layers: Vec<Layers>,
    paths: Vec<Run>,
}

#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) network: String,
    width: usize,
    inputs: Vec<f64>,
    outputs: usize,
    targets: Vec<f64>,
}

#[derive(Deserialize)]
struct Point {
    #[serde(flatten)]
    problem: Problem,
    names: Vec<String>,
    theta: Vec<f64>,
    z: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
    vector: Vec<f64>,
    hessian_vector: Vec<f64>,
    gauss_newton_vector: Vec<f64>,
    hessian: Option<Vec<f64>>,
    /// Mean and variance of each batch normalization in evaluation mode.
    moments: Option<Vec<[Vec<f64>; 2]>>,
}

/// Statistics of each layer.
#[derive(Deserialize)]
struct Layers {
    #[serde(flatten)]
    problem: Problem,
    theta: Vec<f64>,
    before: Vec<f64>,
    grad_norm: Vec<f64>,
    weight_norm: Vec<f64>,
    update_ratio: Vec<f64>,
    dead: Vec<Option<f64>>,
    moments: Option<Vec<[Vec<f64>; 2]>>,
    noise_scale: Option<f64>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(flatten)]
    problem: Problem,
    run: String,
    start: Vec<f64>,
    /// The last step that can be compared.
    compare: usize,
    loss: Vec<f64>,
    /// θ after this step.
    theta: Vec<f64>,
}

fn reference() -> Reference {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let text = std::fs::read_to_string(folder.join("torch_networks.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

impl Problem {
    pub(super) fn loss(&self) -> NetworkLoss {
        let width = if self.network.contains("loss=mse") {
            self.outputs
        } else {
            1
        };
        let targets = Targets::Numbers {
            width,
            numbers: self.targets.clone(),
        };
        let data = Data::new(self.width, self.inputs.clone(), targets);
        NetworkLoss::new(&self.network.parse().unwrap(), &data).unwrap()
    }
}

/// Creates the loss, in evaluation mode if the case has running statistics.
pub(super) fn frozen(loss: NetworkLoss, moments: Option<Vec<[Vec<f64>; 2]>>) -> NetworkLoss {
    let Some(moments) = moments else {
        return loss;
    };
    let moments = moments.into_iter();
    let moments = moments.map(|[mean, variance]| BatchNormStats { mean, variance });
    loss.eval_mode(moments.collect()).unwrap()
}

fn size(numbers: &[f64]) -> f64 {
    numbers.iter().fold(1.0, |size: f64, n| size.max(n.abs()))
}

#[test]
fn losses_and_derivatives_of_networks_match_pytorch() {
    let points = reference().points;
    assert!(points.len() >= 50);
    for point in points {
        let network = &point.problem.network;
        let near = |part: &str, found: &[f64], expected: &[f64]| {
            let what = format!("{part} of {network}");
            check(&what, found, expected, size(expected), 1e-12);
        };
        let loss = frozen(point.problem.loss(), point.moments);
        let names: Vec<_> = loss.layout().tensors().iter().map(|t| &t.name).collect();
        assert_eq!(names, point.names.iter().collect::<Vec<_>>(), "{network}");
        let (n, theta, vector) = (loss.dim(), &point.theta, &point.vector);
        assert_eq!(n, theta.len(), "{network}");
        let [mut gradient, mut product] = [vec![0.0; n], vec![0.0; n]];
        let value = loss.gradient(theta, &mut gradient);
        near("loss", &[value, loss.value(theta)], &[point.loss; 2]);
        near("gradient", &gradient, &point.gradient);
        loss.hessian_vector(theta, vector, &mut product);
        near("Hessian·v", &product, &point.hessian_vector);
        loss.gauss_newton_vector(theta, vector, &mut product);
        near("Gauss-Newton·v", &product, &point.gauss_newton_vector);
        let all: Vec<usize> = (0..loss.samples()).collect();
        let batch = loss.batch_gradient(theta, &all, &mut product);
        near("loss of a batch of all", &[batch], &[point.loss]);
        near("gradient of a batch of all", &product, &point.gradient);
        let mut outputs = vec![0.0; point.z.len()];
        loss.outputs(theta, &point.problem.inputs, &mut outputs);
        near("outputs", &outputs, &point.z);
        if let Some(expected) = &point.hessian {
            let mut hessian = vec![0.0; n * n];
            loss.hessian(theta, &mut hessian);
            near("Hessian", &hessian, expected);
        }
    }
}

#[test]
fn layer_statistics_match_pytorch() {
    let cases = reference().layers;
    assert!(cases.len() >= 9);
    assert!(cases.iter().any(|case| case.dead[0] > Some(0.2)));
    for case in cases {
        let network = &case.problem.network;
        let loss = frozen(case.problem.loss(), case.moments);
        let found = loss.diagnose(&case.theta, Some(&case.before));
        let near = |part: &str, found: &[f64], expected: &[f64]| {
            let what = format!("{part} of {network}");
            check(&what, found, expected, size(expected), 1e-12);
        };
        let names: Vec<&str> = found.layers.iter().map(|layer| &*layer.name).collect();
        let expected = (0..case.dead.len()).map(|l| format!("layers.{l}"));
        assert_eq!(names, expected.collect::<Vec<_>>());
        let column = |of: fn(&LayerStats) -> f64| found.layers.iter().map(of).collect::<Vec<_>>();
        near("gradients", &column(|l| l.grad_norm), &case.grad_norm);
        near("weights", &column(|l| l.weight_norm), &case.weight_norm);
        let ratios = column(|l| l.update_ratio.unwrap());
        near("updates", &ratios, &case.update_ratio);
        let dead: Vec<_> = found.layers.iter().map(|layer| layer.dead).collect();
        assert_eq!(dead, case.dead, "{network}");
        let [found, expected] = [found.noise_scale, case.noise_scale]
            .map(|noise| noise.into_iter().collect::<Vec<_>>());
        near("noise", &found, &expected);
    }
}

#[test]
fn training_paths_match_pytorch() {
    let runs = reference().paths;
    assert!(runs.len() >= 9);
    for case in runs {
        let what = format!("{} of {}", case.run, case.problem.network);
        let (loss, spec) = (case.problem.loss(), case.run.parse::<RunSpec>().unwrap());
        let run_settings = RunSettings {
            steps: 50,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let found = run(&loss, &case.start, &spec, &run_settings, &Cancel::default()).unwrap();
        assert!(case.compare >= 40, "{what} cannot be compared");
        let rows = ..=case.compare;
        check(
            &what,
            &found.loss[rows],
            &case.loss[rows],
            size(&case.loss),
            1e-10,
        );
        let end = found.theta(case.compare).unwrap();
        check(&what, end, &case.theta, size(&case.theta), 1e-9);
    }
}
