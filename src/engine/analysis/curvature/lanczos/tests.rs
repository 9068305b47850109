use super::super::operator::Dense;
use super::*;
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::add;

/// A matrix with these eigenvalues: a diagonal one between two reflections.
fn turned(values: &[f64]) -> Dense {
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
        let matrix = turned(&values);
        let ask = LanczosOptions {
            top: 4,
            bottom: 3,
            tolerance: 1e-11,
            vectors: true,
            repeated: true,
            seed: 0,
        };
        let found = lanczos(&matrix, &ask, &Cancel::default()).unwrap();
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
fn errors_are_bounds() {
    let values: Vec<f64> = (0..300).map(|i| (real(i) * 0.01).exp()).collect();
    let matrix = turned(&values);
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
fn what_cannot_be_found_is_told() {
    let nan = Dense {
        n: 2,
        numbers: vec![f64::NAN; 4],
    };
    let (ask, never) = (LanczosOptions::largest(1e-6), Cancel::default());
    assert_eq!(lanczos(&nan, &ask, &never), Err(EigenError::NotFinite));
    never.cancel();
    let one = turned(&[1.0]);
    assert_eq!(lanczos(&one, &ask, &never), Err(EigenError::Cancelled));
}
