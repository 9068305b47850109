//! Typeset mathematics: reads update rules and formulas, and sets them as glyphs and lines that any renderer can draw.
//!
//! The notation is that of [`Optimizer::update_lines`](crate::engine::optimizer::Optimizer::update_lines): signs in Unicode, `/` for a
//! fraction, `√` before a factor or parentheses, `^` and `_` for scripts, and slots `{symbol}` or `{symbol=name}`, under which a number can
//! stand. Words of prose stay words.

mod boxed;
mod fraction;
mod layout;
mod letters;
mod metrics;
mod numbers;
mod parse;

pub use boxed::{Part, Role, Style};
pub use layout::{Typesetting, typeset};
pub use letters::letters;
pub use parse::{Node, Slot, parse};

#[cfg(test)]
mod tests;
