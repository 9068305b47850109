//! The engine: pure functions of a [`Scene`](scene::Scene). It has no window, files, clock or
//! global random numbers. Its folders import each other in one direction only; the order is in the [crate's documentation](crate).

pub mod analysis;
pub mod cancel;
pub mod declare;
pub mod expression;
pub mod files;
pub mod geometry;
pub mod landscape;
pub mod network;
pub mod numeric;
pub mod objective;
pub mod optimizer;
pub mod results;
pub mod scene;
pub mod schedule;
pub mod training;
pub mod wrapper;
