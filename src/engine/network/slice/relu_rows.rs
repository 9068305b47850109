//! Slices of networks with one hidden layer of ReLUs, a row at a time.
//!
//! Along a row of the plane, a from its first point, a hidden unit takes in x + a s, and is on to one side of a = −x/s only. There it adds
//! (p + a q)(x + a s) to an output whose weight is p + a q. So each output is a quadratic in a, whose coefficients change where a unit turns on
//! or off: a point of the row needs no product with the weights.

use super::loss::{LossParts, loss_parts, subtracted_output};
use super::packed_weights::{interpolate, pack, packed_layers};
use super::{FirstLayer, GROUP, Slice};
use crate::engine::network::Loss;
use crate::engine::network::aligned::AlignedVec;
use crate::engine::network::float::Float;
use crate::engine::network::gemm::padded_len;
use crate::engine::network::loss::Target;
use crate::engine::numeric::real;
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::prelude::*;
use fearless_simd::{Simd, f64x4};

/// In a row of fewer outputs, and two for each point, the turns cost more than they save.
const MIN_ROW_OUTPUTS: usize = 256;

/// So many samples go through the first layer side by side.
const BLOCK: usize = 2 * f64::MAX_LANES;

/// The lanes of the vectors that hold the outputs.
const LANES: usize = 4;

/// Beyond this something might overflow that would not point by point.
const MAX_MAGNITUDE: f64 = 1e60;

impl<'a, G: Fn(usize) -> Target<'a>> Slice<'a, G> {
    /// How far the points of a row are apart, if its losses can be made this way.
    pub(super) fn spacing(&self, parts: [&[f64]; 3], a: &[f64], b: &[f64]) -> Option<f64> {
        if !self.can_fuse() || a.len() * (self.shape.outputs() + 2) < MIN_ROW_OUTPUTS {
            return None;
        }
        let step = (a[a.len() - 1] - a[0]) / real(a.len() - 1);
        let even = |(k, at): (usize, &f64)| (at - (a[0] + real(k) * step)).abs() <= 1e-10 * step;
        let rows = self.inputs.chunks_exact(padded_len(self.shape.widths[0]));
        let inputs = rows.flat_map(|row| &row[..self.shape.widths[0]]);
        let mut numbers = parts.into_iter().flatten().chain(a).chain(b).chain(inputs);
        let usable = step > 0.0 && a.iter().enumerate().all(even);
        (usable && numbers.all(|x| x.abs() < MAX_MAGNITUDE)).then_some(step)
    }

    /// The sums of the losses at each `a`, `step` apart, of each `b`; the losses in numbers of E, what leads to them in f64.
    pub(super) fn add_rows<E: Float>(
        &self,
        parts: [&[f64]; 3],
        (a, step): (&[f64], f64),
        b: &[f64],
        sums: &mut [f64],
    ) {
        let first = &packed_layers(&self.shape.widths, true)[0];
        let layers = [*first];
        let packed = parts.map(|theta| pack::<f64>(&layers, &self.shape.layout, theta));
        let last = parts.map(|theta| self.last(theta));
        let mut p = vec![0.0; last[0].len()];
        let along: Vec<f64> = a.iter().map(|at| at - a[0]).collect();
        let mut row = RowLosses::<E>::new(self.shape.widths[1], self.shape.outputs(), &along, step);
        for start in (0..self.samples).step_by(GROUP) {
            let end = self.samples.min(start + GROUP);
            let blocks = (start..end).step_by(BLOCK);
            let first_layer = |start| self.first_layer(start, BLOCK, first, &packed);
            let mut blocks: Vec<FirstLayer<f64>> = blocks.map(first_layer).collect();
            for (b, sums) in b.iter().zip(sums.chunks_exact_mut(a.len())) {
                let at = [a[0], *b];
                interpolate(last.each_ref().map(|part| &part[..]), at, &mut p);
                row.clear();
                let mut samples = start..end;
                for block in &mut blocks {
                    interpolate([&block.origin, &block.u, &block.v], at, &mut block.row);
                    for (place, sample) in (0..block.count).zip(&mut samples) {
                        row.add(
                            block,
                            place,
                            [&p, &last[1]],
                            self.loss,
                            (self.target)(sample),
                        );
                    }
                }
                for (k, sum) in sums.iter_mut().enumerate() {
                    *sum += row.straight[k] + libm::log(row.factors[k]);
                }
            }
        }
    }

    /// A row of the last layer's biases and one of its weights for each hidden unit, filled up to whole vectors.
    fn last(&self, theta: &[f64]) -> Vec<f64> {
        let [units, outputs] = [self.shape.widths[1], self.shape.outputs()];
        let width = outputs.next_multiple_of(LANES);
        let (weights, biases) = (self.shape.layout.weight(1), self.shape.layout.bias(1));
        let mut rows = vec![0.0; (units + 1) * width];
        let (bias, rest) = rows.split_at_mut(width);
        bias[..biases.len()].copy_from_slice(&theta[biases]);
        for (unit, row) in rest.chunks_exact_mut(width).enumerate() {
            let column = theta[weights.clone()].iter().skip(unit).step_by(units);
            row.iter_mut()
                .zip(column)
                .for_each(|(to, from)| *to = *from);
        }
        rows
    }
}

/// What is made of a row, sample by sample.
struct RowLosses<'a, E> {
    outputs: usize,
    /// How far each point is from the first.
    a: &'a [f64],
    step: f64,
    /// The length of a row of what there is for each point.
    stride: usize,
    breakpoints: Breakpoints,
    z: AlignedVec,
    near: AlignedVec<E>,
    target: AlignedVec<E>,
    parts: [AlignedVec<E>; 2],
    /// Of each point the sum of the losses' straight parts and the product of their factors.
    straight: Vec<f64>,
    factors: Vec<f64>,
}

impl<'a, E: Float> RowLosses<'a, E> {
    fn new(units: usize, outputs: usize, a: &'a [f64], step: f64) -> Self {
        let stride = a.len().next_multiple_of(E::MAX_LANES);
        let room = |rows: usize| AlignedVec::zeros(rows * stride);
        Self {
            outputs,
            a,
            step,
            stride,
            breakpoints: Breakpoints::new(units, a.len()),
            z: AlignedVec::zeros(outputs * stride),
            near: room(outputs),
            target: room(outputs),
            parts: [room(1), room(1)],
            straight: vec![0.0; a.len()],
            factors: vec![1.0; a.len()],
        }
    }

    fn clear(&mut self) {
        self.straight.fill(0.0);
        self.factors.fill(1.0);
    }

    /// Adds the losses of the sample at a place of a block. No factor is above the number of outputs, so that there is room for those of a
    /// [`GROUP`].
    fn add(
        &mut self,
        block: &FirstLayer<f64>,
        place: usize,
        last: [&[f64]; 2],
        loss: Loss,
        goal: Target,
    ) {
        self.breakpoints.find(block, place, self.step);
        let outputs = Outputs {
            breakpoints: &self.breakpoints,
            last,
            a: self.a,
            z: &mut self.z,
            stride: self.stride,
            outputs: self.outputs,
        };
        match self.outputs.div_ceil(LANES) {
            1 => dispatch(OutputKernel::<1>(outputs)),
            2 => dispatch(OutputKernel::<2>(outputs)),
            _ => dispatch(OutputKernel::<3>(outputs)),
        }
        let both = self.near.iter_mut().zip(self.z.iter());
        both.for_each(|(near, z)| *near = E::from_f64(*z));
        let mut mean = 1.0;
        if let Target::Numbers(numbers) = goal {
            mean = 1.0 / real(self.outputs);
            let rows = self.target.chunks_exact_mut(self.stride).zip(numbers);
            rows.for_each(|(row, number)| row.fill(E::from_f64(*number)));
        }
        let [straight, factors] = &mut self.parts;
        let parts = LossParts { straight, factors };
        loss_parts(loss, self.stride, &self.near, &self.target, parts);
        let [straight, factors] = &self.parts;
        for (sum, straight) in self.straight.iter_mut().zip(straight.iter()) {
            *sum += straight.to_f64() * mean;
        }
        for (product, factor) in self.factors.iter_mut().zip(factors.iter()) {
            *product *= factor.to_f64();
        }
        if let Target::Class(class) = goal
            && let Some(output) = subtracted_output(loss, class)
        {
            let z = &self.near[output * self.stride..];
            let both = self.straight.iter_mut().zip(z);
            both.for_each(|(sum, z)| *sum -= z.to_f64());
        }
    }
}

/// Where the hidden units turn on or off along a row.
struct Breakpoints {
    /// x and s of each unit.
    x: Vec<f64>,
    s: Vec<f64>,
    /// 1 where a unit is on at the first point, 0 where not.
    on: Vec<f64>,
    /// Before which point it turns, from 1 on; the number of points where it does not.
    before: Vec<usize>,
    /// The last unit that turns before each point, and before each unit another that turns there too.
    heads: Vec<usize>,
    next: Vec<usize>,
}

/// No unit.
const NONE: usize = usize::MAX;

impl Breakpoints {
    fn new(units: usize, points: usize) -> Self {
        Self {
            x: vec![0.0; units],
            s: vec![0.0; units],
            on: vec![0.0; units],
            before: vec![0; units],
            heads: vec![NONE; points + 1],
            next: vec![NONE; units],
        }
    }

    /// Of the sample at a place of a block.
    fn find(&mut self, block: &FirstLayer<f64>, place: usize, step: f64) {
        let points = self.heads.len() - 1;
        let from = block
            .row
            .chunks_exact(BLOCK)
            .zip(block.u.chunks_exact(BLOCK));
        for ((x, s), (row, u)) in self.x.iter_mut().zip(&mut self.s).zip(from) {
            (*x, *s) = (row[place], u[place]);
        }
        dispatch(ActiveSets {
            x: &self.x,
            s: &self.s,
            on: &mut self.on,
            before: &mut self.before,
            step,
            points: real(points),
        });
        self.heads.fill(NONE);
        for (unit, (next, before)) in self.next.iter_mut().zip(&self.before).enumerate() {
            *next = std::mem::replace(&mut self.heads[*before], unit);
        }
    }
}

/// On which side of its turn each unit begins, and where that is.
struct ActiveSets<'a> {
    x: &'a [f64],
    s: &'a [f64],
    on: &'a mut [f64],
    before: &'a mut [usize],
    step: f64,
    points: f64,
}

impl Kernel for ActiveSets<'_> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, _: S) {
        let found = self.on.iter_mut().zip(self.before);
        for ((x, s), (on, before)) in self.x.iter().zip(self.s).zip(found) {
            let at = -x / (s * self.step);
            let later = at > 0.0;
            let begins = if *s == 0.0 {
                *x > 0.0
            } else {
                later == (*s < 0.0)
            };
            *on = if begins { 1.0 } else { 0.0 };
            let turn = if later {
                at.ceil().min(self.points)
            } else {
                self.points
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1 and the number of points"
            )]
            let turn = turn as u32;
            *before = turn as usize;
        }
    }
}

/// The outputs for a sample along a row.
struct Outputs<'a> {
    breakpoints: &'a Breakpoints,
    /// p and q: those of the biases, and of each unit.
    last: [&'a [f64]; 2],
    a: &'a [f64],
    /// A row for each output.
    z: &'a mut [f64],
    stride: usize,
    outputs: usize,
}

/// With all outputs in V vectors.
struct OutputKernel<'a, const V: usize>(Outputs<'a>);

impl<const V: usize> Kernel for OutputKernel<'_, V> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(self, simd: S) {
        let Outputs {
            breakpoints: turns,
            last: [p, q],
            a,
            z,
            stride,
            outputs,
        } = self.0;
        let width = V * LANES;
        let (p_bias, p) = p.split_at(width);
        let (q_bias, q) = q.split_at(width);
        let mut sums = [[f64x4::splat(simd, 0.0); V]; 3];
        for v in 0..V {
            sums[0][v] = f64x4::from_slice(simd, &p_bias[v * LANES..(v + 1) * LANES]);
            sums[1][v] = f64x4::from_slice(simd, &q_bias[v * LANES..(v + 1) * LANES]);
        }
        let units = turns.x.iter().zip(&turns.s).zip(&turns.on);
        let weights = p.chunks_exact(width).zip(q.chunks_exact(width));
        for (((x, s), on), (p, q)) in units.zip(weights) {
            add_quadratic(simd, &mut sums, [x * on, s * on], [p, q]);
        }
        for (k, (a, head)) in a.iter().zip(&turns.heads).enumerate() {
            let mut unit = *head;
            while unit < turns.next.len() {
                // A unit whose s is positive turns on.
                let (x, s) = (turns.x[unit], turns.s[unit]);
                let sign = 1.0_f64.copysign(s);
                let range = unit * width..(unit + 1) * width;
                add_quadratic(
                    simd,
                    &mut sums,
                    [x * sign, s * sign],
                    [&p[range.clone()], &q[range]],
                );
                unit = turns.next[unit];
            }
            let a = f64x4::splat(simd, *a);
            let mut found = [[0.0; LANES]; V];
            for (v, found) in found.iter_mut().enumerate() {
                let slope = sums[2][v].mul_add(a, sums[1][v]);
                slope.mul_add(a, sums[0][v]).store_slice(found);
            }
            let mut place = k;
            for found in &found.as_flattened()[..outputs] {
                z[place] = *found;
                place += stride;
            }
        }
    }
}

/// Adds (p + a q)(x + a s) to the coefficients.
#[inline(always)]
fn add_quadratic<S: Simd, const V: usize>(
    simd: S,
    sums: &mut [[f64x4<S>; V]; 3],
    [x, s]: [f64; 2],
    [p, q]: [&[f64]; 2],
) {
    let [x, s] = [f64x4::splat(simd, x), f64x4::splat(simd, s)];
    for v in 0..V {
        let p = f64x4::from_slice(simd, &p[v * LANES..(v + 1) * LANES]);
        let q = f64x4::from_slice(simd, &q[v * LANES..(v + 1) * LANES]);
        sums[0][v] = p.mul_add(x, sums[0][v]);
        sums[1][v] = q.mul_add(x, p.mul_add(s, sums[1][v]));
        sums[2][v] = q.mul_add(s, sums[2][v]);
    }
}
