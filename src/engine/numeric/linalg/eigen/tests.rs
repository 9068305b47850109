use super::super::tests::{EXTREMES, broken_matrices};
use super::*;
use crate::engine::numeric::real;

/// Returns the eigenvalues, smallest first, by cyclic Jacobi rotations: an independent method.
fn eigenvalues_by_jacobi(mut a: Vec<f64>, n: usize) -> Vec<f64> {
    for (p, q) in (0..12).flat_map(|_| (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q)))) {
        let angle = 0.5 * (2.0 * a[p * n + q]).atan2(a[q * n + q] - a[p * n + p]);
        let (s, c) = angle.sin_cos();
        for k in 0..n {
            let (x, y) = (a[k * n + p], a[k * n + q]);
            (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y);
        }
        for k in 0..n {
            let (x, y) = (a[p * n + k], a[q * n + k]);
            (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y);
        }
    }
    let mut values: Vec<f64> = a.iter().step_by(n + 1).copied().collect();
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn eigenvalues_are_those_of_jacobi_rotations() {
    for n in [1, 2, 3, 17, 40] {
        let entry = |i: usize, j: usize| (real(i * j + i + j) * 0.37).sin();
        let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        let expected = eigenvalues_by_jacobi(matrix.clone(), n);
        let found = eigenvalues(&mut matrix.clone(), n);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-13 * real(n), "{n}");
        }
    }
}

#[test]
fn tridiagonal_eigenvectors_are_orthogonal_and_belong_to_their_values() {
    let matrix = Tridiagonal {
        diagonal: vec![2.0; 20],
        off_diagonal: vec![-1.0; 19],
    };
    let all: Vec<usize> = (0..20).collect();
    let (values, rows) = matrix.eigen(&all);
    for (k, value) in values.iter().enumerate() {
        // The discrete Laplacian's eigenvalues.
        let angle = real(k + 1) * std::f64::consts::PI / 42.0;
        assert!((value - 4.0 * angle.sin().powi(2)).abs() < 1e-14);
        let vector: Vec<f64> = rows.iter().map(|row| row[k]).collect();
        assert!((norm(&vector) - 1.0).abs() < 1e-14);
        let image = 2.0 * vector[0] - vector[1];
        assert!((image - value * vector[0]).abs() < 1e-14);
    }
}

#[test]
fn zeros_and_nan_end() {
    assert_eq!(eigenvalues(&mut [0.0; 9], 3), [0.0; 3]);
    assert!(eigenvalues(&mut [f64::NAN; 4], 2)[0].is_nan());
    assert!(eigenvalues(&mut [], 0).is_empty());
    let wild = Tridiagonal {
        diagonal: vec![f64::NAN, 1.0],
        off_diagonal: vec![1.0],
    };
    assert_eq!(wild.eigen(&[0]).0.len(), 2);
}

/// Checks A v = λ v and that the eigenvectors are orthonormal, up to rounding of the largest entry.
fn check(name: &str, matrix: &[f64], n: usize) {
    let size = matrix.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let (mut a, mut vectors, mut values) = (matrix.to_vec(), vec![0.0; n * n], vec![0.0; n]);
    eigen(&mut a, &mut vectors, &mut values);
    let tolerance = 2e-15 * real(n);
    for (column, value) in values.iter().enumerate() {
        let v = |row: usize| vectors[row * n + column];
        for row in 0..n {
            let product: f64 = (0..n).map(|k| matrix[row * n + k] * v(k)).sum();
            assert!(
                (product - value * v(row)).abs() <= tolerance * size,
                "{name} {n}"
            );
        }
        for other in 0..n {
            let dot: f64 = (0..n).map(|k| v(k) * vectors[k * n + other]).sum();
            let expected = f64::from(u8::from(other == column));
            assert!((dot - expected).abs() < tolerance, "{name} {n}");
        }
    }
}

#[test]
fn eigenvectors_turn_a_matrix_into_its_eigenvalues() {
    let n = 5_usize;
    // A positive definite matrix whose eigenvalues lie sixteen orders of magnitude apart, and an indefinite one.
    let graded: Vec<f64> = (0..n * n)
        .map(|i| [i / n, i % n].map(|k| 0.01_f64.powi(i32::try_from(k).unwrap())))
        .map(|[a, b]| a * b * if a == b { 2.0 } else { 1.0 })
        .collect();
    let indefinite: Vec<f64> = (0..n * n).map(|i| real((i / n).abs_diff(i % n))).collect();
    for matrix in [graded, indefinite] {
        let (mut a, mut vectors, mut values) = (matrix.clone(), vec![0.0; n * n], vec![0.0; n]);
        eigen(&mut a, &mut vectors, &mut values);
        for (column, value) in values.iter().enumerate() {
            let v = |row: usize| vectors[row * n + column];
            for row in 0..n {
                let product: f64 = (0..n).map(|k| matrix[row * n + k] * v(k)).sum();
                assert!((product - value * v(row)).abs() < 1e-14);
            }
            for other in 0..n {
                let dot: f64 = (0..n).map(|k| v(k) * vectors[k * n + other]).sum();
                assert!((dot - f64::from(u8::from(other == column))).abs() < 1e-14);
            }
        }
    }
    let mut values = [0.0; 2];
    eigen(&mut [2.0, 1.0, 1.0, 2.0], &mut [0.0; 4], &mut values);
    values.sort_unstable_by(f64::total_cmp);
    assert!((values[0] - 1.0).abs() < 1e-15 && (values[1] - 3.0).abs() < 1e-15);
}

#[test]
fn graded_and_singular_matrices_converge() {
    for n in [2, 3, 8, 30, 64] {
        let power = |k: usize, by: f64| by.powi(i32::try_from(k).unwrap());
        let matrix = |entry: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..n * n).map(|at| entry(at / n, at % n)).collect()
        };
        let wave = |k: usize| (real(k) * 1.7 + 0.3).sin();
        check("rank 1", &matrix(&|i, j| wave(i) * wave(j)), n);
        let rank_2 = |i: usize, j: usize| wave(i) * wave(j) + 1e-9 * wave(i + 9) * wave(j + 9);
        check("rank 2", &matrix(&rank_2), n);
        for by in [0.5, 2.0, 0.01] {
            let graded = |i: usize, j: usize| {
                power(i, by) * power(j, by) * (1.0 + f64::from(u8::from(i == j)))
            };
            check("graded", &matrix(&graded), n);
        }
        check("ones", &matrix(&|_, _| 1.0), n);
        check(
            "corner",
            &matrix(&|i, j| real(usize::from(i + j + 1 == n))),
            n,
        );
        let hilbert = |i: usize, j: usize| 1.0 / real(i + j + 1);
        check("Hilbert", &matrix(&hilbert), n);
    }
}

#[test]
fn infinite_and_tiny_entries_end() {
    let full = EXTREMES.map(|broken| [broken; 9]);
    for mut a in broken_matrices().chain(full) {
        eigen(&mut a, &mut [0.0; 9], &mut [0.0; 3]);
    }
}
