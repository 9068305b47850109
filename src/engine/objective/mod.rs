//! A loss over θ ∈ ℝⁿ, and the oracle through which an optimizer sees it.

mod curve;
mod formula;
mod lanes;
mod oracle;
pub mod outcome;
pub mod plane;
pub mod state;
mod tensor;

pub use crate::engine::numeric::vector_ops::norm;
pub use curve::{Objective1d, UnivariateFormula, first_view, sample_graph};
pub use formula::Formula;
pub use oracle::{EvalCounts, GradientSettings, GradientTransform, Oracle, Upstream};
pub(in crate::engine) use oracle::{clip_norm, clip_value};
pub use tensor::{Role, Tensor};

use crate::engine::objective::plane::Plane;
use std::ops::Range;

/// A loss over θ ∈ ℝⁿ. Test functions, regressions and networks all are one.
///
/// All values may be infinite or NaN; nothing here panics on numbers.
pub trait Objective: Send + Sync {
    /// The number of parameters n.
    fn dim(&self) -> usize;

    /// How many samples the loss is a mean over; 0 if it has no data, and then no mini-batches.
    fn samples(&self) -> usize {
        0
    }

    /// The loss at `theta`.
    fn value(&self, theta: &[f64]) -> f64;

    /// The loss at `theta`; its gradient goes to `gradient`, which holds n numbers.
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64;

    /// Like [`Objective::gradient`], of the mean over the samples in `batch` only.
    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64;

    /// The Hessian at `theta`, n × n numbers, row by row.
    fn hessian(&self, theta: &[f64], hessian: &mut [f64]);

    /// The Hessian at `theta` times `vector`, n numbers.
    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]);

    /// A matrix made of the model's own data at `theta`, times `vector`; false, and nothing done, where this is not the loss of such
    /// a model.
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

    /// The trace of each tensor's block on the diagonal of the Hessian at `theta`, or of what takes its place, where they are known
    /// without any product.
    fn block_traces(&self, metric: Option<Metric>, theta: &[f64]) -> Option<Vec<f64>> {
        let _ = (metric, theta);
        None
    }

    /// What θ is made of where it has parts with shapes, as a network has; empty where it is one vector.
    fn tensors(&self) -> &[Tensor] {
        &[]
    }

    /// The parameters that are called `name` in a spec's brackets, of which they are a group: the coordinates of a test
    /// function, the layers of a network.
    fn group(&self, name: &str) -> Option<Range<usize>> {
        let index = ["x", "y"].iter().position(|known| *known == name)?;
        (index < self.dim()).then_some(index..index + 1)
    }

    /// The losses on rows of a plane, at plane coordinates (a, b) for each `a` of each `b`, row by row; `theta` is room for n
    /// numbers. Of two parameters the bits are those of [`Objective::value`], of a network they agree to 1e-12.
    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        values_on_rows(self, plane, a, b, losses, theta);
    }

    /// Computes the losses and the gradients at many points (x, y), where n is 2. The bits are those of [`Objective::gradient`].
    fn gradients(&self, points: [&[f64]; 2], losses: &mut [f64], gradient: [&mut [f64]; 2]) {
        gradients_one_by_one(self, points, losses, gradient);
    }
}

/// A matrix that takes the Hessian's place for the loss of a model, a mean over samples. It has no negative eigenvalue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Jᵀ B J, of the Jacobian J of the model's outputs and the Hessian B of the loss by them. Of a loss that is a negative
    /// log-likelihood, up to a factor, it is the Fisher matrix: section 9.2 of Martens 2020.
    GaussNewton,
    /// The mean of g gᵀ over the gradients g of single samples.
    EmpiricalFisher,
}

/// The losses on rows of a plane, one after the other.
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
        let mut pair = [0.0; 2];
        *loss = objective.gradient(&[x[i], y[i]], &mut pair);
        [gx[i], gy[i]] = pair;
    }
}
