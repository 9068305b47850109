//! The floor that everything stands on: pure functions of a [`Scene`](scene::Scene). No window, no files, no clock, no
//! global random numbers.

mod awake;
pub mod cancel;
pub mod contour;
pub mod critical;
pub mod curvature;
pub mod declare;
mod direction;
mod elementary;
pub mod expression;
pub mod jet;
pub mod lab;
pub mod landscape;
mod majorant;
pub mod network;
pub mod objective;
pub mod optimizer;
pub mod plane;
pub mod real;
pub mod rng;
pub mod run;
pub mod scene;
pub mod schedule;
pub mod spec;
pub mod stride;
pub mod surface;
pub mod survey;
pub mod vector;
pub mod wrapper;

/// A number of steps, rows, samples or ticks as a real number; all of them are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub(crate) fn real(count: impl TryInto<u64>) -> f64 {
    count.try_into().map_or(f64::INFINITY, |count| count as f64)
}
