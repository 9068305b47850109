//! Conversions between dense and padded matrices.

use super::gemm::padded_len;
use crate::engine::numeric::real::{AutoVectorized, dispatch};

/// Adds every row of `rows` to `sum`, which has the length of a row.
pub(super) fn add_rows(sum: &mut [f64], rows: &[f64]) {
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
pub(super) fn pad(rows: &[f64], width: usize, padded_rows: &mut [f64]) {
    let stride = padded_len(width);
    let to = padded_rows.chunks_exact_mut(stride);
    to.zip(rows.chunks_exact(width))
        .for_each(|(to, row)| to[..width].copy_from_slice(row));
}

/// Transposes dense rows of `width` elements into padded rows, in squares of 8 × 8 for locality.
pub(super) fn transpose(rows: &[f64], width: usize, columns: &mut [f64]) {
    const SIDE: usize = 8;
    let stride = padded_len(rows.len() / width);
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            for (rows, first) in rows.chunks(SIDE * width).zip((0..).step_by(SIDE)) {
                for i in (0..width).step_by(SIDE) {
                    let mut square = [[0.0; SIDE]; SIDE];
                    for (r, row) in rows.chunks_exact(width).enumerate() {
                        let entries = square.iter_mut().zip(&row[i..]);
                        entries.for_each(|(column, x)| column[r] = *x);
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
pub(super) fn add_unpadded(padded_rows: &[f64], width: usize, share: f64, rows: &mut [f64]) {
    dispatch(AutoVectorized(
        #[inline(always)]
        || {
            let from = padded_rows.chunks_exact(padded_len(width));
            for (row, from) in rows.chunks_exact_mut(width).zip(from) {
                let pairs = row.iter_mut().zip(from);
                pairs.for_each(|(to, x)| *to += share * x);
            }
        },
    ));
}
