//! Sums of what a matrix and one direction make of samples.

use super::loss::Goal;
use super::matrix::{dot_rows, padded_in};
use super::number::Number;
use super::objective::NetworkLoss;
use super::pass::{Block, Shape, multiply};
use super::sum::Matrix;
use super::tangent::{Derivatives, Tangents};
use super::weights::{Sums, Weights};
use std::ops::Range;

/// The room for a product, of which one thread at a time has it.
pub(super) struct Along<E = f64> {
    tangents: Tangents<E>,
    pub(super) sums: Sums<E>,
}

/// The ways of a block of samples there and back, at the weights that they belong to.
#[derive(Clone, Copy)]
pub(super) struct Ways<'a, E> {
    pub(super) weights: &'a Weights<E>,
    pub(super) inputs: &'a [E],
    pub(super) block: &'a Block<E>,
    pub(super) derivatives: &'a Derivatives<E>,
}

impl<E: Number> Along<E> {
    /// Room for so many samples at a time.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            tangents: Tangents::new(shape, samples),
            sums: Sums::new(&shape.widths, &shape.layout),
        }
    }

    /// Adds what these samples make of the direction.
    pub(super) fn add<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: Matrix,
        direction: &Weights<E>,
        places: Range<usize>,
        ways: Ways<E>,
        goal: impl Fn(usize) -> Goal<'a>,
    ) {
        let (shape, bent) = (&net.shape, matrix == Matrix::Hessian);
        let both = [ways.weights, direction];
        let bend = |_: usize, to: &mut [E], bend: &[E], u: &[E]| {
            if bent {
                multiply(to, bend, u);
            }
        };
        self.tangents
            .forward(shape, ways.block, both, ways.inputs, bend);
        self.outputs(net, matrix, places, ways.block, goal);
        let Self { tangents, sums } = self;
        let derivatives = bent.then_some(ways.derivatives);
        tangents.backward(shape, ways.block, derivatives, both, ways.inputs, sums);
    }

    /// The direction times what these samples make of it, where there are no normalisations.
    ///
    /// Of the Hessian it is a sample's loss derived twice along the direction, for which nothing need go back.
    pub(super) fn quotient<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: Matrix,
        direction: &Weights<E>,
        places: Range<usize>,
        ways: Ways<E>,
        goal: impl Fn(usize) -> Goal<'a>,
    ) -> E {
        let (shape, samples) = (&net.shape, places.len());
        let both = [ways.weights, direction];
        let mut sum = E::default();
        let bend = |l: usize, to: &mut [E], bend: &[E], u: &[E]| {
            if matrix == Matrix::Hessian {
                multiply(to, bend, u);
                sum += dot_rows(shape.widths[l + 1], to, u);
            }
        };
        self.tangents
            .forward(shape, ways.block, both, ways.inputs, bend);
        if matrix == Matrix::Hessian {
            let tangents = &mut self.tangents;
            let crossed = tangents.crossed(shape, direction, ways.derivatives, samples);
            sum += crossed + crossed;
        }
        self.outputs(net, matrix, places, ways.block, goal);
        let len = samples * padded_in::<E>(shape.outputs());
        let Tangents { z, d, .. } = &self.tangents;
        sum + dot_rows(shape.outputs(), &z[..len], &d[..len])
    }

    /// What the loss makes of the outputs' tangents.
    fn outputs<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: Matrix,
        places: Range<usize>,
        block: &Block<E>,
        goal: impl Fn(usize) -> Goal<'a>,
    ) {
        let tangents = &mut self.tangents;
        let [out, stride] = [net.shape.outputs(), padded_in::<E>(net.shape.outputs())];
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
    }
}
