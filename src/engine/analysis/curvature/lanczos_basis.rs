//! Lanczos vectors, and the tridiagonal matrix of the operator in their basis.

use super::lanczos::{Eigen, EigenError, ExtremalEigenvalues, LanczosOptions};
use super::operator::{LinearOperator, orthogonalize};
use crate::engine::numeric::linalg::Tridiagonal;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{add, dot, gaussian, normalized, scale};

/// Orthonormal Lanczos vectors and the operator in their basis.
pub(super) struct LanczosBasis<'a> {
    dim: usize,
    known: &'a [Vec<f64>],
    pub(super) basis: Vec<Vec<f64>>,
    pub(super) tridiagonal: Tridiagonal,
    /// Entry of the tridiagonal matrix that couples the last vector to the next one; 0 where the vectors span an invariant subspace.
    residual_norm: f64,
    next: Vec<f64>,
    seed: u64,
    /// Number of random vectors drawn.
    restarts: u64,
    /// Largest ‖A v‖ of a Lanczos vector v.
    max_norm: f64,
}

impl<'a> LanczosBasis<'a> {
    /// Starts from a random vector orthogonal to `known`.
    pub(super) fn random(dim: usize, known: &'a [Vec<f64>], seed: u64) -> Self {
        let mut lanczos = Self::empty(dim, known, seed);
        lanczos.restart();
        lanczos
    }

    /// Starts from a given vector, or from a random one where it is zero.
    pub(super) fn from(first: Vec<f64>) -> Self {
        let mut lanczos = Self::empty(first.len(), &[], 0);
        if !lanczos.start_from(first) {
            lanczos.restart();
        }
        lanczos
    }

    fn empty(dim: usize, known: &'a [Vec<f64>], seed: u64) -> Self {
        Self {
            dim,
            known,
            basis: Vec::new(),
            tridiagonal: Tridiagonal::default(),
            residual_norm: 0.0,
            next: Vec::new(),
            seed,
            restarts: 0,
            max_norm: 0.0,
        }
    }

    /// Continues from a random vector orthogonal to all others, or from zero where they span the whole space.
    fn restart(&mut self) {
        const TRIES: u64 = 8;
        self.next = vec![0.0; self.dim];
        for _ in 0..TRIES {
            let random = gaussian(self.dim, self.seed, Purpose::Eigenvectors, self.restarts);
            self.restarts += 1;
            if self.start_from(random) {
                break;
            }
        }
    }

    /// Continues from the component of a vector that is orthogonal to all others. Returns false, and does nothing, where it is zero.
    fn start_from(&mut self, mut first: Vec<f64>) -> bool {
        let before = length(&first);
        let left = self.orthogonalize(&mut first, before);
        let factor = 1.0 / left;
        let found = left > 1e-6 * before && factor.is_finite();
        if found {
            scale(&mut first, factor);
            self.next = first;
        }
        found
    }

    /// Makes a vector of length `before` orthogonal to all others, and returns the length that is left.
    ///
    /// A second pass follows where the first one took away much, for the others are orthogonal only up to rounding: Daniel, Gragg, Kaufman &
    /// Stewart 1976.
    fn orthogonalize(&self, vector: &mut [f64], before: f64) -> f64 {
        const ENOUGH: f64 = 0.7;
        let mut left = before;
        for _ in 0..2 {
            orthogonalize(vector, self.known);
            orthogonalize(vector, &self.basis);
            left = length(vector);
            if left > ENOUGH * before {
                break;
            }
        }
        left
    }

    /// Adds one Lanczos vector, by one product.
    pub(super) fn step(&mut self, matrix: &dyn LinearOperator) -> Result<(), EigenError> {
        let mut image = vec![0.0; self.dim];
        matrix.multiply(&self.next, &mut image);
        if image.iter().any(|number| !number.is_finite()) {
            return Err(EigenError::NotFinite);
        }
        self.max_norm = self.max_norm.max(length(&image));
        let diagonal = dot(&image, &self.next);
        add(&mut image, -diagonal, &self.next);
        if let Some(last) = self.basis.last() {
            add(&mut image, -self.residual_norm, last);
            self.tridiagonal.off_diagonal.push(self.residual_norm);
        }
        self.tridiagonal.diagonal.push(diagonal);
        self.basis.push(std::mem::take(&mut self.next));
        let before = length(&image);
        let left = self.orthogonalize(&mut image, before);
        let factor = 1.0 / left;
        if left > 1e-13 * self.max_norm && factor.is_finite() {
            scale(&mut image, factor);
            self.residual_norm = left;
            self.next = image;
        } else {
            self.residual_norm = 0.0;
            self.restart();
        }
        Ok(())
    }

    /// Whether the vectors span an invariant subspace.
    pub(super) fn is_invariant(&self) -> bool {
        self.residual_norm == 0.0
    }

    /// Returns the eigenvalues that `options` ask for, without vectors, and the largest of their errors relative to the largest |eigenvalue|.
    pub(super) fn extremes(
        &self,
        options: &LanczosOptions,
        complete: bool,
    ) -> (ExtremalEigenvalues, f64) {
        let count = self.basis.len();
        let (values, rows) = self.tridiagonal.eigen(&[count - 1]);
        let residual_norm = if complete { 0.0 } else { self.residual_norm };
        let residual = |k: usize| residual_norm * rows[0][k].abs();
        let largest = values[0].abs().max(values[count - 1].abs());
        let mut worst = 0.0_f64;
        let mut eigen = |k: usize| {
            let gaps = neighbours(k, count)
                .map(|other| (values[other] - values[k]).abs() - residual(other));
            let gap = gaps.fold(f64::INFINITY, f64::min);
            let error = estimated_error(residual(k), gap);
            let deviation = if options.vectors { residual(k) } else { error };
            worst = worst.max(deviation);
            Eigen {
                value: values[k],
                error,
                vector: Vec::new(),
            }
        };
        let top = (0..count).rev().take(options.top).map(&mut eigen).collect();
        let bottom = (0..count).take(options.bottom).map(&mut eigen).collect();
        let found = ExtremalEigenvalues {
            top,
            bottom,
            products: count,
        };
        let worst = if largest > 0.0 { worst / largest } else { 0.0 };
        (found, worst)
    }

    /// Returns the Ritz pairs that have converged to `tolerance`: the index of the Ritz value, and the Ritz vector of length 1.
    ///
    /// Their gaps to all other Ritz values are larger than the tolerance, and so large that the angle between Ritz vector and eigenvector is
    /// estimated below 1e-4 (Davis–Kahan).
    pub(super) fn converged(&self, tolerance: f64) -> Vec<(usize, Vec<f64>)> {
        let count = self.basis.len();
        let (values, rows) = self.ritz_matrix();
        let has_converged = |k: &usize| {
            let residual = self.residual_norm * rows[count - 1][*k].abs();
            let gap = f64::max(1e4 * residual, tolerance);
            let is_far = |other: usize| (values[other] - values[*k]).abs() > gap;
            residual <= tolerance && neighbours(*k, count).all(is_far)
        };
        let vector = |k| Some((k, normalized(self.ritz_vector(&rows, k))?));
        (0..count)
            .filter(has_converged)
            .filter_map(vector)
            .collect()
    }

    /// Returns the Ritz values in ascending order, and the matrix of the tridiagonal matrix's eigenvectors, row by row.
    fn ritz_matrix(&self) -> (Vec<f64>, Vec<Vec<f64>>) {
        let rows: Vec<usize> = (0..self.basis.len()).collect();
        self.tridiagonal.eigen(&rows)
    }

    /// Returns the Ritz vector of column `k` of the tridiagonal matrix's eigenvectors.
    fn ritz_vector(&self, rows: &[Vec<f64>], k: usize) -> Vec<f64> {
        let mut vector = vec![0.0; self.dim];
        for (row, direction) in rows.iter().zip(&self.basis) {
            add(&mut vector, row[k], direction);
        }
        vector
    }

    /// Adds the eigenvectors to eigenvalues, if `options` ask for them.
    pub(super) fn with_vectors(
        &self,
        mut found: ExtremalEigenvalues,
        options: &LanczosOptions,
    ) -> ExtremalEigenvalues {
        if !options.vectors {
            return found;
        }
        let (count, (_, rows)) = (self.basis.len(), self.ritz_matrix());
        let vector = |k: usize| {
            normalized(self.ritz_vector(&rows, k)).unwrap_or_else(|| vec![0.0; self.dim])
        };
        for (rank, eigen) in found.top.iter_mut().enumerate() {
            eigen.vector = vector(count - 1 - rank);
        }
        for (k, eigen) in found.bottom.iter_mut().enumerate() {
            eigen.vector = vector(k);
        }
        found
    }
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// Returns the smaller of the residual and of its square divided by the gap to the nearest other Ritz value; see [`Eigen::error`].
fn estimated_error(residual: f64, gap: f64) -> f64 {
    let by_gap = residual * residual / gap.max(0.0);
    residual.min(if by_gap.is_nan() { 0.0 } else { by_gap })
}

/// Returns the indices before and after `k` that are below `count`.
fn neighbours(k: usize, count: usize) -> impl Iterator<Item = usize> {
    let both = [k.checked_sub(1), Some(k + 1).filter(|next| *next < count)];
    both.into_iter().flatten()
}
