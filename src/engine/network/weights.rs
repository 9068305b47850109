//! θ as products need it, each tensor in padded rows, and the sums that become a gradient.

use super::layout::Layout;
use super::lines::Lines;
use super::matrix::{
    Columns, Rows, add_product, add_rows, add_transposed_product, add_unpadded, pad, padded,
    transpose,
};
use super::norm::Extent;

/// θ, or a direction in its space, ready for products.
pub(super) struct Weights {
    pub(super) layers: Vec<Layer>,
    /// γ and β of each normalisation.
    pub(super) norms: Vec<[Vec<f64>; 2]>,
}

/// The weights and biases of a layer.
pub(super) struct Layer {
    widths: [usize; 2],
    /// in × out, for the way there.
    transposed: Lines,
    /// out × in, for the way back.
    upright: Lines,
    /// A row; zeros where there are no biases.
    biases: Lines,
}

impl Weights {
    /// Zeros, for layers of these widths.
    pub(super) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| Layer {
            widths: [pair[0], pair[1]],
            transposed: Lines::zeros(pair[0] * padded(pair[1])),
            upright: Lines::zeros(pair[1] * padded(pair[0])),
            biases: Lines::zeros(padded(pair[1])),
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Takes θ.
    pub(super) fn load(&mut self, layout: &Layout, theta: &[f64]) {
        for (l, layer) in self.layers.iter_mut().enumerate() {
            let weights = &theta[layout.weight(l)];
            transpose(weights, layer.widths[0], &mut layer.transposed);
            // No way leads back into the inputs.
            if l > 0 {
                pad(weights, layer.widths[0], &mut layer.upright);
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

fn norms(layout: &Layout) -> Vec<[Vec<f64>; 2]> {
    let norm = |l| layout.norm(l).map(|range| vec![0.0; range.len()]);
    (0..layout.norms()).map(norm).collect()
}

impl Layer {
    /// z = W h + b for each row h.
    pub(super) fn forward(&self, h: &[f64], z: &mut [f64]) {
        z.chunks_exact_mut(self.biases.len())
            .for_each(|row| row.copy_from_slice(&self.biases));
        self.add_forward(h, z);
    }

    /// Adds W h to z.
    pub(super) fn add_forward(&self, h: &[f64], z: &mut [f64]) {
        let [depth, width] = self.widths;
        add_product(rows(z, width), columns(h, depth), &self.transposed);
    }

    /// Adds Wᵀ d to the derivative by h, for each row d.
    pub(super) fn add_back(&self, d: &[f64], h: &mut [f64]) {
        let [width, depth] = self.widths;
        add_product(rows(h, width), columns(d, depth), &self.upright);
    }
}

/// Makes something of what the derivatives of each sample by θ are products of.
pub(super) trait Gather {
    /// Of layer `l`: for each sample a row d of derivatives by z and a row h of what goes into the layer.
    fn layer(&mut self, l: usize, d: &[f64], h: &[f64]);
    /// Of normalisation `l`: the derivatives by u, and ẑ.
    fn norm(&mut self, l: usize, extent: Extent, u: &[f64], z: &[f64]);
}

/// Sums that become a gradient, or the product of a matrix and a direction.
pub(super) struct Sums {
    pub(super) layers: Vec<LayerSums>,
    /// Those for γ and β of each normalisation.
    pub(super) norms: Vec<[Vec<f64>; 2]>,
}

/// The sums for a layer.
pub(super) struct LayerSums {
    widths: [usize; 2],
    /// out × in.
    weights: Lines,
    biases: Lines,
}

impl Sums {
    /// Zeros, for layers of these widths.
    pub(super) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| LayerSums {
            widths: [pair[0], pair[1]],
            weights: Lines::zeros(pair[1] * padded(pair[0])),
            biases: Lines::zeros(padded(pair[1])),
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        for LayerSums {
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

    /// Adds other sums.
    pub(super) fn add(&mut self, other: &Self) {
        for (layer, other) in self.layers.iter_mut().zip(&other.layers) {
            add(&other.weights, 1.0, &mut layer.weights);
            add(&other.biases, 1.0, &mut layer.biases);
        }
        for (norm, other) in self
            .norms
            .iter_mut()
            .flatten()
            .zip(other.norms.iter().flatten())
        {
            add(other, 1.0, norm);
        }
    }

    /// Adds a share of the sums to a gradient.
    pub(super) fn add_to(&self, layout: &Layout, share: f64, gradient: &mut [f64]) {
        for (l, layer) in self.layers.iter().enumerate() {
            let weights = &mut gradient[layout.weight(l)];
            add_unpadded(&layer.weights, layer.widths[0], share, weights);
            add(&layer.biases, share, &mut gradient[layout.bias(l)]);
        }
        for (l, norm) in self.norms.iter().enumerate() {
            for (sum, range) in norm.iter().zip(layout.norm(l)) {
                add(sum, share, &mut gradient[range]);
            }
        }
    }
}

impl Gather for Sums {
    fn layer(&mut self, l: usize, d: &[f64], h: &[f64]) {
        self.layers[l].add(d, h);
    }

    fn norm(&mut self, l: usize, extent: Extent, u: &[f64], z: &[f64]) {
        let [d_gamma, d_beta] = &mut self.norms[l];
        extent.each(u.len(), |at, feature, _| {
            d_gamma[feature] += u[at] * z[at];
            d_beta[feature] += u[at];
        });
    }
}

impl LayerSums {
    /// Adds what the derivatives by z say of weights and biases, for each row d.
    pub(super) fn add(&mut self, d: &[f64], h: &[f64]) {
        self.add_weights(d, h);
        add_rows(&mut self.biases, d);
    }

    /// Adds d hᵀ to those of the weights, for each row d and each row h.
    pub(super) fn add_weights(&mut self, d: &[f64], h: &[f64]) {
        let [width, depth] = self.widths;
        add_transposed_product(rows(&mut self.weights, width), columns(d, depth), h);
    }
}

fn add(from: &[f64], share: f64, to: &mut [f64]) {
    to.iter_mut()
        .zip(from)
        .for_each(|(to, from)| *to += share * from);
}

fn rows(numbers: &mut [f64], width: usize) -> Rows<'_> {
    Rows { numbers, width }
}

fn columns(numbers: &[f64], depth: usize) -> Columns<'_> {
    Columns {
        numbers,
        stride: padded(depth),
        depth,
    }
}
