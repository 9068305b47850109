//! θ as products need it, each tensor in padded rows, and the sums that become a gradient.

use super::aligned::AlignedVec;
use super::float::Float;
use super::forward_backward::{add, multiply_by};
use super::gemm::{
    Accumulate, Factors, MatrixMut, MatrixRef, gemm, gemm_transposed_add, padded_len_in,
};
use super::gemm_narrow::{gemm_narrow, is_narrow};
use super::layout::Layout;
use super::norm::NormGroups;
use super::padding::{add_rows, add_unpadded, copy_converted, pad, transpose};

/// θ, or a direction in its space, ready for products.
pub(in crate::engine) struct Weights<E = f64> {
    pub(in crate::engine) layers: Vec<Layer<E>>,
    /// γ and β of each normalisation.
    pub(in crate::engine) norms: Vec<[Vec<E>; 2]>,
}

/// The weights and biases of a layer.
pub(in crate::engine) struct Layer<E> {
    widths: [usize; 2],
    /// in × out, for the way there where there are many outputs.
    transposed: AlignedVec<E>,
    /// out × in, for the way back, and there where there are few.
    row_major: AlignedVec<E>,
    /// A row; zeros where there are no biases.
    biases: AlignedVec<E>,
}

impl<E: Float> Weights<E> {
    /// Zeros, for layers of these widths.
    pub(in crate::engine) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| Layer {
            widths: [pair[0], pair[1]],
            transposed: AlignedVec::zeros(pair[0] * padded_len_in::<E>(pair[1])),
            row_major: AlignedVec::zeros(pair[1] * padded_len_in::<E>(pair[0])),
            biases: AlignedVec::zeros(padded_len_in::<E>(pair[1])),
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Takes θ.
    pub(in crate::engine) fn load(&mut self, layout: &Layout, theta: &[f64]) {
        for (l, layer) in self.layers.iter_mut().enumerate() {
            let weights = &theta[layout.weight(l)];
            let narrow = is_narrow(layer.widths);
            if !narrow {
                transpose(weights, layer.widths[0], &mut layer.transposed);
            }
            // No way leads back into the inputs.
            if l > 0 || narrow {
                pad(weights, layer.widths[0], &mut layer.row_major);
            }
            let biases = &theta[layout.bias(l)];
            copy_converted((&mut layer.biases, biases));
        }
        for (l, norm) in self.norms.iter_mut().enumerate() {
            for (to, range) in norm.iter_mut().zip(layout.norm(l)) {
                copy_converted((to, &theta[range]));
            }
        }
    }
}

fn norms<E: Float>(layout: &Layout) -> Vec<[Vec<E>; 2]> {
    let norm = |l| layout.norm(l).map(|range| vec![E::default(); range.len()]);
    (0..layout.norms()).map(norm).collect()
}

/// A layer, and rows that its weights are multiplied by.
pub(in crate::engine) type LayerInput<'a, E> = (&'a Layer<E>, &'a [E]);

impl<E: Float> Layer<E> {
    /// z = W h + b for each row h.
    pub(in crate::engine) fn forward(&self, h: &[E], z: &mut [E]) {
        self.forward_with(h, None, z, None);
    }

    /// z = W h + b for each row h, or W h + b + W′ h′, and entry by entry `times` something.
    pub(in crate::engine) fn forward_with<'a>(
        &'a self,
        h: &'a [E],
        other: Option<LayerInput<'a, E>>,
        z: &'a mut [E],
        times: Option<&'a [E]>,
    ) {
        self.forward_from(Accumulate::Row(&self.biases), h, other, z, times);
    }

    fn forward_from<'a>(
        &'a self,
        start: Accumulate<'a, E>,
        h: &'a [E],
        other: Option<LayerInput<'a, E>>,
        z: &'a mut [E],
        times: Option<&'a [E]>,
    ) {
        let [depth, width] = self.widths;
        if is_narrow(self.widths) {
            let factors = |layer: &'a Self, h| (columns(h, depth), &layer.row_major[..]);
            let other = other.map(|(layer, h)| factors(layer, h));
            gemm_narrow(rows(z, width), start, factors(self, h), other);
            if let Some(times) = times {
                multiply_by(z, times);
            }
        } else {
            let factors = |layer: &'a Self, h| (columns(h, depth), &layer.transposed[..]);
            let other = other.map(|(layer, h)| factors(layer, h));
            gemm(rows(z, width), start, factors(self, h), other, times);
        }
    }

    /// Wᵀ d and what it starts from for each row d, or Wᵀ d + W′ᵀ d′, becomes the derivative by h, entry by entry `times` something.
    pub(in crate::engine) fn backward_with<'a>(
        &'a self,
        start: Accumulate<'a, E>,
        d: &'a [E],
        other: Option<LayerInput<'a, E>>,
        h: &'a mut [E],
        times: Option<&'a [E]>,
    ) {
        let own = self.backward_factors(d);
        let other = other.map(|(layer, d)| layer.backward_factors(d));
        gemm(rows(h, self.widths[0]), start, own, other, times);
    }

    fn backward_factors<'a>(&'a self, d: &'a [E]) -> Factors<'a, E> {
        (columns(d, self.widths[1]), &self.row_major)
    }
}

/// Makes something of what the derivatives of each sample by θ are products of.
pub(in crate::engine) trait FactorSink<E> {
    /// Whether it looks at layer 0.
    const NEEDS_FIRST_LAYER: bool;
    /// Of layer `l`: for each sample a row d of derivatives by z and a row h of what goes into the layer.
    fn layer(&mut self, l: usize, d: &[E], h: &[E]);
    /// Of normalisation `l`: the derivatives by u, and ẑ.
    fn norm(&mut self, l: usize, extent: NormGroups, u: &[E], z: &[E]);
}

/// Sums that become a gradient, or the product of a matrix and a direction.
pub(in crate::engine) struct GradientSums<E = f64> {
    pub(in crate::engine) layers: Vec<LayerGradientSums<E>>,
    /// Those for γ and β of each normalisation.
    pub(in crate::engine) norms: Vec<[Vec<E>; 2]>,
}

/// The sums for a layer.
pub(in crate::engine) struct LayerGradientSums<E> {
    widths: [usize; 2],
    /// out × in.
    weights: AlignedVec<E>,
    biases: AlignedVec<E>,
}

impl<E: Float> GradientSums<E> {
    /// Zeros, for layers of these widths.
    pub(in crate::engine) fn new(widths: &[usize], layout: &Layout) -> Self {
        let layer = |pair: &[usize]| LayerGradientSums {
            widths: [pair[0], pair[1]],
            weights: AlignedVec::zeros(pair[1] * padded_len_in::<E>(pair[0])),
            biases: AlignedVec::zeros(padded_len_in::<E>(pair[1])),
        };
        Self {
            layers: widths.windows(2).map(layer).collect(),
            norms: norms(layout),
        }
    }

    /// Begins anew.
    pub(in crate::engine) fn clear(&mut self) {
        for LayerGradientSums {
            weights, biases, ..
        } in &mut self.layers
        {
            weights.fill(E::default());
            biases.fill(E::default());
        }
        self.norms
            .iter_mut()
            .flatten()
            .for_each(|sum| sum.fill(E::default()));
    }

    /// Adds other sums.
    pub(in crate::engine) fn add(&mut self, other: &Self) {
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

    /// Adds what the derivatives by u say of γ and β of a normalisation.
    pub(in crate::engine) fn add_norm(&mut self, l: usize, extent: NormGroups, u: &[E], z: &[E]) {
        let [d_gamma, d_beta] = &mut self.norms[l];
        extent.each(u.len(), |at, feature, _| {
            d_gamma[feature] += u[at] * z[at];
            d_beta[feature] += u[at];
        });
    }

    /// Adds a share of the sums to a gradient.
    pub(in crate::engine) fn add_to(&self, layout: &Layout, share: f64, gradient: &mut [f64]) {
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

impl<E: Float> FactorSink<E> for GradientSums<E> {
    const NEEDS_FIRST_LAYER: bool = true;

    fn layer(&mut self, l: usize, d: &[E], h: &[E]) {
        self.layers[l].add((d, h), None);
    }

    fn norm(&mut self, l: usize, extent: NormGroups, u: &[E], z: &[E]) {
        self.add_norm(l, extent, u, z);
    }
}

impl<E: Float> LayerGradientSums<E> {
    /// Adds what the derivatives by z say of weights and biases: d hᵀ and d for each row d and each row h; to those of the weights also d′ h′ᵀ.
    pub(in crate::engine) fn add(&mut self, (d, h): (&[E], &[E]), other: Option<(&[E], &[E])>) {
        let [width, depth] = self.widths;
        let own = (columns(d, depth), h);
        let other = other.map(|(d, h)| (columns(d, depth), h));
        gemm_transposed_add(rows(&mut self.weights, width), own, other);
        add_rows(&mut self.biases, d);
    }
}

fn add_share<E: Float>(from: &[E], share: f64, to: &mut [f64]) {
    let pairs = to.iter_mut().zip(from);
    pairs.for_each(|(to, from)| *to += share * from.to_f64());
}

fn rows<E>(numbers: &mut [E], width: usize) -> MatrixMut<'_, E> {
    MatrixMut { numbers, width }
}

fn columns<E: Float>(numbers: &[E], depth: usize) -> MatrixRef<'_, E> {
    MatrixRef {
        numbers,
        stride: padded_len_in::<E>(depth),
        depth,
    }
}
