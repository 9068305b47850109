//! Tests that need no window.

mod cli;
mod scenes;
