//! Symmetric matrices in small: tridiagonal ones, which Lanczos' method makes, and dense ones, which are made tridiagonal.

use crate::engine::numeric::vector_ops::dot;
use crate::engine::objective::norm;
use rayon::prelude::*;

/// Rounds after which a number is left as it is; two or three are usual.
const MAX_ROUNDS: usize = 60;

/// A symmetric tridiagonal matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tridiagonal {
    pub(super) diagonal: Vec<f64>,
    /// What is below the diagonal, one number less.
    pub(super) off_diagonal: Vec<f64>,
}

impl Tridiagonal {
    /// The eigenvalues, smaller first, and these rows of the matrix whose columns are the eigenvectors.
    ///
    /// The implicit QL method with Wilkinson's shift: Dubrulle, Martin & Wilkinson 1968, EISPACK's `tql2`.
    pub(super) fn eigen(&self, rows: &[usize]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let n = self.diagonal.len();
        let (mut d, mut e) = (self.diagonal.clone(), self.off_diagonal.clone());
        e.resize(n, 0.0);
        let unit = |&row: &usize| {
            let mut unit = vec![0.0; n];
            unit[row] = 1.0;
            unit
        };
        let mut vectors: Vec<Vec<f64>> = rows.iter().map(unit).collect();
        let size = |numbers: &[f64]| numbers.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let nothing = f64::EPSILON * f64::EPSILON * size(&d).max(size(&e));
        for l in 0..n {
            for _ in 0..MAX_ROUNDS {
                let small = |m: &usize| {
                    let around = d[*m].abs() + d[*m + 1].abs();
                    e[*m].abs() <= (f64::EPSILON * around).max(nothing)
                };
                let m = (l..n - 1).find(small).unwrap_or(n - 1);
                if m == l {
                    break;
                }
                ql_sweep(&mut d, &mut e, l..m, &mut vectors);
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| d[*a].total_cmp(&d[*b]));
        let sorted = |numbers: &[f64]| order.iter().map(|&at| numbers[at]).collect();
        (sorted(&d), vectors.iter().map(|row| sorted(row)).collect())
    }
}

/// One round of rotations, from the end of a block to its beginning.
fn ql_sweep(d: &mut [f64], e: &mut [f64], block: std::ops::Range<usize>, rows: &mut [Vec<f64>]) {
    let (l, m) = (block.start, block.end);
    let mut g = (d[l + 1] - d[l]) / (2.0 * e[l]);
    let root = g.hypot(1.0);
    g = d[m] - d[l] + e[l] / (g + root.copysign(g));
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in block.rev() {
        let (f, b) = (s * e[i], c * e[i]);
        let r = f.hypot(g);
        e[i + 1] = r;
        if r == 0.0 {
            d[i + 1] -= p;
            e[m] = 0.0;
            return;
        }
        (s, c) = (f / r, g / r);
        g = d[i + 1] - p;
        let turned = (d[i] - g) * s + 2.0 * c * b;
        p = s * turned;
        d[i + 1] = g + p;
        g = c * turned - b;
        for row in &mut *rows {
            let (left, right) = (row[i], row[i + 1]);
            row[i + 1] = s * left + c * right;
            row[i] = c * left - s * right;
        }
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0.0;
}

/// All eigenvalues of a symmetric matrix of n × n numbers, which is destroyed, smaller first. What is not finite yields NaN.
pub(super) fn eigenvalues(matrix: &mut [f64], n: usize) -> Vec<f64> {
    if matrix.iter().any(|number| !number.is_finite()) {
        return vec![f64::NAN; n];
    }
    reduce(matrix, n).eigen(&[]).0
}

/// The tridiagonal matrix with the same eigenvalues: Householder's reflections, algorithm 8.3.1 of Golub & Van Loan 2013.
fn reduce(matrix: &mut [f64], n: usize) -> Tridiagonal {
    let mut beside = Vec::with_capacity(n.saturating_sub(1));
    for k in 0..n.saturating_sub(1) {
        // The column below the diagonal is the row beside it.
        let mut v: Vec<f64> = matrix[k * n + k + 1..(k + 1) * n].to_vec();
        let length = norm(&v);
        let head = v[0];
        let rest = norm(&v[1..]);
        if rest == 0.0 {
            beside.push(head);
            continue;
        }
        let image = -length.copysign(head);
        beside.push(image);
        v[0] = head - image;
        let size = norm(&v);
        v.iter_mut().for_each(|number| *number /= size);
        let first = k + 1;
        let below = &mut matrix[first * n..];
        let mut w: Vec<f64> = { below.par_chunks_exact(n) }
            .map(|row| 2.0 * dot(&row[first..], &v))
            .collect();
        let along = dot(&w, &v);
        w.iter_mut().zip(&v).for_each(|(w, v)| *w -= along * v);
        let rows = below.par_chunks_exact_mut(n).zip(&v).zip(&w);
        rows.for_each(|((row, vi), wi)| {
            for ((number, v), w) in row[first..].iter_mut().zip(&v).zip(&w) {
                *number -= vi * w + wi * v;
            }
        });
    }
    Tridiagonal {
        diagonal: matrix.iter().step_by(n + 1).copied().collect(),
        off_diagonal: beside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::numeric::linalg;
    use crate::engine::numeric::real;

    #[test]
    fn eigenvalues_are_those_of_rotations() {
        for n in [1, 2, 3, 17, 40] {
            let entry = |i: usize, j: usize| (real(i * j + i + j) * 0.37).sin();
            let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
            let mut turned = (matrix.clone(), vec![0.0; n * n], vec![0.0; n]);
            linalg::eigen(&mut turned.0, &mut turned.1, &mut turned.2);
            turned.2.sort_by(f64::total_cmp);
            let found = eigenvalues(&mut matrix.clone(), n);
            for (found, expected) in found.iter().zip(&turned.2) {
                assert!((found - expected).abs() < 1e-13 * real(n), "{n}");
            }
        }
    }

    #[test]
    fn vectors_are_orthogonal_and_belong_to_their_values() {
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
    fn zeros_and_numbers_that_are_none_end() {
        assert_eq!(eigenvalues(&mut [0.0; 9], 3), [0.0; 3]);
        assert!(eigenvalues(&mut [f64::NAN; 4], 2)[0].is_nan());
        assert!(eigenvalues(&mut [], 0).is_empty());
        let wild = Tridiagonal {
            diagonal: vec![f64::NAN, 1.0],
            off_diagonal: vec![1.0],
        };
        assert_eq!(wild.eigen(&[0]).0.len(), 2);
    }
}
