//! What many runs tell together: from all starts of a window, and over settings.

pub mod basins;
