//! The panels around the views.

pub(crate) mod add_optimizer;
mod architecture;
pub(crate) mod chooser;
pub(crate) mod critical;
mod loss;
mod network;
pub(crate) mod optimizers;
mod over_seeds;
pub(crate) mod progress;
pub(crate) mod rule;
pub(crate) mod run;
mod samples;
pub(crate) mod scene;
pub(crate) mod schedule;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod timeline;
