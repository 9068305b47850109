//! Tests that do not need a window.

mod cli;
mod help;
mod layers;
mod lessons;
mod reference;
mod scenes;
