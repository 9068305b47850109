//! Tangents of the forward and backward pass, for matrix-vector products.
//!
//! The tangent ȧ of a number a is its derivative along a direction in weight space. A forward and backward pass of tangents yields the
//! Hessian times the direction: the R-operator of Pearlmutter 1994. Without the terms in which the direction changes the backward pass
//! it yields the Gauss-Newton product: Schraudolph 2002.

use super::forward_backward::{Activations, Shape, add, multiply};
use super::gemm::Accumulate;
use super::norm::{Affine, Norm, NormGroups, NormTangent};
use super::weights::{FactorSink, GradientSums, Weights};

/// Derivatives of the loss from a backward pass: by z of each layer but the first, and by u of each normalisation.
#[derive(Default)]
pub(super) struct BackwardCache {
    d: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
}

impl BackwardCache {
    /// Allocates buffers for `samples` samples.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        let zeros = |l: usize| vec![0.0; samples * shape.stride(l)];
        let norms = if shape.norm == Norm::None {
            0
        } else {
            shape.hidden()
        };
        Self {
            d: (2..=shape.hidden() + 1).map(zeros).collect(),
            u: (1..=norms).map(zeros).collect(),
        }
    }
}

impl FactorSink for BackwardCache {
    const NEEDS_FIRST_LAYER: bool = false;

    fn layer(&mut self, l: usize, d: &[f64], _: &[f64]) {
        if let Some(l) = l.checked_sub(1) {
            self.d[l][..d.len()].copy_from_slice(d);
        }
    }

    fn norm(&mut self, l: usize, _: NormGroups, u: &[f64], _: &[f64]) {
        self.u[l][..u.len()].copy_from_slice(u);
    }
}

/// Tangents of a block of samples.
pub(super) struct Tangents {
    hidden: Vec<LayerTangents>,
    /// Tangents of the outputs, and of the derivative by them.
    pub(super) z: Vec<f64>,
    pub(super) d: Vec<f64>,
    /// Scratch buffers: u̇ of a layer; ḋ and ġ of a layer; u.
    u: Vec<f64>,
    back: [Vec<f64>; 2],
    u_values: Vec<f64>,
}

/// Tangents of a hidden layer.
struct LayerTangents {
    h: Vec<f64>,
    /// The tangent of φ′(u), times g.
    dphi_tangent: Vec<f64>,
    norm: Option<NormTangent>,
}

impl Tangents {
    /// Allocates buffers for `samples` samples.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let zeros = || vec![0.0; samples * shape.stride(l + 1)];
            LayerTangents {
                h: zeros(),
                dphi_tangent: zeros(),
                norm: (shape.norm != Norm::None).then(NormTangent::default),
            }
        };
        let last = || vec![0.0; samples * shape.stride(shape.hidden() + 1)];
        let widest = || vec![0.0; samples * shape.max_stride()];
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            u: widest(),
            back: [widest(), widest()],
            u_values: widest(),
        }
    }

    /// Runs the forward pass of tangents along a direction, after the forward pass of `block` with equal weights and inputs; for the
    /// `hessian` also after its backward pass.
    pub(super) fn forward(
        &mut self,
        shape: &Shape,
        block: &Activations,
        [weights, direction]: [&Weights; 2],
        inputs: &[f64],
        hessian: bool,
    ) {
        let samples = inputs.len() / shape.stride(0);
        for (l, layer) in weights.layers.iter().enumerate() {
            let [before, len] = [l, l + 1].map(|l| samples * shape.stride(l));
            let (earlier, from) = self.hidden.split_at_mut(l);
            let previous = earlier.last();
            let input = l
                .checked_sub(1)
                .map_or(inputs, |l| &block.hidden[l].h[..before]);
            let v_layer = &direction.layers[l];
            let other = previous.map(|previous| (layer, &previous.h[..before]));
            let Some(LayerTangents {
                h,
                dphi_tangent,
                norm,
            }) = from.first_mut()
            else {
                v_layer.forward_with(input, other, &mut self.z[..len], None);
                continue;
            };
            let (activations, h) = (&block.hidden[l], &mut h[..len]);
            let curved = hessian && shape.activation.has_second_derivative();
            let normalised = activations.normalised.as_ref().zip(norm.as_mut());
            if normalised.is_none() && !curved {
                v_layer.forward_with(input, other, h, Some(&activations.dphi));
            } else {
                let u = &mut self.u[..len];
                v_layer.forward_with(input, other, u, None);
                if let Some((normalised, norm)) = normalised {
                    let [affine, tangent] = [weights, direction].map(|of| Affine::of(&of.norms[l]));
                    normalised.tangent(shape.norm_groups(l), affine, tangent, u, norm);
                }
                multiply(h, &activations.dphi, u);
                if curved {
                    multiply(&mut dphi_tangent[..len], &activations.d2phi, u);
                }
            }
            if let Some(previous) = previous.filter(|_| shape.skips(l)) {
                add(h, &previous.h);
            }
        }
    }

    /// Runs the backward pass of ḋ, the tangent of the derivative by the outputs, and adds the product to `sums`. With `derivatives` it is
    /// the product with the Hessian, without them with the Gauss-Newton matrix.
    pub(super) fn backward(
        &mut self,
        shape: &Shape,
        block: &Activations,
        derivatives: Option<&BackwardCache>,
        [weights, direction]: [&Weights; 2],
        inputs: &[f64],
        sums: &mut GradientSums,
    ) {
        let samples = inputs.len() / shape.stride(0);
        let [mut d, mut g] = self.back.each_mut();
        let outputs = samples * shape.stride(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride(l));
            let (activations, own) = (&block.hidden[l - 1], &mut self.hidden[l - 1]);
            let plain = derivatives.map(|plain| &plain.d[l - 1][..len]);
            let other = plain.map(|plain| (plain, &own.h[..before]));
            sums.layers[l].add((&d[..len], &activations.h[..before]), other);
            let (layer, from, to) = (&weights.layers[l], &d[..len], &mut g[..before]);
            let other = plain.map(|plain| (&direction.layers[l], plain));
            if shape.residual {
                let start = if shape.skips(l) {
                    Accumulate::Existing
                } else {
                    Accumulate::Zeros
                };
                layer.backward_with(start, from, other, to, None);
                multiply(&mut d[..before], g, &activations.dphi);
            } else {
                layer.backward_with(Accumulate::Zeros, from, other, to, Some(&activations.dphi));
                std::mem::swap(&mut d, &mut g);
            }
            if derivatives.is_some() && shape.activation.has_second_derivative() {
                add(&mut d[..before], &own.dphi_tangent);
            }
            let (Some(normalised), Some(norm)) = (&activations.normalised, &mut own.norm) else {
                continue;
            };
            let (groups, d) = (shape.norm_groups(l - 1), &mut d[..before]);
            let [gamma, gamma_tangent] = [weights, direction].map(|of| &of.norms[l - 1][0][..]);
            if let Some(plain) = derivatives {
                let u = &mut self.u_values[..before];
                u.copy_from_slice(&plain.u[l - 1][..before]);
                let [d_gamma, d_beta] = &mut sums.norms[l - 1];
                let to = [&mut d_gamma[..], d_beta];
                normalised.backward_tangent(groups, [gamma, gamma_tangent], [u, d], to, norm);
            } else {
                sums.add_norm(l - 1, groups, d, normalised.z());
                normalised.backward(groups, gamma, d, norm.means());
            }
        }
        let d = &d[..samples * shape.stride(1)];
        sums.layers[0].add((d, inputs), None);
    }
}
