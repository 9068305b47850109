//! The directions that Lanczos' method goes through, and the matrix in their basis.

use super::lanczos::{Eigen, EigenError, ExtremalEigenvalues, LanczosOptions};
use super::operator::{LinearOperator, orthogonalize, reduce_halves};
use super::tridiagonal::Tridiagonal;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{add, dot, gaussian, normalized, scale};

/// The matrix in the basis of the directions so far: tridiagonal.
pub(super) struct LanczosBasis<'a> {
    dim: usize,
    known: &'a [Vec<f64>],
    pub(super) basis: Vec<Vec<f64>>,
    pub(super) tridiagonal: Tridiagonal,
    /// What leads to the direction that comes next.
    residual_norm: f64,
    next: Vec<f64>,
    seed: u64,
    begun: u64,
    /// The largest image of a direction so far.
    size: f64,
}

impl<'a> LanczosBasis<'a> {
    /// From a random direction, in those that are orthogonal to `known`.
    pub(super) fn new(dim: usize, known: &'a [Vec<f64>], seed: u64) -> Self {
        let mut lanczos = Self::empty(dim, known, seed);
        lanczos.start_random();
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
            begun: 0,
            size: 0.0,
        }
    }

    /// Begins near a direction. A tenth of the random one stays, so that no eigenvalue can be missed.
    pub(super) fn restart_from(&mut self, mut hint: Vec<f64>) {
        add(&mut hint, 0.1, &self.next);
        self.start_from(hint);
    }

    /// From a given direction; a random one where it is none.
    pub(super) fn from(first: Vec<f64>) -> Self {
        let mut lanczos = Self::empty(first.len(), &[], 0);
        if !lanczos.start_from(first) {
            lanczos.start_random();
        }
        lanczos
    }

    /// The same once more, from where it began.
    pub(super) fn reset(&self) -> Self {
        let first = self.basis.first().unwrap_or(&self.next);
        Self {
            next: first.clone(),
            ..Self::empty(self.dim, self.known, self.seed)
        }
    }

    /// The vector of the largest eigenvalue as far as it is known.
    pub(super) fn leading_vector(&self) -> Option<Vec<f64>> {
        let last = self.basis.len().checked_sub(1)?;
        Some(self.ritz_vector(&self.all().1, last))
    }

    /// The largest eigenvalue as far as it is known, with its vector, where products may be off by `rounding` of it.
    pub(super) fn largest(&self, rounding: f64) -> Option<Eigen> {
        let last = self.basis.len().checked_sub(1)?;
        let (values, rows) = self.all();
        let residual = |k: usize| self.residual_norm * rows[last][k].abs();
        let off = residual(last) + rounding * values[last].abs();
        let next = last
            .checked_sub(1)
            .map(|next| values[next] + residual(next));
        let gap = values[last] - next.unwrap_or(f64::NEG_INFINITY);
        Some(Eigen {
            value: values[last],
            error: bound(off, gap),
            vector: normalized(self.ritz_vector(&rows, last))?,
        })
    }

    /// Goes on from a random direction that is orthogonal to all others; from none where they are all there are.
    fn start_random(&mut self) {
        const TRIES: u64 = 8;
        self.next = vec![0.0; self.dim];
        for _ in 0..TRIES {
            let random = gaussian(self.dim, self.seed, Purpose::Eigenvectors, self.begun);
            self.begun += 1;
            if self.start_from(random) {
                break;
            }
        }
    }

    /// Whether something of a direction is left beside all others, from which it then goes on.
    fn start_from(&mut self, mut first: Vec<f64>) -> bool {
        let before = length(&first);
        let left = self.orthogonalize(&mut first, before);
        let factor = 1.0 / left;
        let any = left > 1e-6 * before && factor.is_finite();
        if any {
            scale(&mut first, factor);
            self.next = first;
        }
        any
    }

    /// Makes a vector of length `before` orthogonal to all others, and returns what is left of its length. Where much of it was along them, a
    /// second time takes away what they, for they are not quite orthogonal, have left: Daniel, Gragg, Kaufman & Stewart 1976.
    fn orthogonalize(&self, vector: &mut [f64], before: f64) -> f64 {
        const MUCH: f64 = 0.7;
        let mut left = before;
        for _ in 0..2 {
            orthogonalize(vector, self.known);
            left = orthogonalize(vector, &self.basis).sqrt();
            if left > MUCH * before {
                break;
            }
        }
        left
    }

    pub(super) fn step(&mut self, matrix: &dyn LinearOperator) -> Result<(), EigenError> {
        let mut image = vec![0.0; self.dim];
        matrix.multiply(&self.next, &mut image);
        let next = &self.next;
        let sums = reduce_halves(&mut image, &|part, first| {
            let own = &next[first..first + part.len()];
            vec![dot(part, part), dot(part, own)]
        });
        let [size, along] = [sums[0].sqrt(), sums[1]];
        if !size.is_finite() && image.iter().any(|number| !number.is_finite()) {
            return Err(EigenError::NotFinite);
        }
        self.size = self.size.max(size);
        // What is along the last two directions is known; little is along all others.
        let last = self.basis.last().map(|last| (self.residual_norm, last));
        reduce_halves(&mut image, &|part, first| {
            let places = first..first + part.len();
            add(part, -along, &next[places.clone()]);
            if let Some((beyond, last)) = last {
                add(part, -beyond, &last[places]);
            }
            Vec::new()
        });
        let beyond = last.map(|(beyond, _)| beyond);
        self.tridiagonal.off_diagonal.extend(beyond);
        let known = along * along + beyond.map_or(0.0, |beyond| beyond * beyond);
        let before = size * size - known;
        self.tridiagonal.diagonal.push(along);
        self.basis.push(std::mem::take(&mut self.next));
        let before = before.max(1e-12 * size * size).sqrt();
        let left = self.orthogonalize(&mut image, before);
        let factor = 1.0 / left;
        if left > 1e-13 * self.size && factor.is_finite() {
            scale(&mut image, factor);
            self.residual_norm = left;
            self.next = image;
        } else {
            self.residual_norm = 0.0;
            self.start_random();
        }
        Ok(())
    }

    /// Whether the directions so far span an invariant subspace.
    pub(super) fn is_invariant(&self) -> bool {
        self.residual_norm == 0.0
    }

    /// What is asked for as far as it is known, without vectors, and how far off the worst of it is beside the largest magnitude.
    pub(super) fn extremes(
        &self,
        ask: &LanczosOptions,
        complete: bool,
    ) -> (ExtremalEigenvalues, f64) {
        let count = self.basis.len();
        let (values, rows) = self.tridiagonal.eigen(&[count - 1]);
        let beyond = if complete { 0.0 } else { self.residual_norm };
        let residual = |k: usize| beyond * rows[0][k].abs();
        let largest = values[0].abs().max(values[count - 1].abs());
        let mut worst = 0.0_f64;
        let mut eigen = |k: usize| {
            let gaps = neighbours(k, count)
                .map(|other| (values[other] - values[k]).abs() - residual(other));
            let gap = gaps.fold(f64::INFINITY, f64::min);
            let error = bound(residual(k), gap);
            worst = worst.max(if ask.vectors { residual(k) } else { error });
            Eigen {
                value: values[k],
                error,
                vector: Vec::new(),
            }
        };
        let top = (0..count).rev().take(ask.top).map(&mut eigen).collect();
        let bottom = (0..count).take(ask.bottom).map(&mut eigen).collect();
        let found = ExtremalEigenvalues {
            top,
            bottom,
            products: count,
        };
        let worst = if largest > 0.0 { worst / largest } else { 0.0 };
        (found, worst)
    }

    /// The places of the small matrix's eigenvalues that are eigenvalues but for `most`, each with the eigenvector v of length 1, where products
    /// may be off by `rounding`. They are farther than that from all others beside them, and so far that v is off by an angle of a
    /// ten-thousandth.
    pub(super) fn converged(&self, most: f64, rounding: f64) -> Vec<(usize, Vec<f64>)> {
        let count = self.basis.len();
        let (values, rows) = self.all();
        let sure = |k: &usize| {
            let off = self.residual_norm * rows[count - 1][*k].abs() + rounding;
            let apart = f64::max(1e4 * off, most);
            let far = |other: usize| (values[other] - values[*k]).abs() > apart;
            off <= most && neighbours(*k, count).all(far)
        };
        let vector = |k| Some((k, normalized(self.ritz_vector(&rows, k))?));
        (0..count).filter(sure).filter_map(vector).collect()
    }

    /// The eigenvalues of the small matrix, and the matrix of its eigenvectors, row by row.
    fn all(&self) -> (Vec<f64>, Vec<Vec<f64>>) {
        let rows: Vec<usize> = (0..self.basis.len()).collect();
        self.tridiagonal.eigen(&rows)
    }

    /// The vector that column `k` of the small matrix's eigenvectors stands for.
    fn ritz_vector(&self, rows: &[Vec<f64>], k: usize) -> Vec<f64> {
        let mut vector = vec![0.0; self.dim];
        for (row, direction) in rows.iter().zip(&self.basis) {
            add(&mut vector, row[k], direction);
        }
        vector
    }

    /// With the vectors, if they are wanted.
    pub(super) fn with_vectors(
        &self,
        mut found: ExtremalEigenvalues,
        ask: &LanczosOptions,
    ) -> ExtremalEigenvalues {
        if !ask.vectors {
            return found;
        }
        let (count, (_, rows)) = (self.basis.len(), self.all());
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

/// How far a value with such a residual can be from an eigenvalue, where all others are farther than the gap from it.
fn bound(residual: f64, gap: f64) -> f64 {
    let by_gap = residual * residual / gap.max(0.0);
    residual.min(if by_gap.is_nan() { 0.0 } else { by_gap })
}

/// The places beside one of `count`.
fn neighbours(k: usize, count: usize) -> impl Iterator<Item = usize> {
    let both = [k.checked_sub(1), Some(k + 1).filter(|next| *next < count)];
    both.into_iter().flatten()
}
