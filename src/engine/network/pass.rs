//! A block of samples on its way through a network: there and back.
//!
//! Back is backpropagation (Rumelhart, Hinton & Williams 1986).
//!
//! Each hidden layer computes z = W h + b, u = z or its normalisation, and h′ = φ(u), or h + φ(u) where a residual connection
//! goes around it. `d` is the derivative of the loss by z, `g` that by h.

use super::activation::Activation;
use super::layout::Layout;
use super::lines::Lines;
use super::matrix::{Start, padded_in};
use super::norm::{Affine, Extent, Means, Moments, Norm, Normalised};
use super::number::Number;
use super::weights::{Gather, Weights};
use crate::engine::numeric::real::{Each, dispatch};

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
    pub(in crate::engine) fn stride_in<E: Number>(&self, l: usize) -> usize {
        padded_in::<E>(self.widths[l])
    }

    /// Whether a residual connection goes around layer `l`.
    pub(in crate::engine) fn skips(&self, l: usize) -> bool {
        self.residual && l < self.hidden() && self.widths[l] == self.widths[l + 1]
    }

    /// The length of the longest row of a layer.
    pub(in crate::engine) fn widest<E: Number>(&self) -> usize {
        let layers = 1..self.widths.len();
        layers.map(|l| self.stride_in::<E>(l)).max().unwrap_or(0)
    }

    pub(in crate::engine) fn extent<E: Number>(&self, l: usize) -> Extent {
        Extent {
            width: self.widths[l + 1],
            stride: self.stride_in::<E>(l + 1),
            columns: self.norm == Norm::Batch,
        }
    }
}

/// How much is kept on the way there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Keep {
    /// The outputs.
    Value,
    /// What the way back needs.
    Slope,
    /// What the tangent of the way back needs as well.
    Bend,
}

/// All that is kept of a block of samples.
pub(in crate::engine) struct Block<E = f64> {
    pub(in crate::engine) hidden: Vec<Hidden<E>>,
    /// The outputs, and the derivative of the loss by them.
    pub(in crate::engine) z: Lines<E>,
    pub(in crate::engine) d: Lines<E>,
    scratch: Scratch<E>,
}

/// What is needed on the ways only.
#[derive(Default)]
pub(in crate::engine) struct Scratch<E> {
    /// u of a layer.
    u: Lines<E>,
    /// d and g of a layer.
    back: [Lines<E>; 2],
    /// Of groups.
    means: [Means<E>; 2],
}

impl<E: Number> Scratch<E> {
    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        let widest = || Lines::zeros(samples * shape.widest::<E>());
        Self {
            u: widest(),
            back: [widest(), widest()],
            means: [Means::new(), Means::new()],
        }
    }
}

/// What is kept of a hidden layer.
pub(in crate::engine) struct Hidden<E> {
    pub(in crate::engine) h: Lines<E>,
    /// φ′(u).
    pub(in crate::engine) slope: Lines<E>,
    /// φ″(u), after the way back times g; empty where activations do not bend.
    pub(in crate::engine) bend: Lines<E>,
    pub(in crate::engine) normalised: Option<Normalised<E>>,
}

impl<E: Number> Block<E> {
    /// Room for what is kept of so many samples only: for the ways [`Block::lend`] is asked.
    pub(in crate::engine) fn to_keep(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let room = || Lines::zeros(samples * shape.stride_in::<E>(l + 1));
            Hidden {
                h: room(),
                slope: room(),
                bend: if shape.activation.bends() {
                    room()
                } else {
                    Lines::default()
                },
                normalised: (shape.norm != Norm::None).then(|| Normalised::new(room().len())),
            }
        };
        let last = || Lines::zeros(samples * shape.stride_in::<E>(shape.hidden() + 1));
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            scratch: Scratch::default(),
        }
    }

    /// Room for so many samples.
    pub(in crate::engine) fn new(shape: &Shape, samples: usize) -> Self {
        Self {
            scratch: Scratch::new(shape, samples),
            ..Self::to_keep(shape, samples)
        }
    }

    /// Lends what is needed on the ways, or takes it back.
    pub(in crate::engine) fn lend(&mut self, scratch: &mut Scratch<E>) {
        std::mem::swap(&mut self.scratch, scratch);
    }

    /// The way there, of rows of inputs. The moments of normalisations are those of the block, or `given`.
    pub(in crate::engine) fn forward(
        &mut self,
        shape: &Shape,
        weights: &Weights<E>,
        inputs: &[E],
        keep: Keep,
        given: Option<&[Moments]>,
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
            let [h, slope] = [&mut own.h, &mut own.slope].map(|room| &mut room[..len]);
            match keep {
                Keep::Value => shape.activation.apply(u, [h]),
                Keep::Bend if shape.activation.bends() => {
                    shape.activation.apply(u, [h, slope, &mut own.bend[..len]]);
                }
                Keep::Slope | Keep::Bend => shape.activation.apply(u, [h, slope]),
            }
            if shape.skips(l) {
                add(&mut own.h, input);
            }
        }
    }

    /// Marks the units of each hidden layer whose activation is not flat for each of so many samples, after [`Self::forward`] with
    /// [`Keep::Slope`]. What is no number is not flat.
    pub(in crate::engine) fn mark_alive(
        &self,
        shape: &Shape,
        samples: usize,
        alive: &mut [Vec<bool>],
    ) {
        for (l, (own, alive)) in self.hidden.iter().zip(alive).enumerate() {
            let stride = shape.stride_in::<E>(l + 1);
            let rows = own
                .slope
                .chunks_exact(stride)
                .zip(own.h.chunks_exact(stride));
            for (slope, h) in rows.take(samples) {
                for ((alive, slope), h) in alive.iter_mut().zip(slope).zip(h) {
                    *alive |= *slope != E::default() || h.wide().is_nan();
                }
            }
        }
    }

    /// The moments that the last way there used.
    pub(in crate::engine) fn moments(&self) -> Vec<Moments> {
        let normalised = self
            .hidden
            .iter()
            .filter_map(|hidden| hidden.normalised.as_ref());
        normalised.map(|own| own.moments().clone()).collect()
    }

    /// The way back of the derivative `d` by the outputs, after [`Self::forward`]; `gather` sees what the derivatives by θ are made of.
    pub(in crate::engine) fn backward<G: Gather<E>>(
        &mut self,
        shape: &Shape,
        weights: &Weights<E>,
        inputs: &[E],
        keep: Keep,
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
            let bends = keep == Keep::Bend && shape.activation.bends();
            if l == 1 && !G::FIRST && !bends && own.normalised.is_none() {
                return;
            }
            let start = if shape.skips(l) {
                Start::There
            } else {
                Start::Zeros
            };
            weights.layers[l].back_with(start, &d[..len], None, &mut g[..before], None);
            multiply(&mut d[..before], g, &own.slope);
            if bends {
                multiply_by(&mut own.bend[..before], g);
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

pub(in crate::engine) fn add<E: Number>(to: &mut [E], from: &[E]) {
    dispatch(Each(
        #[inline(always)]
        || to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
    ));
}

/// The products of `a` and `b`, entry by entry.
pub(in crate::engine) fn multiply<E: Number>(to: &mut [E], a: &[E], b: &[E]) {
    dispatch(Each(
        #[inline(always)]
        || {
            let pairs = a.iter().zip(b);
            to.iter_mut()
                .zip(pairs)
                .for_each(|(to, (a, b))| *to = *a * b);
        },
    ));
}

pub(in crate::engine) fn multiply_by<E: Number>(to: &mut [E], by: &[E]) {
    dispatch(Each(
        #[inline(always)]
        || to.iter_mut().zip(by).for_each(|(to, by)| *to *= *by),
    ));
}
