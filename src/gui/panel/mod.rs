//! The panels around the map.

pub mod optimizers;
pub mod scene;
pub mod table;
pub mod timeline;
