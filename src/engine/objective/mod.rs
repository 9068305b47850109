//! Objectives: losses over θ ∈ ℝⁿ, planes of ℝⁿ, and the oracle that gives optimizers access.

mod batches;
mod curve;
mod formula;
mod lanes;
mod oracle;
pub mod outcome;
pub mod plane;
pub mod state;
mod tensor;

pub use crate::engine::numeric::vector_ops::norm;
pub(in crate::engine) use batches::Batches;
pub use curve::{Objective1d, UnivariateFormula, first_view, sample_graph};
pub use formula::Formula;
pub use oracle::{EvalCounts, GradientSettings, GradientTransform, Oracle, Upstream};
pub(in crate::engine) use oracle::{clip_norm, clip_value};
pub use tensor::{Role, Tensor};

use crate::engine::objective::plane::Plane;
use std::ops::Range;

/// Loss over θ ∈ ℝⁿ: a test function, a regression or a network.
///
/// All values may be infinite or NaN; nothing here panics on numbers.
pub trait Objective: Send + Sync {
    /// Returns the number of parameters n.
    fn dim(&self) -> usize;

    /// Returns the number of samples that the loss is a mean over; 0 without data, and then without mini-batches.
    fn samples(&self) -> usize {
        0
    }

    /// Returns inputs x and targets y of the data that the line y = θ₀ x + θ₁ is fitted to; `None` for any other objective.
    fn line_data(&self) -> Option<[&[f64]; 2]> {
        None
    }

    /// Returns the loss at `theta`.
    fn value(&self, theta: &[f64]) -> f64;

    /// Returns the loss at `theta` and writes its gradient to `gradient`, n numbers.
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64;

    /// Writes the loss and its gradient at (x, y), where n is 2.
    fn gradient_at(&self, x: f64, y: f64, loss: &mut f64, by_x: &mut f64, by_y: &mut f64) {
        let mut gradient = [0.0; 2];
        *loss = self.gradient(&[x, y], &mut gradient);
        [*by_x, *by_y] = gradient;
    }

    /// Returns the mean loss over the samples in `batch` and writes its gradient to `gradient`, n numbers.
    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64;

    /// Computes the Hessian at `theta`, n × n numbers, row by row.
    fn hessian(&self, theta: &[f64], hessian: &mut [f64]);

    /// Computes the product of the Hessian at `theta` with `vector`, n numbers.
    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]);

    /// Computes the product of a curvature matrix of the model at `theta` with `vector`, n numbers; returns false and does nothing where
    /// the objective is not the loss of a model.
    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        let _ = (metric, theta, vector, product);
        false
    }

    /// Returns the trace of each tensor's diagonal block of the Hessian at `theta`, or of the curvature matrix `metric`, where they can be
    /// computed without products.
    fn block_traces(&self, metric: Option<Metric>, theta: &[f64]) -> Option<Vec<f64>> {
        let _ = (metric, theta);
        None
    }

    /// Returns the tensors of θ, as a network has them; empty where θ is one vector.
    fn tensors(&self) -> &[Tensor] {
        &[]
    }

    /// Returns the range of the parameter group `name` of a spec: a coordinate of a test function, a layer of a network.
    fn group(&self, name: &str) -> Option<Range<usize>> {
        let index = ["x", "y"].iter().position(|known| *known == name)?;
        (index < self.dim()).then_some(index..index + 1)
    }

    /// Computes the losses at plane coordinates (a, b) for each `a` of each `b`, row by row; `theta` is a buffer of n numbers. With two
    /// parameters the bits are those of [`Objective::value`]; those of a network agree to 1e-12.
    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        values_on_rows(self, plane, a, b, losses, theta);
    }

    /// Computes the losses and the gradients at many points (x, y), where n is 2. The bits are those of [`Objective::gradient`].
    fn gradients(&self, points: [&[f64]; 2], losses: &mut [f64], gradient: [&mut [f64]; 2]) {
        gradients_one_by_one(self, points, losses, gradient);
    }
}

/// Positive semidefinite curvature matrix of the loss of a model, a mean over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Jᵀ B J, with the Jacobian J of the model's outputs and the Hessian B of the loss by them. For a negative log-likelihood, up to a
    /// factor, it is the Fisher matrix: section 9.2 of Martens 2020.
    GaussNewton,
    /// The mean of g gᵀ over the gradients g of single samples.
    EmpiricalFisher,
}

/// Computes the losses on rows of a plane, one after the other.
pub(in crate::engine) fn values_on_rows(
    objective: &(impl Objective + ?Sized),
    plane: &Plane,
    a: &[f64],
    b: &[f64],
    losses: &mut [f64],
    theta: &mut [f64],
) {
    for (b, row) in b.iter().zip(losses.chunks_mut(a.len().max(1))) {
        for (a, loss) in a.iter().zip(row) {
            plane.point([*a, *b], theta);
            *loss = objective.value(theta);
        }
    }
}

/// Computes the losses and gradients at points (x, y), one after the other.
fn gradients_one_by_one(
    objective: &(impl Objective + ?Sized),
    [x, y]: [&[f64]; 2],
    losses: &mut [f64],
    [gx, gy]: [&mut [f64]; 2],
) {
    for (i, loss) in losses.iter_mut().enumerate() {
        objective.gradient_at(x[i], y[i], loss, &mut gx[i], &mut gy[i]);
    }
}
