//! Tests that need no window.

mod cli;
mod reference;
mod scenes;
