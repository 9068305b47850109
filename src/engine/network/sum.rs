//! Sums over samples: the loss, its gradient, and products with matrices of its curvature.

use super::matrix::padded;
use super::objective::NetworkLoss;
use super::pass::Keep;
use super::room::Room;
use std::ops::Range;

/// So many samples go through the network at a time: few enough for all that is kept of them to stay in cache.
pub(super) const BLOCK: usize = 64;

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

/// What is summed at θ over all samples, or those of a batch.
#[derive(Clone, Copy)]
pub(super) struct Sum<'a> {
    pub(super) net: &'a NetworkLoss,
    pub(super) theta: &'a [f64],
    pub(super) batch: Option<&'a [usize]>,
    pub(super) want: Want<'a>,
}

impl Sum<'_> {
    /// How many samples there are.
    pub(super) fn count(&self) -> usize {
        self.batch.map_or(self.net.samples, <[usize]>::len)
    }

    /// The sum over these places among the samples, in a room that has to be given back.
    pub(super) fn over(&self, places: Range<usize>) -> Room {
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
        let (net, layout) = (self.net, &self.net.shape.layout);
        let mut room = net.room();
        room.loss = 0.0;
        room.weights.load(layout, self.theta);
        if let Want::Product(_, vector) = self.want {
            room.direction.load(layout, vector);
        }
        room.sums.clear();
        for places in net.blocks(places) {
            self.block(places, &mut room);
        }
        room
    }

    fn block(&self, places: Range<usize>, room: &mut Room) {
        let (shape, loss) = (&self.net.shape, self.net.loss);
        let Room {
            block,
            weights,
            direction,
            sums,
            gathered,
            ..
        } = room;
        let inputs = match self.batch {
            None => self.net.rows(places.clone()),
            Some(batch) => self.net.gather(&batch[places.clone()], gathered),
        };
        let keep = match self.want {
            Want::Value => Keep::Value,
            Want::Product(Matrix::Hessian, _) => Keep::Bend,
            Want::Gradient | Want::Product(..) => Keep::Slope,
        };
        block.forward(shape, weights, inputs, keep, self.net.moments.as_deref());
        if let Want::Product(..) = self.want {
            block.tangent(shape, weights, direction, inputs);
        }
        let [out, stride] = [shape.outputs(), padded(shape.outputs())];
        loss.prepare(out, &block.z[..places.len() * stride], &mut block.d);
        for (row, place) in places.enumerate() {
            let goal = self
                .net
                .goal(self.batch.map_or(place, |batch| batch[place]));
            let at = row * stride..row * stride + out;
            let d = &mut block.d[at.clone()];
            room.loss += loss.at(&block.z[at.clone()], goal, d);
            let (moved, to) = (&block.z_tangent[at.clone()], &mut block.d_tangent[at]);
            match self.want {
                Want::Value | Want::Gradient => {}
                Want::Product(Matrix::EmpiricalFisher, _) => {
                    let along: f64 = d.iter().zip(moved).map(|(d, z)| d * z).sum();
                    to.iter_mut().zip(d).for_each(|(to, d)| *to = *d * along);
                }
                Want::Product(..) => loss.hessian_vector(d, goal, moved, to),
            }
        }
        match self.want {
            Want::Value => {}
            Want::Gradient => block.backward(shape, weights, inputs, sums),
            Want::Product(Matrix::Hessian, _) => {
                block.backward_tangent(shape, weights, direction, inputs, sums);
            }
            Want::Product(..) => {
                // What goes back is H ż or d dᵀż in place of the loss's derivative d.
                std::mem::swap(&mut block.d, &mut block.d_tangent);
                block.backward(shape, weights, inputs, sums);
            }
        }
    }
}
