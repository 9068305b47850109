//! Sums of what a matrix and one direction make of samples.

use super::loss::Goal;
use super::matrix::padded_in;
use super::number::Number;
use super::objective::NetworkLoss;
use super::pass::{Block, Shape};
use super::sum::Matrix;
use super::tangent::{Derivatives, Tangents};
use super::weights::{Sums, Weights};
use std::ops::Range;

/// The room for a product, of which one thread at a time has it.
pub(in crate::engine) struct Along<E = f64> {
    tangents: Tangents<E>,
    pub(in crate::engine) sums: Sums<E>,
}

/// The ways of a block of samples there and back, at the weights that they belong to.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Ways<'a, E> {
    pub(in crate::engine) weights: &'a Weights<E>,
    pub(in crate::engine) inputs: &'a [E],
    pub(in crate::engine) block: &'a Block<E>,
    pub(in crate::engine) derivatives: &'a Derivatives<E>,
}

impl<E: Number> Along<E> {
    /// Room for so many samples at a time.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            tangents: Tangents::new(shape, samples),
            sums: Sums::new(&shape.widths, &shape.layout),
        }
    }

    /// Adds what these samples make of the direction.
    pub(in crate::engine) fn add<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: Matrix,
        direction: &Weights<E>,
        places: Range<usize>,
        ways: Ways<E>,
        goal: impl Fn(usize) -> Goal<'a>,
    ) {
        let Self { tangents, sums } = self;
        let Ways {
            weights,
            inputs,
            block,
            derivatives,
        } = ways;
        let shape = &net.shape;
        let (both, bent) = ([weights, direction], matrix == Matrix::Hessian);
        tangents.forward(shape, block, both, inputs, bent);
        let [out, stride] = [shape.outputs(), padded_in::<E>(shape.outputs())];
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (d, moved) = (&block.d[at.clone()], &tangents.z[at.clone()]);
            let to = &mut tangents.d[at];
            if matrix == Matrix::EmpiricalFisher {
                let along: E = d.iter().zip(moved).map(|(d, z)| *d * z).sum();
                to.iter_mut().zip(d).for_each(|(to, d)| *to = *d * along);
            } else {
                net.loss.hessian_vector(d, goal(place), moved, to);
            }
        }
        let derivatives = bent.then_some(derivatives);
        tangents.backward(shape, block, derivatives, both, inputs, sums);
    }
}
