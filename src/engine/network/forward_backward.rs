//! A block of samples on its way through a network: there and back.
//!
//! Back is backpropagation (Rumelhart, Hinton & Williams 1986).
//!
//! Each hidden layer computes z = W h + b, u = z or its normalisation, and h′ = φ(u), or h + φ(u) where a residual connection
//! goes around it. `d` is the derivative of the loss by z, `g` that by h.

use super::activation::Activation;
use super::aligned::AlignedVec;
use super::float::Float;
use super::gemm::{Accumulate, padded_len_in};
use super::layout::Layout;
use super::norm::{Affine, BatchNormStats, Means, Norm, NormGroups, Normalised};
use super::weights::{FactorSink, Weights};
use crate::engine::numeric::real::{AutoVectorized, dispatch};

/// What of a network does not depend on θ.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Shape {
    /// Inputs, hidden layers, outputs.
    pub(in crate::engine) widths: Vec<usize>,
    pub(in crate::engine) layout: Layout,
    pub(in crate::engine) activation: Activation,
    pub(in crate::engine) norm: Norm,
    pub(in crate::engine) residual: bool,
}

impl Shape {
    /// How many outputs there are.
    pub(in crate::engine) fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    pub(in crate::engine) fn hidden(&self) -> usize {
        self.widths.len() - 2
    }

    /// The length of the rows of what goes into layer `l`.
    pub(in crate::engine) fn stride(&self, l: usize) -> usize {
        self.stride_in::<f64>(l)
    }

    /// The same in other numbers.
    pub(in crate::engine) fn stride_in<E: Float>(&self, l: usize) -> usize {
        padded_len_in::<E>(self.widths[l])
    }

    /// Whether a residual connection goes around layer `l`.
    pub(in crate::engine) fn skips(&self, l: usize) -> bool {
        self.residual && l < self.hidden() && self.widths[l] == self.widths[l + 1]
    }

    /// The length of the longest row of a layer.
    pub(in crate::engine) fn max_stride<E: Float>(&self) -> usize {
        let layers = 1..self.widths.len();
        layers.map(|l| self.stride_in::<E>(l)).max().unwrap_or(0)
    }

    pub(in crate::engine) fn extent<E: Float>(&self, l: usize) -> NormGroups {
        NormGroups {
            width: self.widths[l + 1],
            stride: self.stride_in::<E>(l + 1),
            columns: self.norm == Norm::Batch,
        }
    }
}

/// How much is kept on the way there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Order {
    /// The outputs.
    Value,
    /// What the way back needs.
    Gradient,
    /// What the tangent of the way back needs as well.
    Hessian,
}

/// All that is kept of a block of samples.
pub(in crate::engine) struct Activations<E = f64> {
    pub(in crate::engine) hidden: Vec<LayerActivations<E>>,
    /// The outputs, and the derivative of the loss by them.
    pub(in crate::engine) z: AlignedVec<E>,
    pub(in crate::engine) d: AlignedVec<E>,
    scratch: Scratch<E>,
}

/// Scratch of a forward and backward pass.
struct Scratch<E> {
    /// u of a layer.
    u: AlignedVec<E>,
    /// d and g of a layer.
    back: [AlignedVec<E>; 2],
    /// Of groups.
    means: [Means<E>; 2],
}

impl<E: Float> Scratch<E> {
    /// Room for so many samples.
    fn new(shape: &Shape, samples: usize) -> Self {
        let widest = || AlignedVec::zeros(samples * shape.max_stride::<E>());
        Self {
            u: widest(),
            back: [widest(), widest()],
            means: [Means::new(), Means::new()],
        }
    }
}

/// What is kept of a hidden layer.
pub(in crate::engine) struct LayerActivations<E> {
    pub(in crate::engine) h: AlignedVec<E>,
    /// φ′(u).
    pub(in crate::engine) dphi: AlignedVec<E>,
    /// φ″(u), after the way back times g; empty where activations do not bend.
    pub(in crate::engine) d2phi: AlignedVec<E>,
    pub(in crate::engine) normalised: Option<Normalised<E>>,
}

impl<E: Float> Activations<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let room = || AlignedVec::zeros(samples * shape.stride_in::<E>(l + 1));
            LayerActivations {
                h: room(),
                dphi: room(),
                d2phi: if shape.activation.has_second_derivative() {
                    room()
                } else {
                    AlignedVec::default()
                },
                normalised: (shape.norm != Norm::None).then(|| Normalised::new(room().len())),
            }
        };
        let last = || AlignedVec::zeros(samples * shape.stride_in::<E>(shape.hidden() + 1));
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            scratch: Scratch::new(shape, samples),
        }
    }

    /// The way there, of rows of inputs. The moments of normalisations are those of the block, or `given`.
    pub(in crate::engine) fn forward(
        &mut self,
        shape: &Shape,
        weights: &Weights<E>,
        inputs: &[E],
        keep: Order,
        given: Option<&[BatchNormStats]>,
    ) {
        let samples = inputs.len() / shape.stride_in::<E>(0);
        for (l, layer) in weights.layers.iter().enumerate() {
            let len = samples * shape.stride_in::<E>(l + 1);
            let (before, from) = self.hidden.split_at_mut(l);
            let input = before.last().map_or(inputs, |hidden| {
                &hidden.h[..samples * shape.stride_in::<E>(l)]
            });
            let Some(own) = from.first_mut() else {
                layer.forward(input, &mut self.z[..len]);
                continue;
            };
            let u = &mut self.scratch.u[..len];
            layer.forward(input, u);
            if let Some(normalised) = &mut own.normalised {
                let given = given.map(|moments| &moments[l]);
                normalised.forward(
                    shape.extent::<E>(l),
                    Affine::of(&weights.norms[l]),
                    given,
                    u,
                );
            }
            let [h, slope] = [&mut own.h, &mut own.dphi].map(|room| &mut room[..len]);
            match keep {
                Order::Value => shape.activation.apply(u, [h]),
                Order::Hessian if shape.activation.has_second_derivative() => {
                    shape.activation.apply(u, [h, slope, &mut own.d2phi[..len]]);
                }
                Order::Gradient | Order::Hessian => shape.activation.apply(u, [h, slope]),
            }
            if shape.skips(l) {
                add(&mut own.h, input);
            }
        }
    }

    /// Marks the units of each hidden layer whose activation is not flat for each of so many samples, after [`Self::forward`] with
    /// [`Order::Gradient`]. What is no number is not flat.
    pub(in crate::engine) fn mark_alive(
        &self,
        shape: &Shape,
        samples: usize,
        alive: &mut [Vec<bool>],
    ) {
        for (l, (own, alive)) in self.hidden.iter().zip(alive).enumerate() {
            let stride = shape.stride_in::<E>(l + 1);
            let rows = own
                .dphi
                .chunks_exact(stride)
                .zip(own.h.chunks_exact(stride));
            for (slope, h) in rows.take(samples) {
                for ((alive, slope), h) in alive.iter_mut().zip(slope).zip(h) {
                    *alive |= *slope != E::default() || h.to_f64().is_nan();
                }
            }
        }
    }

    /// The moments that the last way there used.
    pub(in crate::engine) fn batch_norm_stats(&self) -> Vec<BatchNormStats> {
        let normalised = self
            .hidden
            .iter()
            .filter_map(|hidden| hidden.normalised.as_ref());
        normalised.map(|own| own.moments().clone()).collect()
    }

    /// The way back of the derivative `d` by the outputs, after [`Self::forward`]; `gather` sees what the derivatives by θ are made of.
    pub(in crate::engine) fn backward<G: FactorSink<E>>(
        &mut self,
        shape: &Shape,
        weights: &Weights<E>,
        inputs: &[E],
        keep: Order,
        gather: &mut G,
    ) {
        let samples = inputs.len() / shape.stride_in::<E>(0);
        let Scratch {
            back: [d, g],
            means,
            ..
        } = &mut self.scratch;
        let outputs = samples * shape.stride_in::<E>(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride_in::<E>(l));
            let own = &mut self.hidden[l - 1];
            gather.layer(l, &d[..len], &own.h[..before]);
            let bends = keep == Order::Hessian && shape.activation.has_second_derivative();
            if l == 1 && !G::NEEDS_FIRST_LAYER && !bends && own.normalised.is_none() {
                return;
            }
            let start = if shape.skips(l) {
                Accumulate::Existing
            } else {
                Accumulate::Zeros
            };
            weights.layers[l].backward_with(start, &d[..len], None, &mut g[..before], None);
            multiply(&mut d[..before], g, &own.dphi);
            if bends {
                multiply_by(&mut own.d2phi[..before], g);
            }
            if let Some(normalised) = &own.normalised {
                let ([gamma, _], extent) = (&weights.norms[l - 1], shape.extent::<E>(l - 1));
                gather.norm(l - 1, extent, &d[..before], normalised.z());
                normalised.backward(extent, gamma, &mut d[..before], means);
            }
        }
        gather.layer(0, &d[..samples * shape.stride_in::<E>(1)], inputs);
    }
}

pub(in crate::engine) fn add<E: Float>(to: &mut [E], from: &[E]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
    ));
}

/// The products of `a` and `b`, entry by entry.
pub(in crate::engine) fn multiply<E: Float>(to: &mut [E], a: &[E], b: &[E]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            let pairs = a.iter().zip(b);
            to.iter_mut()
                .zip(pairs)
                .for_each(|(to, (a, b))| *to = *a * b);
        },
    ));
}

pub(in crate::engine) fn multiply_by<E: Float>(to: &mut [E], by: &[E]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || to.iter_mut().zip(by).for_each(|(to, by)| *to *= *by),
    ));
}
