//! How much the loss bends along a direction.
//!
//! On the line θ + t v every number has a value and two derivatives by t, and the three go through the network together: Taylor's
//! series to the second order, chapter 13 of Griewank & Walther 2008. Nothing needs to go back, and nothing is kept of a sample.

use super::lines::Lines;
use super::matrix::Start;
use super::norm::Norm;
use super::objective::NetworkLoss;
use super::pass::{Shape, add};
use super::sum::{Matrix, halves};
use super::weights::Weights;
use crate::engine::direction::dot;
use crate::engine::real;
use crate::engine::real::{Each, dispatch};
use std::ops::Range;

/// A direction times a matrix times the direction. `None` for networks with normalisation.
pub(super) fn along(net: &NetworkLoss, matrix: Matrix, theta: &[f64], v: &[f64]) -> Option<f64> {
    if net.shape.norm != Norm::None {
        return None;
    }
    let (weights, direction) = (net.weights(theta), net.weights(v));
    let part = |places| -> f64 {
        let mut curve = net.curve();
        let blocks = net.blocks(places);
        let blocks = blocks.map(|places| curve.sum(net, matrix, [&weights, &direction], places));
        blocks.sum()
    };
    let join = |sum: &mut f64, more| *sum += more;
    let mean = halves(0..net.samples, net.part(), &part, &join) / real(net.samples);
    Some(match matrix {
        Matrix::EmpiricalFisher => mean,
        Matrix::Hessian | Matrix::GaussNewton => mean + net.l2 * dot(v, v),
    })
}

/// Room for some samples on their way.
pub(super) struct Curve {
    /// What goes into a layer, and its derivatives.
    h: [Lines; 3],
    /// What it makes of that.
    z: [Lines; 3],
    /// The activation of it, and the activation's derivatives.
    phi: [Lines; 3],
    /// Of the outputs: the derivative of the loss by them, and what its Hessian makes of theirs.
    d: [Lines; 2],
}

impl Curve {
    /// Room for so many samples.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        let three = || [(); 3].map(|()| Lines::zeros(samples * shape.widest::<f64>()));
        Self {
            h: three(),
            z: three(),
            phi: three(),
            d: [(); 2].map(|()| Lines::zeros(samples * shape.stride(shape.hidden() + 1))),
        }
    }

    /// The sum over some samples.
    fn sum(
        &mut self,
        net: &NetworkLoss,
        matrix: Matrix,
        both: [&Weights; 2],
        places: Range<usize>,
    ) -> f64 {
        let (shape, bent) = (&net.shape, matrix == Matrix::Hessian);
        let inputs = net.rows(places.clone());
        for l in 0..shape.hidden() {
            self.layer(shape, l, both, inputs, bent);
            self.activate(shape, l, inputs, bent);
        }
        self.layer(shape, shape.hidden(), both, inputs, bent);
        let [out, stride] = [shape.outputs(), shape.stride(shape.hidden() + 1)];
        let ([z, moved, bend], [d, image]) = (&self.z, &mut self.d);
        net.loss
            .prepare([out, stride], &z[..places.len() * stride], d);
        let mut sum = 0.0;
        for (row, place) in places.enumerate() {
            let at = row * stride..row * stride + out;
            let (goal, moved) = (net.goal(place), &moved[at.clone()]);
            let d = &mut d[at.clone()];
            net.loss.at(&z[at.clone()], goal, d);
            if matrix == Matrix::EmpiricalFisher {
                sum += dot(d, moved) * dot(d, moved);
                continue;
            }
            let image = &mut image[at.clone()];
            net.loss.hessian_vector(d, goal, moved, image);
            sum += dot(image, moved);
            if bent && shape.hidden() > 0 {
                sum += dot(d, &bend[at]);
            }
        }
        sum
    }

    /// z = W h + b, ż = W ḣ + V h + c and z̈ = W ḧ + 2 V ḣ, where V and c are the direction's.
    fn layer(
        &mut self,
        shape: &Shape,
        l: usize,
        [weights, direction]: [&Weights; 2],
        inputs: &[f64],
        bent: bool,
    ) {
        let samples = inputs.len() / shape.stride(0);
        let [before, len] = [l, l + 1].map(|l| samples * shape.stride(l));
        let ([h, moved, bend], z) = (&self.h, &mut self.z);
        let h = if l == 0 { inputs } else { &h[..before] };
        let [z, z_moved, z_bend] = z.each_mut().map(|z| &mut z[..len]);
        let (own, along) = (&weights.layers[l], &direction.layers[l]);
        own.forward(h, z);
        along.forward(h, z_moved);
        if l == 0 {
            return;
        }
        let moved = &moved[..before];
        own.add_forward(moved, z_moved);
        if !bent {
            return;
        }
        along.forward_from(Start::Zeros, moved, z_bend);
        z_bend.iter_mut().for_each(|bend| *bend *= 2.0);
        // The first layer's z is straight along the direction, and only an activation that bends makes its h bend.
        if l > 1 || shape.activation.bends() {
            own.add_forward(&bend[..before], z_bend);
        }
    }

    /// h = φ(z), ḣ = φ′(z) ż and ḧ = φ″(z) ż² + φ′(z) z̈, and what goes around the layer.
    fn activate(&mut self, shape: &Shape, l: usize, inputs: &[f64], bent: bool) {
        let len = inputs.len() / shape.stride(0) * shape.stride(l + 1);
        let [z, z_moved, z_bend] = self.z.each_ref().map(|z| &z[..len]);
        let [h, moved, bend] = self.h.each_mut().map(|h| &mut h[..len]);
        let [value, slope, curve] = self.phi.each_mut().map(|phi| &mut phi[..len]);
        let bends = shape.activation.bends();
        if bent && bends {
            shape.activation.apply(z, [&mut *value, slope, curve]);
        } else {
            shape.activation.apply(z, [&mut *value, slope]);
        }
        if !shape.skips(l) || l == 0 {
            for h in [&mut *h, moved, bend] {
                h.fill(0.0);
            }
        }
        if shape.skips(l) && l == 0 {
            h.copy_from_slice(inputs);
        }
        add(h, value);
        dispatch(Each(
            #[inline(always)]
            || {
                let terms = slope.iter().zip(z_moved);
                let pairs = moved.iter_mut().zip(terms);
                pairs.for_each(|(moved, (slope, z))| *moved += slope * z);
                // Along the direction the first layer's z is straight.
                if bent && l > 0 {
                    let terms = slope.iter().zip(z_bend);
                    let pairs = bend.iter_mut().zip(terms);
                    pairs.for_each(|(bend, (slope, z))| *bend += slope * z);
                }
                if bent && bends {
                    let terms = curve.iter().zip(z_moved);
                    let pairs = bend.iter_mut().zip(terms);
                    pairs.for_each(|(bend, (curve, z))| *bend += curve * z * z);
                }
            },
        ));
    }
}
