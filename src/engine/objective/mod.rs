//! A loss over θ ∈ ℝⁿ, and the oracle through which an optimizer sees it.

mod curve;
mod lanes;
mod oracle;
pub mod outcome;
pub mod params;
pub mod plane;
pub mod state;
mod tensor;

pub use crate::engine::numeric::vector_ops::norm;
pub use curve::{Objective1d, UnivariateFormula, first_view, sample_graph};
pub(in crate::engine) use lanes::gradient_on_lanes;
pub use oracle::{EvalCounts, GradientSettings, GradientTransform, Oracle, Upstream};
pub(in crate::engine) use oracle::{clip_norm, clip_value};
pub use tensor::{Role, Tensor};

use crate::engine::numeric::jet::{Jet1, Jet2, Scalar};
use crate::engine::objective::plane::Plane;
use crate::engine::stride::{self, Herd, Rows, Walker};
use crate::engine::training::MAX_GROWTH;
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

    /// [`Objective::gradient`] where n is 2.
    ///
    /// x and y travel in registers: a step stores them one by one, and a processor that is to load them together has to wait until
    /// both stores are through, which takes as long as the rest of a short step.
    fn gradient_at(&self, x: f64, y: f64, gradient: &mut [f64; 2]) -> f64 {
        self.gradient(&[x, y], gradient)
    }

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

    /// The losses and the gradients of many points, where n is 2. The bits are those of [`Objective::gradient`].
    fn gradients(
        &self,
        points: [&[f64]; 2],
        losses: &mut [f64],
        gradient: [&mut [f64]; 2],
    ) -> Extent {
        gradients_one_by_one(self, points, losses, gradient)
    }

    /// Takes steps of a run where n is 2, as [`stride::walk`] does, in a loop that the gradient is compiled into.
    fn walk(&self, walker: &mut Walker, rates: &[f64], tolerance: f64, rows: &mut Rows) -> usize {
        let gradient = |x, y| {
            let mut gradient = [0.0; 2];
            let loss = self.gradient_at(x, y, &mut gradient);
            [loss, gradient[0], gradient[1]]
        };
        stride::walk(gradient, walker, rates, tolerance, rows)
    }

    /// Takes steps of many runs where n is 2, as [`stride::march`] does; `None` where there is no such loop for it.
    fn march(&self, herd: &mut Herd, rates: &[f64]) -> Option<(usize, bool)> {
        let _ = (herd, rates);
        None
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

/// How far many losses and gradients reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Whether |loss| + |x| + |y| is at most [`MAX_GROWTH`] everywhere, which is within the limits of every run, and the gradient's squared norm finite.
    pub bounded: bool,
    /// The least squared norm of a gradient.
    pub least: f64,
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

/// The losses and gradients of points in two parameters, one after the other.
fn gradients_one_by_one(
    objective: &(impl Objective + ?Sized),
    [x, y]: [&[f64]; 2],
    losses: &mut [f64],
    [gx, gy]: [&mut [f64]; 2],
) -> Extent {
    let mut extent = Extent {
        bounded: true,
        least: f64::INFINITY,
    };
    for (i, loss) in losses.iter_mut().enumerate() {
        let mut pair = [0.0; 2];
        *loss = objective.gradient(&[x[i], y[i]], &mut pair);
        [gx[i], gy[i]] = pair;
        let square = pair[0] * pair[0] + pair[1] * pair[1];
        extent.bounded &=
            loss.abs() + x[i].abs() + y[i].abs() <= MAX_GROWTH && square < f64::INFINITY;
        extent.least = extent.least.min(square);
    }
    extent
}

/// A formula in two variables, written once over [`Scalar`]. Every formula is an [`Objective`] with exact derivatives.
pub trait Formula: Send + Sync {
    /// Whether f is an interpreter, of which there should not be more copies than necessary.
    const INTERPRETED: bool = false;

    /// Whether f is so few additions and multiplications that what else many runs do in a step counts too. It is then compiled into
    /// loops over steps.
    const FUSE: bool = false;

    /// f(x, y).
    fn eval<S: Scalar>(&self, x: S, y: S) -> S;

    /// How many samples f is a mean over; 0 if it has no data.
    fn samples(&self) -> usize {
        0
    }

    /// Whether f is a loss of a model that is linear in x and y, whose Gauss–Newton matrix is the Hessian.
    fn is_linear_model(&self) -> bool {
        false
    }

    /// The mean over the samples in `batch` only.
    fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, y: S) -> S {
        let _ = batch;
        self.eval(x, y)
    }
}

impl<F: Formula> Objective for F {
    fn dim(&self) -> usize {
        2
    }

    fn samples(&self) -> usize {
        Formula::samples(self)
    }

    #[inline]
    fn value(&self, theta: &[f64]) -> f64 {
        self.eval(theta[0], theta[1])
    }

    #[inline]
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut pair = [0.0; 2];
        let value = self.gradient_at(theta[0], theta[1], &mut pair);
        gradient.copy_from_slice(&pair);
        value
    }

    #[inline]
    fn gradient_at(&self, x: f64, y: f64, gradient: &mut [f64; 2]) -> f64 {
        let [x, y] = Jet1::variables([x, y]);
        let jet = self.eval(x, y);
        *gradient = jet.gradient();
        jet.value
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        let [x, y] = Jet1::variables([theta[0], theta[1]]);
        let jet = self.eval_batch(batch, x, y);
        gradient.copy_from_slice(&jet.gradient());
        jet.value
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let [x, y] = Jet2::variables([theta[0], theta[1]]);
        let [xx, xy, yy] = self.eval(x, y).hessian();
        hessian.copy_from_slice(&[xx, xy, xy, yy]);
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let mut hessian = [0.0; 4];
        self.hessian(theta, &mut hessian);
        for (row, out) in hessian.chunks_exact(2).zip(product) {
            *out = row[0] * vector[0] + row[1] * vector[1];
        }
    }

    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        let samples = Formula::samples(self);
        match metric {
            Metric::GaussNewton if self.is_linear_model() => {
                self.hessian_vector(theta, vector, product);
            }
            Metric::EmpiricalFisher if samples > 0 => {
                product.fill(0.0);
                let share = 1.0 / crate::engine::numeric::real(samples);
                for sample in 0..samples {
                    let mut gradient = [0.0; 2];
                    self.batch_gradient(theta, &[sample], &mut gradient);
                    let along = gradient[0] * vector[0] + gradient[1] * vector[1];
                    for (product, g) in product.iter_mut().zip(gradient) {
                        *product += share * along * g;
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        if plane.is_identity() && a.len() >= lanes::FEWEST {
            lanes::rows(self, a, b, losses);
        } else {
            values_on_rows(self, plane, a, b, losses, theta);
        }
    }

    fn gradients(
        &self,
        points: [&[f64]; 2],
        losses: &mut [f64],
        gradient: [&mut [f64]; 2],
    ) -> Extent {
        if losses.len() >= lanes::FEWEST {
            lanes::gradients(self, points, losses, gradient)
        } else {
            gradients_one_by_one(self, points, losses, gradient)
        }
    }

    fn march(&self, herd: &mut Herd, rates: &[f64]) -> Option<(usize, bool)> {
        Self::FUSE.then(|| stride::march(self, herd, rates))
    }
}
