//! Matrices in rows of whole vectors, and their products.
//!
//! A row is padded to a whole number of the widest vectors, so that no loop has a remainder. What stands in the padding is never
//! looked at. Every sum runs over its terms in order, by multiplications and additions that are rounded once (fused) on every
//! processor; so a product has the same bits whatever the width of the vectors and however the samples are cut into blocks.

use super::float::{Float, SimdOf, splat};
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// The length of a row that holds so many numbers. It is no multiple of eight lines of a cache: the parts of such rows that a tile reads
/// would all fall into the same few places, and drive each other out.
pub(in crate::engine) fn padded_len_in<E: Float>(width: usize) -> usize {
    let whole = width.next_multiple_of(E::MAX_LANES);
    if whole.is_multiple_of(8 * E::MAX_LANES) {
        whole + E::MAX_LANES
    } else {
        whole
    }
}

/// The same of f64.
pub(in crate::engine) fn padded_len(width: usize) -> usize {
    padded_len_in::<f64>(width)
}

/// C ← S + A B, or S + A B + A′ B′, all of it `times` the entries of what has rows like C's. Each A holds rows of which the first `depth` numbers
/// count, and its B has as many rows as that.
pub(in crate::engine) fn gemm<'a, E: Float>(
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
    times: Option<&'a [E]>,
) {
    dispatch(Product {
        c,
        start,
        first,
        second,
        left: RowMajor,
        times,
    });
}

/// C ← C + Aᵀ B, or C + Aᵀ B + A′ᵀ B′, where each A holds one row for each of its B, of which the first `depth` numbers count: C has as many
/// rows.
pub(in crate::engine) fn gemm_transposed_add<'a, E: Float>(
    c: MatrixMut<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
) {
    dispatch(Product {
        c,
        start: Accumulate::Existing,
        first,
        second,
        left: Transposed,
        times: None,
    });
}

/// A and B.
pub(in crate::engine) type Factors<'a, E> = (MatrixRef<'a, E>, &'a [E]);

/// What a product is added to.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Accumulate<'a, E> {
    /// What is there.
    Existing,
    /// Zeros.
    Zeros,
    /// The same padded row in each row.
    Row(&'a [E]),
}

/// A matrix to be written, in padded rows of `width` numbers.
pub(in crate::engine) struct MatrixMut<'a, E> {
    pub(in crate::engine) numbers: &'a mut [E],
    pub(in crate::engine) width: usize,
}

/// A matrix to be read: of rows that are `stride` numbers long the first `depth`.
#[derive(Clone, Copy)]
pub(in crate::engine) struct MatrixRef<'a, E> {
    pub(in crate::engine) numbers: &'a [E],
    pub(in crate::engine) stride: usize,
    pub(in crate::engine) depth: usize,
}

/// How a left factor lies, of which a tile of the product wants R rows, one entry of each at a time.
trait Lhs: Copy {
    /// How many rows the product has.
    fn rows<E>(self, a: MatrixRef<E>) -> usize;
    /// How many terms each sum has.
    fn terms<E>(self, a: MatrixRef<E>) -> usize;
    /// Where the entries of R rows from `row` on are.
    fn lines<E, const R: usize>(self, a: MatrixRef<'_, E>, row: usize) -> [&[E]; R];
    /// Entry `term` of each of the rows, which are so long.
    fn entries<E: Float, const R: usize>(
        self,
        lines: [&[E]; R],
        stride: usize,
        term: usize,
    ) -> [E; R];
}

#[derive(Clone, Copy)]
struct RowMajor;

impl Lhs for RowMajor {
    #[inline(always)]
    fn rows<E>(self, a: MatrixRef<E>) -> usize {
        a.numbers.len() / a.stride
    }
    #[inline(always)]
    fn terms<E>(self, a: MatrixRef<E>) -> usize {
        a.depth
    }
    #[inline(always)]
    fn lines<E, const R: usize>(self, a: MatrixRef<'_, E>, row: usize) -> [&[E]; R] {
        let mut lines = [&a.numbers[..0]; R];
        for (r, line) in lines.iter_mut().enumerate() {
            let first = (row + r) * a.stride;
            *line = &a.numbers[first..first + a.depth];
        }
        lines
    }
    #[inline(always)]
    fn entries<E: Float, const R: usize>(
        self,
        lines: [&[E]; R],
        _stride: usize,
        term: usize,
    ) -> [E; R] {
        let mut entries = [E::default(); R];
        for (entry, line) in entries.iter_mut().zip(lines) {
            *entry = line[term];
        }
        entries
    }
}

#[derive(Clone, Copy)]
struct Transposed;

impl Lhs for Transposed {
    #[inline(always)]
    fn rows<E>(self, a: MatrixRef<E>) -> usize {
        a.depth
    }
    #[inline(always)]
    fn terms<E>(self, a: MatrixRef<E>) -> usize {
        a.numbers.len() / a.stride
    }
    #[inline(always)]
    fn lines<E, const R: usize>(self, a: MatrixRef<'_, E>, row: usize) -> [&[E]; R] {
        [&a.numbers[row..]; R]
    }
    #[inline(always)]
    fn entries<E: Float, const R: usize>(
        self,
        lines: [&[E]; R],
        stride: usize,
        term: usize,
    ) -> [E; R] {
        let mut entries = [E::default(); R];
        let first = term * stride;
        entries.copy_from_slice(&lines[0][first..first + R]);
        entries
    }
}

struct Product<'a, E, L> {
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
    left: L,
    times: Option<&'a [E]>,
}

impl<E: Float, L: Lhs> Kernel for Product<'_, E, L> {
    type Output = ();

    /// Tiles of the product stay in registers while their sums grow: six rows of four wide vectors or of two, twelve of one.
    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let lanes = SimdOf::<E, S>::LEN;
        let mut column = 0;
        while column < self.c.width {
            let vectors = (self.c.width - column).div_ceil(lanes);
            if lanes >= E::MAX_LANES && vectors >= 4 {
                self.panel::<S, 4>(simd, column);
                column += 4 * lanes;
            } else if vectors >= 2 {
                self.panel::<S, 2>(simd, column);
                column += 2 * lanes;
            } else {
                self.panel::<S, 1>(simd, column);
                column += lanes;
            }
        }
    }
}

impl<E: Float, L: Lhs> Product<'_, E, L> {
    /// V vectors of every row.
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&mut self, simd: S, column: usize) {
        let rows = self.left.rows(self.first.0);
        let mut row = 0;
        // One vector alone waits for itself unless many rows take turns.
        while V == 1 && row + 12 <= rows {
            self.tile::<S, 12, V>(simd, row, column);
            row += 12;
        }
        while row + 6 <= rows {
            self.tile::<S, 6, V>(simd, row, column);
            row += 6;
        }
        if row + 4 <= rows {
            self.tile::<S, 4, V>(simd, row, column);
            row += 4;
        }
        if row + 2 <= rows {
            self.tile::<S, 2, V>(simd, row, column);
            row += 2;
        }
        if row < rows {
            self.tile::<S, 1, V>(simd, row, column);
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        row: usize,
        column: usize,
    ) {
        let lanes = SimdOf::<E, S>::LEN;
        let stride = padded_len_in::<E>(self.c.width);
        let mut sums = [[splat::<E, S>(simd, E::default()); V]; R];
        for (r, sums) in sums.iter_mut().enumerate() {
            let (from, first) = match self.start {
                Accumulate::Existing => (&*self.c.numbers, (row + r) * stride + column),
                Accumulate::Zeros => break,
                Accumulate::Row(from) => (from, column),
            };
            for (v, sum) in sums.iter_mut().enumerate() {
                let first = first + v * lanes;
                *sum = SimdOf::<E, S>::from_slice(simd, &from[first..first + lanes]);
            }
        }
        sums = self.accumulate_terms::<S, R, V>(simd, self.first, sums, [row, column]);
        if let Some(second) = self.second {
            sums = self.accumulate_terms::<S, R, V>(simd, second, sums, [row, column]);
        }
        if let Some(times) = self.times {
            for (r, sums) in sums.iter_mut().enumerate() {
                let first = (row + r) * stride + column;
                for (v, sum) in sums.iter_mut().enumerate() {
                    let first = first + v * lanes;
                    *sum *= SimdOf::<E, S>::from_slice(simd, &times[first..first + lanes]);
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let first = (row + r) * stride + column;
            for (v, sum) in sums.iter().enumerate() {
                let first = first + v * lanes;
                sum.store_slice(&mut self.c.numbers[first..first + lanes]);
            }
        }
    }

    /// Adds all terms of a tile.
    #[inline(always)]
    fn accumulate_terms<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        (a, b): Factors<'_, E>,
        mut sums: [[SimdOf<E, S>; V]; R],
        [row, column]: [usize; 2],
    ) -> [[SimdOf<E, S>; V]; R] {
        let lanes = SimdOf::<E, S>::LEN;
        let stride = padded_len_in::<E>(self.c.width);
        let lines = self.left.lines(a, row);
        for term in 0..self.left.terms(a) {
            let first = term * stride + column;
            let b = &b[first..first + V * lanes];
            let mut right = [splat::<E, S>(simd, E::default()); V];
            for (v, right) in right.iter_mut().enumerate() {
                *right = SimdOf::<E, S>::from_slice(simd, &b[v * lanes..(v + 1) * lanes]);
            }
            let left: [E; R] = self.left.entries(lines, a.stride, term);
            for (sums, left) in sums.iter_mut().zip(left) {
                let left = splat::<E, S>(simd, left);
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum = left.mul_add_precise(right, *sum);
                }
            }
        }
        sums
    }
}

#[cfg(test)]
pub(in crate::engine) mod tests {
    use super::*;
    use crate::engine::numeric::real;

    /// Numbers that are their own padding's enemies: it holds NaN.
    pub(in crate::engine) fn rows<E: Float>(rows: usize, width: usize, seed: f64) -> Vec<E> {
        let stride = padded_len_in::<E>(width);
        (0..rows * stride)
            .map(|i| (i % stride < width, (real(i) * 0.7 + seed).sin()))
            .map(|(counts, number)| E::from_f64(if counts { number } else { f64::NAN }))
            .collect()
    }

    fn check<E: Float>([m, k, n]: [usize; 3], fused: fn(E, E, E) -> E) {
        let (a, b) = (rows::<E>(m, k, 0.1), rows::<E>(k, n, 0.2));
        let turned = {
            let mut turned = vec![E::from_f64(f64::NAN); k * padded_len_in::<E>(m)];
            for (i, row) in a.chunks(padded_len_in::<E>(k)).enumerate() {
                for (p, x) in row[..k].iter().enumerate() {
                    turned[p * padded_len_in::<E>(m) + i] = *x;
                }
            }
            turned
        };
        let stride = padded_len_in::<E>(n);
        let [mut c, mut d] = [
            vec![E::from_f64(0.5); m * stride],
            vec![E::from_f64(0.5); m * stride],
        ];
        let left = MatrixRef {
            numbers: &a,
            stride: padded_len_in::<E>(k),
            depth: k,
        };
        let to = |numbers| MatrixMut { numbers, width: n };
        gemm(to(&mut c), Accumulate::Existing, (left, &b), None, None);
        let left = MatrixRef {
            numbers: &turned,
            stride: padded_len_in::<E>(m),
            depth: m,
        };
        gemm_transposed_add(to(&mut d), (left, &b), None);
        for i in 0..m {
            for j in 0..n {
                let sum = (0..k).fold(E::from_f64(0.5), |sum, p| {
                    fused(a[i * padded_len_in::<E>(k) + p], b[p * stride + j], sum)
                });
                assert_eq!([c[i * stride + j], d[i * stride + j]], [sum; 2]);
            }
        }
    }

    #[test]
    fn products_are_sums_in_order_whatever_the_shape() {
        for shape in [
            [1, 1, 1],
            [5, 3, 7],
            [6, 2, 8],
            [13, 9, 33],
            [32, 16, 130],
            [27, 40, 10],
        ] {
            check::<f64>(shape, f64::mul_add);
            check::<f32>(shape, f32::mul_add);
        }
    }
}
