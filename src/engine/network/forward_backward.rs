//! Forward and backward pass of a block of samples (backpropagation: Rumelhart, Hinton & Williams 1986).
//!
//! Each hidden layer computes z = W h + b, u = z or its normalisation, and h′ = φ(u), or h + φ(u) with a residual connection. `d` is the
//! derivative of the loss by z, `g` that by h.

use super::activation::Activation;
use super::float::Float;
use super::gemm::{Accumulate, padded_len};
use super::layout::Layout;
use super::norm::{Affine, BatchNormStats, Means, Norm, NormGroups, Normalised};
use super::weights::{FactorSink, Weights};
use crate::engine::numeric::real::{AutoVectorized, dispatch};

/// Structure of a network: everything but θ.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The widths of inputs, hidden layers and outputs.
    pub(crate) widths: Vec<usize>,
    pub(crate) layout: Layout,
    pub(crate) activation: Activation,
    pub(super) norm: Norm,
    pub(super) residual: bool,
}

impl Shape {
    /// Returns the number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// Returns the number of hidden layers.
    pub(super) fn hidden(&self) -> usize {
        self.widths.len() - 2
    }

    /// Returns the padded row length of the input of layer `l`.
    pub(super) fn stride(&self, l: usize) -> usize {
        padded_len(self.widths[l])
    }

    /// Whether layer `l` has a residual connection.
    pub(crate) fn skips(&self, l: usize) -> bool {
        self.residual && l < self.hidden() && self.widths[l] == self.widths[l + 1]
    }

    /// Returns the greatest padded row length of any layer's output.
    pub(super) fn max_stride(&self) -> usize {
        let layers = 1..self.widths.len();
        layers.map(|l| self.stride(l)).max().unwrap_or(0)
    }

    /// Returns the groups that the normalisation of hidden layer `l` works on.
    pub(super) fn norm_groups(&self, l: usize) -> NormGroups {
        NormGroups {
            width: self.widths[l + 1],
            stride: self.stride(l + 1),
            columns: self.norm == Norm::Batch,
        }
    }
}

/// Derivative order up to which a forward pass keeps its intermediate values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Outputs only.
    Value,
    /// Everything that the backward pass needs.
    Gradient,
    /// Everything that Hessian-vector products need too.
    Hessian,
}

/// Activations of a block of samples.
pub(crate) struct Activations {
    pub(super) hidden: Vec<LayerActivations>,
    /// The outputs, and the derivative of the loss by them (d).
    pub(crate) z: Vec<f64>,
    pub(crate) d: Vec<f64>,
    scratch: Scratch,
}

/// Scratch buffers that are needed during a pass only.
struct Scratch {
    /// u of the current layer.
    u: Vec<f64>,
    /// d and g of the current layer.
    back: [Vec<f64>; 2],
    /// Means of normalisation groups.
    means: [Means; 2],
}

impl Scratch {
    /// Allocates buffers for `samples` samples.
    fn new(shape: &Shape, samples: usize) -> Self {
        let widest = || vec![0.0; samples * shape.max_stride()];
        Self {
            u: widest(),
            back: [widest(), widest()],
            means: [Means::new(), Means::new()],
        }
    }
}

/// Activations of a hidden layer.
pub(super) struct LayerActivations {
    /// The layer's output.
    pub(super) h: Vec<f64>,
    /// φ′(u).
    pub(super) dphi: Vec<f64>,
    /// φ″(u), times g after the backward pass; empty for piecewise linear activations.
    pub(super) d2phi: Vec<f64>,
    pub(super) normalised: Option<Normalised>,
}

impl Activations {
    /// Allocates activations for `samples` samples.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let zeros = || vec![0.0; samples * shape.stride(l + 1)];
            LayerActivations {
                h: zeros(),
                dphi: zeros(),
                d2phi: if shape.activation.has_second_derivative() {
                    zeros()
                } else {
                    Vec::new()
                },
                normalised: (shape.norm != Norm::None).then(|| Normalised::new(zeros().len())),
            }
        };
        let last = || vec![0.0; samples * shape.stride(shape.hidden() + 1)];
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            scratch: Scratch::new(shape, samples),
        }
    }

    /// Runs the forward pass on padded rows of inputs. Normalisations use the statistics of the block, or `given` ones.
    pub(crate) fn forward(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        inputs: &[f64],
        order: Order,
        given: Option<&[BatchNormStats]>,
    ) {
        let samples = inputs.len() / shape.stride(0);
        for (l, layer) in weights.layers.iter().enumerate() {
            let len = samples * shape.stride(l + 1);
            let (before, from) = self.hidden.split_at_mut(l);
            let input = before
                .last()
                .map_or(inputs, |hidden| &hidden.h[..samples * shape.stride(l)]);
            let Some(own) = from.first_mut() else {
                layer.forward(input, &mut self.z[..len]);
                continue;
            };
            let u = &mut self.scratch.u[..len];
            layer.forward(input, u);
            if let Some(normalised) = &mut own.normalised {
                let given = given.map(|stats| &stats[l]);
                normalised.forward(
                    shape.norm_groups(l),
                    Affine::of(&weights.norms[l]),
                    given,
                    u,
                );
            }
            let [h, dphi] = [&mut own.h, &mut own.dphi].map(|buffer| &mut buffer[..len]);
            match order {
                Order::Value => shape.activation.apply(u, [h]),
                Order::Hessian if shape.activation.has_second_derivative() => {
                    shape.activation.apply(u, [h, dphi, &mut own.d2phi[..len]]);
                }
                Order::Gradient | Order::Hessian => shape.activation.apply(u, [h, dphi]),
            }
            if shape.skips(l) {
                add(&mut own.h, input);
            }
        }
    }

    /// Marks in `alive` the units of each hidden layer with φ′ ≠ 0 or NaN for any of the first `samples` samples, after
    /// [`Self::forward`] with [`Order::Gradient`].
    pub(crate) fn mark_alive(&self, shape: &Shape, samples: usize, alive: &mut [Vec<bool>]) {
        for (l, (own, alive)) in self.hidden.iter().zip(alive).enumerate() {
            let stride = shape.stride(l + 1);
            let rows = own
                .dphi
                .chunks_exact(stride)
                .zip(own.h.chunks_exact(stride));
            for (dphi, h) in rows.take(samples) {
                for ((alive, dphi), h) in alive.iter_mut().zip(dphi).zip(h) {
                    *alive |= *dphi != 0.0 || h.is_nan();
                }
            }
        }
    }

    /// Returns the normalisation statistics that the last forward pass used.
    pub(super) fn batch_norm_stats(&self) -> Vec<BatchNormStats> {
        let normalised = self
            .hidden
            .iter()
            .filter_map(|hidden| hidden.normalised.as_ref());
        normalised.map(|own| own.stats().clone()).collect()
    }

    /// Runs the backward pass from the derivative `d` by the outputs, after [`Self::forward`]; `sink` gets the factors of the derivatives
    /// by θ.
    pub(crate) fn backward<G: FactorSink>(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        inputs: &[f64],
        order: Order,
        sink: &mut G,
    ) {
        let samples = inputs.len() / shape.stride(0);
        let Scratch {
            back: [d, g],
            means,
            ..
        } = &mut self.scratch;
        let outputs = samples * shape.stride(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride(l));
            let own = &mut self.hidden[l - 1];
            sink.layer(l, &d[..len], &own.h[..before]);
            let curved = order == Order::Hessian && shape.activation.has_second_derivative();
            if l == 1 && !G::NEEDS_FIRST_LAYER && !curved && own.normalised.is_none() {
                return;
            }
            let start = if shape.skips(l) {
                Accumulate::Existing
            } else {
                Accumulate::Zeros
            };
            weights.layers[l].backward_with(start, &d[..len], None, &mut g[..before], None);
            multiply(&mut d[..before], g, &own.dphi);
            if curved {
                multiply_by(&mut own.d2phi[..before], g);
            }
            if let Some(normalised) = &own.normalised {
                let ([gamma, _], groups) = (&weights.norms[l - 1], shape.norm_groups(l - 1));
                sink.norm(l - 1, groups, &d[..before], normalised.z());
                normalised.backward(groups, gamma, &mut d[..before], means);
            }
        }
        sink.layer(0, &d[..samples * shape.stride(1)], inputs);
    }
}

/// Adds `from` to `to`, entry by entry.
pub(super) fn add<E: Float>(to: &mut [E], from: &[E]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
    ));
}

/// Writes a ∘ b, the product entry by entry, to `to`.
pub(super) fn multiply(to: &mut [f64], a: &[f64], b: &[f64]) {
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

/// Multiplies `to` by `by`, entry by entry.
pub(super) fn multiply_by(to: &mut [f64], by: &[f64]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || to.iter_mut().zip(by).for_each(|(to, by)| *to *= *by),
    ));
}
