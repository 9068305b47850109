//! Network losses as objectives: value, gradient, Hessian-vector products.

use super::exact_trace;
use super::fast::slice::losses_on_rows;
use super::model::{NetworkLoss, Precision};
use super::norm::Norm;
use super::reduce::{CurvatureMatrix, Evaluator, Quantity, SampleReduction};
use crate::engine::objective::plane::Plane;
use crate::engine::objective::{Metric, Objective, Tensor, values_on_rows};
use rayon::prelude::*;
use std::ops::Range;

impl NetworkLoss {
    /// Writes the Gauss-Newton matrix at `theta` times `vector`, both of length n. The matrix is the mean of Jᵀ H J plus λ I, where J is
    /// the Jacobian of a sample's outputs and H the Hessian of its loss by them. For bce and ce it is the Fisher information (Martens
    /// 2020); for mse that of a normal distribution, up to a factor.
    pub fn gauss_newton_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::GaussNewton, theta, vector, product);
        add_scaled(product, self.l2, vector);
    }

    /// Writes the empirical Fisher matrix at `theta` times `vector`, both of length n. The matrix is the mean of g gᵀ, where g is the
    /// gradient of a sample's loss, without λ. With batch normalisation g is Jᵀ d, where d is the gradient of the sample's loss by its own
    /// outputs.
    pub fn empirical_fisher_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::EmpiricalFisher, theta, vector, product);
    }

    /// Writes `matrix` at `theta`, without λ, times `vector`.
    fn multiply(
        &self,
        matrix: CurvatureMatrix,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) {
        let direction = self.weights(vector);
        let quantity = Quantity::Product(matrix, &direction);
        self.sum(theta, None, quantity, Some(product));
    }

    /// Returns the mean loss over all samples or a batch, and writes the mean of `quantity` to `mean`.
    fn sum(
        &self,
        theta: &[f64],
        batch: Option<&[usize]>,
        quantity: Quantity,
        mean: Option<&mut [f64]>,
    ) -> f64 {
        let (net, weights) = (self, &*self.weights(theta));
        let evaluator = Evaluator {
            net,
            weights,
            batch,
        };
        SampleReduction {
            evaluator,
            quantity,
        }
        .mean(mean)
    }

    /// Returns the loss with the L2 penalty; writes its gradient too, if given a slice.
    fn loss_and_gradient(
        &self,
        theta: &[f64],
        batch: Option<&[usize]>,
        gradient: Option<&mut [f64]>,
    ) -> f64 {
        let loss = if let Some(gradient) = gradient {
            let loss = self.sum(theta, batch, Quantity::Gradient, Some(gradient));
            add_scaled(gradient, self.l2, theta);
            loss
        } else {
            self.sum(theta, batch, Quantity::Value, None)
        };
        let squares = || theta.iter().map(|theta| theta * theta).sum::<f64>();
        if self.l2 == 0.0 {
            loss
        } else {
            loss + 0.5 * self.l2 * squares()
        }
    }
}

impl Objective for NetworkLoss {
    fn dim(&self) -> usize {
        self.shape.layout.dim()
    }

    fn samples(&self) -> usize {
        self.samples
    }

    fn value(&self, theta: &[f64]) -> f64 {
        self.loss_and_gradient(theta, None, None)
    }

    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, None, Some(gradient))
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, Some(batch), Some(gradient))
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let n = self.dim();
        let rows = hessian.par_chunks_exact_mut(n).enumerate();
        rows.for_each_init(
            || vec![0.0; n],
            |unit, (k, row)| {
                unit[k] = 1.0;
                self.hessian_vector(theta, unit, row);
                unit[k] = 0.0;
            },
        );
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                hessian[i * n + j] = mean;
                hessian[j * n + i] = mean;
            }
        }
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(CurvatureMatrix::Hessian, theta, vector, product);
        add_scaled(product, self.l2, vector);
    }

    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        match metric {
            Metric::GaussNewton => self.gauss_newton_vector(theta, vector, product),
            Metric::EmpiricalFisher => self.empirical_fisher_vector(theta, vector, product),
        }
        true
    }

    fn block_traces(&self, metric: Option<Metric>, theta: &[f64]) -> Option<Vec<f64>> {
        exact_trace::exact_traces(self, CurvatureMatrix::of(metric), theta)
    }

    /// The bits of a point do not depend on the other points.
    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        match self.precision {
            _ if self.shape.norm != Norm::None => values_on_rows(self, plane, a, b, losses, theta),
            Precision::Double => losses_on_rows::<f64>(self, plane, a, b, losses),
            Precision::Single => losses_on_rows::<f32>(self, plane, a, b, losses),
        }
    }

    fn tensors(&self) -> &[Tensor] {
        self.shape.layout.tensors()
    }

    fn group(&self, name: &str) -> Option<Range<usize>> {
        self.shape.layout.group(name)
    }
}

/// Adds `factor` times `from` to `to`.
pub(super) fn add_scaled(to: &mut [f64], factor: f64, from: &[f64]) {
    if factor != 0.0 {
        to.iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to += factor * from);
    }
}
