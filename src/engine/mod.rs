//! The floor that everything stands on: pure functions of a [`Scene`](scene::Scene). No window, no files, no clock, no
//! global random numbers.

pub mod analysis;
pub mod cancel;
pub mod declare;
pub mod expression;
pub mod files;
pub mod geometry;
pub mod landscape;
mod majorant;
pub mod network;
pub mod numeric;
pub mod objective;
pub mod optimizer;
pub mod results;
pub mod scene;
pub mod schedule;
pub mod stride;
pub mod training;
pub mod wrapper;
