//! Conversions between dense and padded matrices.

use super::float::Float;
use super::gemm::padded_len_in;
use crate::engine::numeric::real::{AutoVectorized, dispatch};

/// Adds every row of `rows` to `sum`, which has the length of a row.
pub(super) fn add_rows<E: Float>(sum: &mut [E], rows: &[E]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sum.len()) {
                let pairs = sum.iter_mut().zip(row);
                pairs.for_each(|(sum, x)| *sum += x);
            }
        },
    ));
}

/// Copies dense rows of `width` elements to padded rows.
pub(super) fn pad<E: Float>(rows: &[f64], width: usize, padded_rows: &mut [E]) {
    let stride = padded_len_in::<E>(width);
    let to = padded_rows.chunks_exact_mut(stride);
    to.zip(rows.chunks_exact(width)).for_each(copy_converted);
}

/// Copies with conversion, up to the shorter length.
pub(super) fn copy_converted<E: Float>((to, from): (&mut [E], &[f64])) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            let pairs = to.iter_mut().zip(from);
            pairs.for_each(|(to, number)| *to = E::from_f64(*number));
        },
    ));
}

/// Transposes dense rows of `width` elements into padded rows, in squares of 8 × 8 for locality.
pub(super) fn transpose<E: Float>(rows: &[f64], width: usize, columns: &mut [E]) {
    const SIDE: usize = 8;
    let stride = padded_len_in::<E>(rows.len() / width);
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            for (rows, first) in rows.chunks(SIDE * width).zip((0..).step_by(SIDE)) {
                for i in (0..width).step_by(SIDE) {
                    let mut square = [[E::default(); SIDE]; SIDE];
                    for (r, row) in rows.chunks_exact(width).enumerate() {
                        let entries = square.iter_mut().zip(&row[i..]);
                        entries.for_each(|(column, x)| column[r] = E::from_f64(*x));
                    }
                    let columns = columns[i * stride..].chunks_exact_mut(stride);
                    for (to, column) in columns.zip(&square) {
                        to[first..first + SIDE].copy_from_slice(column);
                    }
                }
            }
        },
    ));
}

/// Adds `share` times padded rows to dense rows.
pub(super) fn add_unpadded<E: Float>(
    padded_rows: &[E],
    width: usize,
    share: f64,
    rows: &mut [f64],
) {
    let from = padded_rows.chunks_exact(padded_len_in::<E>(width));
    let all = rows.chunks_exact_mut(width).zip(from);
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            for (row, from) in all {
                let pairs = row.iter_mut().zip(from);
                pairs.for_each(|(to, x)| *to += share * x.to_f64());
            }
        },
    ));
}
