//! Analyses of a loss: curvature, critical points, basins of attraction, sweeps, planes through networks' parameters, paths between
//! minima, predictions, layer statistics, statistics over seeds, and convergence theory.

pub mod basins;
pub mod critical;
pub mod curvature;
pub mod layer_stats;
pub mod mode_connectivity;
pub mod network_plane;
pub mod predictions;
pub mod seed_stats;
pub mod sweep;
pub mod theory;
