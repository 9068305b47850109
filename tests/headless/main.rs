//! Tests that do not need a window.

mod claims;
mod cli;
mod explanations;
mod help;
mod layers;
mod reference;
mod scenes;
