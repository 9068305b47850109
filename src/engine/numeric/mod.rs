//! Numbers: the scalar trait and jets, SIMD lanes, deterministic elementary functions, linear algebra, vector operations and random
//! streams.

pub mod jet;
pub(in crate::engine) mod linalg;
pub(in crate::engine) mod math;
pub mod random;
pub mod real;
pub mod scalar;
pub(in crate::engine) mod vector_ops;

/// Converts a number of steps, rows, samples or ticks to a real number; all of them are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub(crate) fn real(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(f64::INFINITY, |count| count as f64)
}
