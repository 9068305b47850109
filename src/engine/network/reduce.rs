//! Sums over samples: loss, gradient, and products with curvature matrices.

use super::forward_backward::{Activations, Order};
use super::gemm::padded_len;
use super::hvp::BlockActivations;
use super::loss::{Loss, Target};
use super::model::NetworkLoss;
use super::weights::{FactorSink, Weights};
use super::workspace::{Pooled, Workspace};
use crate::engine::numeric::real;
use crate::engine::objective::Metric;
use std::ops::Range;

/// The number of samples of a block that passes through the network together; its activations fit the L2 cache.
pub(super) const BLOCK: usize = 32;

/// The number of samples that are summed sequentially. Larger ranges are halved, so that the order of summation, and with it every bit,
/// depends on the number of samples only and not on the number of threads.
pub(crate) const CHUNK: usize = 4 * BLOCK;

/// Reduces a range of samples pairwise: halves it at block boundaries until at most `chunk` samples are left, maps with `part`, combines
/// with `join`. The pairs do not depend on the number of threads.
pub(super) fn pairwise_reduce<R: Send>(
    samples: Range<usize>,
    [chunk, block]: [usize; 2],
    part: &(impl Fn(Range<usize>) -> R + Sync),
    join: &(impl Fn(&mut R, R) + Sync),
) -> R {
    if samples.len() <= chunk {
        return part(samples);
    }
    let middle = samples.start + (samples.len() / 2).next_multiple_of(block);
    let (mut first, second) = rayon::join(
        || pairwise_reduce(samples.start..middle, [chunk, block], part, join),
        || pairwise_reduce(middle..samples.end, [chunk, block], part, join),
    );
    join(&mut first, second);
    first
}

/// Quantity that is summed over samples.
#[derive(Clone, Copy)]
pub(super) enum Quantity<'a> {
    /// The loss.
    Value,
    /// Loss and gradient.
    Gradient,
    /// The product of a matrix and a direction.
    Product(CurvatureMatrix, &'a Weights),
}

/// Curvature matrix of a loss.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CurvatureMatrix {
    Hessian,
    GaussNewton,
    EmpiricalFisher,
}

impl CurvatureMatrix {
    /// Returns the matrix of a metric; `None` is the Hessian.
    pub(super) fn of(metric: Option<Metric>) -> Self {
        match metric {
            None => Self::Hessian,
            Some(Metric::GaussNewton) => Self::GaussNewton,
            Some(Metric::EmpiricalFisher) => Self::EmpiricalFisher,
        }
    }

    /// Returns the derivative order that the forward pass must keep for products with the matrix.
    fn order(self) -> Order {
        match self {
            Self::Hessian => Order::Hessian,
            Self::GaussNewton | Self::EmpiricalFisher => Order::Gradient,
        }
    }
}

/// Evaluates a network at given weights, over all samples or a batch.
#[derive(Clone, Copy)]
pub(super) struct Evaluator<'a> {
    pub(super) net: &'a NetworkLoss,
    pub(super) weights: &'a Weights,
    pub(super) batch: Option<&'a [usize]>,
}

impl<'a> Evaluator<'a> {
    /// Creates an evaluator over all samples.
    pub(super) fn new(net: &'a NetworkLoss, weights: &'a Weights) -> Self {
        Self {
            net,
            weights,
            batch: None,
        }
    }

    /// Runs the forward pass of a block of samples and writes the gradients of their losses by the outputs. Returns the sum of the
    /// results of `loss_fn`, which gets the outputs, the target and a slice for the gradient.
    fn forward(
        &self,
        samples: Range<usize>,
        block: &mut Activations,
        inputs: &[f64],
        order: Order,
        loss_fn: fn(Loss, &[f64], Target, &mut [f64]) -> f64,
    ) -> f64 {
        let (net, shape) = (self.net, &self.net.shape);
        let stats = net.batch_norm_stats.as_deref();
        block.forward(shape, self.weights, inputs, order, stats);
        let [out, stride] = [shape.outputs(), padded_len(shape.outputs())];
        let (z, d) = (&block.z[..samples.len() * stride], &mut block.d);
        net.loss.prepare_softmax([out, stride], z, d);
        let rows = z.chunks_exact(stride).zip(d.chunks_exact_mut(stride));
        let samples = rows.zip(samples);
        samples
            .map(|((z, d), sample)| {
                loss_fn(net.loss, &z[..out], self.target(sample), &mut d[..out])
            })
            .sum()
    }

    /// Runs the forward pass of a block of samples, and for the Hessian the backward pass too, whose factors go to `derivatives`: the
    /// part of a matrix-vector product that does not depend on the vector.
    pub(super) fn forward_backward(
        &self,
        samples: Range<usize>,
        block: &mut Activations,
        inputs: &[f64],
        matrix: CurvatureMatrix,
        derivatives: &mut impl FactorSink,
    ) {
        let order = matrix.order();
        self.forward(samples, block, inputs, order, Loss::grad);
        if order == Order::Hessian {
            block.backward(&self.net.shape, self.weights, inputs, order, derivatives);
        }
    }

    /// Returns the target of sample `index` of the batch, or of all.
    fn target(&self, index: usize) -> Target<'a> {
        self.net
            .target(self.batch.map_or(index, |batch| batch[index]))
    }
}

/// Sum of a quantity over samples.
#[derive(Clone, Copy)]
pub(super) struct SampleReduction<'a> {
    pub(super) evaluator: Evaluator<'a>,
    pub(super) quantity: Quantity<'a>,
}

impl<'a> SampleReduction<'a> {
    /// Returns the mean loss and writes the mean gradient or product to `mean`.
    pub(super) fn mean(&self, mean: Option<&mut [f64]>) -> f64 {
        let net = self.evaluator.net;
        let count = self.evaluator.batch.map_or(net.samples, <[usize]>::len);
        let part = |samples| self.part(samples);
        let join = |first: &mut Pooled<'a, Workspace>, second: Pooled<Workspace>| {
            first.loss += second.loss;
            first.hvp_accumulator.sums.add(&second.hvp_accumulator.sums);
        };
        let workspace = pairwise_reduce(0..count, net.chunk_sizes(), &part, &join);
        let share = 1.0 / real(count);
        if let Some(mean) = mean {
            mean.fill(0.0);
            let sums = &workspace.hvp_accumulator.sums;
            sums.add_to(&net.shape.layout, share, mean);
        }
        workspace.loss * share
    }

    /// Sums over a range of the samples, block by block.
    fn part(&self, samples: Range<usize>) -> Pooled<'a, Workspace> {
        let net = self.evaluator.net;
        let mut workspace = net.workspace();
        workspace.loss = 0.0;
        workspace.hvp_accumulator.sums.clear();
        for samples in net.blocks(samples) {
            self.block(samples, &mut workspace);
        }
        workspace
    }

    /// Adds a block of samples.
    fn block(&self, samples: Range<usize>, workspace: &mut Workspace) {
        let (evaluator, net) = (self.evaluator, self.evaluator.net);
        let Workspace {
            block,
            derivatives,
            loss,
            hvp_accumulator,
            gathered,
        } = workspace;
        let inputs = match evaluator.batch {
            None => net.input_rows(samples.clone()),
            Some(batch) => net.gather(&batch[samples.clone()], gathered),
        };
        let value_and_grad = Loss::value_and_grad;
        match self.quantity {
            Quantity::Value => {
                *loss += evaluator.forward(samples, block, inputs, Order::Value, value_and_grad);
            }
            Quantity::Gradient => {
                *loss += evaluator.forward(samples, block, inputs, Order::Gradient, value_and_grad);
                let (weights, sums) = (evaluator.weights, &mut hvp_accumulator.sums);
                block.backward(&net.shape, weights, inputs, Order::Gradient, sums);
            }
            Quantity::Product(matrix, direction) => {
                let own = samples.clone();
                evaluator.forward_backward(own, block, inputs, matrix, derivatives);
                let activations = BlockActivations {
                    weights: evaluator.weights,
                    inputs,
                    block,
                    derivatives,
                };
                let target = |sample| evaluator.target(sample);
                hvp_accumulator.add(net, matrix, direction, samples, activations, target);
            }
        }
    }
}
