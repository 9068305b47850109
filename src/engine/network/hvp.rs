//! Products of the Hessian, Gauss–Newton or Fisher matrix with a vector, summed over samples.

use super::forward_backward::{Activations, Shape};
use super::gemm::padded_len;
use super::loss::Target;
use super::objective::NetworkLoss;
use super::reduce::CurvatureMatrix;
use super::tangent::{BackwardCache, Tangents};
use super::weights::{GradientSums, Weights};
use std::ops::Range;

/// Sum of matrix-vector products over samples, with the scratch that it takes.
pub(in crate::engine) struct HvpAccumulator {
    tangents: Tangents<f64>,
    pub(in crate::engine) sums: GradientSums,
}

/// Forward and backward pass of a block of samples, with the weights and inputs that it was made with.
#[derive(Clone, Copy)]
pub(in crate::engine) struct BlockActivations<'a> {
    pub(in crate::engine) weights: &'a Weights,
    pub(in crate::engine) inputs: &'a [f64],
    pub(in crate::engine) block: &'a Activations,
    pub(in crate::engine) derivatives: &'a BackwardCache,
}

impl HvpAccumulator {
    /// Allocates an accumulator for blocks of at most `samples` samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            tangents: Tangents::new(shape, samples),
            sums: GradientSums::new(&shape.widths, &shape.layout),
        }
    }

    /// Adds the products of each sample's matrix with `direction`, for the samples `places` of a block.
    pub(in crate::engine) fn add<'a>(
        &mut self,
        net: &NetworkLoss,
        matrix: CurvatureMatrix,
        direction: &Weights,
        places: Range<usize>,
        passes: BlockActivations,
        target: impl Fn(usize) -> Target<'a>,
    ) {
        let Self { tangents, sums } = self;
        let BlockActivations {
            weights,
            inputs,
            block,
            derivatives,
        } = passes;
        let shape = &net.shape;
        let (both, is_hessian) = ([weights, direction], matrix == CurvatureMatrix::Hessian);
        tangents.forward(shape, block, both, inputs, is_hessian);
        let [out, stride] = [shape.outputs(), padded_len(shape.outputs())];
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (d, tangent) = (&block.d[at.clone()], &tangents.z[at.clone()]);
            let to = &mut tangents.d[at];
            if matrix == CurvatureMatrix::EmpiricalFisher {
                let component: f64 = d.iter().zip(tangent).map(|(d, z)| *d * z).sum();
                to.iter_mut()
                    .zip(d)
                    .for_each(|(to, d)| *to = *d * component);
            } else {
                net.loss.hessian_vector(d, target(place), tangent, to);
            }
        }
        let derivatives = is_hessian.then_some(derivatives);
        tangents.backward(shape, block, derivatives, both, inputs, sums);
    }
}
