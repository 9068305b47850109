//! A network's losses at many points of a plane.
//!
//! On a plane, θ = θ₀ + a u + b v, the weights of every layer are affine in a and b, and so is what the first layer makes of the
//! inputs: its three products with the inputs, by the weights of θ₀, u and v, are made once and not at each point. What follows is
//! done for a few samples at a time, side by side in vectors, whose numbers never leave the innermost cache.

mod bend;
mod goal;
mod number;
mod packed;

use super::layout::Layout;
use super::loss::{Goal, Loss};
use super::matrix::padded;
use super::norm::Norm;
use super::pass::Shape;
use crate::engine::plane::Plane;
use crate::engine::real;
use bend::{bend, bend_affine};
use goal::Goals;
use number::Number;
use packed::{Dense, after_first, combine, pack, product};

/// So many blocks of samples go to a point before its weights are made anew.
const BLOCKS: usize = 4;

/// A network on its data.
pub(super) struct Slice<'a, G> {
    pub(super) shape: &'a Shape,
    pub(super) loss: Loss,
    pub(super) l2: f64,
    /// Inputs in padded rows.
    pub(super) inputs: &'a [f64],
    pub(super) samples: usize,
    /// What the outputs for a sample should be.
    pub(super) goal: G,
}

impl<'a, G: Fn(usize) -> Goal<'a>> Slice<'a, G> {
    /// Whether each sample goes its own way, so that they can be taken a few at a time.
    pub(super) fn fits(shape: &Shape) -> bool {
        shape.norm == Norm::None
    }

    /// The losses at each `a` of each `b`, row by row, computed in numbers of E.
    pub(super) fn rows<E: Number>(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64]) {
        let layers = after_first(&self.shape.widths);
        let layout = &self.shape.layout;
        let parts = plane.parts();
        let weights = parts.map(|theta| pack::<E>(&layers, layout, theta));
        let outputs = self.shape.widths[self.shape.widths.len() - 1];
        let goals = Goals::<E>::new(self.loss, outputs, self.samples, &self.goal);
        let mut room = Room::new(&layers, &self.shape.widths);
        losses.fill(0.0);
        let blocks = self.samples.div_ceil(E::BLOCK);
        for first in (0..blocks).step_by(BLOCKS) {
            let group: Vec<First<E>> = (first..blocks.min(first + BLOCKS))
                .map(|block| self.first_layer(block, parts))
                .collect();
            let mut group = group;
            for (b, losses) in b.iter().zip(losses.chunks_exact_mut(a.len())) {
                group.iter_mut().for_each(|block| block.start_row(E::of(*b)));
                for (a, loss) in a.iter().zip(losses) {
                    let [origin, u, v] = &weights;
                    combine([origin, u, v], [E::of(*a), E::of(*b)], &mut room.weights);
                    for (offset, block) in group.iter().enumerate() {
                        self.forward(&layers, block, E::of(*a), &mut room);
                        let number = first + offset;
                        let count = (self.samples - number * E::BLOCK).min(E::BLOCK);
                        *loss += goals.sum(number, count, outputs, &room.z, &mut room.parts);
                    }
                }
            }
        }
        self.finish(parts, a, b, losses);
    }

    /// Sums become means, and λ/2 ‖θ‖² is added.
    fn finish(&self, parts: [&[f64]; 3], a: &[f64], b: &[f64], losses: &mut [f64]) {
        let dot = |i: usize, j: usize| -> f64 {
            if self.l2 == 0.0 {
                return 0.0;
            }
            parts[i].iter().zip(parts[j]).map(|(x, y)| x * y).sum()
        };
        let [oo, ou, ov, uu, uv, vv] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)].map(|(i, j)| dot(i, j));
        for (b, losses) in b.iter().zip(losses.chunks_exact_mut(a.len())) {
            for (a, loss) in a.iter().zip(losses) {
                let square = oo + 2.0 * (a * ou + b * ov + a * b * uv) + a * a * uu + b * b * vv;
                *loss = *loss / real(self.samples) + 0.5 * self.l2 * square;
            }
        }
    }

    /// What the first layer makes of a block of samples.
    fn first_layer<E: Number>(&self, block: usize, parts: [&[f64]; 3]) -> First<E> {
        let [width, out] = [self.shape.widths[0], self.shape.widths[1]];
        let stride = padded(width);
        let samples = block * E::BLOCK..self.samples.min((block + 1) * E::BLOCK);
        let rows = self.inputs[samples.start * stride..samples.end * stride].chunks_exact(stride);
        let layout: &Layout = &self.shape.layout;
        let of = |theta: &[f64]| {
            let (weights, biases) = (&theta[layout.weight(0)], &theta[layout.bias(0)]);
            let mut made = vec![E::default(); out * E::BLOCK];
            for (s, row) in rows.clone().enumerate() {
                for (o, weights) in weights.chunks_exact(width).enumerate() {
                    let bias = biases.get(o).copied().unwrap_or(0.0);
                    let sum = weights.iter().zip(row).fold(bias, |sum, (w, x)| w.mul_add(*x, sum));
                    made[o * E::BLOCK + s] = E::of(sum);
                }
            }
            made
        };
        let mut inputs = Vec::new();
        if self.shape.skips(0) {
            inputs.resize(width * E::BLOCK, E::default());
            for (s, row) in rows.clone().enumerate() {
                for (i, x) in row[..width].iter().enumerate() {
                    inputs[i * E::BLOCK + s] = E::of(*x);
                }
            }
        }
        let [origin, u, v] = parts.map(of);
        First {
            row: origin.clone(),
            origin,
            u,
            v,
            inputs,
        }
    }

    /// The outputs for a block at `a` of the row that was started, to `room.z`.
    fn forward<E: Number>(&self, layers: &[Dense], block: &First<E>, a: E, room: &mut Room<E>) {
        let Room {
            weights, h, z, ..
        } = room;
        let parts = [&block.row[..], &block.u[..]];
        if layers.is_empty() {
            bend_affine(super::Activation::Identity, parts, a, &mut z[..block.u.len()]);
            return;
        }
        let own = &mut h[..block.u.len()];
        bend_affine(self.shape.activation, parts, a, own);
        own.iter_mut().zip(&block.inputs).for_each(|(h, x)| *h += *x);
        for (l, dense) in layers.iter().enumerate() {
            let (input, output) = (&h[..dense.inputs * E::BLOCK], &mut z[..dense.rows() * E::BLOCK]);
            product(dense, weights, input, output);
            if l + 1 == layers.len() {
                return;
            }
            let output = &mut output[..dense.outputs * E::BLOCK];
            bend(self.shape.activation, output);
            if self.shape.skips(l + 1) {
                output.iter_mut().zip(input).for_each(|(z, h)| *z += *h);
            }
            std::mem::swap(h, z);
        }
    }
}

/// What the first layer makes of a block of samples by the weights of θ₀, u and v: a row for each of its outputs.
struct First<E> {
    origin: Vec<E>,
    u: Vec<E>,
    v: Vec<E>,
    /// With the row's b.
    row: Vec<E>,
    /// The inputs themselves, where a residual connection goes around the layer.
    inputs: Vec<E>,
}

impl<E: Number> First<E> {
    fn start_row(&mut self, b: E) {
        let parts = [&self.origin[..], &self.v, &self.v];
        combine(parts, [b, E::default()], &mut self.row);
    }
}

/// Where a block is computed.
struct Room<E> {
    weights: Vec<E>,
    h: Vec<E>,
    z: Vec<E>,
    parts: Vec<E>,
}

impl<E: Number> Room<E> {
    fn new(layers: &[Dense], widths: &[usize]) -> Self {
        let rows = layers.iter().map(Dense::rows);
        let widest = rows.chain(widths.iter().copied()).max().unwrap_or(0);
        let room = |rows: usize| vec![E::default(); rows * E::BLOCK];
        Self {
            weights: vec![E::default(); packed::len(layers)],
            h: room(widest),
            z: room(widest),
            parts: room(2),
        }
    }
}
