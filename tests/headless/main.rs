//! Tests that do not need a window.

mod cli;
mod help;
mod reference;
mod scenes;
