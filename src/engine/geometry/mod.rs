//! Surfaces on a window of a plane, their contour lines, and deep zoom.

pub mod contour;
mod deep_zoom;
pub mod surface;
