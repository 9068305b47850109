//! The mean loss along a Bézier curve, as an objective in its middle point.

use super::path::{Bezier, Path, bernstein_weights, midpoint};
use crate::engine::cancel::Cancel;
use crate::engine::network::NetworkLoss;
use crate::engine::numeric::real;
use crate::engine::objective::{Metric, Objective, Tensor};
use crate::engine::training::{Outcome, RunSettings, RunSpec, run_with_observer};
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

/// The mean over t of the loss L(φ(t)) on the [`Bezier`] curve φ, as a function of its middle point θ: equation (2) of Garipov et al.
/// 2018.
///
/// The paper takes the mean by drawing one t for each step. Here it is that over the `nodes` points t = (k + ½)/m, so that the same
/// settings give the same curve to the last bit, and so that any optimizer can be used, those too that cannot bear noise. Of a
/// mini-batch all points see the same samples. Batch normalisations take the moments of the samples at each point anew, as the paper
/// does.
pub(super) struct CurveLoss<'a> {
    loss: &'a NetworkLoss,
    ends: [&'a [f64]; 2],
    nodes: u64,
    /// Room for weights and a gradient there, one for each thread that asks at a time.
    workspaces: Mutex<Vec<[Vec<f64>; 2]>>,
}

impl<'a> CurveLoss<'a> {
    /// The loss on the curves from `ends[0]` to `ends[1]`, n numbers each, at so many points.
    pub(super) fn new(loss: &'a NetworkLoss, ends: [&'a [f64]; 2], nodes: u64) -> Self {
        Self {
            loss,
            ends,
            nodes: nodes.max(1),
            workspaces: Mutex::default(),
        }
    }

    /// The middle point from which the curve is trained: there it is the straight line.
    pub(super) fn start(&self) -> Vec<f64> {
        midpoint(self.ends)
    }

    /// The mean of what `ask` answers at each point's weights; `ask` also gets how fast the curve moves there with θ, and room for n
    /// numbers.
    fn mean(&self, theta: &[f64], mut ask: impl FnMut(&[f64], f64, &mut [f64]) -> f64) -> f64 {
        let free = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let empty = || [(); 2].map(|()| vec![0.0; theta.len()]);
        let mut room = free.unwrap_or_else(empty);
        let [at, spare] = &mut room;
        let (ends, count) = (self.ends, real(self.nodes));
        let mut sum = 0.0;
        for node in 0..self.nodes {
            let t = (real(node) + 0.5) / count;
            Bezier { ends, theta }.at(t, at);
            sum += ask(at, bernstein_weights(t)[1], spare);
        }
        let mut free = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        free.push(room);
        sum / count
    }

    /// The mean loss, and in `gradient` that of the gradients by θ, which `ask` gives by the weights.
    fn loss_and_gradient(
        &self,
        theta: &[f64],
        gradient: &mut [f64],
        ask: impl Fn(&[f64], &mut [f64]) -> f64,
    ) -> f64 {
        gradient.fill(0.0);
        let share = 1.0 / real(self.nodes);
        self.mean(theta, |at, moves, own| {
            let loss = ask(at, own);
            add(gradient, share * moves, own);
            loss
        })
    }

    /// The mean of products with a matrix of second derivatives by the weights, to which θ adds its square.
    fn multiply(&self, theta: &[f64], product: &mut [f64], ask: impl Fn(&[f64], &mut [f64])) {
        product.fill(0.0);
        let share = 1.0 / real(self.nodes);
        self.mean(theta, |at, moves, own| {
            ask(at, own);
            add(product, share * moves * moves, own);
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

    /// Each sample at each point counts as one.
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

/// The middle point after a run, its last finite one where it diverges, and how the run ended. `None` if it was cancelled. `told` hears
/// how many steps are done.
pub(super) fn train(
    curve: &CurveLoss,
    spec: &RunSpec,
    run_settings: &RunSettings,
    cancel: &Cancel,
    told: &mut dyn FnMut(u64),
) -> Option<(Vec<f64>, Outcome)> {
    let start = curve.start();
    let mut theta = start.clone();
    let ended = run_with_observer(curve, &start, spec, run_settings, cancel, |moment| {
        theta.copy_from_slice(moment.theta);
        told(moment.step);
        if moment.step < run_settings.steps {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    (!cancel.is_cancelled()).then(|| (theta, ended.unwrap_or(Outcome::Finished)))
}
