//! What leaves the program: trajectories as JSON and CSV, pictures, reference pages, and files that are written whole or not at all.

pub mod basins;
pub mod file;
pub(crate) mod members;
pub mod page;
pub mod picture;
pub mod trajectories;
