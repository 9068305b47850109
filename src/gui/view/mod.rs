//! The views: they read the scene and its results, and answer with commands.

pub(crate) mod charts;
pub(crate) mod map;
