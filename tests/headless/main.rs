//! Tests that need no window.

mod cli;
mod help;
mod reference;
mod scenes;
