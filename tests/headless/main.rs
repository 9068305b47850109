//! Tests that need no window.

mod cli;
mod help;
mod layers;
mod reference;
mod scenes;
