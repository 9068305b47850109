//! The weights of layers in the order in which their products want them.

use crate::engine::network::float::{Float, SimdOf, splat};
use crate::engine::network::layout::Layout;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Where a layer's weights stand: in tiles of some outputs, each with its biases and then, for every input, its weights.
#[derive(Clone, Copy)]
pub(super) struct PackedLayer {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// The outputs of a tile. The last may be filled up with zeros.
    pub(super) tile: usize,
    first: usize,
}

impl PackedLayer {
    /// `first` is where it begins among all layers.
    fn new([inputs, outputs]: [usize; 2], first: usize, whole: bool) -> Self {
        // A large tile has more to do with a number once it is loaded, but may have to be filled up.
        let work = |tile: usize| real(outputs.next_multiple_of(tile) * (tile + 1)) / real(tile);
        let tiles = [6, 5, 4, 3, 2, 1].into_iter();
        let tile = tiles.min_by(|a, b| work(*a).total_cmp(&work(*b)));
        let one = SINGLE_TILE_SIZES
            .into_iter()
            .find(|tile| whole && *tile >= outputs);
        let tile = one.or(tile).unwrap_or(1);
        Self {
            inputs,
            outputs,
            tile,
            first,
        }
    }

    /// The outputs with those that fill the last tile up.
    pub(super) fn rows(&self) -> usize {
        self.outputs.next_multiple_of(self.tile)
    }

    /// How many numbers it has.
    pub(super) fn len(&self) -> usize {
        self.rows() * (self.inputs + 1)
    }
}

/// The outputs of a tile that may be all of a layer.
const SINGLE_TILE_SIZES: [usize; 8] = [1, 2, 3, 4, 6, 8, 10, 12];

/// The most outputs that one tile can hold.
pub(super) const MAX_SINGLE_TILE: usize = SINGLE_TILE_SIZES[SINGLE_TILE_SIZES.len() - 1];

/// The layers of a network through these widths, the last in one tile if it is to be `whole`.
pub(super) fn packed_layers(widths: &[usize], whole: bool) -> Vec<PackedLayer> {
    let mut first = 0;
    let pairs = widths.windows(2).enumerate();
    pairs
        .map(|(l, pair)| {
            let whole = whole && l + 2 == widths.len();
            let dense = PackedLayer::new([pair[0], pair[1]], first, whole);
            first += dense.len();
            dense
        })
        .collect()
}

/// The weights of these layers from θ.
pub(super) fn pack<E: Float>(layers: &[PackedLayer], layout: &Layout, theta: &[f64]) -> Vec<E> {
    let mut packed = Vec::new();
    for (l, dense) in layers.iter().enumerate() {
        let (weights, biases) = (&theta[layout.weight(l)], &theta[layout.bias(l)]);
        for first in (0..dense.outputs).step_by(dense.tile) {
            let outputs = first..first + dense.tile;
            packed.extend(
                outputs
                    .clone()
                    .map(|o| E::from_f64(biases.get(o).copied().unwrap_or(0.0))),
            );
            for input in 0..dense.inputs {
                let of = |o: usize| {
                    weights
                        .get(o * dense.inputs + input)
                        .copied()
                        .unwrap_or(0.0)
                };
                packed.extend(outputs.clone().map(|o| E::from_f64(of(o))));
            }
        }
    }
    packed
}

/// out ← origin + a u + b v.
pub(super) fn interpolate<E: Float>([origin, u, v]: [&[E]; 3], [a, b]: [E; 2], out: &mut [E]) {
    dispatch(Interpolate {
        parts: [origin, u, v],
        at: [a, b],
        out,
    });
}

struct Interpolate<'a, E> {
    parts: [&'a [E]; 3],
    at: [E; 2],
    out: &'a mut [E],
}

impl<E: Float> Kernel for Interpolate<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        let [a, b] = self.at.map(|at| splat::<E, S>(simd, at));
        let [origin, u, v] = self.parts;
        let whole = self.out.len() / lanes * lanes;
        for (i, out) in self.out[..whole].chunks_exact_mut(lanes).enumerate() {
            let part =
                |part: &[E]| SimdOf::<E, S>::from_slice(simd, &part[i * lanes..(i + 1) * lanes]);
            let sum = b.mul_add(part(v), a.mul_add(part(u), part(origin)));
            sum.store_slice(out);
        }
        for i in whole..self.out.len() {
            self.out[i] = origin[i] + self.at[0] * u[i] + self.at[1] * v[i];
        }
    }
}

/// z ← W h + bias for `block` samples, `packed` being the weights of all layers; `h` has a row for each input, `z` for each output.
pub(super) fn product<E: Float>(
    dense: &PackedLayer,
    packed: &[E],
    h: &[E],
    z: &mut [E],
    block: usize,
) {
    let packed = &packed[dense.first..dense.first + dense.len()];
    dispatch(Product {
        dense,
        packed,
        h,
        z,
        block,
    });
}

struct Product<'a, E> {
    dense: &'a PackedLayer,
    packed: &'a [E],
    h: &'a [E],
    z: &'a mut [E],
    pub(in crate::engine) block: usize,
}

impl<E: Float> Kernel for Product<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        // Few outputs leave room for more samples.
        let wide = 4 * SimdOf::<E, S>::LEN <= self.block;
        match (self.dense.tile, wide) {
            (6, _) => self.tiles::<S, 6, 2>(simd),
            (5, _) => self.tiles::<S, 5, 2>(simd),
            (4, _) => self.tiles::<S, 4, 2>(simd),
            (3, true) => self.tiles::<S, 3, 4>(simd),
            (3, false) => self.tiles::<S, 3, 2>(simd),
            (2, true) => self.tiles::<S, 2, 4>(simd),
            (2, false) => self.tiles::<S, 2, 2>(simd),
            (_, true) => self.tiles::<S, 1, 4>(simd),
            (_, false) => self.tiles::<S, 1, 2>(simd),
        }
    }
}

impl<E: Float> Product<'_, E> {
    /// R outputs of V vectors of samples at a time stay in registers while their sums grow.
    #[inline(always)]
    fn tiles<S: Simd, const R: usize, const V: usize>(self, simd: S) {
        let width = V * SimdOf::<E, S>::LEN;
        let tiles = self.packed.chunks_exact(R * (self.dense.inputs + 1));
        for (weights, z) in tiles.zip(self.z.chunks_exact_mut(R * self.block)) {
            let (biases, weights) = weights.split_at(R);
            for column in (0..self.block).step_by(width) {
                tile::<E, S, R, V>(simd, [biases, weights], self.h, z, [self.block, column]);
            }
        }
    }
}

/// One tile of outputs for V vectors of samples from `column` on.
#[inline(always)]
fn tile<E: Float, S: Simd, const R: usize, const V: usize>(
    simd: S,
    [biases, weights]: [&[E]; 2],
    h: &[E],
    z: &mut [E],
    [block, column]: [usize; 2],
) {
    let lanes = SimdOf::<E, S>::LEN;
    let mut sums = [[splat::<E, S>(simd, E::default()); V]; R];
    for (sums, bias) in sums.iter_mut().zip(biases) {
        *sums = [splat::<E, S>(simd, *bias); V];
    }
    for (weights, h) in weights.chunks_exact(R).zip(h.chunks_exact(block)) {
        let h = &h[column..column + V * lanes];
        let mut right = [splat::<E, S>(simd, E::default()); V];
        for (right, h) in right.iter_mut().zip(h.chunks_exact(lanes)) {
            *right = SimdOf::<E, S>::from_slice(simd, h);
        }
        for (sums, weight) in sums.iter_mut().zip(weights) {
            let weight = splat::<E, S>(simd, *weight);
            for (sum, right) in sums.iter_mut().zip(right) {
                *sum = weight.mul_add(right, *sum);
            }
        }
    }
    for (sums, z) in sums.iter().zip(z.chunks_exact_mut(block)) {
        for (v, sum) in sums.iter().enumerate() {
            let from = column + v * lanes;
            sum.store_slice(&mut z[from..from + lanes]);
        }
    }
}

/// z ← W h + bias as [`gemm`] does, of a layer whose outputs are one tile, and where h is what is positive of base + a slope: it is
/// made where it is needed and never stored.
pub(super) fn relu_product<E: Float>(
    dense: &PackedLayer,
    packed: &[E],
    affine: [&[E]; 2],
    a: E,
    z: &mut [E],
    block: usize,
) {
    let packed = &packed[dense.first..dense.first + dense.len()];
    dispatch(ReluProduct {
        dense,
        packed,
        affine,
        a,
        z,
        block,
    });
}

struct ReluProduct<'a, E> {
    dense: &'a PackedLayer,
    packed: &'a [E],
    affine: [&'a [E]; 2],
    a: E,
    z: &'a mut [E],
    pub(in crate::engine) block: usize,
}

impl<E: Float> Kernel for ReluProduct<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        match self.dense.tile {
            1 => self.tiles::<S, 1, 2>(simd),
            2 => self.tiles::<S, 2, 2>(simd),
            3 => self.tiles::<S, 3, 2>(simd),
            4 => self.tiles::<S, 4, 2>(simd),
            6 => self.tiles::<S, 6, 2>(simd),
            8 => self.tiles::<S, 8, 1>(simd),
            10 => self.tiles::<S, 10, 1>(simd),
            _ => self.tiles::<S, 12, 1>(simd),
        }
    }
}

impl<E: Float> ReluProduct<'_, E> {
    /// All R outputs for V vectors of samples at a time.
    #[inline(always)]
    fn tiles<S: Simd, const R: usize, const V: usize>(self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        let [zero, a] = [E::default(), self.a].map(|number| splat::<E, S>(simd, number));
        let (biases, weights) = self.packed.split_at(R);
        for column in (0..self.block).step_by(V * lanes) {
            let mut sums = [[zero; V]; R];
            for (sums, bias) in sums.iter_mut().zip(biases) {
                *sums = [splat::<E, S>(simd, *bias); V];
            }
            let [base, slope] = self.affine.map(|part| part.chunks_exact(self.block));
            for (weights, (base, slope)) in weights.chunks_exact(R).zip(base.zip(slope)) {
                let [base, slope] = [base, slope].map(|row| &row[column..column + V * lanes]);
                let mut h = [zero; V];
                let parts = base.chunks_exact(lanes).zip(slope.chunks_exact(lanes));
                for (h, (base, slope)) in h.iter_mut().zip(parts) {
                    let base = SimdOf::<E, S>::from_slice(simd, base);
                    let x = a.mul_add(SimdOf::<E, S>::from_slice(simd, slope), base);
                    *h = x.simd_lt(zero).select(zero, x);
                }
                for (sums, weight) in sums.iter_mut().zip(weights) {
                    let weight = splat::<E, S>(simd, *weight);
                    for (sum, h) in sums.iter_mut().zip(h) {
                        *sum = weight.mul_add(h, *sum);
                    }
                }
            }
            for (sums, z) in sums.iter().zip(self.z.chunks_exact_mut(self.block)) {
                for (v, sum) in sums.iter().enumerate() {
                    let from = column + v * lanes;
                    sum.store_slice(&mut z[from..from + lanes]);
                }
            }
        }
    }
}
