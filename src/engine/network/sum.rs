//! Sums over samples: the loss, its gradient, and products with matrices of its curvature.

use super::loss::Goal;
use super::matrix::padded;
use super::objective::NetworkLoss;
use super::pass::{Block, Keep};
use super::room::{Held, Room};
use super::weights::{Gather, Weights};
use crate::engine::objective::Metric;
use crate::engine::real;
use std::ops::Range;

/// So many samples go through the network at a time: few enough for all that is kept of them to stay in cache.
pub(super) const BLOCK: usize = 32;

/// So many samples are summed one block after the other; more are halved and the halves' sums added. Where the cuts are depends on
/// nothing but the number of samples, so that bits do not depend on the number of threads.
pub(super) const PART: usize = 4 * BLOCK;

/// What is wanted of each sample.
#[derive(Clone, Copy)]
pub(super) enum Want<'a> {
    /// Its loss.
    Value,
    /// Its loss and gradient.
    Gradient,
    /// The product of a matrix and this direction.
    Product(Matrix, &'a [f64]),
}

/// What a direction is multiplied by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Matrix {
    Hessian,
    GaussNewton,
    EmpiricalFisher,
}

impl Matrix {
    /// The Hessian, or what takes its place.
    pub(super) fn of(metric: Option<Metric>) -> Self {
        match metric {
            None => Self::Hessian,
            Some(Metric::GaussNewton) => Self::GaussNewton,
            Some(Metric::EmpiricalFisher) => Self::EmpiricalFisher,
        }
    }
}

/// What is summed at θ over all samples, or those of a batch.
#[derive(Clone, Copy)]
pub(super) struct Sum<'a> {
    pub(super) net: &'a NetworkLoss,
    pub(super) theta: &'a [f64],
    pub(super) batch: Option<&'a [usize]>,
    pub(super) want: Want<'a>,
    /// The ways through the network where they are known already, of all samples.
    pub(super) held: Option<(&'a Weights, &'a [Held])>,
}

impl<'a> Sum<'a> {
    /// Over all samples.
    pub(super) fn new(net: &'a NetworkLoss, theta: &'a [f64], want: Want<'a>) -> Self {
        Self {
            net,
            theta,
            batch: None,
            want,
            held: None,
        }
    }

    /// The mean loss; the mean of what is wanted goes to `mean`.
    pub(super) fn mean(&self, mean: Option<&mut [f64]>) -> f64 {
        let count = self.count();
        self.finish(self.over(0..count), count, mean)
    }

    /// Makes means of sums over so many samples, and gives their room back.
    pub(super) fn finish(&self, room: Room, count: usize, mean: Option<&mut [f64]>) -> f64 {
        let share = 1.0 / real(count);
        if let Some(mean) = mean {
            mean.fill(0.0);
            room.sums.add_to(&self.net.shape.layout, share, mean);
        }
        let loss = room.loss * share;
        self.net.rooms.give(room);
        loss
    }

    /// How many samples there are.
    fn count(&self) -> usize {
        self.batch.map_or(self.net.samples, <[usize]>::len)
    }

    /// The sum over these places among the samples, in a room that has to be given back.
    fn over(&self, places: Range<usize>) -> Room {
        let part = PART.max(self.net.block());
        if places.len() <= part {
            return self.part(places);
        }
        let middle = places.start + (places.len() / 2).next_multiple_of(part);
        let (mut first, second) = rayon::join(
            || self.over(places.start..middle),
            || self.over(middle..places.end),
        );
        first.loss += second.loss;
        first.sums.add(&second.sums);
        self.net.rooms.give(second);
        first
    }

    fn part(&self, places: Range<usize>) -> Room {
        self.some(self.net.blocks(places))
    }

    /// The sum over some blocks, one after the other.
    pub(super) fn some(&self, blocks: impl Iterator<Item = Range<usize>>) -> Room {
        let (net, layout) = (self.net, &self.net.shape.layout);
        let mut room = net.room();
        room.loss = 0.0;
        if self.held.is_none() {
            room.weights.load(layout, self.theta);
        }
        if let Want::Product(_, vector) = self.want {
            room.direction.load(layout, vector);
        }
        room.sums.clear();
        for places in blocks {
            self.block(places, &mut room);
        }
        room
    }

    fn block(&self, places: Range<usize>, room: &mut Room) {
        let (net, shape) = (self.net, &self.net.shape);
        let Room {
            block,
            derivatives,
            tangents,
            weights,
            direction,
            loss,
            sums,
            gathered,
            ..
        } = room;
        let inputs = match self.batch {
            None => net.rows(places.clone()),
            Some(batch) => net.gather(&batch[places.clone()], gathered),
        };
        let Want::Product(matrix, _) = self.want else {
            *loss += self.there(places, block, weights, inputs);
            if let Want::Gradient = self.want {
                block.backward(shape, weights, inputs, Keep::Slope, sums);
            }
            return;
        };
        let (block, derivatives, weights) = if let Some((weights, held)) = self.held {
            let (block, derivatives) = &held[places.start / net.block()];
            (block, derivatives, weights)
        } else {
            *loss += self.there_and_back(places.clone(), block, weights, inputs, derivatives);
            (&*block, &*derivatives, &*weights)
        };
        let (ways, bent) = ([weights, &*direction], matrix == Matrix::Hessian);
        tangents.forward(shape, block, ways, inputs, bent);
        let [out, stride] = [shape.outputs(), padded(shape.outputs())];
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (d, moved) = (&block.d[at.clone()], &tangents.z[at.clone()]);
            let to = &mut tangents.d[at];
            if matrix == Matrix::EmpiricalFisher {
                let along: f64 = d.iter().zip(moved).map(|(d, z)| d * z).sum();
                to.iter_mut().zip(d).for_each(|(to, d)| *to = *d * along);
            } else {
                net.loss.hessian_vector(d, self.goal(place), moved, to);
            }
        }
        tangents.backward(
            shape,
            block,
            bent.then_some(derivatives),
            ways,
            inputs,
            sums,
        );
    }

    /// The way there of some samples, as far as what is wanted needs it. Returns the sum of their losses.
    fn there(
        &self,
        places: Range<usize>,
        block: &mut Block,
        weights: &Weights,
        inputs: &[f64],
    ) -> f64 {
        let (net, shape) = (self.net, &self.net.shape);
        let keep = match self.want {
            Want::Value => Keep::Value,
            Want::Product(Matrix::Hessian, _) => Keep::Bend,
            Want::Gradient | Want::Product(..) => Keep::Slope,
        };
        block.forward(shape, weights, inputs, keep, net.moments.as_deref());
        let [out, stride] = [shape.outputs(), padded(shape.outputs())];
        let outputs = &block.z[..places.len() * stride];
        net.loss.prepare(out, outputs, &mut block.d);
        let mut sum = 0.0;
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            sum += net
                .loss
                .at(&block.z[at.clone()], self.goal(place), &mut block.d[at]);
        }
        sum
    }

    /// The ways of some samples that do not depend on the direction of a product.
    pub(super) fn there_and_back(
        &self,
        places: Range<usize>,
        block: &mut Block,
        weights: &Weights,
        inputs: &[f64],
        derivatives: &mut impl Gather,
    ) -> f64 {
        let sum = self.there(places, block, weights, inputs);
        if let Want::Product(Matrix::Hessian, _) = self.want {
            block.backward(&self.net.shape, weights, inputs, Keep::Bend, derivatives);
        }
        sum
    }

    fn goal(&self, place: usize) -> Goal<'_> {
        self.net
            .goal(self.batch.map_or(place, |batch| batch[place]))
    }
}
