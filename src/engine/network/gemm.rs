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
mod tests {
    use super::*;
    use crate::engine::numeric::real;

    /// Returns a matrix with NaN in the padding.
    fn rows<E: Float>(rows: usize, width: usize, seed: f64) -> Vec<E> {
        let stride = padded_len_in::<E>(width);
        (0..rows * stride)
            .map(|i| (i % stride < width, (real(i) * 0.7 + seed).sin()))
            .map(|(counts, number)| E::from_f64(if counts { number } else { f64::NAN }))
            .collect()
    }

    fn check<E: Float>([m, k, n]: [usize; 3], fused: fn(E, E, E) -> E) {
        let (a, b) = (rows::<E>(m, k, 0.1), rows::<E>(k, n, 0.2));
        let transposed = {
            let mut transposed = vec![E::from_f64(f64::NAN); k * padded_len_in::<E>(m)];
            for (i, row) in a.chunks(padded_len_in::<E>(k)).enumerate() {
                for (p, x) in row[..k].iter().enumerate() {
                    transposed[p * padded_len_in::<E>(m) + i] = *x;
                }
            }
            transposed
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
            numbers: &transposed,
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

    /// Compares S + A B [+ A′ B′] and its product with a mask with plain sums, for every initial value S.
    fn check_terms<E: Float>([m, k, n]: [usize; 3], fused: fn(E, E, E) -> E) {
        let [a, more_a] = [0.1, 0.2].map(|seed| rows::<E>(m, k, seed));
        let [b, more_b] = [0.3, 0.4].map(|seed| rows::<E>(k, n, seed));
        let (row, mask) = (rows::<E>(1, n, 0.5), rows::<E>(m, n, 0.6));
        let [depth, stride] = [k, n].map(padded_len_in::<E>);
        let left = |numbers| MatrixRef {
            numbers,
            stride: depth,
            depth: k,
        };
        for start in [
            Accumulate::Existing,
            Accumulate::Zeros,
            Accumulate::Row(&row),
        ] {
            for (second, masked) in [(false, false), (true, false), (false, true), (true, true)] {
                let mut c = vec![E::from_f64(0.5); m * stride];
                let to = MatrixMut {
                    numbers: &mut c,
                    width: n,
                };
                let more = second.then_some((left(&more_a), &more_b[..]));
                let first = (left(&a), &b[..]);
                gemm(to, start, first, more, masked.then_some(&mask[..]));
                for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    let mut sum = match start {
                        Accumulate::Existing => E::from_f64(0.5),
                        Accumulate::Zeros => E::default(),
                        Accumulate::Row(row) => row[j],
                    };
                    for (a, b) in [(&a, &b), (&more_a, &more_b)]
                        .into_iter()
                        .take(1 + usize::from(second))
                    {
                        for p in 0..k {
                            sum = fused(a[i * depth + p], b[p * stride + j], sum);
                        }
                    }
                    if masked {
                        sum *= mask[i * stride + j];
                    }
                    assert_eq!(c[i * stride + j], sum, "{m} × {k} × {n} at {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn initial_values_second_products_and_masks_are_applied_in_order() {
        for shape in [
            [1, 32, 1],
            [8, 64, 2],
            [13, 128, 10],
            [33, 48, 12],
            [5, 80, 3],
        ] {
            check_terms::<f64>(shape, f64::mul_add);
            check_terms::<f32>(shape, f32::mul_add);
        }
    }

    #[test]
    fn products_of_all_shapes_are_sums_in_order() {
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
