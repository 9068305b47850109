//! Typeset mathematics: reads update rules and formulas, and sets them as glyphs and lines that any renderer can draw.
//!
//! The notation is that of [`Optimizer::update_lines`](crate::engine::optimizer::Optimizer::update_lines): signs in Unicode, `/` for a
//! fraction, `√` before a factor or parentheses, `^` and `_` for scripts, and slots `{symbol}` or `{symbol=name}`, under which a number can
//! stand. Words of prose stay words.

mod layout;
mod parse;

pub use layout::{Part, Role, Style, Typesetting, typeset};
pub use parse::{Node, Slot, letters, parse};

#[cfg(test)]
mod tests;
