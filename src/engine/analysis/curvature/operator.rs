//! Matrices of curvature that are known by their products with vectors: those of a loss, and what is made of them.

use super::lanczos::EigenError;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::awake::join;
use crate::engine::numeric::vector_ops::{add, dot};
use crate::engine::objective::{Metric, Objective, Products};
use rayon::prelude::*;
use std::ops::Range;

/// A symmetric n × n matrix that is known by its products with vectors.
pub trait LinearOperator: Send + Sync {
    /// n.
    fn dim(&self) -> usize;

    /// The matrix times `vector`; both have n numbers.
    fn multiply(&self, vector: &[f64], product: &mut [f64]);

    /// `vector` times the matrix times `vector`, n numbers: where that has length 1, the Rayleigh quotient.
    fn quadratic_form(&self, vector: &[f64]) -> f64 {
        by_product(self, vector)
    }

    /// The traces of blocks on the diagonal, each with where it stands, as far as they are known without products.
    fn traces(&self) -> Vec<(Range<usize>, f64)> {
        Vec::new()
    }

    /// The same matrix to about seven digits, where products with that are cheaper.
    fn single_precision(&self) -> Option<Box<dyn LinearOperator + '_>> {
        None
    }

    /// A matrix much like it, where products with that are much cheaper.
    fn subsampled(&self) -> Option<Box<dyn LinearOperator + '_>> {
        None
    }

    /// By how much rounding changes [`Self::quadratic_form`] of a rounded matrix, as far as that is measured.
    fn single_precision_error(&self, _vector: &[f64]) -> Option<f64> {
        None
    }

    /// All of the matrix, row by row, by n products; where rounding makes two entries differ, their mean is both.
    fn dense(&self, cancel: &Cancel) -> Result<Vec<f64>, EigenError> {
        let n = self.dim();
        let mut matrix = vec![0.0; n * n];
        let rows = matrix.par_chunks_exact_mut(n.max(1)).enumerate();
        rows.try_for_each_init(
            || vec![0.0; n],
            |unit, (k, row)| {
                if cancel.is_cancelled() {
                    return Err(EigenError::Cancelled);
                }
                unit[k] = 1.0;
                self.multiply(unit, row);
                unit[k] = 0.0;
                if row.iter().all(|number| number.is_finite()) {
                    Ok(())
                } else {
                    Err(EigenError::NotFinite)
                }
            },
        )?;
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (matrix[i * n + j] + matrix[j * n + i]);
                matrix[i * n + j] = mean;
                matrix[j * n + i] = mean;
            }
        }
        Ok(matrix)
    }
}

/// `vector` times the matrix times `vector`.
fn by_product(matrix: &(impl LinearOperator + ?Sized), vector: &[f64]) -> f64 {
    let mut product = vec![0.0; matrix.dim()];
    matrix.multiply(vector, &mut product);
    dot(&product, vector)
}

/// A matrix of the curvature of a loss at θ.
pub struct Curvature<'a> {
    objective: &'a dyn Objective,
    theta: &'a [f64],
    metric: Option<Metric>,
    products: Option<Box<dyn Products + 'a>>,
}

impl<'a> Curvature<'a> {
    /// The Hessian of a loss at θ, n numbers.
    pub fn hessian(objective: &'a dyn Objective, theta: &'a [f64]) -> Self {
        Self::new(objective, theta, None)
    }

    /// The Hessian, or what takes its place.
    pub fn new(objective: &'a dyn Objective, theta: &'a [f64], metric: Option<Metric>) -> Self {
        let products = objective.products(metric, theta);
        Self {
            objective,
            theta,
            metric,
            products,
        }
    }
}

impl LinearOperator for Curvature<'_> {
    fn dim(&self) -> usize {
        self.theta.len()
    }

    /// Where the loss has no such matrix, it is all NaN.
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let known = match (&self.products, self.metric) {
            (Some(products), _) => {
                products.multiply(vector, product);
                true
            }
            (None, None) => {
                self.objective.hessian_vector(self.theta, vector, product);
                true
            }
            (None, Some(metric)) => {
                { self.objective }.metric_vector(metric, self.theta, vector, product)
            }
        };
        if !known {
            product.fill(f64::NAN);
        }
    }

    fn quadratic_form(&self, vector: &[f64]) -> f64 {
        let known = self.products.as_ref();
        let known = known.and_then(|products| products.quadratic_form(vector));
        known.unwrap_or_else(|| by_product(self, vector))
    }

    fn single_precision(&self) -> Option<Box<dyn LinearOperator + '_>> {
        let (dim, products) = (self.dim(), self.products.as_ref()?.single_precision()?);
        Some(Box::new(WrappedOperator { dim, products }))
    }

    fn traces(&self) -> Vec<(Range<usize>, f64)> {
        let traces = self.objective.block_traces(self.metric, self.theta);
        let tensors = self.objective.tensors().iter();
        tensors
            .map(|tensor| tensor.range.clone())
            .zip(traces.unwrap_or_default())
            .collect()
    }
}

/// What is much like another matrix.
struct WrappedOperator<'a> {
    dim: usize,
    products: Box<dyn Products + 'a>,
}

impl LinearOperator for WrappedOperator<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        self.products.multiply(vector, product);
    }

    fn single_precision_error(&self, vector: &[f64]) -> Option<f64> {
        self.products.single_precision_error(vector)
    }

    fn subsampled(&self) -> Option<Box<dyn LinearOperator + '_>> {
        let (dim, products) = (self.dim, self.products.subsampled()?);
        Some(Box::new(WrappedOperator { dim, products }))
    }
}

/// The block of a matrix on its diagonal that belongs to some of the parameters, a layer's for one.
pub struct DiagonalBlock<'a> {
    /// The matrix.
    pub whole: &'a dyn LinearOperator,
    /// The parameters, in order.
    pub ranges: &'a [Range<usize>],
}

impl LinearOperator for DiagonalBlock<'_> {
    fn dim(&self) -> usize {
        self.ranges.iter().map(Range::len).sum()
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let n = self.whole.dim();
        let (mut all, mut image) = (vec![0.0; n], vec![0.0; n]);
        let mut from = vector;
        for range in self.ranges {
            let (own, rest) = from.split_at(range.len());
            all[range.clone()].copy_from_slice(own);
            from = rest;
        }
        self.whole.multiply(&all, &mut image);
        let mut to = product;
        for range in self.ranges {
            let (own, rest) = to.split_at_mut(range.len());
            own.copy_from_slice(&image[range.clone()]);
            to = rest;
        }
    }

    fn traces(&self) -> Vec<(Range<usize>, f64)> {
        let mut own = Vec::new();
        let mut first = 0;
        let all = self.whole.traces();
        for range in self.ranges {
            let inside = { all.iter() }
                .filter(|(block, _)| range.start <= block.start && block.end <= range.end);
            own.extend(inside.map(|(block, trace)| {
                let start = first + block.start - range.start;
                (start..start + block.len(), *trace)
            }));
            first += range.len();
        }
        own
    }
}

/// D A D, of a diagonal D.
pub struct DiagonallyScaled<'a> {
    /// A.
    pub whole: &'a dyn LinearOperator,
    /// The diagonal of D, n numbers.
    pub by: &'a [f64],
}

impl LinearOperator for DiagonallyScaled<'_> {
    fn dim(&self) -> usize {
        self.whole.dim()
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let scaled: Vec<f64> = vector.iter().zip(self.by).map(|(v, d)| v * d).collect();
        self.whole.multiply(&scaled, product);
        product.iter_mut().zip(self.by).for_each(|(p, d)| *p *= d);
    }
}

/// What is left of a matrix beside directions of length 1 that are orthogonal to each other: (I − Y Yᵀ) A (I − Y Yᵀ).
pub(super) struct Deflated<'a> {
    pub(super) whole: &'a dyn LinearOperator,
    pub(super) directions: &'a [Vec<f64>],
}

impl LinearOperator for Deflated<'_> {
    fn dim(&self) -> usize {
        self.whole.dim()
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let mut vector = vector.to_vec();
        orthogonalize(&mut vector, self.directions);
        self.whole.multiply(&vector, product);
        orthogonalize(product, self.directions);
    }
}

/// Takes away what lies along directions of length 1 that are orthogonal to each other. Returns the square of the length that is left.
pub(super) fn orthogonalize(vector: &mut [f64], directions: &[Vec<f64>]) -> f64 {
    // So many numbers of a vector stay in cache while all directions pass by.
    const PIECE: usize = 1024;
    let pieces =
        |part: &mut [f64], first: usize, work: &mut dyn FnMut(&mut [f64], Range<usize>)| {
            for (piece, own) in part.chunks_mut(PIECE).enumerate() {
                let first = first + piece * PIECE;
                let places = first..first + own.len();
                work(own, places);
            }
        };
    let along = reduce_halves(vector, &|part, first| {
        let mut along = vec![0.0; directions.len()];
        pieces(part, first, &mut |own, places| {
            for (along, direction) in along.iter_mut().zip(directions) {
                *along += dot(own, &direction[places.clone()]);
            }
        });
        along
    });
    let left = reduce_halves(vector, &|part, first| {
        let mut left = 0.0;
        pieces(part, first, &mut |own, places| {
            for (along, direction) in along.iter().zip(directions) {
                add(own, -along, &direction[places.clone()]);
            }
            left += dot(own, own);
        });
        vec![left]
    });
    left[0]
}

/// What `work` makes of a vector; of a long one two threads make it of a half each, which they are told the beginning of, and the sums of both
/// are returned.
pub(super) fn reduce_halves(
    vector: &mut [f64],
    work: &(impl Fn(&mut [f64], usize) -> Vec<f64> + Sync),
) -> Vec<f64> {
    const LONG: usize = 8192;
    if vector.len() < LONG {
        return work(vector, 0);
    }
    let middle = vector.len() / 2;
    let (first, second) = vector.split_at_mut(middle);
    let (mut sums, more) = join(|| work(first, 0), || work(second, middle));
    add(&mut sums, 1.0, &more);
    sums
}

#[cfg(test)]
pub(super) struct Dense {
    pub(super) n: usize,
    pub(super) numbers: Vec<f64>,
}

#[cfg(test)]
impl LinearOperator for Dense {
    fn dim(&self) -> usize {
        self.n
    }

    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        for (row, to) in self.numbers.chunks_exact(self.n).zip(product) {
            *to = dot(row, vector);
        }
    }
}
