//! Numbers under symbols.

use super::boxed::{Boxed, Part, Role, Style};
use super::layout::{SCRIPT, Setter};
use super::parse::{Node, Slot};

/// Size of numbers under symbols, as a part of the font size.
const NUMBER: f32 = 0.72;

impl Setter<'_> {
    /// Sets the number of a slot with an exponent in numbers too, so that it says what it is that has the exponent; `None` without both.
    pub(super) fn power(&self, slot: &Slot, above: Option<&Node>, size: f32) -> Option<Boxed> {
        let exponent = self.in_numbers(above?)?;
        let number = (self.setting.number)(slot)?;
        let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
        let number = if plain { number } else { format!("({number})") };
        let mut power = self.number_text(&number, slot, size);
        let exponent = self.number_text(&exponent, slot, SCRIPT * size);
        power.put([power.width, -0.26 * size], &exponent);
        Some(power)
    }

    /// Returns an exponent with numbers in place of its slots; `None` for one with other symbols.
    fn in_numbers(&self, node: &Node) -> Option<String> {
        let all = |nodes: &[Node]| nodes.iter().map(|node| self.in_numbers(node)).collect();
        match node {
            Node::Upright(text)
                if !text.contains(|c: char| c.is_alphabetic() || "′∗∞".contains(c)) =>
            {
                Some(text.clone())
            }
            Node::Sign(sign) | Node::Prefix(sign) => Some(sign.to_string()),
            Node::Slot(slot, _) => (self.setting.number)(slot),
            Node::Row(nodes) | Node::Joined(nodes) => all(nodes),
            _ => None,
        }
    }

    /// Puts the number of a slot under its symbol, where it has one.
    pub(super) fn slot_number(&self, symbol: Boxed, slot: &Slot, size: f32) -> Boxed {
        let Some(number) = (self.setting.number)(slot) else {
            return symbol;
        };
        let number = self.number_text(&number, slot, size);
        self.with_number(&symbol, &number, size)
    }

    /// Sets a number of a slot for a symbol of a size.
    fn number_text(&self, number: &str, slot: &Slot, size: f32) -> Boxed {
        let mut number = self.text(number, Style::Words, self.number_size(size));
        for part in &mut number.parts {
            if let Part::Glyphs { role, .. } = part {
                *role = Role::Number(slot.clone());
            }
        }
        number
    }

    fn number_size(&self, size: f32) -> f32 {
        (NUMBER * size).max(0.6 * self.setting.size)
    }

    /// Puts a number under a symbol.
    pub(super) fn with_number(&self, symbol: &Boxed, number: &Boxed, size: f32) -> Boxed {
        let side = 0.08 * size;
        let width = symbol.width.max(number.width + 2.0 * side);
        let mut whole = Boxed::space(width);
        whole.put([0.5 * (width - symbol.width), 0.0], symbol);
        let ascent = number.ascent.max(0.75 * self.number_size(size));
        let below = symbol.descent.max(0.1 * size) + 0.06 * size + ascent;
        let symbols = whole.symbols;
        whole.put([0.5 * (width - number.width), below], number);
        whole.symbols = symbols;
        whole
    }
}
