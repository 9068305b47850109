//! Vector operations on slices: norm, dot product, scaled addition, normalization and orthogonalization.

use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use rand_distr::{Distribution, StandardNormal};

/// Returns independent standard normal numbers.
pub(in crate::engine) fn gaussian(dim: usize, seed: u64, purpose: Purpose, index: u64) -> Vec<f64> {
    let mut random = stream(seed, purpose, index);
    (0..dim)
        .map(|_| StandardNormal.sample(&mut random))
        .collect()
}

/// Returns the Euclidean norm.
#[inline]
pub fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Returns the dot product, summed in eight independent partial sums so that the processor can pipeline them.
pub(in crate::engine) fn dot(a: &[f64], b: &[f64]) -> f64 {
    vectorized_if_long(
        a.len(),
        #[inline(always)]
        || {
            let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
            let mut sums = [0.0; 8];
            for (a, b) in a.iter().zip(b) {
                for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                    *sum += a * b;
                }
            }
            let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
            sums.into_iter().sum::<f64>() + rest.sum::<f64>()
        },
    )
}

/// Runs a loop over `count` numbers, from 64 on compiled for the processor's widest vector unit. The bits do not depend on it.
#[inline]
fn vectorized_if_long<T>(count: usize, mut work: impl FnMut() -> T) -> T {
    if count < 64 {
        work()
    } else {
        dispatch(AutoVectorized(work))
    }
}

/// Returns `a` − `b`.
pub(in crate::engine) fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Adds `factor` times `b` to `a`.
pub(in crate::engine) fn add(a: &mut [f64], factor: f64, b: &[f64]) {
    vectorized_if_long(
        b.len(),
        #[inline(always)]
        || a.iter_mut().zip(b).for_each(|(a, b)| *a += factor * b),
    );
}

/// Multiplies all numbers by `factor`.
pub(in crate::engine) fn scale(vector: &mut [f64], factor: f64) {
    vectorized_if_long(
        vector.len(),
        #[inline(always)]
        || vector.iter_mut().for_each(|number| *number *= factor),
    );
}

/// Returns `vector` scaled to length 1 with its largest entry positive; `None` where it is zero or not finite.
pub(in crate::engine) fn normalized(vector: Vec<f64>) -> Option<Vec<f64>> {
    let magnitudes = || vector.iter().map(|number| number.abs());
    let most = vectorized_if_long(
        vector.len(),
        #[inline(always)]
        || {
            magnitudes().fold(
                0.0,
                |most, number| if number > most { number } else { most },
            )
        },
    );
    let sign = magnitudes().position(|number| number == most);
    let sign = sign.map_or(1.0, |place| vector[place].signum());
    with_norm(vector, sign)
}

/// Returns the component of `vector` orthogonal to `u`, scaled to the length `length`; `None` where it is zero up to rounding.
pub(in crate::engine) fn orthogonalized(
    mut vector: Vec<f64>,
    u: &[f64],
    length: f64,
) -> Option<Vec<f64>> {
    let whole = norm(&vector);
    // The second pass removes the rounding of the first one.
    for _ in 0..2 {
        let along = dot(&vector, u) / dot(u, u);
        add(&mut vector, -along, u);
    }
    let left = norm(&vector) > 1e-12 * whole;
    with_norm(vector, length).filter(|_| left)
}

/// Returns `vector` scaled to a length, reversed if that is negative; `None` where it is zero or not finite.
pub(in crate::engine) fn with_norm(mut vector: Vec<f64>, length: f64) -> Option<Vec<f64>> {
    let factor = length / dot(&vector, &vector).sqrt();
    scale(&mut vector, factor);
    factor.is_finite().then_some(vector)
}
