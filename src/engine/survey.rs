//! What very many runs tell together, of which only the ends are kept: from all starts of a window, and over settings.

pub mod basins;
pub mod sweep;
