//! Trace and Frobenius norm from products with random vectors.

use super::lanczos::EigenError;
use super::operator::{LinearOperator, orthogonalize};
use crate::engine::cancel::Cancel;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use crate::engine::numeric::vector_ops::{dot, normalized};
use rand::Rng;
use rayon::prelude::*;

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Estimated value.
    pub value: f64,
    /// Standard error; 0 where the value is exact, up to rounding.
    pub error: f64,
}

impl Estimate {
    /// Returns an exact value.
    pub fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    /// Returns the mean of at least two samples, with its standard error.
    pub(super) fn mean(samples: &[f64]) -> Self {
        let count = real(samples.len());
        let mean = samples.iter().sum::<f64>() / count;
        let squares: f64 = samples.iter().map(|x| (x - mean) * (x - mean)).sum();
        Self {
            value: mean,
            error: (squares / (count - 1.0) / count).sqrt(),
        }
    }
}

/// Estimates the trace from `products` products, at least 6: Hutch++, algorithm 1 of Meyer, Musco, Musco & Woodruff 2021. A third of them
/// finds the dominant subspace, a third takes the trace in it, and a third estimates the rest by random signs, whose scatter is the error.
/// It is exact with as many products as dimensions, and where the traces of all diagonal blocks are known.
pub fn trace(
    matrix: &dyn LinearOperator,
    products: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Estimate, EigenError> {
    let n = matrix.dim();
    let known = matrix.traces();
    if n > 0 && known.iter().map(|(block, _)| block.len()).sum::<usize>() == n {
        return Ok(Estimate::exact(known.iter().map(|(_, trace)| trace).sum()));
    }
    if products >= n {
        return exact(matrix, cancel);
    }
    let third = (products / 3).max(2);
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut image in multiply_all(matrix, rademacher_vectors(n, seed, 0..third), cancel)? {
        let before = dot(&image, &image).sqrt();
        // The second pass removes the rounding of the first one.
        orthogonalize(&mut image, &basis);
        orthogonalize(&mut image, &basis);
        let left = dot(&image, &image).sqrt();
        if left > 1e-12 * before {
            basis.extend(normalized(image));
        }
    }
    let along: Vec<f64> = { multiply_all(matrix, basis.clone(), cancel)? }
        .iter()
        .zip(&basis)
        .map(|(image, direction)| dot(image, direction))
        .collect();
    let rest = rademacher_vectors(n, seed, third..2 * third);
    let rest: Vec<Vec<f64>> = { rest.into_iter() }
        .map(|mut vector| {
            orthogonalize(&mut vector, &basis);
            vector
        })
        .collect();
    let left: Vec<f64> = { multiply_all(matrix, rest.clone(), cancel)? }
        .iter()
        .zip(&rest)
        .map(|(image, vector)| dot(image, vector))
        .collect();
    let left = Estimate::mean(&left);
    Ok(Estimate {
        value: along.iter().sum::<f64>() + left.value,
        ..left
    })
}

/// Estimates the Frobenius norm ‖A‖, the root of the sum of all squared eigenvalues: E ‖A z‖² = ‖A‖² for random signs z. It is exact with
/// as many products as dimensions.
pub fn frobenius(
    matrix: &dyn LinearOperator,
    products: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Estimate, EigenError> {
    let n = matrix.dim();
    let exact = products >= n;
    let vectors = if exact {
        units(n)
    } else {
        rademacher_vectors(n, seed, 0..products.max(2))
    };
    let squares = multiply_all(matrix, vectors, cancel)?;
    let squares: Vec<f64> = squares.iter().map(|image| dot(image, image)).collect();
    if exact {
        return Ok(Estimate::exact(squares.iter().sum::<f64>().sqrt()));
    }
    let mean = Estimate::mean(&squares);
    let root = mean.value.sqrt();
    Ok(Estimate {
        value: root,
        error: if root > 0.0 {
            mean.error / (2.0 * root)
        } else {
            0.0
        },
    })
}

fn exact(matrix: &dyn LinearOperator, cancel: &Cancel) -> Result<Estimate, EigenError> {
    let images = multiply_all(matrix, units(matrix.dim()), cancel)?;
    let diagonal = images.iter().enumerate().map(|(k, image)| image[k]);
    Ok(Estimate::exact(diagonal.sum()))
}

fn units(n: usize) -> Vec<Vec<f64>> {
    let unit = |k: usize| {
        let mut unit = vec![0.0; n];
        unit[k] = 1.0;
        unit
    };
    (0..n).map(unit).collect()
}

/// Returns vectors of random signs.
fn rademacher_vectors(n: usize, seed: u64, indices: std::ops::Range<usize>) -> Vec<Vec<f64>> {
    let vector = |index: usize| {
        let mut random = stream(seed, Purpose::Traces, index as u64);
        (0..n)
            .map(|_| {
                if random.next_u32() & 1 == 0 {
                    1.0
                } else {
                    -1.0
                }
            })
            .collect()
    };
    indices.map(vector).collect()
}

/// Multiplies each vector by the matrix, on all threads.
fn multiply_all(
    matrix: &dyn LinearOperator,
    vectors: Vec<Vec<f64>>,
    cancel: &Cancel,
) -> Result<Vec<Vec<f64>>, EigenError> {
    let image = |vector: Vec<f64>| {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        let mut image = vec![0.0; vector.len()];
        matrix.multiply(&vector, &mut image);
        if image.iter().all(|number| number.is_finite()) {
            Ok(image)
        } else {
            Err(EigenError::NotFinite)
        }
    };
    vectors.into_par_iter().map(image).collect()
}

#[cfg(test)]
mod tests {
    use super::super::operator::Dense;
    use super::*;

    /// A matrix of low rank, plus a diagonal.
    fn matrix(n: usize) -> Dense {
        let entry = |i: usize, j: usize| {
            let value = real(i % 7 + j % 7) * 0.1 + f64::from(i == j) / real(1 + i);
            value + 5.0 * f64::from(i == 3 && j == 3)
        };
        let numbers = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        Dense { n, numbers }
    }

    #[test]
    fn estimates_lie_within_their_errors() {
        let dense = matrix(200);
        let exact: f64 = dense.numbers.iter().step_by(201).sum();
        let squares = dense.numbers.iter().map(|number| number * number);
        let size = squares.sum::<f64>().sqrt();
        let never = Cancel::default();
        for seed in 0..4 {
            let found = trace(&dense, 60, seed, &never).unwrap();
            assert!(found.error > 0.0 && (found.value - exact).abs() < 4.0 * found.error);
            assert!(found.error < 0.02 * exact, "Hutch++ takes what is large");
            let found = frobenius(&dense, 60, seed, &never).unwrap();
            assert!((found.value - size).abs() < 4.0 * found.error);
        }
        let all = trace(&dense, 200, 0, &never).unwrap();
        assert!(all.error == 0.0 && (all.value - exact).abs() < 1e-11);
        let all = frobenius(&dense, 200, 0, &never).unwrap();
        assert!(all.error == 0.0 && (all.value - size).abs() < 1e-11);
    }

    #[test]
    fn the_trace_of_a_low_rank_matrix_is_exact() {
        let mut numbers = vec![0.0; 10_000];
        numbers[0] = 3.0;
        numbers[101] = -1.0;
        let low = Dense { n: 100, numbers };
        let found = trace(&low, 12, 0, &Cancel::default()).unwrap();
        assert!((found.value - 2.0).abs() < 1e-12 && found.error < 1e-12);
    }
}
