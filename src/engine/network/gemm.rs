//! Products of matrices with padded rows.
//!
//! Rows are padded to a multiple of the widest SIMD vector, so that no loop has a remainder; the padding is never read. Every sum runs
//! over its terms in order with fused multiply-adds, on every processor: the bits of a product depend neither on the SIMD width nor on
//! how samples are cut into blocks.

use super::float::{Float, SimdOf, splat};
use crate::engine::numeric::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// Returns the padded length of a row of `width` elements. It is no multiple of eight cache lines: the rows of a tile would map to a few
/// cache sets and evict each other.
pub(super) fn padded_len_in<E: Float>(width: usize) -> usize {
    let whole = width.next_multiple_of(E::MAX_LANES);
    if whole.is_multiple_of(8 * E::MAX_LANES) {
        whole + E::MAX_LANES
    } else {
        whole
    }
}

/// Returns the padded length of a row of `width` f64.
pub(crate) fn padded_len(width: usize) -> usize {
    padded_len_in::<f64>(width)
}

/// Computes C ← (S + A B [+ A′ B′]) ∘ mask. S is `start`; the mask, if any, is shaped like C; only the first `depth` columns of each A
/// are read, and its B has `depth` rows.
pub(super) fn gemm<'a, E: Float>(
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
    mask: Option<&'a [E]>,
) {
    dispatch(Product {
        c,
        start,
        first,
        second,
        left: RowMajor,
        mask,
    });
}

/// Computes C ← C + Aᵀ B [+ A′ᵀ B′]. Only the first `depth` columns of each A are read: C has `depth` rows.
pub(super) fn gemm_transposed_add<'a, E: Float>(
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
        mask: None,
    });
}

/// Factors A and B of a product.
pub(super) type Factors<'a, E> = (MatrixRef<'a, E>, &'a [E]);

/// Initial value of a product.
#[derive(Clone, Copy)]
pub(super) enum Accumulate<'a, E> {
    /// The present contents of C.
    Existing,
    /// Zeros.
    Zeros,
    /// This padded row in every row of C.
    Row(&'a [E]),
}

/// Matrix to write to, in padded rows of `width` elements.
pub(super) struct MatrixMut<'a, E> {
    pub(super) numbers: &'a mut [E],
    pub(super) width: usize,
}

/// Matrix to read: the first `depth` columns of rows of length `stride`.
#[derive(Clone, Copy)]
pub(super) struct MatrixRef<'a, E> {
    pub(super) numbers: &'a [E],
    pub(super) stride: usize,
    pub(super) depth: usize,
}

/// Memory order of the left factor; a tile reads R of its rows, one term at a time.
trait Lhs: Copy {
    /// Returns the number of rows of the product.
    fn rows<E>(self, a: MatrixRef<E>) -> usize;
    /// Returns the number of terms of each sum.
    fn terms<E>(self, a: MatrixRef<E>) -> usize;
    /// Returns slices that hold R rows from `row` on.
    fn lines<E, const R: usize>(self, a: MatrixRef<'_, E>, row: usize) -> [&[E]; R];
    /// Returns entry `term` of each of the rows.
    fn entries<E: Float, const R: usize>(
        self,
        lines: [&[E]; R],
        stride: usize,
        term: usize,
    ) -> [E; R];
}

/// The left factor is A.
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

/// The left factor is Aᵀ.
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

/// Kernel of [`gemm`] and [`gemm_transposed_add`].
struct Product<'a, E, L> {
    c: MatrixMut<'a, E>,
    start: Accumulate<'a, E>,
    first: Factors<'a, E>,
    second: Option<Factors<'a, E>>,
    left: L,
    mask: Option<&'a [E]>,
}

impl<E: Float, L: Lhs> Kernel for Product<'_, E, L> {
    type Output = ();

    /// Tiles of the product stay in registers during summation: six rows of up to four vectors.
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
    /// Computes V vectors of every row from `column` on.
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&mut self, simd: S, column: usize) {
        let rows = self.left.rows(self.first.0);
        let mut row = 0;
        while row + 6 <= rows {
            self.tile::<S, 6, V>(simd, row, column);
            row += 6;
        }
        while row + 2 <= rows {
            self.tile::<S, 2, V>(simd, row, column);
            row += 2;
        }
        if row < rows {
            self.tile::<S, 1, V>(simd, row, column);
        }
    }

    /// Computes R rows and V vectors from `row` and `column` on.
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
        if let Some(mask) = self.mask {
            for (r, sums) in sums.iter_mut().enumerate() {
                let first = (row + r) * stride + column;
                for (v, sum) in sums.iter_mut().enumerate() {
                    let first = first + v * lanes;
                    *sum *= SimdOf::<E, S>::from_slice(simd, &mask[first..first + lanes]);
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

    /// Adds all terms of a pair of factors to a tile.
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
mod tests;
