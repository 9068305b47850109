//! Mean loss along a Bézier curve, as an objective in its middle point.

use super::path::{Bezier, Path, bernstein_weights, midpoint};
use crate::engine::cancel::Cancel;
use crate::engine::network::NetworkLoss;
use crate::engine::numeric::real;
use crate::engine::objective::{Metric, Objective, Tensor};
use crate::engine::training::{Outcome, Reason, RunSettings, RunSpec, run_with_observer};
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

/// Mean over t of the loss L(φ(t)) on the [`Bezier`] curve φ, as a function of its middle point θ: equation (2) of Garipov et al. 2018.
///
/// The paper draws one random t for each step. Here the mean is over m = `nodes` points t = (k + ½)/m, so that the result is deterministic
/// and optimizers that need noiseless gradients can be used. All points share the samples of a mini-batch. Batch normalisation
/// recomputes its statistics at each point, as in the paper.
pub(super) struct CurveLoss<'a> {
    loss: &'a NetworkLoss,
    ends: [&'a [f64]; 2],
    nodes: u64,
    /// Scratch for weights and a gradient, one for each concurrent caller.
    workspaces: Mutex<Vec<[Vec<f64>; 2]>>,
}

impl<'a> CurveLoss<'a> {
    /// Returns the loss on curves from `ends[0]` to `ends[1]`, n numbers each, at `nodes` points.
    pub(super) fn new(loss: &'a NetworkLoss, ends: [&'a [f64]; 2], nodes: u64) -> Self {
        Self {
            loss,
            ends,
            nodes: nodes.max(1),
            workspaces: Mutex::default(),
        }
    }

    /// Returns the initial middle point, with which the curve is the linear path.
    pub(super) fn start(&self) -> Vec<f64> {
        midpoint(self.ends)
    }

    /// Returns the mean of `evaluate` over the points. Its arguments are the weights of a point, the derivative of the weights by θ, and scratch
    /// for n numbers.
    fn mean(&self, theta: &[f64], mut evaluate: impl FnMut(&[f64], f64, &mut [f64]) -> f64) -> f64 {
        let free = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let empty = || [(); 2].map(|()| vec![0.0; theta.len()]);
        let mut scratch = free.unwrap_or_else(empty);
        let [at, spare] = &mut scratch;
        let (ends, count) = (self.ends, real(self.nodes));
        let mut sum = 0.0;
        for node in 0..self.nodes {
            let t = (real(node) + 0.5) / count;
            Bezier { ends, theta }.at(t, at);
            sum += evaluate(at, bernstein_weights(t)[1], spare);
        }
        let mut free = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        free.push(scratch);
        sum / count
    }

    /// Returns the mean loss, and writes the mean gradient by θ to `gradient`; `evaluate` computes loss and gradient by the weights.
    fn loss_and_gradient(
        &self,
        theta: &[f64],
        gradient: &mut [f64],
        evaluate: impl Fn(&[f64], &mut [f64]) -> f64,
    ) -> f64 {
        gradient.fill(0.0);
        let share = 1.0 / real(self.nodes);
        self.mean(theta, |at, derivative, own| {
            let loss = evaluate(at, own);
            add(gradient, share * derivative, own);
            loss
        })
    }

    /// Writes the mean product with a curvature matrix in the middle point to `product`; `evaluate` computes the product by the weights.
    fn multiply(&self, theta: &[f64], product: &mut [f64], evaluate: impl Fn(&[f64], &mut [f64])) {
        product.fill(0.0);
        let share = 1.0 / real(self.nodes);
        self.mean(theta, |at, derivative, own| {
            evaluate(at, own);
            add(product, share * derivative * derivative, own);
            0.0
        });
    }
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut()
        .zip(from)
        .for_each(|(to, from)| *to += factor * from);
}

impl Objective for CurveLoss<'_> {
    fn dim(&self) -> usize {
        self.loss.dim()
    }

    fn samples(&self) -> usize {
        self.loss.samples()
    }

    fn value(&self, theta: &[f64]) -> f64 {
        self.mean(theta, |at, _, _| self.loss.value(at))
    }

    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, gradient, |at, own| self.loss.gradient(at, own))
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.loss_and_gradient(theta, gradient, |at, own| {
            self.loss.batch_gradient(at, batch, own)
        })
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let n = self.dim();
        let mut unit = vec![0.0; n];
        for (k, row) in hessian.chunks_exact_mut(n).enumerate() {
            unit[k] = 1.0;
            self.hessian_vector(theta, &unit, row);
            unit[k] = 0.0;
        }
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        self.multiply(theta, product, |at, own| {
            self.loss.hessian_vector(at, vector, own);
        });
    }

    /// Treats each sample at each point as one sample.
    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        self.multiply(theta, product, |at, own| {
            self.loss.metric_vector(metric, at, vector, own);
        });
        true
    }

    fn tensors(&self) -> &[Tensor] {
        self.loss.tensors()
    }

    fn group(&self, name: &str) -> Option<Range<usize>> {
        self.loss.group(name)
    }
}

/// Trains the curve. Returns the final middle point, the last finite one where the run diverges, and the outcome; `None` if cancelled.
/// `on_step` receives the number of steps done. `stop` ends the training, whose outcome is then [`Reason::Interrupted`].
pub(super) fn train(
    curve: &CurveLoss,
    spec: &RunSpec,
    run_settings: &RunSettings,
    [cancel, stop]: [&Cancel; 2],
    on_step: &mut dyn FnMut(u64),
) -> Option<(Vec<f64>, Outcome)> {
    let start = curve.start();
    let mut theta = start.clone();
    let mut stopped = Outcome::Finished;
    let ended = run_with_observer(curve, &start, spec, run_settings, cancel, |step| {
        theta.copy_from_slice(step.theta);
        on_step(step.step);
        if step.step < run_settings.steps && stop.is_cancelled() {
            stopped = Outcome::Stopped(step.step, Reason::Interrupted);
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    (!cancel.is_cancelled()).then(|| (theta, ended.unwrap_or(stopped)))
}
