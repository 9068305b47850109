//! A block of samples on its way through a network: there, back, and the tangents of both.
//!
//! Back is backpropagation (Rumelhart, Hinton & Williams 1986). The tangent ȧ of a number a is its derivative along a direction in
//! the space of θ; there and back once more with tangents yields the Hessian times that direction: the R-operator of Pearlmutter
//! 1994.
//!
//! Each hidden layer computes z = W h + b, u = z or its normalisation, and h′ = φ(u), or h + φ(u) where a residual connection
//! goes around it. `d` is the derivative of the loss by z, `g` that by h.

use super::activation::Activation;
use super::layout::Layout;
use super::matrix::padded;
use super::norm::{Affine, Extent, Moments, Norm, Normalised};
use super::weights::{Gather, Sums, Weights};

/// What of a network does not depend on θ.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Inputs, hidden layers, outputs.
    pub(super) widths: Vec<usize>,
    pub(super) layout: Layout,
    pub(super) activation: Activation,
    pub(super) norm: Norm,
    pub(super) residual: bool,
}

impl Shape {
    /// How many outputs there are.
    pub(super) fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    fn hidden(&self) -> usize {
        self.widths.len() - 2
    }

    /// The length of the rows of what goes into layer `l`.
    fn stride(&self, l: usize) -> usize {
        padded(self.widths[l])
    }

    /// Whether a residual connection goes around layer `l`.
    pub(super) fn skips(&self, l: usize) -> bool {
        self.residual && l < self.hidden() && self.widths[l] == self.widths[l + 1]
    }

    fn extent(&self, l: usize) -> Extent {
        Extent {
            width: self.widths[l + 1],
            stride: self.stride(l + 1),
            columns: self.norm == Norm::Batch,
        }
    }
}

/// How much is kept on the way there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// The outputs.
    Value,
    /// What the way back needs.
    Slope,
    /// What the tangent of the way back needs as well.
    Bend,
}

/// All that is kept of a block of samples.
pub(super) struct Block {
    hidden: Vec<Hidden>,
    /// The outputs, the derivative of the loss by them, and the tangents of both.
    pub(super) z: Vec<f64>,
    pub(super) d: Vec<f64>,
    pub(super) z_tangent: Vec<f64>,
    pub(super) d_tangent: Vec<f64>,
    /// Room for u of a layer; d and g of a layer, and their tangents.
    u: Vec<f64>,
    back: [Vec<f64>; 4],
}

/// What is kept of a hidden layer.
struct Hidden {
    h: Vec<f64>,
    h_tangent: Vec<f64>,
    /// φ′(u) and its tangent, φ″(u).
    slope: Vec<f64>,
    slope_tangent: Vec<f64>,
    bend: Vec<f64>,
    normalised: Option<Normalised>,
}

impl Block {
    /// Room for so many samples.
    pub(super) fn new(shape: &Shape, samples: usize) -> Self {
        let layer = |l: usize| {
            let room = || vec![0.0; samples * shape.stride(l + 1)];
            Hidden {
                h: room(),
                h_tangent: room(),
                slope: room(),
                slope_tangent: room(),
                bend: room(),
                normalised: (shape.norm != Norm::None)
                    .then(|| Normalised::new(samples * shape.stride(l + 1), shape.extent(l))),
            }
        };
        let last = || vec![0.0; samples * shape.stride(shape.hidden() + 1)];
        let widest = (1..shape.widths.len()).map(|l| shape.stride(l)).max();
        let widest = || vec![0.0; samples * widest.unwrap_or(0)];
        Self {
            hidden: (0..shape.hidden()).map(layer).collect(),
            z: last(),
            d: last(),
            z_tangent: last(),
            d_tangent: last(),
            u: widest(),
            back: [widest(), widest(), widest(), widest()],
        }
    }

    /// The way there, of rows of inputs. The moments of normalisations are those of the block, or `given`.
    pub(super) fn forward(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        inputs: &[f64],
        keep: Keep,
        given: Option<&[Moments]>,
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
            let u = &mut self.u[..len];
            layer.forward(input, u);
            if let Some(normalised) = &mut own.normalised {
                let given = given.map(|moments| &moments[l]);
                normalised.forward(shape.extent(l), Affine::of(&weights.norms[l]), given, u);
            }
            let [h, slope, bend] =
                [&mut own.h, &mut own.slope, &mut own.bend].map(|room| &mut room[..len]);
            match keep {
                Keep::Value => shape.activation.apply(u, [h]),
                Keep::Slope => shape.activation.apply(u, [h, slope]),
                Keep::Bend => shape.activation.apply(u, [h, slope, bend]),
            }
            if shape.skips(l) {
                add(&mut own.h, input);
            }
        }
    }

    /// Marks the units of each hidden layer whose activation is not flat for each of so many samples, after [`Self::forward`] with
    /// [`Keep::Slope`]. What is no number is not flat.
    pub(super) fn mark_alive(&self, shape: &Shape, samples: usize, alive: &mut [Vec<bool>]) {
        for (l, (own, alive)) in self.hidden.iter().zip(alive).enumerate() {
            let stride = shape.stride(l + 1);
            let rows = own
                .slope
                .chunks_exact(stride)
                .zip(own.h.chunks_exact(stride));
            for (slope, h) in rows.take(samples) {
                for ((alive, slope), h) in alive.iter_mut().zip(slope).zip(h) {
                    *alive |= *slope != 0.0 || h.is_nan();
                }
            }
        }
    }

    /// The moments that the last way there used.
    pub(super) fn moments(&self) -> Vec<Moments> {
        let normalised = self
            .hidden
            .iter()
            .filter_map(|hidden| hidden.normalised.as_ref());
        normalised.map(Normalised::moments).collect()
    }

    /// The tangent of the way there along a direction, after [`Self::forward`] with the same weights and inputs.
    pub(super) fn tangent(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        direction: &Weights,
        inputs: &[f64],
    ) {
        let samples = inputs.len() / shape.stride(0);
        for (l, layer) in weights.layers.iter().enumerate() {
            let len = samples * shape.stride(l + 1);
            let before = samples * shape.stride(l);
            let (past, from) = self.hidden.split_at_mut(l);
            let past = past.last();
            let input = past.map_or(inputs, |hidden| &hidden.h[..before]);
            let out = match from {
                [] => &mut self.z_tangent[..len],
                _ => &mut self.u[..len],
            };
            direction.layers[l].forward(input, out);
            if let Some(past) = past {
                layer.add_forward(&past.h_tangent[..before], out);
            }
            let Some(own) = from.first_mut() else {
                continue;
            };
            if let Some(normalised) = &mut own.normalised {
                let [affine, moved] = [weights, direction].map(|of| Affine::of(&of.norms[l]));
                normalised.tangent(shape.extent(l), affine, moved, out);
            }
            multiply(&mut own.h_tangent[..len], &own.slope, out);
            multiply(&mut own.slope_tangent[..len], &own.bend, out);
            if let Some(past) = past.filter(|_| shape.skips(l)) {
                add(&mut own.h_tangent[..len], &past.h_tangent);
            }
        }
    }

    /// The way back of the derivative `d` by the outputs, after [`Self::forward`]; `gather` sees what the derivatives by θ are made of.
    pub(super) fn backward(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        inputs: &[f64],
        gather: &mut impl Gather,
    ) {
        let samples = inputs.len() / shape.stride(0);
        let [d, g, ..] = &mut self.back;
        let outputs = samples * shape.stride(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride(l));
            let own = &mut self.hidden[l - 1];
            gather.layer(l, &d[..len], &own.h[..before]);
            if !shape.skips(l) {
                g[..before].fill(0.0);
            }
            weights.layers[l].add_back(&d[..len], &mut g[..before]);
            multiply(&mut d[..before], g, &own.slope);
            if let Some(normalised) = &mut own.normalised {
                let ([gamma, _], extent) = (&weights.norms[l - 1], shape.extent(l - 1));
                normalised.backward(extent, gamma, &mut d[..before], |u, z| {
                    gather.norm(l - 1, extent, u, z);
                });
            }
        }
        gather.layer(0, &d[..samples * shape.stride(1)], inputs);
    }

    /// The tangent of the way back, after [`Self::tangent`], of `d` and `d_tangent`; adds to the sums of a product.
    pub(super) fn backward_tangent(
        &mut self,
        shape: &Shape,
        weights: &Weights,
        direction: &Weights,
        inputs: &[f64],
        sums: &mut Sums,
    ) {
        let samples = inputs.len() / shape.stride(0);
        let [d, g, d_tangent, g_tangent] = &mut self.back;
        let outputs = samples * shape.stride(shape.hidden() + 1);
        d[..outputs].copy_from_slice(&self.d[..outputs]);
        d_tangent[..outputs].copy_from_slice(&self.d_tangent[..outputs]);
        for l in (1..=shape.hidden()).rev() {
            let [len, before] = [l + 1, l].map(|l| samples * shape.stride(l));
            let own = &mut self.hidden[l - 1];
            sums.layers[l].add(&d_tangent[..len], &own.h[..before]);
            sums.layers[l].add_weights(&d[..len], &own.h_tangent[..before]);
            if !shape.skips(l) {
                g[..before].fill(0.0);
                g_tangent[..before].fill(0.0);
            }
            weights.layers[l].add_back(&d_tangent[..len], &mut g_tangent[..before]);
            direction.layers[l].add_back(&d[..len], &mut g_tangent[..before]);
            weights.layers[l].add_back(&d[..len], &mut g[..before]);
            multiply(&mut d_tangent[..before], g_tangent, &own.slope);
            add_product(&mut d_tangent[..before], g, &own.slope_tangent);
            multiply(&mut d[..before], g, &own.slope);
            if let Some(normalised) = &mut own.normalised {
                let [gamma, moved] = [weights, direction].map(|of| &of.norms[l - 1][0][..]);
                let [d_gamma, d_beta] = &mut sums.norms[l - 1];
                normalised.backward_tangent(
                    shape.extent(l - 1),
                    [gamma, moved],
                    [&mut d[..before], &mut d_tangent[..before]],
                    [d_gamma, d_beta],
                );
            }
        }
        sums.layers[0].add(&d_tangent[..samples * shape.stride(1)], inputs);
    }
}

fn add(to: &mut [f64], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

/// The products of `a` and `b`, entry by entry.
fn multiply(to: &mut [f64], a: &[f64], b: &[f64]) {
    let pairs = a.iter().zip(b);
    to.iter_mut()
        .zip(pairs)
        .for_each(|(to, (a, b))| *to = a * b);
}

fn add_product(to: &mut [f64], a: &[f64], b: &[f64]) {
    let pairs = a.iter().zip(b);
    to.iter_mut()
        .zip(pairs)
        .for_each(|(to, (a, b))| *to += a * b);
}
