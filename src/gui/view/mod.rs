//! The views: they read the scene and its results, and answer with commands.

pub mod charts;
pub mod map;
