//! Tests of the curvature of networks compared with PyTorch, and with exact values.

use super::check;
use super::networks::{Problem, frozen};
use ravine::engine::analysis::curvature::{
    Curvature, CurvatureSettings, Eigen, ExpensiveParts, Kind, LinearOperator, Report, report,
};
use ravine::engine::cancel::Cancel;
use ravine::engine::network::NetworkLoss;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    problem: Problem,
    theta: Vec<f64>,
    loss: f64,
    /// Eigenvalues, smaller first.
    hessian: Vec<f64>,
    gauss_newton: Vec<f64>,
    adaptive_lambda_max: f64,
    layers: BTreeMap<String, Vec<f64>>,
    sam: f64,
    adaptive: f64,
    moments: Option<Vec<[Vec<f64>; 2]>>,
}

fn cases() -> Vec<Case> {
    #[derive(Deserialize)]
    struct Reference {
        cases: Vec<Case>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let text = std::fs::read_to_string(folder.join("torch_curvature.json")).unwrap();
    serde_json::from_str::<Reference>(&text).unwrap().cases
}

fn compute_report(
    loss: &NetworkLoss,
    theta: &[f64],
    inquiry: &CurvatureSettings,
    extras: ExpensiveParts,
) -> Report {
    report(
        loss,
        theta,
        inquiry,
        extras,
        &Cancel::default(),
        &mut |_| (),
    )
    .unwrap()
}

fn values(list: &[Eigen]) -> Vec<f64> {
    list.iter().map(|eigen| eigen.value).collect()
}

#[test]
fn eigenvalues_and_sharpness_match_pytorch() {
    let all = ExpensiveParts {
        trace: true,
        density: true,
        layers: true,
    };
    let found = cases();
    assert!(found.len() >= 9);
    for case in found {
        let loss = frozen(case.problem.loss(), case.moments);
        let network = &case.problem.network;
        let what = |part: &str| format!("{part} of {network}");
        for (matrix, expected) in [
            (Kind::Hessian, &case.hessian),
            (Kind::GaussNewton, &case.gauss_newton),
        ] {
            let inquiry = CurvatureSettings {
                matrix,
                bottom: 3,
                ..CurvatureSettings::default()
            };
            let largest = expected[0].abs().max(expected[expected.len() - 1]);
            let top: Vec<f64> = expected.iter().rev().take(5).copied().collect();
            let lanczos = compute_report(&loss, &case.theta, &inquiry, ExpensiveParts::default());
            let dense = compute_report(&loss, &case.theta, &inquiry, all);
            assert!(dense.exact);
            for report in [&lanczos, &dense] {
                check(&what("top"), &values(&report.top), &top, largest, 1e-9);
                let bottom = values(&report.bottom);
                check(&what("bottom"), &bottom, &expected[..3], largest, 1e-9);
            }
            let sum: f64 = expected.iter().sum();
            let size = expected.iter().map(|x| x * x).sum::<f64>().sqrt();
            let sums = [dense.trace, dense.frobenius].map(|sum| sum.unwrap().value);
            check(&what("sums"), &sums, &[sum, size], size, 1e-12);
            if matrix == Kind::Hessian {
                let ends = |values: &[f64]| [values[0], values[values.len() - 1]];
                let own: Vec<f64> = dense
                    .layers
                    .iter()
                    .flat_map(|layer| layer.extremes)
                    .collect();
                let expected: Vec<f64> = case.layers.values().flat_map(|v| ends(v)).collect();
                check(&what("layers"), &own, &expected, largest, 1e-9);
                let sharp = dense.sharpness.unwrap();
                let own = [sharp.sam, sharp.adaptive, sharp.adaptive_lambda_max];
                let expected = [case.sam, case.adaptive, case.adaptive_lambda_max];
                check(&what("sharpness"), &own, &expected, 1.0, 1e-9);
                check(&what("loss"), &[dense.loss], &[case.loss], 1.0, 1e-12);
            }
        }
    }
}

/// A matrix that is only given by its products with vectors.
struct Unknown<'a>(Curvature<'a>);

impl LinearOperator for Unknown<'_> {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        self.0.multiply(vector, product);
    }
}

/// Estimates from random vectors are within their errors of the exact values on a network's spectrum; an exact trace matches PyTorch's.
#[test]
fn estimates_are_within_their_error_of_exact_values() {
    use ravine::engine::analysis::curvature::{density, frobenius, trace};
    let mut known = 0;
    for case in cases() {
        if case.hessian.len() < 80 {
            continue;
        }
        let loss = frozen(case.problem.loss(), case.moments);
        let hessian = Curvature::hessian(&loss, &case.theta);
        let never = Cancel::default();
        let sum: f64 = case.hessian.iter().sum();
        let squares: f64 = case.hessian.iter().map(|value| value * value).sum();
        let near = |estimate: ravine::engine::analysis::curvature::Estimate, expected: f64| {
            let off = (estimate.value - expected).abs();
            assert!(off <= 4.0 * estimate.error, "{estimate:?} {expected}");
        };
        let own = trace(&hessian, 60, 1, &never).unwrap();
        if own.error == 0.0 {
            known += 1;
            check("trace", &[own.value], &[sum], squares.sqrt(), 1e-12);
        }
        let hessian = Unknown(hessian);
        near(trace(&hessian, 60, 1, &never).unwrap(), sum);
        near(frobenius(&hessian, 60, 1, &never).unwrap(), squares.sqrt());
        let found = density(&hessian, 16, 40, 1, &never).unwrap();
        let n = f64::from(u16::try_from(case.hessian.len()).unwrap());
        near(found.moment(1), sum / n);
        near(found.moment(2), squares / n);
        let [low, high] = found.range().unwrap();
        let ends = [case.hessian[0], case.hessian[case.hessian.len() - 1]];
        check("range", &[low, high], &ends, ends[1], 1e-6);
    }
    assert!(known > 0);
}
