//! The tangents of the ways there and back, and what products at one θ have in common.
//!
//! The tangent ȧ of a number a is its derivative along a direction in the space of θ; there and back once more with tangents yields the
//! Hessian times that direction: the R-operator of Pearlmutter 1994. Where the way back leaves out what the direction changes of it,
//! that is the product with the Gauss-Newton matrix: Schraudolph 2002.

use super::lines::Lines;
use super::matrix::Start;
use super::norm::{Affine, Extent, Norm, NormTangent};
use super::number::Number;
use super::pass::{Block, Shape, add, multiply};
use super::weights::{Gather, Sums, Weights};

/// What the way back makes of each layer but the first: the derivative by z. Where there are normalisations, that by u of each.
#[derive(Default)]
pub(in crate::engine) struct Derivatives<E = f64> {
    d: Vec<Lines<E>>,
    u: Vec<Lines<E>>,
}

impl<E: Number> Derivatives<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let room = |l: usize| Lines::zeros(samples * shape.stride_in::<E>(l));
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

impl<E: Number> Gather<E> for Derivatives<E> {
    const FIRST: bool = false;

    fn layer(&mut self, l: usize, d: &[E], _: &[E]) {
        if let Some(l) = l.checked_sub(1) {
            self.d[l][..d.len()].copy_from_slice(d);
        }
    }

    fn norm(&mut self, l: usize, _: Extent, u: &[E], _: &[E]) {
        self.u[l][..u.len()].copy_from_slice(u);
    }
}

/// The tangents of a block of samples.
pub(in crate::engine) struct Tangents<E> {
    hidden: Vec<Hidden<E>>,
    /// Those of the outputs, and of the derivative by them.
    pub(in crate::engine) z: Lines<E>,
    pub(in crate::engine) d: Lines<E>,
    /// Room for u̇ of a layer, ḋ and ġ of a layer, and u.
    u: Lines<E>,
    back: [Lines<E>; 2],
    plain: Lines<E>,
}

/// Those of a hidden layer.
struct Hidden<E> {
    h: Lines<E>,
    /// The tangent of φ′(u) times g.
    bent: Lines<E>,
    norm: Option<NormTangent<E>>,
}

impl<E: Number> Tangents<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let room = || Lines::zeros(samples * shape.stride_in::<E>(l + 1));
            Hidden {
                h: room(),
                bent: room(),
                norm: (shape.norm != Norm::None).then(NormTangent::default),
            }
        };
        let last = || Lines::zeros(samples * shape.stride_in::<E>(shape.hidden() + 1));
        let widest = || Lines::zeros(samples * shape.widest::<E>());
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            u: widest(),
            back: [widest(), widest()],
            plain: widest(),
        }
    }

    /// The way there along a direction, after that of `block` with the same weights and inputs. Where the product is to be `bent`, one with
    /// the Hessian, the block must have been the way back as well.
    pub(in crate::engine) fn forward(
        &mut self,
        shape: &Shape,
        block: &Block<E>,
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
            let Some(Hidden {
                h,
                bent: bend,
                norm,
            }) = from.first_mut()
            else {
                along.forward_with(input, other, &mut self.z[..len], None);
                continue;
            };
            let (kept, h) = (&block.hidden[l], &mut h[..len]);
            let bends = bent && shape.activation.bends();
            let normalised = kept.normalised.as_ref().zip(norm.as_mut());
            if normalised.is_none() && !bends {
                along.forward_with(input, other, h, Some(&kept.slope));
            } else {
                let u = &mut self.u[..len];
                along.forward_with(input, other, u, None);
                if let Some((normalised, norm)) = normalised {
                    let [affine, moved] = [weights, direction].map(|of| Affine::of(&of.norms[l]));
                    normalised.tangent(shape.extent::<E>(l), affine, moved, u, norm);
                }
                multiply(h, &kept.slope, u);
                if bends {
                    multiply(&mut bend[..len], &kept.bend, u);
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
        block: &Block<E>,
        derivatives: Option<&Derivatives<E>>,
        [weights, direction]: [&Weights<E>; 2],
        inputs: &[E],
        sums: &mut Sums<E>,
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
                    Start::There
                } else {
                    Start::Zeros
                };
                layer.back_with(start, from, other, to, None);
                multiply(&mut d[..before], g, &kept.slope);
            } else {
                layer.back_with(Start::Zeros, from, other, to, Some(&kept.slope));
                std::mem::swap(&mut d, &mut g);
            }
            if derivatives.is_some() && shape.activation.bends() {
                add(&mut d[..before], &own.bent);
            }
            let (Some(normalised), Some(norm)) = (&kept.normalised, &mut own.norm) else {
                continue;
            };
            let (extent, d) = (shape.extent::<E>(l - 1), &mut d[..before]);
            let [gamma, moved] = [weights, direction].map(|of| &of.norms[l - 1][0][..]);
            if let Some(plain) = derivatives {
                let u = &mut self.plain[..before];
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
