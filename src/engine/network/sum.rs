//! Sums over samples: the loss, its gradient, and products with matrices of its curvature.

use super::along::Ways;
use super::loss::{Goal, Loss};
use super::matrix::padded_in;
use super::number::Number;
use super::objective::NetworkLoss;
use super::pass::{Block, Keep};
use super::room::{Lent, Room};
use super::weights::{Gather, Weights};
use crate::engine::numeric::awake;
use crate::engine::numeric::real;
use crate::engine::objective::Metric;
use std::ops::Range;

/// So many samples go through the network at a time: few enough for all that is kept of them to stay in cache.
pub(in crate::engine) const BLOCK: usize = 32;

/// So many samples are summed one block after the other; more are halved and the halves' sums added. Where the cuts are depends on
/// nothing but the number of samples, so that bits do not depend on the number of threads.
pub(in crate::engine) const PART: usize = 4 * BLOCK;

/// What `part` makes of some places, of which it is given so many at most, added up by `join`: always the same pairs. Cuts are between blocks.
pub(in crate::engine) fn halves<R: Send>(
    places: Range<usize>,
    [most, block]: [usize; 2],
    part: &(impl Fn(Range<usize>) -> R + Sync),
    join: &(impl Fn(&mut R, R) + Sync),
) -> R {
    if places.len() <= most {
        return part(places);
    }
    let middle = places.start + (places.len() / 2).next_multiple_of(block);
    let (mut first, second) = awake::join(
        || halves(places.start..middle, [most, block], part, join),
        || halves(middle..places.end, [most, block], part, join),
    );
    join(&mut first, second);
    first
}

/// What is wanted of each sample.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Want<'a> {
    /// Its loss.
    Value,
    /// Its loss and gradient.
    Gradient,
    /// The product of a matrix and this direction.
    Product(Matrix, &'a Weights),
}

/// What a direction is multiplied by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Matrix {
    Hessian,
    GaussNewton,
    EmpiricalFisher,
}

impl Matrix {
    /// The Hessian, or what takes its place.
    pub(in crate::engine) fn of(metric: Option<Metric>) -> Self {
        match metric {
            None => Self::Hessian,
            Some(Metric::GaussNewton) => Self::GaussNewton,
            Some(Metric::EmpiricalFisher) => Self::EmpiricalFisher,
        }
    }
}

impl Matrix {
    /// What its products need of the way there.
    fn keep(self) -> Keep {
        match self {
            Self::Hessian => Keep::Bend,
            Self::GaussNewton | Self::EmpiricalFisher => Keep::Slope,
        }
    }
}

/// The way through a network of all samples, or of those of a batch.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Way<'a, E = f64> {
    pub(in crate::engine) net: &'a NetworkLoss,
    pub(in crate::engine) weights: &'a Weights<E>,
    pub(in crate::engine) batch: Option<&'a [usize]>,
}

impl<'a, E: Number> Way<'a, E> {
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
    fn there(
        &self,
        places: Range<usize>,
        block: &mut Block<E>,
        inputs: &[E],
        keep: Keep,
        at: fn(Loss, &[f64], Goal, &mut [f64]) -> f64,
    ) -> f64 {
        let (net, shape) = (self.net, &self.net.shape);
        block.forward(shape, self.weights, inputs, keep, net.moments.as_deref());
        let [out, stride] = [shape.outputs(), padded_in::<E>(shape.outputs())];
        let (z, d) = (&block.z[..places.len() * stride], &mut block.d);
        let mut sum = 0.0;
        E::doubled(stride, z, [&mut d[..z.len()]], |first, z, [d]| {
            net.loss.prepare([out, stride], z, d);
            let rows = z.chunks_exact(stride).zip(d.chunks_exact_mut(stride));
            for ((z, d), place) in rows.zip(places.start + first / stride..) {
                sum += at(net.loss, &z[..out], self.goal(place), &mut d[..out]);
            }
        });
        sum
    }

    /// The ways of some samples that do not depend on the direction of a product with this matrix.
    pub(in crate::engine) fn there_and_back(
        &self,
        places: Range<usize>,
        block: &mut Block<E>,
        inputs: &[E],
        matrix: Matrix,
        derivatives: &mut impl Gather<E>,
    ) {
        let keep = matrix.keep();
        self.there(places, block, inputs, keep, Loss::slope);
        if keep == Keep::Bend {
            block.backward(&self.net.shape, self.weights, inputs, keep, derivatives);
        }
    }

    fn goal(&self, place: usize) -> Goal<'a> {
        self.net
            .goal(self.batch.map_or(place, |batch| batch[place]))
    }
}

/// A sum over samples.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Sum<'a> {
    pub(in crate::engine) way: Way<'a>,
    pub(in crate::engine) want: Want<'a>,
}

impl<'a> Sum<'a> {
    /// The mean loss; the mean of what is wanted goes to `mean`.
    pub(in crate::engine) fn mean(&self, mean: Option<&mut [f64]>) -> f64 {
        let net = self.way.net;
        let count = self.way.batch.map_or(net.samples, <[usize]>::len);
        let part = |places| self.part(places);
        let join = |first: &mut Lent<'a, Room>, second: Lent<Room>| {
            first.loss += second.loss;
            first.along.sums.add(&second.along.sums);
        };
        let room = halves(0..count, net.cuts::<f64>(), &part, &join);
        let share = 1.0 / real(count);
        if let Some(mean) = mean {
            mean.fill(0.0);
            room.along.sums.add_to(&net.shape.layout, share, mean);
        }
        room.loss * share
    }

    /// The sum over these places among the samples.
    fn part(&self, places: Range<usize>) -> Lent<'a, Room> {
        let net = self.way.net;
        let mut room = net.room();
        room.loss = 0.0;
        room.along.sums.clear();
        for places in net.blocks(places) {
            self.block(places, &mut room);
        }
        room
    }

    fn block(&self, places: Range<usize>, room: &mut Room) {
        let (way, net) = (self.way, self.way.net);
        let Room {
            block,
            derivatives,
            loss,
            along,
            gathered,
        } = room;
        let inputs = match way.batch {
            None => net.rows(places.clone()),
            Some(batch) => net.gather(&batch[places.clone()], gathered),
        };
        match self.want {
            Want::Value => *loss += way.there(places, block, inputs, Keep::Value, Loss::at),
            Want::Gradient => {
                *loss += way.there(places, block, inputs, Keep::Slope, Loss::at);
                let sums = &mut along.sums;
                block.backward(&net.shape, way.weights, inputs, Keep::Slope, sums);
            }
            Want::Product(matrix, direction) => {
                let own = places.clone();
                way.there_and_back(own, block, inputs, matrix, derivatives);
                let ways = Ways {
                    weights: way.weights,
                    inputs,
                    block,
                    derivatives,
                };
                along.add(net, matrix, direction, places, ways, |place| {
                    way.goal(place)
                });
            }
        }
    }
}
