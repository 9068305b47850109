//! Weights of a network in padded matrices, and the sums that become its gradient.

use super::forward_backward::add;
use super::gemm::{
    Accumulate, Factors, MatrixMut, MatrixRef, gemm, gemm_transposed_add, padded_len,
};
use super::layout::Layout;
use super::norm::NormGroups;
use super::padding::{add_rows, add_unpadded, pad, transpose};

/// Weights θ, or a direction in weight space, as padded matrices.
pub(crate) struct Weights {
    pub(super) layers: Vec<Layer>,
    /// γ and β of each normalisation.
    pub(super) norms: Vec<[Vec<f64>; 2]>,
}

/// Weight matrix W and biases b of a dense layer.
pub(super) struct Layer {
    widths: [usize; 2],
    /// Wᵀ, in × out, for the forward pass.
    transposed: Vec<f64>,
    /// W, out × in, for the backward pass; not filled for layer 0, which has none.
    row_major: Vec<f64>,
    /// b; zeros for layers without biases.
    biases: Vec<f64>,
}

impl Weights {
    /// Returns zero weights of layers of these widths.
    pub(super) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| Layer {
            widths: [pair[0], pair[1]],
            transposed: vec![0.0; pair[0] * padded_len(pair[1])],
            row_major: vec![0.0; pair[1] * padded_len(pair[0])],
            biases: vec![0.0; padded_len(pair[1])],
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Loads θ.
    pub(super) fn load(&mut self, layout: &Layout, theta: &[f64]) {
        for (l, layer) in self.layers.iter_mut().enumerate() {
            let weights = &theta[layout.weight(l)];
            transpose(weights, layer.widths[0], &mut layer.transposed);
            if l > 0 {
                pad(weights, layer.widths[0], &mut layer.row_major);
            }
            let biases = &theta[layout.bias(l)];
            layer.biases[..biases.len()].copy_from_slice(biases);
        }
        for (l, norm) in self.norms.iter_mut().enumerate() {
            for (to, range) in norm.iter_mut().zip(layout.norm(l)) {
                to.copy_from_slice(&theta[range]);
            }
        }
    }
}

/// Returns zeros for γ and β of each normalisation.
fn norms(layout: &Layout) -> Vec<[Vec<f64>; 2]> {
    let norm = |l| layout.norm(l).map(|range| vec![0.0; range.len()]);
    (0..layout.norms()).map(norm).collect()
}

/// A layer and the rows that its weights are multiplied by.
pub(super) type LayerInput<'a> = (&'a Layer, &'a [f64]);

impl Layer {
    /// Writes z = W h + b for each row h.
    pub(super) fn forward(&self, h: &[f64], z: &mut [f64]) {
        self.forward_with(h, None, z, None);
    }

    /// Writes z = (W h + b [+ W′ h′]) ∘ mask for each row h. W′ and h′ are `other`.
    pub(super) fn forward_with<'a>(
        &'a self,
        h: &'a [f64],
        other: Option<LayerInput<'a>>,
        z: &'a mut [f64],
        mask: Option<&'a [f64]>,
    ) {
        let [depth, width] = self.widths;
        let factors = |layer: &'a Self, h| (columns(h, depth), &layer.transposed[..]);
        let other = other.map(|(layer, h)| factors(layer, h));
        let start = Accumulate::Row(&self.biases);
        gemm(rows(z, width), start, factors(self, h), other, mask);
    }

    /// Writes the derivative by h = (S + Wᵀ d [+ W′ᵀ d′]) ∘ mask for each row d; S is `start`, W′ and d′ are `other`.
    pub(super) fn backward_with<'a>(
        &'a self,
        start: Accumulate<'a, f64>,
        d: &'a [f64],
        other: Option<LayerInput<'a>>,
        h: &'a mut [f64],
        mask: Option<&'a [f64]>,
    ) {
        let own = self.backward_factors(d);
        let other = other.map(|(layer, d)| layer.backward_factors(d));
        gemm(rows(h, self.widths[0]), start, own, other, mask);
    }

    fn backward_factors<'a>(&'a self, d: &'a [f64]) -> Factors<'a, f64> {
        (columns(d, self.widths[1]), &self.row_major)
    }
}

/// Consumes the factors of each sample's weight gradient d hᵀ during a backward pass.
pub(crate) trait FactorSink {
    /// Whether the factors of layer 0 are read; a backward pass may skip them otherwise.
    const NEEDS_FIRST_LAYER: bool;
    /// Takes, for layer `l`, a row d (derivative of the loss by z) and a row h (layer input) of each sample.
    fn layer(&mut self, l: usize, d: &[f64], h: &[f64]);
    /// Takes, for normalisation `l`, the derivatives of the loss by u, and ẑ.
    fn norm(&mut self, l: usize, groups: NormGroups, u: &[f64], z: &[f64]);
}

/// Sums over samples in the shape of the weights: a gradient, or a matrix-vector product.
pub(super) struct GradientSums {
    pub(super) layers: Vec<LayerGradientSums>,
    /// Sums for γ and β of each normalisation.
    pub(super) norms: Vec<[Vec<f64>; 2]>,
}

/// Gradient sums of the weights and biases of a layer.
pub(super) struct LayerGradientSums {
    widths: [usize; 2],
    /// out × in.
    weights: Vec<f64>,
    biases: Vec<f64>,
}

impl GradientSums {
    /// Returns zero sums of layers of these widths.
    pub(super) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| LayerGradientSums {
            widths: [pair[0], pair[1]],
            weights: vec![0.0; pair[1] * padded_len(pair[0])],
            biases: vec![0.0; padded_len(pair[1])],
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Sets all sums to 0.
    pub(super) fn clear(&mut self) {
        for LayerGradientSums {
            weights, biases, ..
        } in &mut self.layers
        {
            weights.fill(0.0);
            biases.fill(0.0);
        }
        self.norms
            .iter_mut()
            .flatten()
            .for_each(|sum| sum.fill(0.0));
    }

    /// Adds `other` entry by entry.
    pub(super) fn add(&mut self, other: &Self) {
        for (layer, other) in self.layers.iter_mut().zip(&other.layers) {
            add(&mut layer.weights, &other.weights);
            add(&mut layer.biases, &other.biases);
        }
        for (norm, other) in self
            .norms
            .iter_mut()
            .flatten()
            .zip(other.norms.iter().flatten())
        {
            add(norm, other);
        }
    }

    /// Adds the gradient by γ and β of normalisation `l`, given the derivatives by u, and ẑ.
    pub(super) fn add_norm(&mut self, l: usize, groups: NormGroups, u: &[f64], z: &[f64]) {
        let [d_gamma, d_beta] = &mut self.norms[l];
        groups.each(u.len(), |at, feature, _| {
            d_gamma[feature] += u[at] * z[at];
            d_beta[feature] += u[at];
        });
    }

    /// Adds the sums times `share` to `gradient`, which has the layout of θ.
    pub(super) fn add_to(&self, layout: &Layout, share: f64, gradient: &mut [f64]) {
        for (l, layer) in self.layers.iter().enumerate() {
            let weights = &mut gradient[layout.weight(l)];
            add_unpadded(&layer.weights, layer.widths[0], share, weights);
            add_share(&layer.biases, share, &mut gradient[layout.bias(l)]);
        }
        for (l, norm) in self.norms.iter().enumerate() {
            for (sum, range) in norm.iter().zip(layout.norm(l)) {
                add_share(sum, share, &mut gradient[range]);
            }
        }
    }
}

impl FactorSink for GradientSums {
    const NEEDS_FIRST_LAYER: bool = true;

    fn layer(&mut self, l: usize, d: &[f64], h: &[f64]) {
        self.layers[l].add((d, h), None);
    }

    fn norm(&mut self, l: usize, groups: NormGroups, u: &[f64], z: &[f64]) {
        self.add_norm(l, groups, u, z);
    }
}

impl LayerGradientSums {
    /// Adds d hᵀ [+ d′ h′ᵀ] to the weight sums and d to the bias sums, for each row d and h; d′ and h′ are `other`.
    pub(super) fn add(&mut self, (d, h): (&[f64], &[f64]), other: Option<(&[f64], &[f64])>) {
        let [width, depth] = self.widths;
        let own = (columns(d, depth), h);
        let other = other.map(|(d, h)| (columns(d, depth), h));
        gemm_transposed_add(rows(&mut self.weights, width), own, other);
        add_rows(&mut self.biases, d);
    }
}

/// Adds `share` times `from` to `to`.
fn add_share(from: &[f64], share: f64, to: &mut [f64]) {
    let pairs = to.iter_mut().zip(from);
    pairs.for_each(|(to, from)| *to += share * from);
}

/// Returns a matrix of padded rows to write to.
fn rows(numbers: &mut [f64], width: usize) -> MatrixMut<'_, f64> {
    MatrixMut { numbers, width }
}

/// Returns a matrix of padded rows of `depth` columns to read.
fn columns(numbers: &[f64], depth: usize) -> MatrixRef<'_, f64> {
    MatrixRef {
        numbers,
        stride: padded_len(depth),
        depth,
    }
}
