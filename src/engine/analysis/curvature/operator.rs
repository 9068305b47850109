//! Symmetric linear operators: curvature matrices of a loss, known by their matrix-vector products, and operators made from them.

use super::lanczos::EigenError;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::vector_ops::{add, dot};
use crate::engine::objective::{Metric, Objective};
use rayon::prelude::*;
use std::ops::Range;

/// A symmetric n × n matrix A that is known by its products with vectors.
pub trait LinearOperator: Send + Sync {
    /// The dimension n.
    fn dim(&self) -> usize;

    /// Writes A `vector` to `product`; both hold n numbers.
    fn multiply(&self, vector: &[f64], product: &mut [f64]);

    /// Returns the traces of diagonal blocks, each with its range of parameters, where they are known without products.
    fn traces(&self) -> Vec<(Range<usize>, f64)> {
        Vec::new()
    }

    /// Returns all n × n entries row by row, by n products. Where rounding makes two symmetric entries differ, both are set to their mean.
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

/// Curvature matrix of a loss at θ: the Hessian, or the one that a [`Metric`] names.
pub struct Curvature<'a> {
    objective: &'a dyn Objective,
    theta: &'a [f64],
    metric: Option<Metric>,
}

impl<'a> Curvature<'a> {
    /// Returns the Hessian of a loss at θ, n numbers.
    pub fn hessian(objective: &'a dyn Objective, theta: &'a [f64]) -> Self {
        Self::new(objective, theta, None)
    }

    /// Returns the Hessian, or the matrix that `metric` names.
    pub fn new(objective: &'a dyn Objective, theta: &'a [f64], metric: Option<Metric>) -> Self {
        Self {
            objective,
            theta,
            metric,
        }
    }
}

impl LinearOperator for Curvature<'_> {
    fn dim(&self) -> usize {
        self.theta.len()
    }

    /// Fills `product` with NaN where the loss has no such matrix.
    fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        let (objective, theta) = (self.objective, self.theta);
        match self.metric {
            None => objective.hessian_vector(theta, vector, product),
            Some(metric) => {
                if !objective.metric_vector(metric, theta, vector, product) {
                    product.fill(f64::NAN);
                }
            }
        }
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

/// Diagonal block of a matrix that belongs to some of the parameters, as those of a layer.
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

/// D A D for a diagonal matrix D.
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

/// The deflated matrix (I − Y Yᵀ) A (I − Y Yᵀ) for orthonormal columns Y.
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

/// Subtracts the components of `vector` along orthonormal `directions` (modified Gram–Schmidt).
pub(super) fn orthogonalize(vector: &mut [f64], directions: &[Vec<f64>]) {
    for direction in directions {
        let component = dot(vector, direction);
        add(vector, -component, direction);
    }
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
