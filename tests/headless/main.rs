//! Tests that do not need a window.

mod claims;
mod cli;
mod explanations;
mod figures;
mod help;
mod layers;
mod lessons;
mod reference;
mod scenes;
#[path = "../shared/snapshot.rs"]
mod snapshot;
