//! Sums over samples: the loss, its gradient, and products with matrices of its curvature.

use super::float::Float;
use super::forward_backward::{Activations, Order};
use super::gemm::padded_len_in;
use super::hvp::BlockActivations;
use super::loss::{Loss, Target};
use super::objective::NetworkLoss;
use super::weights::{FactorSink, Weights};
use super::workspace::{Pooled, Workspace};
use crate::engine::numeric::real;
use crate::engine::objective::Metric;
use std::ops::Range;

/// So many samples go through the network at a time: few enough for all that is kept of them to stay in cache.
pub(in crate::engine) const BLOCK: usize = 32;

/// So many samples are summed one block after the other; more are halved and the halves' sums added. Where the cuts are depends on
/// nothing but the number of samples, so that bits do not depend on the number of threads.
pub(in crate::engine) const CHUNK: usize = 4 * BLOCK;

/// What `part` makes of some places, of which it is given so many at most, added up by `join`: always the same pairs. Cuts are between blocks.
pub(in crate::engine) fn pairwise_reduce<R: Send>(
    places: Range<usize>,
    [most, block]: [usize; 2],
    part: &(impl Fn(Range<usize>) -> R + Sync),
    join: &(impl Fn(&mut R, R) + Sync),
) -> R {
    if places.len() <= most {
        return part(places);
    }
    let middle = places.start + (places.len() / 2).next_multiple_of(block);
    let (mut first, second) = rayon::join(
        || pairwise_reduce(places.start..middle, [most, block], part, join),
        || pairwise_reduce(middle..places.end, [most, block], part, join),
    );
    join(&mut first, second);
    first
}

/// What is wanted of each sample.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Quantity<'a> {
    /// Its loss.
    Value,
    /// Its loss and gradient.
    Gradient,
    /// The product of a matrix and this direction.
    Product(CurvatureMatrix, &'a Weights),
}

/// What a direction is multiplied by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum CurvatureMatrix {
    Hessian,
    GaussNewton,
    EmpiricalFisher,
}

impl CurvatureMatrix {
    /// The Hessian, or what takes its place.
    pub(in crate::engine) fn of(metric: Option<Metric>) -> Self {
        match metric {
            None => Self::Hessian,
            Some(Metric::GaussNewton) => Self::GaussNewton,
            Some(Metric::EmpiricalFisher) => Self::EmpiricalFisher,
        }
    }
}

impl CurvatureMatrix {
    /// What its products need of the way there.
    fn order(self) -> Order {
        match self {
            Self::Hessian => Order::Hessian,
            Self::GaussNewton | Self::EmpiricalFisher => Order::Gradient,
        }
    }
}

/// The way through a network of all samples, or of those of a batch.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Evaluator<'a, E = f64> {
    pub(in crate::engine) net: &'a NetworkLoss,
    pub(in crate::engine) weights: &'a Weights<E>,
    pub(in crate::engine) batch: Option<&'a [usize]>,
}

impl<'a, E: Float> Evaluator<'a, E> {
    /// Of all samples.
    pub(in crate::engine) fn new(net: &'a NetworkLoss, weights: &'a Weights<E>) -> Self {
        let batch = None;
        Self {
            net,
            weights,
            batch,
        }
    }

    /// The way there of some samples. Returns the sum of their losses, or of what else `at` returns.
    fn forward(
        &self,
        places: Range<usize>,
        block: &mut Activations<E>,
        inputs: &[E],
        keep: Order,
        at: fn(Loss, &[f64], Target, &mut [f64]) -> f64,
    ) -> f64 {
        let (net, shape) = (self.net, &self.net.shape);
        block.forward(
            shape,
            self.weights,
            inputs,
            keep,
            net.batch_norm_stats.as_deref(),
        );
        let [out, stride] = [shape.outputs(), padded_len_in::<E>(shape.outputs())];
        let (z, d) = (&block.z[..places.len() * stride], &mut block.d);
        let mut sum = 0.0;
        E::map_in_f64(stride, z, [&mut d[..z.len()]], |first, z, [d]| {
            net.loss.prepare_softmax([out, stride], z, d);
            let rows = z.chunks_exact(stride).zip(d.chunks_exact_mut(stride));
            for ((z, d), place) in rows.zip(places.start + first / stride..) {
                sum += at(net.loss, &z[..out], self.target(place), &mut d[..out]);
            }
        });
        sum
    }

    /// The ways of some samples that do not depend on the direction of a product with this matrix.
    pub(in crate::engine) fn forward_backward(
        &self,
        places: Range<usize>,
        block: &mut Activations<E>,
        inputs: &[E],
        matrix: CurvatureMatrix,
        derivatives: &mut impl FactorSink<E>,
    ) {
        let keep = matrix.order();
        self.forward(places, block, inputs, keep, Loss::grad);
        if keep == Order::Hessian {
            block.backward(&self.net.shape, self.weights, inputs, keep, derivatives);
        }
    }

    fn target(&self, place: usize) -> Target<'a> {
        self.net
            .target(self.batch.map_or(place, |batch| batch[place]))
    }
}

/// A sum over samples.
#[derive(Clone, Copy)]
pub(in crate::engine) struct SampleReduction<'a> {
    pub(in crate::engine) way: Evaluator<'a>,
    pub(in crate::engine) want: Quantity<'a>,
}

impl<'a> SampleReduction<'a> {
    /// The mean loss; the mean of what is wanted goes to `mean`.
    pub(in crate::engine) fn mean(&self, mean: Option<&mut [f64]>) -> f64 {
        let net = self.way.net;
        let count = self.way.batch.map_or(net.samples, <[usize]>::len);
        let part = |places| self.part(places);
        let join = |first: &mut Pooled<'a, Workspace>, second: Pooled<Workspace>| {
            first.loss += second.loss;
            first.hvp_accumulator.sums.add(&second.hvp_accumulator.sums);
        };
        let room = pairwise_reduce(0..count, net.chunk_sizes::<f64>(), &part, &join);
        let share = 1.0 / real(count);
        if let Some(mean) = mean {
            mean.fill(0.0);
            room.hvp_accumulator
                .sums
                .add_to(&net.shape.layout, share, mean);
        }
        room.loss * share
    }

    /// The sum over these places among the samples.
    fn part(&self, places: Range<usize>) -> Pooled<'a, Workspace> {
        let net = self.way.net;
        let mut room = net.workspace();
        room.loss = 0.0;
        room.hvp_accumulator.sums.clear();
        for places in net.blocks(places) {
            self.block(places, &mut room);
        }
        room
    }

    fn block(&self, places: Range<usize>, room: &mut Workspace) {
        let (way, net) = (self.way, self.way.net);
        let Workspace {
            block,
            derivatives,
            loss,
            hvp_accumulator: along,
            gathered,
        } = room;
        let inputs = match way.batch {
            None => net.input_rows(places.clone()),
            Some(batch) => net.gather(&batch[places.clone()], gathered),
        };
        match self.want {
            Quantity::Value => {
                *loss += way.forward(places, block, inputs, Order::Value, Loss::value_and_grad)
            }
            Quantity::Gradient => {
                *loss += way.forward(places, block, inputs, Order::Gradient, Loss::value_and_grad);
                let sums = &mut along.sums;
                block.backward(&net.shape, way.weights, inputs, Order::Gradient, sums);
            }
            Quantity::Product(matrix, direction) => {
                let own = places.clone();
                way.forward_backward(own, block, inputs, matrix, derivatives);
                let ways = BlockActivations {
                    weights: way.weights,
                    inputs,
                    block,
                    derivatives,
                };
                along.add(net, matrix, direction, places, ways, |place| {
                    way.target(place)
                });
            }
        }
    }
}
