//! The panels around the map.

pub mod optimizers;
pub mod scene;
pub mod style;
pub mod table;
pub mod timeline;
