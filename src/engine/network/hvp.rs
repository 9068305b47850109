//! Sums of what a matrix and one direction make of samples.

use super::float::Float;
use super::forward_backward::{Activations, Shape};
use super::gemm::padded_len_in;
use super::loss::Target;
use super::model::NetworkLoss;
use super::reduce::CurvatureMatrix;
use super::tangent::{BackwardCache, Tangents};
use super::weights::{GradientSums, Weights};
use std::ops::Range;

/// The room for a product, of which one thread at a time has it.
pub(in crate::engine) struct HvpAccumulator<E = f64> {
    tangents: Tangents<E>,
    pub(in crate::engine) sums: GradientSums<E>,
}

/// The ways of a block of samples there and back, at the weights that they belong to.
#[derive(Clone, Copy)]
pub(in crate::engine) struct BlockActivations<'a, E> {
    pub(in crate::engine) weights: &'a Weights<E>,
    pub(in crate::engine) inputs: &'a [E],
    pub(in crate::engine) block: &'a Activations<E>,
    pub(in crate::engine) derivatives: &'a BackwardCache<E>,
}

impl<E: Float> HvpAccumulator<E> {
    /// Room for so many samples at a time.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            tangents: Tangents::new(shape, samples),
            sums: GradientSums::new(&shape.widths, &shape.layout),
        }
    }

    /// Adds what these samples make of the direction.
    pub(in crate::engine) fn add<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: CurvatureMatrix,
        direction: &Weights<E>,
        places: Range<usize>,
        ways: BlockActivations<E>,
        goal: impl Fn(usize) -> Target<'a>,
    ) {
        let Self { tangents, sums } = self;
        let BlockActivations {
            weights,
            inputs,
            block,
            derivatives,
        } = ways;
        let shape = &net.shape;
        let (both, bent) = ([weights, direction], matrix == CurvatureMatrix::Hessian);
        tangents.forward(shape, block, both, inputs, bent);
        let [out, stride] = [shape.outputs(), padded_len_in::<E>(shape.outputs())];
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (d, moved) = (&block.d[at.clone()], &tangents.z[at.clone()]);
            let to = &mut tangents.d[at];
            if matrix == CurvatureMatrix::EmpiricalFisher {
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
