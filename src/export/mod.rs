//! What leaves the program: trajectories as JSON and CSV, pictures, and files that are written whole or not at all.

pub mod basins;
pub mod file;
pub mod picture;
pub mod trajectories;
