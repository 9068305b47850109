//! Products with few columns, which would leave most lanes of a vector idle: here the terms of a sum lie in the lanes.
//!
//! Each sum is made of [`Float::MAX_LANES`] parts, of which one takes every so many terms in order, and parts are added by halves: on every
//! processor the same bits.

use super::float::{Float, SimdOf, splat};
use super::gemm::{Accumulate, Factors, MatrixMut, padded_len_in};
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// So many rows and columns of a product grow side by side.
const R: usize = 8;
const O: usize = 2;
const SUMS: usize = R * O;

/// Whether a product with so many terms and columns is one of these: terms fill all vectors.
pub(super) fn is_narrow([terms, columns]: [usize; 2]) -> bool {
    columns <= 12 && terms >= 32 && terms.is_multiple_of(f32::MAX_LANES)
}

/// C ← S + A Bᵀ, or S + A Bᵀ + A′ B′ᵀ. Each A holds rows of which the first `depth` numbers count, and its B holds rows as long as that, one for
/// each column of C.
pub(super) fn gemm_narrow<'a, E: Float>(
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
) {
    dispatch(NarrowGemm {
        c,
        start,
        first,
        second,
    });
}

struct NarrowGemm<'a, E> {
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
}

impl<E: Float> Kernel for NarrowGemm<'_, E> {
    type Output = ();

    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let (a, width) = (self.first.0, self.c.width);
        let rows = a.numbers.len() / a.stride;
        for row in (0..rows).step_by(R) {
            for column in (0..width).step_by(O) {
                self.tile(simd, [row, rows], [column, width]);
            }
        }
    }
}

impl<E: Float> NarrowGemm<'_, E> {
    /// R rows and O columns of the product from some on, as many as there are.
    #[inline(always)]
    fn tile<S: Simd>(&mut self, simd: S, rows: [usize; 2], columns: [usize; 2]) {
        let lanes = SimdOf::<E, S>::LEN;
        let part = |part: usize| self.part(simd, rows, columns, part * lanes);
        let sums = match E::MAX_LANES / lanes {
            1 => part(0),
            2 => add_vectors::<E, S>(part(0), part(1)),
            _ => add_vectors::<E, S>(
                add_vectors::<E, S>(part(0), part(2)),
                add_vectors::<E, S>(part(1), part(3)),
            ),
        };
        let stride = padded_len_in::<E>(self.c.width);
        let [first, column] = [rows[0], columns[0]];
        let places = |r: usize| {
            let to = (first + r) * stride + column;
            to..to + O
        };
        // What stands beside the last column is never looked at.
        let count = R.min(rows[1] - first);
        let mut begun = [E::default(); SUMS];
        for (r, begun) in begun.chunks_exact_mut(O).take(count).enumerate() {
            match self.start {
                Accumulate::Existing => begun.copy_from_slice(&self.c.numbers[places(r)]),
                Accumulate::Zeros => {}
                Accumulate::Row(row) => begun.copy_from_slice(&row[column..column + O]),
            }
        }
        let found = horizontal_sums::<E, S>(sums);
        begun
            .iter_mut()
            .zip(found)
            .for_each(|(sum, more)| *sum += more);
        for (r, sums) in begun.chunks_exact(O).take(count).enumerate() {
            self.c.numbers[places(r)].copy_from_slice(sums);
        }
    }

    /// Of each sum the parts that lie in the lanes from `lane` on.
    #[inline(always)]
    fn part<S: Simd>(
        &self,
        simd: S,
        rows: [usize; 2],
        columns: [usize; 2],
        lane: usize,
    ) -> [SimdOf<E, S>; SUMS] {
        let mut sums = [splat::<E, S>(simd, E::default()); SUMS];
        sums = accumulate_terms(simd, self.first, sums, rows, columns, lane);
        if let Some(second) = self.second {
            sums = accumulate_terms(simd, second, sums, rows, columns, lane);
        }
        sums
    }
}

/// Adds the terms of some factors.
#[inline(always)]
fn accumulate_terms<E: Float, S: Simd>(
    simd: S,
    (a, b): Factors<'_, E>,
    mut sums: [SimdOf<E, S>; SUMS],
    rows: [usize; 2],
    columns: [usize; 2],
    lane: usize,
) -> [SimdOf<E, S>; SUMS] {
    let lanes = SimdOf::<E, S>::LEN;
    let left = lines::<E, R>(a.numbers, a.stride, rows);
    let right = lines::<E, O>(b, a.stride, columns);
    for first in (lane..a.depth).step_by(E::MAX_LANES) {
        let load = |line: &[E]| SimdOf::<E, S>::from_slice(simd, &line[first..first + lanes]);
        let b = right.map(load);
        for (sums, line) in sums.chunks_exact_mut(O).zip(left) {
            let a = load(line);
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = a.mul_add_precise(b, *sum);
            }
        }
    }
    sums
}

/// N rows from one of `count` on, and the last again and again.
#[inline(always)]
fn lines<E, const N: usize>(numbers: &[E], stride: usize, [first, count]: [usize; 2]) -> [&[E]; N] {
    let mut lines = [&numbers[..0]; N];
    for (k, line) in lines.iter_mut().enumerate() {
        let row = (first + k).min(count - 1);
        *line = &numbers[row * stride..(row + 1) * stride];
    }
    lines
}

/// The sum over all lanes of each vector.
#[inline(always)]
fn horizontal_sums<E: Float, S: Simd>(sums: [SimdOf<E, S>; SUMS]) -> [E; SUMS] {
    let two: [_; 8] = add_vector_halves::<E, S, 16, 8>(sums);
    if SimdOf::<E, S>::LEN == 2 {
        return concat_lanes::<E, S, 8>(two);
    }
    let four = add_vector_halves::<E, S, 8, 4>(two);
    if SimdOf::<E, S>::LEN == 4 {
        return concat_lanes::<E, S, 4>(four);
    }
    let eight = add_vector_halves::<E, S, 4, 2>(four);
    if SimdOf::<E, S>::LEN == 8 {
        return concat_lanes::<E, S, 2>(eight);
    }
    concat_lanes::<E, S, 1>(add_vector_halves::<E, S, 2, 1>(eight))
}

/// Adds the halves of each vector, and makes one vector of those of two: in its even lanes of one of the first N, in its odd lanes of one of the
/// others.
#[inline(always)]
fn add_vector_halves<E: Float, S: Simd, const M: usize, const N: usize>(
    all: [SimdOf<E, S>; M],
) -> [SimdOf<E, S>; N] {
    let mut made = [all[0]; N];
    for (k, made) in made.iter_mut().enumerate() {
        let (a, b) = (all[k], all[k + N]);
        *made = a.zip_low(b) + a.zip_high(b);
    }
    made
}

/// All lanes, in the order of the vectors that they were made of.
#[inline(always)]
fn concat_lanes<E: Float, S: Simd, const N: usize>(vectors: [SimdOf<E, S>; N]) -> [E; SUMS] {
    let mut all = [E::default(); SUMS];
    for (v, vector) in vectors.iter().enumerate() {
        for (all, number) in all[v..].iter_mut().step_by(N).zip(vector.as_slice()) {
            *all = *number;
        }
    }
    all
}

#[inline(always)]
fn add_vectors<E: Float, S: Simd>(
    mut first: [SimdOf<E, S>; SUMS],
    second: [SimdOf<E, S>; SUMS],
) -> [SimdOf<E, S>; SUMS] {
    for (first, second) in first.iter_mut().zip(second) {
        *first += second;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::super::gemm::tests::rows;
    use super::super::gemm::{MatrixRef, gemm};
    use super::*;

    fn check<E: Float>([m, k, n]: [usize; 3], most: f64) {
        assert!(is_narrow([k, n]));
        let [a, more_a] = [0.1, 0.2].map(|seed| rows::<E>(m, k, seed));
        let [b, more_b] = [0.3, 0.4].map(|seed| rows::<E>(n, k, seed));
        let start = rows::<E>(1, n, 0.5);
        let [stride, depth] = [padded_len_in::<E>(n), padded_len_in::<E>(k)];
        let turned = |b: &[E]| {
            let mut turned = vec![E::from_f64(f64::NAN); k * stride];
            for (j, row) in b.chunks(depth).enumerate() {
                for (p, x) in row[..k].iter().enumerate() {
                    turned[p * stride + j] = *x;
                }
            }
            turned
        };
        let [turned_b, turned_more] = [&b, &more_b].map(|b| turned(b));
        let left = |numbers| MatrixRef {
            numbers,
            stride: depth,
            depth: k,
        };
        for start in [
            Accumulate::Existing,
            Accumulate::Zeros,
            Accumulate::Row(&start),
        ] {
            for twice in [false, true] {
                let [mut found, mut expected] =
                    [(); 2].map(|()| vec![E::from_f64(0.5); m * stride]);
                let to = |numbers| MatrixMut { numbers, width: n };
                let more = twice.then_some((left(&more_a), &more_b[..]));
                gemm_narrow(to(&mut found), start, (left(&a), &b), more);
                let more = twice.then_some((left(&more_a), &turned_more[..]));
                let first = (left(&a), &turned_b[..]);
                gemm(to(&mut expected), start, first, more, None);
                let pairs = found.chunks(stride).zip(expected.chunks(stride));
                for (found, expected) in pairs {
                    for (found, expected) in found[..n].iter().zip(expected) {
                        let off = (found.to_f64() - expected.to_f64()).abs();
                        assert!(off <= most, "{found:?}, not {expected:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn they_are_the_same_products_but_for_rounding() {
        for shape in [
            [1, 32, 1],
            [8, 64, 2],
            [13, 128, 10],
            [33, 48, 12],
            [5, 80, 3],
        ] {
            check::<f64>(shape, 1e-12);
            check::<f32>(shape, 5e-4);
        }
    }
}
