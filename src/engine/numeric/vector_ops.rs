//! Lists of n numbers as directions in parameter space.

use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real::{AutoVectorized, dispatch};
use crate::engine::objective::norm;
use rand_distr::{Distribution, StandardNormal};

/// Independent standard normal numbers.
pub(in crate::engine) fn gaussian(dim: usize, seed: u64, purpose: Purpose, index: u64) -> Vec<f64> {
    let mut random = stream(seed, purpose, index);
    (0..dim)
        .map(|_| StandardNormal.sample(&mut random))
        .collect()
}

/// Eight sums side by side, none of which has to wait for another.
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

/// A loop over so many numbers with the widest vectors, if it is worth the choice of them. The bits are the same.
#[inline]
fn vectorized_if_long<T>(count: usize, work: impl FnOnce() -> T) -> T {
    if count < 64 {
        work()
    } else {
        dispatch(AutoVectorized(work))
    }
}

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

/// Multiplies all numbers by the same.
pub(in crate::engine) fn scale(vector: &mut [f64], factor: f64) {
    vectorized_if_long(
        vector.len(),
        #[inline(always)]
        || vector.iter_mut().for_each(|number| *number *= factor),
    );
}

/// `vector` with the length 1 and its largest number positive; `None` where it has no direction.
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

/// What is left of `vector` when its part along `u` is taken away, with the length `length`; `None` where nothing is left but
/// rounding.
pub(in crate::engine) fn orthogonalized(
    mut vector: Vec<f64>,
    u: &[f64],
    length: f64,
) -> Option<Vec<f64>> {
    let whole = norm(&vector);
    // The second time takes away what the first one's rounding has left.
    for _ in 0..2 {
        let along = dot(&vector, u) / dot(u, u);
        add(&mut vector, -along, u);
    }
    let left = norm(&vector) > 1e-12 * whole;
    with_norm(vector, length).filter(|_| left)
}

/// `vector` with a length, turned around if that is negative; `None` where it has no direction.
pub(in crate::engine) fn with_norm(mut vector: Vec<f64>, length: f64) -> Option<Vec<f64>> {
    let factor = length / dot(&vector, &vector).sqrt();
    scale(&mut vector, factor);
    factor.is_finite().then_some(vector)
}
