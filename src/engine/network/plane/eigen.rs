//! The two largest eigenvalues of a symmetric matrix that is known by its products, by Lanczos' method.

use super::PlaneError;
use super::vector::{add, dot, finite, normal, unit};
use crate::engine::cancel::Cancel;
use crate::engine::objective::norm;
use crate::engine::optimizer::linalg;
use crate::engine::rng::Purpose;

/// The most products, and the most numbers that all directions together may have.
const MOST: usize = 300;
const MEMORY: usize = 400_000_000;

/// An eigenvalue, and its eigenvector of length 1.
pub(super) struct Pair {
    pub(super) value: f64,
    pub(super) vector: Vec<f64>,
}

/// The two largest eigenvalues, the larger one first; in one dimension the second one is 0, as is its vector.
///
/// Algorithm 10.1.1 of Golub & Van Loan 2013, with each new direction made orthogonal to all earlier ones. Where they span an invariant
/// subspace, it goes on from a random vector outside of it.
pub(super) fn top_two(
    dim: usize,
    mut product: impl FnMut(&[f64], &mut [f64]),
    cancel: &Cancel,
) -> Result<[Pair; 2], PlaneError> {
    let most = dim.min(MOST.min(MEMORY / dim.max(1)).max(16));
    let mut lanczos = Lanczos::new(dim);
    let mut look = 16;
    loop {
        if cancel.is_cancelled() {
            return Err(PlaneError::Cancelled);
        }
        lanczos.step(&mut product)?;
        let count = lanczos.basis.len();
        if count < look && count < most {
            continue;
        }
        look *= 2;
        let complete = count == dim;
        let (pairs, error) = lanczos.top_two();
        if complete || error <= 1e-10 || count == most && error <= 1e-6 {
            return Ok(pairs);
        }
        if count == most {
            return Err(PlaneError::NotFound(most));
        }
    }
}

/// The matrix in the basis of the directions so far: tridiagonal.
struct Lanczos {
    dim: usize,
    basis: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    /// What is below the diagonal; the last one leads to the direction that comes next.
    beside: Vec<f64>,
    next: Vec<f64>,
    begun: u64,
}

impl Lanczos {
    fn new(dim: usize) -> Self {
        let mut lanczos = Self {
            dim,
            basis: Vec::new(),
            diagonal: Vec::new(),
            beside: Vec::new(),
            next: Vec::new(),
            begun: 0,
        };
        lanczos.begin();
        lanczos
    }

    /// A random direction that is orthogonal to all others.
    fn begin(&mut self) {
        let mut random = normal(self.dim, 0, Purpose::Eigenvectors, self.begun);
        self.begun += 1;
        self.clean(&mut random);
        self.next = unit(random).unwrap_or_else(|| vec![0.0; self.dim]);
    }

    /// Takes away what lies along the basis, twice because of rounding.
    fn clean(&self, vector: &mut [f64]) {
        for _ in 0..2 {
            for other in &self.basis {
                add(vector, -dot(vector, other), other);
            }
        }
    }

    fn step(&mut self, product: &mut impl FnMut(&[f64], &mut [f64])) -> Result<(), PlaneError> {
        let mut image = vec![0.0; self.dim];
        product(&self.next, &mut image);
        let mut image = finite(image)?;
        let size = norm(&image);
        self.diagonal.push(dot(&image, &self.next));
        self.basis.push(std::mem::take(&mut self.next));
        self.clean(&mut image);
        let left = norm(&image);
        if left > 1e-13 * size {
            image.iter_mut().for_each(|number| *number /= left);
            self.beside.push(left);
            self.next = image;
        } else {
            self.beside.push(0.0);
            self.begin();
        }
        Ok(())
    }

    /// The two largest eigenvalues as far as they are known, and how far the worse of their vectors is from being one, relative to the
    /// largest magnitude of an eigenvalue.
    fn top_two(&self) -> ([Pair; 2], f64) {
        let count = self.basis.len();
        let (mut matrix, mut vectors) = (vec![0.0; count * count], vec![0.0; count * count]);
        let mut values = vec![0.0; count];
        for (i, (diagonal, beside)) in self.diagonal.iter().zip(&self.beside).enumerate() {
            matrix[i * count + i] = *diagonal;
            if i + 1 < count {
                matrix[i * count + i + 1] = *beside;
                matrix[(i + 1) * count + i] = *beside;
            }
        }
        linalg::eigen(&mut matrix, &mut vectors, &mut values);
        let largest = values
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        let beyond = self.beside.last().copied().unwrap_or(0.0);
        let mut error = 0.0_f64;
        let pairs = [0, 1].map(|rank| {
            let Some(&column) = order.get(rank) else {
                let vector = vec![0.0; self.dim];
                return Pair { value: 0.0, vector };
            };
            let mut vector = vec![0.0; self.dim];
            for (row, direction) in self.basis.iter().enumerate() {
                add(&mut vector, vectors[row * count + column], direction);
            }
            let last = vectors[(count - 1) * count + column];
            if largest > 0.0 {
                error = error.max(beyond * last.abs() / largest);
            }
            Pair {
                value: values[column],
                vector: unit(vector).unwrap_or_else(|| vec![0.0; self.dim]),
            }
        });
        (pairs, error)
    }
}
