//! The largest and the smallest eigenvalues of a symmetric matrix that is known by its products, by Lanczos' method.

use super::matrix::{Beside, Symmetric, clean};
use super::tridiagonal::Tridiagonal;
use crate::engine::cancel::Cancel;
use crate::engine::direction::{add, dot, normal, unit};
use crate::engine::objective::norm;
use crate::engine::rng::Purpose;

/// The most directions, and the most numbers that all of them together may have.
const MOST: usize = 1000;
const MEMORY: usize = 100_000_000;

/// In fewer dimensions a hint saves nothing.
const HINTED: usize = 100;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// How many of the largest eigenvalues.
    pub top: usize,
    /// How many of the smallest.
    pub bottom: usize,
    /// How far an eigenvalue may be from a true one, beside the largest magnitude of all.
    pub tolerance: f64,
    /// Whether vectors are wanted: then it is their residual that the tolerance is for.
    pub vectors: bool,
    /// Whether to look once more beside what was found, for an eigenvalue that comes more than once is found once at first. It
    /// takes about twice as long.
    pub repeated: bool,
    /// Of the random direction that it begins with.
    pub seed: u64,
}

impl Ask {
    /// The largest eigenvalue.
    pub fn largest(tolerance: f64) -> Self {
        Self {
            top: 1,
            bottom: 0,
            tolerance,
            vectors: false,
            repeated: false,
            seed: 0,
        }
    }
}

/// An eigenvalue.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// λ.
    pub value: f64,
    /// An eigenvalue is no farther from it than this, or the products' rounding: the residual ‖A v − λ v‖, or its square by the distance to the next one, where that is
    /// less (theorem 8.1.13 and corollary 8.1.6 of Golub & Van Loan 2013).
    pub error: f64,
    /// v of length 1, its largest number positive; empty where vectors were not wanted.
    pub vector: Vec<f64>,
}

/// Eigenvalues at both ends of a spectrum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extremes {
    /// The largest, the largest first; fewer where the matrix has fewer.
    pub top: Vec<Eigen>,
    /// The smallest, the smallest first.
    pub bottom: Vec<Eigen>,
    /// How many products it took.
    pub products: usize,
}

/// Why eigenvalues were not found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EigenError {
    /// The work was stopped.
    #[error("the work was stopped; expected to be let finish")]
    Cancelled,
    /// Products overflow.
    #[error("the curvature is not finite at these parameters; expected finite second derivatives")]
    NotFinite,
    /// Lanczos' method has not converged.
    #[error(
        "eigenvalues were not found to {tolerance:.0e} by {products} products, but to {error:.1e}; expected fewer of them, or a larger tolerance"
    )]
    NotFound {
        /// How many products it took.
        products: usize,
        /// What was asked for.
        tolerance: f64,
        /// What was reached.
        error: f64,
    },
}

/// The eigenvalues that are asked for.
///
/// Algorithm 10.1.1 of Golub & Van Loan 2013, with each new direction made orthogonal to all earlier ones. Where they span an invariant
/// subspace, it goes on from a random vector outside of it.
pub fn lanczos(matrix: &dyn Symmetric, ask: &Ask, cancel: &Cancel) -> Result<Extremes, EigenError> {
    let first = Ask {
        vectors: ask.vectors || ask.repeated,
        ..*ask
    };
    let (mut found, complete) = once(matrix, &first, &[], cancel)?;
    if ask.repeated && !complete {
        again(matrix, ask, &mut found, cancel)?;
    }
    Ok(found)
}

/// Looks beside what was found until nothing more belongs to it.
fn again(
    matrix: &dyn Symmetric,
    ask: &Ask,
    found: &mut Extremes,
    cancel: &Cancel,
) -> Result<(), EigenError> {
    let values = found.top.iter().chain(&found.bottom);
    let scale = values.fold(0.0, |most: f64, eigen| most.max(eigen.value.abs()));
    for round in 1.. {
        let mut known: Vec<Vec<f64>> = Vec::new();
        for eigen in found.top.iter().chain(&found.bottom) {
            let mut vector = eigen.vector.clone();
            clean(&mut vector, &known);
            clean(&mut vector, &known);
            // In a small matrix one may be at both ends.
            if norm(&vector) > 1e-8 {
                known.extend(unit(vector));
            }
        }
        known.truncate(matrix.dim());
        if known.len() == matrix.dim() {
            return Ok(());
        }
        let own = Ask {
            top: ask.top.min(1),
            bottom: ask.bottom.min(1),
            vectors: true,
            seed: ask.seed.wrapping_add(round),
            ..*ask
        };
        let beside = Beside {
            whole: matrix,
            directions: &known,
        };
        let (more, _) = once(&beside, &own, &known, cancel)?;
        found.products += more.products;
        let beyond = |value: f64, last: Option<&Eigen>, sign: f64| {
            last.is_some_and(|last| sign * (value - last.value) > ask.tolerance * scale)
        };
        let mut news = false;
        for (list, eigen, sign) in [
            (&mut found.top, more.top, 1.0),
            (&mut found.bottom, more.bottom, -1.0),
        ] {
            for eigen in eigen {
                if beyond(eigen.value, list.last(), sign) {
                    list.pop();
                    list.push(eigen);
                    list.sort_by(|a, b| (sign * b.value).total_cmp(&(sign * a.value)));
                    news = true;
                }
            }
        }
        if !news {
            break;
        }
    }
    if !ask.vectors {
        let all = found.top.iter_mut().chain(&mut found.bottom);
        all.for_each(|eigen| eigen.vector = Vec::new());
    }
    Ok(())
}

/// One way of Lanczos', in directions that are orthogonal to `known`; and whether it went through all there are.
fn once(
    matrix: &dyn Symmetric,
    ask: &Ask,
    known: &[Vec<f64>],
    cancel: &Cancel,
) -> Result<(Extremes, bool), EigenError> {
    let all = matrix.dim() - known.len();
    let room = MOST.min(MEMORY / matrix.dim().max(1)).max(32);
    let most = all.min(room);
    let mut lanczos = Lanczos::new(matrix.dim(), known, ask.seed);
    if ask.top == 1 && ask.bottom == 0 && all > HINTED {
        lanczos.lean_to(matrix.hint());
    }
    loop {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        lanczos.step(matrix)?;
        let count = lanczos.basis.len();
        let complete = count == all;
        let due = count < 64 || count.is_multiple_of(8) || count == most;
        if !due || count < (ask.top + ask.bottom + 2).min(most) {
            continue;
        }
        let (found, error) = lanczos.extremes(ask, complete);
        if complete || error <= ask.tolerance {
            let found = if ask.vectors {
                lanczos.with_vectors(found)
            } else {
                found
            };
            return Ok((found, complete));
        }
        if count == most {
            return Err(EigenError::NotFound {
                products: count,
                tolerance: ask.tolerance,
                error,
            });
        }
    }
}

/// The matrix in the basis of the directions so far: tridiagonal.
pub(super) struct Lanczos<'a> {
    dim: usize,
    known: &'a [Vec<f64>],
    pub(super) basis: Vec<Vec<f64>>,
    pub(super) small: Tridiagonal,
    /// What leads to the direction that comes next.
    beyond: f64,
    next: Vec<f64>,
    seed: u64,
    begun: u64,
    /// The largest image of a direction so far.
    size: f64,
}

impl<'a> Lanczos<'a> {
    /// From a random direction, in those that are orthogonal to `known`.
    fn new(dim: usize, known: &'a [Vec<f64>], seed: u64) -> Self {
        let mut lanczos = Self {
            dim,
            known,
            basis: Vec::new(),
            small: Tridiagonal::default(),
            beyond: 0.0,
            next: Vec::new(),
            seed,
            begun: 0,
            size: 0.0,
        };
        lanczos.begin();
        lanczos
    }

    /// What a few steps of another matrix find of its largest eigenvalue's direction.
    pub(super) fn hint(other: &dyn Symmetric) -> Option<Vec<f64>> {
        const STEPS: usize = 6;
        let mut lanczos = Self::new(other.dim(), &[], 0);
        for _ in 0..STEPS {
            lanczos.step(other).ok()?;
        }
        let count = lanczos.basis.len();
        let all: Vec<usize> = (0..count).collect();
        unit(lanczos.combine(&lanczos.small.eigen(&all).1, count - 1))
    }

    /// Begins near a direction. A tenth of the random one stays, so that no eigenvalue can be missed.
    fn lean_to(&mut self, hint: Option<Vec<f64>>) {
        if let Some(mut first) = hint {
            add(&mut first, 0.1, &self.next);
            self.begin_from(first);
        }
    }

    /// From a given direction.
    pub(super) fn from(first: Vec<f64>) -> Self {
        let mut lanczos = Self::new(first.len(), &[], 0);
        lanczos.begin_from(first);
        lanczos
    }

    /// Goes on from a random direction that is orthogonal to all others; from none where they are all there are.
    fn begin(&mut self) {
        const TRIES: u64 = 8;
        self.next = vec![0.0; self.dim];
        for _ in 0..TRIES {
            let random = normal(self.dim, self.seed, Purpose::Eigenvectors, self.begun);
            self.begun += 1;
            if self.begin_from(random) {
                break;
            }
        }
    }

    /// Whether something of a direction is left beside all others, from which it then goes on.
    fn begin_from(&mut self, mut first: Vec<f64>) -> bool {
        let before = norm(&first);
        self.clean(&mut first);
        let left = norm(&first) > 1e-6 * before;
        if let Some(first) = unit(first).filter(|_| left) {
            self.next = first;
        }
        left
    }

    fn clean(&self, vector: &mut [f64]) {
        // What rounding leaves is cleaned once more, of both.
        for _ in 0..2 {
            clean(vector, self.known);
            clean(vector, &self.basis);
        }
    }

    pub(super) fn step(&mut self, matrix: &dyn Symmetric) -> Result<(), EigenError> {
        let mut image = vec![0.0; self.dim];
        matrix.multiply(&self.next, &mut image);
        if image.iter().any(|number| !number.is_finite()) {
            return Err(EigenError::NotFinite);
        }
        if !self.basis.is_empty() {
            self.small.beside.push(self.beyond);
        }
        self.size = self.size.max(norm(&image));
        self.small.diagonal.push(dot(&image, &self.next));
        self.basis.push(std::mem::take(&mut self.next));
        self.clean(&mut image);
        let left = norm(&image);
        if left > 1e-13 * self.size {
            image.iter_mut().for_each(|number| *number /= left);
            self.beyond = left;
            self.next = image;
        } else {
            self.beyond = 0.0;
            self.begin();
        }
        Ok(())
    }

    /// Whether the directions so far span an invariant subspace.
    pub(super) fn is_invariant(&self) -> bool {
        self.beyond == 0.0
    }

    /// What is asked for as far as it is known, without vectors, and how far off the worst of it is beside the largest magnitude.
    fn extremes(&self, ask: &Ask, complete: bool) -> (Extremes, f64) {
        let count = self.basis.len();
        let (values, rows) = self.small.eigen(&[count - 1]);
        let beyond = if complete { 0.0 } else { self.beyond };
        let residual = |k: usize| beyond * rows[0][k].abs();
        let largest = values[0].abs().max(values[count - 1].abs());
        let mut worst = 0.0_f64;
        let mut eigen = |k: usize| {
            let beside = [k.checked_sub(1), Some(k + 1).filter(|next| *next < count)];
            let gaps = beside.into_iter().flatten();
            let gaps = gaps.map(|other| (values[other] - values[k]).abs() - residual(other));
            let gap = gaps.fold(f64::INFINITY, f64::min);
            let by_gap = residual(k) * residual(k) / gap.max(0.0);
            let error = residual(k).min(if by_gap.is_nan() { 0.0 } else { by_gap });
            worst = worst.max(if ask.vectors { residual(k) } else { error });
            Eigen {
                value: values[k],
                error,
                vector: Vec::new(),
            }
        };
        let top = (0..count).rev().take(ask.top).map(&mut eigen).collect();
        let bottom = (0..count).take(ask.bottom).map(&mut eigen).collect();
        let found = Extremes {
            top,
            bottom,
            products: count,
        };
        let worst = if largest > 0.0 { worst / largest } else { 0.0 };
        (found, worst)
    }

    /// The places of the small matrix's eigenvalues whose residual ‖A v − λ v‖ is at most this and which are far from all others beside it, with v of
    /// length 1. A gap ten times as wide leaves v an angle of a tenth; the residual, squared, is then what the eigenvalue is off by.
    pub(super) fn converged(&self, residual: f64) -> Vec<(usize, Vec<f64>)> {
        let count = self.basis.len();
        let all: Vec<usize> = (0..count).collect();
        let (values, rows) = self.small.eigen(&all);
        let sure = |k: &usize| {
            let off = self.beyond * rows[count - 1][*k].abs();
            let beside = [k.checked_sub(1), Some(k + 1).filter(|next| *next < count)];
            let mut gaps = beside.into_iter().flatten();
            off <= residual && gaps.all(|other| (values[other] - values[*k]).abs() > 1e4 * off)
        };
        let vector = |k| Some((k, unit(self.combine(&rows, k))?));
        all.iter()
            .copied()
            .filter(sure)
            .filter_map(vector)
            .collect()
    }

    /// The vector that column `k` of the small matrix's eigenvectors stands for.
    fn combine(&self, rows: &[Vec<f64>], k: usize) -> Vec<f64> {
        let mut vector = vec![0.0; self.dim];
        for (row, direction) in rows.iter().zip(&self.basis) {
            add(&mut vector, row[k], direction);
        }
        vector
    }

    fn with_vectors(&self, mut found: Extremes) -> Extremes {
        let count = self.basis.len();
        let all: Vec<usize> = (0..count).collect();
        let (_, rows) = self.small.eigen(&all);
        let vector = |k: usize| unit(self.combine(&rows, k)).unwrap_or_else(|| vec![0.0; self.dim]);
        for (rank, eigen) in found.top.iter_mut().enumerate() {
            eigen.vector = vector(count - 1 - rank);
        }
        for (k, eigen) in found.bottom.iter_mut().enumerate() {
            eigen.vector = vector(k);
        }
        found
    }
}

#[cfg(test)]
mod tests;
