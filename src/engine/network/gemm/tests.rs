//! Tests that compare matrix products with plain sums.

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
