//! Tests that need no window.

mod cli;
