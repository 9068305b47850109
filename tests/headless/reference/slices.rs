//! Tests of planes compared with PyTorch: eigenvectors and principal components.

use super::check;
use ravine::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs};
use ravine::engine::cancel::Cancel;
use ravine::engine::network::NetworkLoss;
use ravine::engine::network::data::{Data, Targets};
use ravine::engine::objective::Objective;
use ravine::engine::training::{Outcome, Trajectory};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Reference {
    eigenvectors: Eigenvectors,
    components: Components,
}

#[derive(Deserialize)]
struct Eigenvectors {
    network: String,
    width: usize,
    inputs: Vec<f64>,
    targets: Vec<f64>,
    theta: Vec<f64>,
    values: Vec<f64>,
    vectors: [Vec<f64>; 2],
}

#[derive(Deserialize)]
struct Components {
    dim: usize,
    rows: Vec<f64>,
    explained: Vec<f64>,
    vectors: [Vec<f64>; 2],
}

fn reference() -> Reference {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let text = std::fs::read_to_string(folder.join("torch_slices.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn loss(network: &str, width: usize, inputs: Vec<f64>, numbers: Vec<f64>) -> NetworkLoss {
    let targets = Targets::Numbers { width: 1, numbers };
    NetworkLoss::new(
        &network.parse().unwrap(),
        &Data::new(width, inputs, targets),
    )
    .unwrap()
}

/// Compares directions up to their signs.
fn check_directions(cut: &NetworkPlane, expected: &[Vec<f64>; 2]) {
    for (found, expected) in cut.plane.parts()[1..].iter().zip(expected) {
        let along: f64 = found.iter().zip(expected).map(|(a, b)| a * b).sum();
        let expected: Vec<f64> = expected.iter().map(|x| x * along.signum()).collect();
        check("direction", found, &expected, 1.0, 1e-9);
    }
}

#[test]
fn eigenvectors_of_a_network_match_pytorch() {
    let case = reference().eigenvectors;
    let loss = loss(&case.network, case.width, case.inputs, case.targets);
    let never = Cancel::default();
    let plane: AnyPlane = "hessian".parse().unwrap();
    let cut = plane
        .as_dyn()
        .build(&PlaneInputs::new(&loss, &case.theta, &never))
        .unwrap();
    check(
        "eigenvalues",
        &cut.eigenvalues.unwrap(),
        &case.values,
        case.values[0],
        1e-12,
    );
    check_directions(&cut, &case.vectors);
}

#[test]
fn principal_components_match_pytorch() {
    let case = reference().components;
    // A network with this number of parameters.
    let loss = loss(
        "mlp:hidden=,loss=mse,bias=false",
        case.dim,
        vec![1.0; case.dim],
        vec![0.0],
    );
    assert_eq!(loss.dim(), case.dim);
    let column = vec![0.0; case.rows.len() / case.dim];
    let made = [Trajectory {
        dim: case.dim,
        loss: column.clone(),
        grad_norm: column.clone(),
        lr: column.clone(),
        evaluations: vec![0; column.len()],
        costs: None,
        average: None,
        outcome: Outcome::Finished,
        theta: case.rows,
    }];
    let (theta, never) = (vec![0.0; case.dim], Cancel::default());
    let given = PlaneInputs {
        trajectories: &made,
        ..PlaneInputs::new(&loss, &theta, &never)
    };
    let plane: AnyPlane = "pca".parse().unwrap();
    let cut = plane.as_dyn().build(&given).unwrap();
    check(
        "explained",
        &cut.explained_variance_ratio.unwrap(),
        &case.explained,
        1.0,
        1e-13,
    );
    check_directions(&cut, &case.vectors);
}
