//! How much the loss bends along a direction.
//!
//! On the line θ + t v every number has a value and two derivatives by t, and the three go through the network together: Taylor's
//! series to the second order, chapter 13 of Griewank & Walther 2008. Nothing needs to go back, and nothing is kept of a sample.

use super::forward_backward::{Shape, add};
use super::model::NetworkLoss;
use super::norm::Norm;
use super::reduce::{CurvatureMatrix, pairwise_reduce};
use super::weights::Weights;
use super::workspace::Pooled;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use crate::engine::numeric::vector_ops::dot;
use std::ops::Range;

/// A line through a network's parameters.
pub(in crate::engine) struct Directional<'a> {
    net: &'a NetworkLoss,
    matrix: CurvatureMatrix,
    v: &'a [f64],
    both: [Pooled<'a, Weights>; 2],
}

impl<'a> Directional<'a> {
    /// Through θ along v. `None` for networks with normalisation.
    pub(in crate::engine) fn new(
        net: &'a NetworkLoss,
        matrix: CurvatureMatrix,
        theta: &[f64],
        v: &'a [f64],
    ) -> Option<Self> {
        (net.shape.norm == Norm::None).then(|| Self {
            net,
            matrix,
            v,
            both: [theta, v].map(|of| net.weights(of)),
        })
    }

    /// v times the matrix times v.
    pub(in crate::engine) fn curvature(&self) -> f64 {
        let net = self.net;
        let join = |sum: &mut f64, more| *sum += more;
        let part = |places| self.sum(net.blocks(places));
        let sum = pairwise_reduce(0..net.samples, net.chunk_sizes::<f64>(), &part, &join);
        self.mean(sum, net.samples)
    }

    /// The same for these samples only.
    pub(in crate::engine) fn curvature_of_samples(&self, places: Range<usize>) -> f64 {
        let count = places.len();
        self.mean(self.sum(self.net.blocks(places)), count)
    }

    fn sum(&self, blocks: impl Iterator<Item = Range<usize>>) -> f64 {
        let [weights, direction] = &self.both;
        let mut curve = self.net.taylor_workspace();
        blocks
            .map(|places| curve.sum(self.net, self.matrix, [weights, direction], places))
            .sum()
    }

    fn mean(&self, sum: f64, count: usize) -> f64 {
        let mean = sum / real(count);
        match self.matrix {
            CurvatureMatrix::EmpiricalFisher => mean,
            CurvatureMatrix::Hessian | CurvatureMatrix::GaussNewton => {
                mean + self.net.l2 * dot(self.v, self.v)
            }
        }
    }
}

/// Room for some samples on their way. Of what depends on t it holds Taylor's coefficients: the value, the first derivative, and half of the
/// second.
pub(in crate::engine) struct TaylorActivations {
    /// What goes into a layer, and what comes out.
    h: [Vec<f64>; 3],
    next: [Vec<f64>; 3],
    /// What a layer makes of what goes in, and the derivatives of its activation there.
    z: Vec<f64>,
    dphi: Vec<f64>,
    d2phi: Vec<f64>,
    /// The outputs, the derivative of the loss by them, and what its Hessian makes of their first derivative.
    out: [Vec<f64>; 3],
    d: [Vec<f64>; 2],
}

impl TaylorActivations {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let widest = || vec![0.0; samples * shape.max_stride::<f64>()];
        let last = || vec![0.0; samples * shape.stride(shape.hidden() + 1)];
        Self {
            h: [(); 3].map(|()| widest()),
            next: [(); 3].map(|()| widest()),
            z: widest(),
            dphi: widest(),
            d2phi: widest(),
            out: [(); 3].map(|()| last()),
            d: [(); 2].map(|()| last()),
        }
    }

    /// The sum over some samples.
    fn sum(
        &mut self,
        net: &NetworkLoss,
        matrix: CurvatureMatrix,
        both: [&Weights; 2],
        places: Range<usize>,
    ) -> f64 {
        let (shape, bent) = (&net.shape, matrix == CurvatureMatrix::Hessian);
        let inputs = net.input_rows(places.clone());
        for l in 0..shape.hidden() {
            self.hidden(shape, l, both, inputs, bent);
            std::mem::swap(&mut self.h, &mut self.next);
        }
        self.last(shape, both, inputs, bent);
        let [out, stride] = [shape.outputs(), shape.stride(shape.hidden() + 1)];
        let ([z, moved, bend], [d, image]) = (&self.out, &mut self.d);
        net.loss
            .prepare_softmax([out, stride], &z[..places.len() * stride], d);
        let mut sum = 0.0;
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (goal, moved) = (net.target(place), &moved[at.clone()]);
            let d = &mut d[at.clone()];
            net.loss.grad(&z[at.clone()], goal, d);
            if matrix == CurvatureMatrix::EmpiricalFisher {
                sum += dot(d, moved) * dot(d, moved);
                continue;
            }
            let image = &mut image[at.clone()];
            net.loss.hessian_vector(d, goal, moved, image);
            sum += dot(image, moved);
            if bent && shape.hidden() > 0 {
                sum += 2.0 * dot(d, &bend[at]);
            }
        }
        sum
    }

    /// The way through hidden layer `l`: h′ = φ(z) of z = W h + b; its first derivative is φ′(z) ż where ż = W ḣ + V h + c, and half of its second
    /// φ′(z) z₂ + φ″(z) ż² / 2 where z₂ = W h₂ + V ḣ. V and c are the direction's.
    fn hidden(&mut self, shape: &Shape, l: usize, both: [&Weights; 2], inputs: &[f64], bent: bool) {
        let samples = inputs.len() / shape.stride(0);
        let [before, len] = [l, l + 1].map(|l| samples * shape.stride(l));
        let [own, along] = both.map(|of| &of.layers[l]);
        let [h, moved, second] = self.h.each_ref().map(|h| &h[..before.min(h.len())]);
        let h = if l == 0 { inputs } else { h };
        let [next, next_moved, next_second] = self.next.each_mut().map(|next| &mut next[..len]);
        let [z, slope, bend] =
            [&mut self.z, &mut self.dphi, &mut self.d2phi].map(|room| &mut room[..len]);
        let bends = bent && shape.activation.has_second_derivative();
        own.forward(h, z);
        if bends {
            shape.activation.apply(z, [&mut *next, slope, bend]);
        } else {
            shape.activation.apply(z, [&mut *next, slope]);
        }
        // Inputs do not move, and before the first activation that bends nothing is bent.
        let by_moved = (l > 0).then_some((own, moved));
        let by_second = (l > 1 || l > 0 && bends).then_some((own, second));
        if bends {
            along.forward_with(h, by_moved, next_moved, None);
            second_order_terms([slope, bend], next_moved, z);
            if l == 0 {
                next_second.copy_from_slice(z);
            } else {
                along.forward_without_bias(moved, by_second, next_second, Some(slope));
                add(next_second, z);
            }
        } else {
            along.forward_with(h, by_moved, next_moved, Some(slope));
            if bent && l > 0 {
                along.forward_without_bias(moved, by_second, next_second, Some(slope));
            }
        }
        if shape.skips(l) {
            add(next, h);
            if l > 0 {
                add(next_moved, moved);
            }
            if by_second.is_some() {
                add(next_second, second);
            }
        }
    }

    /// The outputs.
    fn last(&mut self, shape: &Shape, both: [&Weights; 2], inputs: &[f64], bent: bool) {
        let l = shape.hidden();
        let samples = inputs.len() / shape.stride(0);
        let [before, len] = [l, l + 1].map(|l| samples * shape.stride(l));
        let [own, along] = both.map(|of| &of.layers[l]);
        let [h, moved, second] = self.h.each_ref().map(|h| &h[..before.min(h.len())]);
        let h = if l == 0 { inputs } else { h };
        let [out, out_moved, out_second] = self.out.each_mut().map(|out| &mut out[..len]);
        own.forward(h, out);
        let by_moved = (l > 0).then_some((own, moved));
        along.forward_with(h, by_moved, out_moved, None);
        if bent && l > 0 {
            let by_second =
                (l > 1 || shape.activation.has_second_derivative()).then_some((own, second));
            along.forward_without_bias(moved, by_second, out_second, None);
        }
    }
}

/// Makes φ″ ż² / 2, and ż times φ′.
fn second_order_terms([slope, bend]: [&[f64]; 2], moved: &mut [f64], made: &mut [f64]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            let phi = slope.iter().zip(bend);
            for ((made, moved), (slope, bend)) in made.iter_mut().zip(moved).zip(phi) {
                *made = 0.5 * bend * *moved * *moved;
                *moved *= slope;
            }
        },
    ));
}
