use super::super::operator::Dense;
use super::*;
use crate::engine::analysis::curvature::Curvature;
use crate::engine::files::NoFiles;
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, NetworkLoss};
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::add;

/// Returns a matrix with the given eigenvalues: a diagonal matrix between two reflections.
fn with_eigenvalues(values: &[f64]) -> Dense {
    let n = values.len();
    let v = normalized((0..n).map(|i| (real(i) * 1.3 + 0.4).sin()).collect()).unwrap();
    let reflect = |i: usize, j: usize| f64::from(i == j) - 2.0 * v[i] * v[j];
    let f64_of = |i: usize, j: usize| {
        (0..n)
            .map(|k| reflect(i, k) * values[k] * reflect(k, j))
            .sum()
    };
    let numbers = (0..n * n).map(|at| f64_of(at / n, at % n)).collect();
    Dense { n, numbers }
}

#[test]
fn both_ends_of_spectra_are_found() {
    let wide = |n: usize| -> Vec<f64> { (0..n).map(|i| 1.0 / real(1 + i)).collect() };
    let clustered = |i: usize| match i {
        0..3 => 7.0 + 1e-9 * real(i),
        3..6 => -9.0,
        _ => 1e-3 * (real(i)).sin(),
    };
    for mut values in [
        vec![2.0],
        vec![-1.0, -5.0],
        vec![3.0; 40],
        vec![0.0; 20],
        wide(90),
        (0..80).map(clustered).collect(),
        (0..60).map(|i| if i < 2 { 7.0 } else { -9.0 }).collect(),
    ] {
        let matrix = with_eigenvalues(&values);
        let options = LanczosOptions {
            top: 4,
            bottom: 3,
            tolerance: 1e-11,
            vectors: true,
            repeated: true,
            seed: 0,
        };
        let found = lanczos(&matrix, &options, &Cancel::default()).unwrap();
        values.sort_by(f64::total_cmp);
        let largest = values[0].abs().max(values[values.len() - 1].abs());
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * largest;
        assert_eq!(found.top.len(), values.len().min(4));
        for (eigen, value) in found.top.iter().zip(values.iter().rev()) {
            assert!(near(eigen.value, *value), "{} {value}", eigen.value);
            let mut image = vec![0.0; values.len()];
            matrix.multiply(&eigen.vector, &mut image);
            add(&mut image, -eigen.value, &eigen.vector);
            assert!(norm(&image) <= 1e-10 * largest);
        }
        for (eigen, value) in found.bottom.iter().zip(&values) {
            assert!(near(eigen.value, *value), "{} {value}", eigen.value);
        }
    }
}

#[test]
fn estimated_errors_cover_the_true_ones() {
    let values: Vec<f64> = (0..300).map(|i| (real(i) * 0.01).exp()).collect();
    let matrix = with_eigenvalues(&values);
    let mut before = 0;
    for tolerance in [1e-3, 1e-4, 1e-6, 1e-9] {
        let found = lanczos(
            &matrix,
            &LanczosOptions::largest(tolerance),
            &Cancel::default(),
        )
        .unwrap();
        let eigen = &found.top[0];
        let off = (eigen.value - values[299]).abs();
        assert!(off <= eigen.error + 1e-12 && eigen.error <= tolerance * values[299]);
        assert!(found.products >= before);
        before = found.products;
    }
    assert!(before < 150, "{before}");
}

#[test]
fn nan_and_cancellation_are_errors() {
    let nan = Dense {
        n: 2,
        numbers: vec![f64::NAN; 4],
    };
    let (options, never) = (LanczosOptions::largest(1e-6), Cancel::default());
    assert_eq!(lanczos(&nan, &options, &never), Err(EigenError::NotFinite));
    never.cancel();
    let one = with_eigenvalues(&[1.0]);
    assert_eq!(lanczos(&one, &options, &never), Err(EigenError::Cancelled));
}

fn network_loss(network: &str, data: &str) -> NetworkLoss {
    let network: AnyNetwork = format!("mlp:{network}").parse().unwrap();
    let data: AnyDataset = data.parse().unwrap();
    NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap()
}

/// Returns the largest eigenvalue of a network's Hessian, and that of a search for both ends of the spectrum.
fn largest_and_from_both_ends(
    loss: &NetworkLoss,
    theta: &[f64],
    options: LanczosOptions,
    both_tolerance: f64,
) -> [Eigen; 2] {
    let hessian = Curvature::hessian(loss, theta);
    let both = LanczosOptions {
        bottom: 1,
        tolerance: both_tolerance,
        ..options
    };
    [options, both].map(|options| {
        let found = lanczos(&hessian, &options, &Cancel::default()).unwrap();
        found.top[0].clone()
    })
}

#[test]
fn the_largest_eigenvalue_of_a_network_is_that_of_a_search_for_both_ends() {
    let loss = network_loss("hidden=8/8,loss=bce", "moons:samples=700");
    for seed in 0..3 {
        let theta = loss.init_params(seed);
        let options = LanczosOptions::largest(1e-9);
        let [found, expected] =
            largest_and_from_both_ends(&loss, &theta, options, 1e-9).map(|eigen| eigen.value);
        assert!(
            (found - expected).abs() <= 2e-9 * expected,
            "{found}, not {expected}"
        );
    }
}

#[test]
fn estimated_errors_cover_the_true_ones_of_networks() {
    for (network, data) in [
        ("hidden=8/8,loss=bce", "moons:samples=1000"),
        (
            "hidden=32,activation=relu,loss=bce,l2=0.01",
            "circles:samples=900",
        ),
        (
            "hidden=32/32,activation=gelu,loss=ce,residual=true",
            "digits",
        ),
        ("hidden=,loss=mse", "line:samples=800"),
    ] {
        let loss = network_loss(network, data);
        for seed in 0..3 {
            let theta = loss.init_params(seed);
            for tolerance in [1e-4, 1e-6] {
                let options = LanczosOptions::largest(tolerance);
                let [found, exact] = largest_and_from_both_ends(&loss, &theta, options, 1e-10);
                let exact = exact.value;
                assert!(found.error <= tolerance * exact);
                let off = (found.value - exact).abs();
                assert!(off <= found.error + 1e-10 * exact, "{network}: {off:e}");
            }
        }
    }
}

#[test]
fn eigenvalues_have_thirteen_digits_with_and_without_vectors() {
    let loss = network_loss("hidden=8/8,loss=bce", "moons:samples=700");
    let theta = loss.init_params(0);
    for vectors in [false, true] {
        let options = LanczosOptions {
            vectors,
            ..LanczosOptions::largest(1e-13)
        };
        let [found, expected] = largest_and_from_both_ends(&loss, &theta, options, 1e-13);
        let off = (found.value - expected.value).abs();
        assert!(off <= 3e-13 * expected.value, "{off:e}");
        for (found, expected) in found.vector.iter().zip(&expected.vector) {
            assert!((found - expected).abs() <= 1e-11, "{found}, not {expected}");
        }
    }
}

#[test]
fn weights_of_1e15_have_a_largest_eigenvalue() {
    let loss = network_loss(
        "hidden=8/8,activation=identity,loss=mse",
        "sine:samples=700",
    );
    let theta: Vec<f64> = loss
        .init_params(0)
        .iter()
        .map(|theta| 1e15 * theta)
        .collect();
    let options = LanczosOptions::largest(1e-6);
    let [found, expected] =
        largest_and_from_both_ends(&loss, &theta, options, 1e-6).map(|eigen| eigen.value);
    assert!(found > 1e50 && (found - expected).abs() <= 2e-6 * expected);
}
