//! The tangents of the ways there and back, and what products at one θ have in common.
//!
//! The tangent ȧ of a number a is its derivative along a direction in the space of θ; there and back once more with tangents yields the
//! Hessian times that direction: the R-operator of Pearlmutter 1994. Where the way back leaves out what the direction changes of it,
//! that is the product with the Gauss-Newton matrix: Schraudolph 2002.

use super::aligned::AlignedVec;
use super::float::Float;
use super::forward_backward::{Activations, Shape, add, multiply};
use super::gemm::Accumulate;
use super::norm::{Affine, Norm, NormGroups, NormTangent};
use super::weights::{FactorSink, GradientSums, Weights};

/// What the way back makes of each layer but the first: the derivative by z. Where there are normalisations, that by u of each.
#[derive(Default)]
pub(in crate::engine) struct BackwardCache<E = f64> {
    d: Vec<AlignedVec<E>>,
    u: Vec<AlignedVec<E>>,
}

impl<E: Float> BackwardCache<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let room = |l: usize| AlignedVec::zeros(samples * shape.stride_in::<E>(l));
        let norms = if shape.norm == Norm::None {
            0
        } else {
            shape.hidden()
        };
        Self {
            d: (2..=shape.hidden() + 1).map(room).collect(),
            u: (1..=norms).map(room).collect(),
        }
    }
}

impl<E: Float> FactorSink<E> for BackwardCache<E> {
    const NEEDS_FIRST_LAYER: bool = false;

    fn layer(&mut self, l: usize, d: &[E], _: &[E]) {
        if let Some(l) = l.checked_sub(1) {
            self.d[l][..d.len()].copy_from_slice(d);
        }
    }

    fn norm(&mut self, l: usize, _: NormGroups, u: &[E], _: &[E]) {
        self.u[l][..u.len()].copy_from_slice(u);
    }
}

/// The tangents of a block of samples.
pub(in crate::engine) struct Tangents<E> {
    hidden: Vec<LayerTangents<E>>,
    /// Those of the outputs, and of the derivative by them.
    pub(in crate::engine) z: AlignedVec<E>,
    pub(in crate::engine) d: AlignedVec<E>,
    /// Room for u̇ of a layer, ḋ and ġ of a layer, and u.
    u: AlignedVec<E>,
    back: [AlignedVec<E>; 2],
    u_values: AlignedVec<E>,
}

/// Those of a hidden layer.
struct LayerTangents<E> {
    h: AlignedVec<E>,
    /// The tangent of φ′(u) times g.
    dphi_tangent: AlignedVec<E>,
    norm: Option<NormTangent<E>>,
}

impl<E: Float> Tangents<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let room = || AlignedVec::zeros(samples * shape.stride_in::<E>(l + 1));
            LayerTangents {
                h: room(),
                dphi_tangent: room(),
                norm: (shape.norm != Norm::None).then(NormTangent::default),
            }
        };
        let last = || AlignedVec::zeros(samples * shape.stride_in::<E>(shape.hidden() + 1));
        let widest = || AlignedVec::zeros(samples * shape.max_stride::<E>());
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            u: widest(),
            back: [widest(), widest()],
            u_values: widest(),
        }
    }

    /// The way there along a direction, after that of `block` with the same weights and inputs. Where the product is to be `bent`, one with
    /// the Hessian, the block must have been the way back as well.
    pub(in crate::engine) fn forward(
        &mut self,
        shape: &Shape,
        block: &Activations<E>,
        [weights, direction]: [&Weights<E>; 2],
        inputs: &[E],
        bent: bool,
    ) {
        let samples = inputs.len() / shape.stride_in::<E>(0);
        for (l, layer) in weights.layers.iter().enumerate() {
            let [before, len] = [l, l + 1].map(|l| samples * shape.stride_in::<E>(l));
            let (past, from) = self.hidden.split_at_mut(l);
            let past = past.last();
            let input = l
                .checked_sub(1)
                .map_or(inputs, |l| &block.hidden[l].h[..before]);
            let along = &direction.layers[l];
            let other = past.map(|past| (layer, &past.h[..before]));
            let Some(LayerTangents {
                h,
                dphi_tangent: bend,
                norm,
            }) = from.first_mut()
            else {
                along.forward_with(input, other, &mut self.z[..len], None);
                continue;
            };
            let (kept, h) = (&block.hidden[l], &mut h[..len]);
            let bends = bent && shape.activation.has_second_derivative();
            let normalised = kept.normalised.as_ref().zip(norm.as_mut());
            if normalised.is_none() && !bends {
                along.forward_with(input, other, h, Some(&kept.dphi));
            } else {
                let u = &mut self.u[..len];
                along.forward_with(input, other, u, None);
                if let Some((normalised, norm)) = normalised {
                    let [affine, moved] = [weights, direction].map(|of| Affine::of(&of.norms[l]));
                    normalised.tangent(shape.extent::<E>(l), affine, moved, u, norm);
                }
                multiply(h, &kept.dphi, u);
                if bends {
                    multiply(&mut bend[..len], &kept.d2phi, u);
                }
            }
            if let Some(past) = past.filter(|_| shape.skips(l)) {
                add(h, &past.h);
            }
        }
    }

    /// The way back of ḋ, the tangent of the derivative by the outputs; adds to the sums of a product. Where `derivatives` are given, what
    /// the direction changes of the way back is added: the product is then one with the Hessian.
    pub(in crate::engine) fn backward(
        &mut self,
        shape: &Shape,
        block: &Activations<E>,
        derivatives: Option<&BackwardCache<E>>,
        [weights, direction]: [&Weights<E>; 2],
        inputs: &[E],
        sums: &mut GradientSums<E>,
    ) {
        let samples = inputs.len() / shape.stride_in::<E>(0);
        let [mut d, mut g] = self.back.each_mut();
        let outputs = samples * shape.stride_in::<E>(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride_in::<E>(l));
            let (kept, own) = (&block.hidden[l - 1], &mut self.hidden[l - 1]);
            let plain = derivatives.map(|plain| &plain.d[l - 1][..len]);
            let moved = plain.map(|plain| (plain, &own.h[..before]));
            sums.layers[l].add((&d[..len], &kept.h[..before]), moved);
            let (layer, from, to) = (&weights.layers[l], &d[..len], &mut g[..before]);
            let other = plain.map(|plain| (&direction.layers[l], plain));
            if shape.residual {
                let start = if shape.skips(l) {
                    Accumulate::Existing
                } else {
                    Accumulate::Zeros
                };
                layer.backward_with(start, from, other, to, None);
                multiply(&mut d[..before], g, &kept.dphi);
            } else {
                layer.backward_with(Accumulate::Zeros, from, other, to, Some(&kept.dphi));
                std::mem::swap(&mut d, &mut g);
            }
            if derivatives.is_some() && shape.activation.has_second_derivative() {
                add(&mut d[..before], &own.dphi_tangent);
            }
            let (Some(normalised), Some(norm)) = (&kept.normalised, &mut own.norm) else {
                continue;
            };
            let (extent, d) = (shape.extent::<E>(l - 1), &mut d[..before]);
            let [gamma, moved] = [weights, direction].map(|of| &of.norms[l - 1][0][..]);
            if let Some(plain) = derivatives {
                let u = &mut self.u_values[..before];
                u.copy_from_slice(&plain.u[l - 1][..before]);
                let [d_gamma, d_beta] = &mut sums.norms[l - 1];
                let to = [&mut d_gamma[..], d_beta];
                normalised.backward_tangent(extent, [gamma, moved], [u, d], to, norm);
            } else {
                sums.add_norm(l - 1, extent, d, normalised.z());
                normalised.backward(extent, gamma, d, norm.means());
            }
        }
        let d = &d[..samples * shape.stride_in::<E>(1)];
        sums.layers[0].add((d, inputs), None);
    }
}
