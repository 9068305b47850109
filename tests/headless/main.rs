//! Tests that do not need a window.

mod cli;
mod figures;
mod help;
mod layers;
mod reference;
mod scenes;
