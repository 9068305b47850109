//! Matrices in rows of whole vectors, and their products.
//!
//! A row is padded to a multiple of [`LANES`] numbers, so that no loop has a remainder. What stands in the padding is never
//! looked at. Every sum runs over its terms in order, by multiplications and additions that are rounded once (fused) on every
//! processor; so a product has the same bits whatever the width of the vectors and however the samples are cut into blocks.

use crate::engine::real::{Kernel, dispatch};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

/// The numbers of the widest vector.
const LANES: usize = 8;

/// The length of a row that holds so many numbers. It is no multiple of 64: the parts of such rows that a tile reads would all fall into
/// the same few places of a cache, and drive each other out.
pub(super) fn padded(width: usize) -> usize {
    let whole = width.next_multiple_of(LANES);
    if whole.is_multiple_of(64) {
        whole + LANES
    } else {
        whole
    }
}

/// C ← C + A B, where `a` holds rows of which the first `depth` numbers count, and `b` has as many rows as that.
pub(super) fn add_product(c: Rows<'_>, a: Columns<'_>, b: &[f64]) {
    dispatch(Product {
        c,
        a: Upright(a),
        b,
    });
}

/// C ← C + Aᵀ B, where `a` holds one row for each of `b`, of which the first `depth` numbers count: C has as many rows.
pub(super) fn add_transposed_product(c: Rows<'_>, a: Columns<'_>, b: &[f64]) {
    dispatch(Product {
        c,
        a: Transposed(a),
        b,
    });
}

/// A matrix to be written, in padded rows of `width` numbers.
pub(super) struct Rows<'a> {
    pub(super) numbers: &'a mut [f64],
    pub(super) width: usize,
}

/// A matrix to be read: of rows that are `stride` numbers long the first `depth`.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) numbers: &'a [f64],
    pub(super) stride: usize,
    pub(super) depth: usize,
}

/// The left factor, of which a tile of the product wants R rows, one entry of each at a time.
trait Left<'a>: Copy {
    /// How many rows the product has.
    fn rows(self) -> usize;
    /// How many terms each sum has.
    fn terms(self) -> usize;
    /// Where the entries of R rows from `row` on are.
    fn lines<const R: usize>(self, row: usize) -> [&'a [f64]; R];
    /// Entry `term` of each of the rows.
    fn entries<const R: usize>(self, lines: [&[f64]; R], term: usize) -> [f64; R];
}

#[derive(Clone, Copy)]
struct Upright<'a>(Columns<'a>);

impl<'a> Left<'a> for Upright<'a> {
    #[inline(always)]
    fn rows(self) -> usize {
        self.0.numbers.len() / self.0.stride
    }
    #[inline(always)]
    fn terms(self) -> usize {
        self.0.depth
    }
    #[inline(always)]
    fn lines<const R: usize>(self, row: usize) -> [&'a [f64]; R] {
        let mut lines = [&self.0.numbers[..0]; R];
        for (r, line) in lines.iter_mut().enumerate() {
            let first = (row + r) * self.0.stride;
            *line = &self.0.numbers[first..first + self.0.depth];
        }
        lines
    }
    #[inline(always)]
    fn entries<const R: usize>(self, lines: [&[f64]; R], term: usize) -> [f64; R] {
        let mut entries = [0.0; R];
        for (entry, line) in entries.iter_mut().zip(lines) {
            *entry = line[term];
        }
        entries
    }
}

#[derive(Clone, Copy)]
struct Transposed<'a>(Columns<'a>);

impl<'a> Left<'a> for Transposed<'a> {
    #[inline(always)]
    fn rows(self) -> usize {
        self.0.depth
    }
    #[inline(always)]
    fn terms(self) -> usize {
        self.0.numbers.len() / self.0.stride
    }
    #[inline(always)]
    fn lines<const R: usize>(self, row: usize) -> [&'a [f64]; R] {
        [&self.0.numbers[row..]; R]
    }
    #[inline(always)]
    fn entries<const R: usize>(self, lines: [&[f64]; R], term: usize) -> [f64; R] {
        let mut entries = [0.0; R];
        let first = term * self.0.stride;
        entries.copy_from_slice(&lines[0][first..first + R]);
        entries
    }
}

struct Product<'a, L> {
    c: Rows<'a>,
    a: L,
    b: &'a [f64],
}

impl<'a, L: Left<'a>> Kernel for Product<'a, L> {
    type Output = ();

    /// Tiles of the product stay in registers while their sums grow: six rows of four wide vectors, or of two.
    #[inline(always)]
    fn on_lanes<S: Simd>(mut self, simd: S) {
        let lanes = S::f64s::LEN;
        let mut column = 0;
        while column < self.c.width {
            let vectors = (self.c.width - column).div_ceil(lanes);
            if lanes >= LANES && vectors >= 4 {
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

impl<'a, L: Left<'a>> Product<'a, L> {
    /// V vectors of every row.
    #[inline(always)]
    fn panel<S: Simd, const V: usize>(&mut self, simd: S, column: usize) {
        let rows = self.a.rows();
        let mut row = 0;
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
        let lanes = S::f64s::LEN;
        let stride = padded(self.c.width);
        let (a, terms) = (self.a, self.a.terms());
        let mut sums = [[S::f64s::splat(simd, 0.0); V]; R];
        for (r, sums) in sums.iter_mut().enumerate() {
            let first = (row + r) * stride + column;
            for (v, sum) in sums.iter_mut().enumerate() {
                let from = first + v * lanes;
                *sum = S::f64s::from_slice(simd, &self.c.numbers[from..from + lanes]);
            }
        }
        let lines = a.lines(row);
        for term in 0..terms {
            let first = term * stride + column;
            let b = &self.b[first..first + V * lanes];
            let mut right = [S::f64s::splat(simd, 0.0); V];
            for (v, right) in right.iter_mut().enumerate() {
                *right = S::f64s::from_slice(simd, &b[v * lanes..(v + 1) * lanes]);
            }
            let left: [f64; R] = a.entries(lines, term);
            for (sums, left) in sums.iter_mut().zip(left) {
                let left = S::f64s::splat(simd, left);
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum = left.mul_add_precise(right, *sum);
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let first = (row + r) * stride + column;
            for (v, sum) in sums.iter().enumerate() {
                let to = first + v * lanes;
                sum.store_slice(&mut self.c.numbers[to..to + lanes]);
            }
        }
    }
}

/// Adds every row of `rows`, which are as long as `sum`, to `sum`.
pub(super) fn add_rows(sum: &mut [f64], rows: &[f64]) {
    for row in rows.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
}

/// Copies rows of `width` numbers into rows that are padded.
pub(super) fn pad(rows: &[f64], width: usize, padded_rows: &mut [f64]) {
    let stride = padded(width);
    for (row, to) in rows
        .chunks_exact(width)
        .zip(padded_rows.chunks_exact_mut(stride))
    {
        to[..width].copy_from_slice(row);
    }
}

/// Copies rows of `width` numbers into the columns of a matrix, whose rows are padded. As many rows as a vector has lanes go
/// side by side, so that what is written lies together.
pub(super) fn transpose(rows: &[f64], width: usize, columns: &mut [f64]) {
    let stride = padded(rows.len() / width);
    for (rows, first) in rows.chunks(LANES * width).zip((0..).step_by(LANES)) {
        let count = rows.len() / width;
        for (i, column) in columns.chunks_exact_mut(stride).enumerate() {
            for (r, to) in column[first..first + count].iter_mut().enumerate() {
                *to = rows[r * width + i];
            }
        }
    }
}

/// Adds a share of rows that are padded to rows that are not.
pub(super) fn add_unpadded(padded_rows: &[f64], width: usize, share: f64, rows: &mut [f64]) {
    let from = padded_rows.chunks_exact(padded(width));
    for (row, from) in rows.chunks_exact_mut(width).zip(from) {
        row.iter_mut()
            .zip(from)
            .for_each(|(to, x)| *to += share * x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::real;

    /// Numbers that are their own padding's enemies: it holds NaN.
    fn rows(rows: usize, width: usize, seed: f64) -> Vec<f64> {
        let stride = padded(width);
        (0..rows * stride)
            .map(|i| (i % stride < width, (real(i) * 0.7 + seed).sin()))
            .map(|(counts, number)| if counts { number } else { f64::NAN })
            .collect()
    }

    #[test]
    fn products_are_sums_in_order_whatever_the_shape() {
        for (m, k, n) in [(1, 1, 1), (5, 3, 7), (6, 2, 8), (13, 9, 33), (32, 16, 130)] {
            let (a, b) = (rows(m, k, 0.1), rows(k, n, 0.2));
            let turned = {
                let mut turned = vec![f64::NAN; k * padded(m)];
                for (i, row) in a.chunks(padded(k)).enumerate() {
                    for (p, x) in row[..k].iter().enumerate() {
                        turned[p * padded(m) + i] = *x;
                    }
                }
                turned
            };
            let stride = padded(n);
            let [mut c, mut d] = [vec![0.5; m * stride], vec![0.5; m * stride]];
            let left = Columns {
                numbers: &a,
                stride: padded(k),
                depth: k,
            };
            let to = |numbers| Rows { numbers, width: n };
            add_product(to(&mut c), left, &b);
            let left = Columns {
                numbers: &turned,
                stride: padded(m),
                depth: m,
            };
            add_transposed_product(to(&mut d), left, &b);
            for i in 0..m {
                for j in 0..n {
                    let sum = (0..k).fold(0.5, |sum, p| {
                        f64::mul_add(a[i * padded(k) + p], b[p * stride + j], sum)
                    });
                    assert_eq!([c[i * stride + j], d[i * stride + j]], [sum; 2]);
                }
            }
        }
    }
}
