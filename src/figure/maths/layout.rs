//! The layout of formulas: nodes to boxes of glyphs and lines on a common baseline, broken into lines of a given width.

use super::boxed::{Boxed, Part, Role, Style};
use super::metrics::{COMMA, bracket, bracket_width, extent, gap};
use super::parse::{Node, Slot, parse};

/// How a formula is set.
pub struct Typesetting<'a> {
    /// Font size.
    pub size: f32,
    /// Width at which lines are broken; infinite for one line.
    pub width: f32,
    /// Returns the width of a text in a style and a font size.
    pub measure: &'a dyn Fn(&str, Style, f32) -> f32,
    /// Returns the number that stands under the symbol of a slot.
    pub number: &'a dyn Fn(&Slot) -> Option<String>,
}

/// Sizes of scripts, and of what is in fractions within fractions, as parts of the size around them.
pub(super) const SCRIPT: f32 = 0.7;
const INNER: f32 = 0.85;

/// Height of the axis of fractions above the baseline, and width of lines, in font sizes.
const AXIS: f32 = 0.3;
const LINE: f32 = 0.055;

/// Indentation of the lines after the first one, in font sizes.
const INDENT: f32 = 1.5;

/// Space between lines, in font sizes.
const LEADING: f32 = 0.35;

/// Typesets a formula: returns its width and height, and its parts.
pub fn typeset(line: &str, setting: &Typesetting) -> ([f32; 2], Vec<Part>) {
    let setter = Setter { setting };
    let pieces = match parse(line) {
        Node::Row(nodes) => setter.pieces(nodes, setting.size),
        node => vec![(0.0, setter.set(&node, setting.size, Depth::Display))],
    };
    broken(pieces, setting)
}

/// Places pieces, each with the space before it, in lines.
fn broken(pieces: Vec<(f32, Boxed)>, setting: &Typesetting) -> ([f32; 2], Vec<Part>) {
    let mut lines: Vec<Boxed> = vec![Boxed::default()];
    for (space, piece) in pieces {
        let indent = INDENT * setting.size;
        let Some(line) = lines.last_mut() else { break };
        let starts = line.parts.is_empty();
        if starts || line.width + space + piece.width <= setting.width {
            line.append(if starts { 0.0 } else { space }, &piece);
        } else {
            let mut next = Boxed::space(indent.min(0.1 * setting.width));
            next.append(0.0, &piece);
            lines.push(next);
        }
    }
    let mut whole = Boxed::default();
    let mut top = 0.0;
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            top += LEADING * setting.size;
        }
        let height = line.ascent + line.descent;
        whole.width = whole.width.max(line.width);
        whole.parts.extend(line.moved([0.0, top + line.ascent]));
        top += height;
    }
    ([whole.width, top], whole.parts)
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// In the line.
    Display,
    /// In a fraction.
    Fraction,
    /// In a superscript or subscript.
    Script,
}

pub(super) struct Setter<'a> {
    pub(super) setting: &'a Typesetting<'a>,
}

impl Setter<'_> {
    /// Splits a row where a line may end: before operators and relations, after commas, and between words.
    fn pieces(&self, nodes: Vec<Node>, size: f32) -> Vec<(f32, Boxed)> {
        let mut pieces: Vec<(f32, Boxed)> = Vec::new();
        let mut before: Option<Node> = None;
        for node in nodes {
            let gap = before.as_ref().map_or(0.0, |last| gap(last, &node) * size);
            let splits = match (&before, &node) {
                (None, _) | (_, Node::Words(_)) => true,
                (_, Node::Sign(',' | ';' | ':' | '←' | '=' | '/')) => false,
                (_, Node::Sign(_)) | (Some(Node::Sign(',' | ';' | ':') | Node::Words(_)), _) => {
                    true
                }
                _ => false,
            };
            if let Node::Words(words) = &node {
                for (index, word) in words.split(' ').enumerate() {
                    let space = if index == 0 { gap } else { COMMA * size };
                    pieces.push((space, self.text(word, Style::Words, size)));
                }
            } else {
                let set = self.set(&node, size, Depth::Display);
                match pieces.last_mut() {
                    Some((_, piece)) if !splits => piece.append(gap, &set),
                    _ => pieces.push((gap, set)),
                }
            }
            before = Some(node);
        }
        pieces
    }

    pub(super) fn text(&self, text: &str, style: Style, size: f32) -> Boxed {
        let [ascent, descent] = extent(text, style);
        Boxed {
            width: (self.setting.measure)(text, style, size),
            ascent: ascent * size,
            descent: descent * size,
            symbols: descent * size,
            parts: vec![Part::Glyphs {
                text: text.to_owned(),
                style,
                size,
                at: [0.0, 0.0],
                role: Role::Formula,
            }],
        }
    }

    /// Draws prime marks, which stand as high as capital letters.
    fn primes(text: &str, size: f32) -> Boxed {
        let mut whole = Boxed::default();
        for _ in text.chars() {
            let left = whole.width;
            whole.width = left + 0.3 * size;
            let foot = [left + 0.08 * size, -0.2 * size];
            let top = [left + 0.25 * size, -0.78 * size];
            whole.line(vec![foot, top], 1.5 * LINE * size);
        }
        whole.ascent = 0.8 * size;
        whole
    }

    /// Sets a node in a font size.
    fn set(&self, node: &Node, size: f32, depth: Depth) -> Boxed {
        match node {
            Node::Variable(text) => self.text(text, Style::Italic, size),
            Node::Upright(text) if text.starts_with('′') => Self::primes(text, size),
            Node::Upright(text) => self.text(text, Style::Upright, size),
            Node::Words(text) => self.text(text, Style::Words, size),
            Node::Sign(sign) | Node::Prefix(sign) => {
                self.text(&sign.to_string(), Style::Upright, size)
            }
            Node::Accent(accent, inner) => self.accent(*accent, inner, size, depth),
            Node::Scripts { base, above, below } => {
                self.scripts(base, [above.as_deref(), below.as_deref()], size, depth)
            }
            Node::Fraction(above, below) => self.fraction([above, below], size, depth),
            Node::Root(index, radicand) => self.root(*index, radicand, size, depth),
            Node::Brackets(signs, inner) => self.brackets(*signs, inner, size, depth),
            Node::Row(nodes) => {
                let space = if depth == Depth::Script { 0.5 } else { 1.0 };
                let mut row = Boxed::default();
                let mut before: Option<&Node> = None;
                for node in nodes {
                    let gap = before.map_or(0.0, |last| gap(last, node) * size * space);
                    row.append(gap, &self.set(node, size, depth));
                    before = Some(node);
                }
                row
            }
            Node::Joined(nodes) => {
                let mut row = Boxed::default();
                for node in nodes {
                    row.append(0.03 * size, &self.set(node, size, depth));
                }
                row
            }
            Node::Slot(slot, inner) => self.slot(slot, inner, size, depth),
        }
    }

    fn accent(&self, accent: char, inner: &Node, size: f32, depth: Depth) -> Boxed {
        let mut set = self.set(inner, size, depth);
        // Italic letters lean to the right, and so does the middle of their top.
        let (middle, width) = (0.5 * set.width + 0.06 * size, 0.17 * size);
        let foot = -set.ascent - 0.07 * size;
        let top = foot - 0.12 * size;
        let points = match accent {
            '^' => vec![
                [middle - width, foot],
                [middle, top],
                [middle + width, foot],
            ],
            '~' => vec![
                [middle - width, foot],
                [middle - 0.4 * width, top + 0.03 * size],
                [middle + 0.4 * width, foot - 0.03 * size],
                [middle + width, top],
            ],
            _ => vec![[middle - width, foot], [middle + width, foot]],
        };
        set.line(points, LINE * size);
        set.ascent = -top + 0.5 * LINE * size;
        set
    }

    fn scripts(&self, base: &Node, scripts: [Option<&Node>; 2], size: f32, depth: Depth) -> Boxed {
        let small = (SCRIPT * size).max(0.5 * self.setting.size);
        // A number under the base's symbol stays under it, and scripts stand beside the symbol.
        let (slot, inner) = match base {
            Node::Slot(slot, inner) => (Some(slot), &**inner),
            other => (None, other),
        };
        let number = slot.and_then(|slot| self.power(slot, scripts[0], size));
        let setting = Typesetting {
            number: &|_| None,
            ..*self.setting
        };
        let without_numbers = Setter { setting: &setting };
        let setter = if number.is_some() {
            &without_numbers
        } else {
            self
        };
        let [above, below] =
            scripts.map(|node| node.map(|node| setter.set(node, small, Depth::Script)));
        let mut whole = self.set(inner, size, depth);
        if let Some(slot) = slot {
            mark(&mut whole, slot);
        }
        let right = whole.width + 0.05 * size;
        let (ascent, descent) = (whole.ascent, whole.symbols);
        if let Some(above) = above {
            let rise = (ascent - 0.3 * size).max(0.36 * size + above.symbols.min(0.2 * size));
            whole.put([right + lean(inner) * size, -rise], &above);
        }
        if let Some(below) = below {
            let fall = (descent + 0.02 * size)
                .max(0.18 * size)
                .max(below.ascent - 0.38 * size);
            whole.put([right, fall], &below);
        }
        match (number, slot) {
            (Some(number), _) => self.with_number(&whole, &number, size),
            (None, Some(slot)) => self.slot_number(whole, slot, size),
            (None, None) => whole,
        }
    }

    fn fraction(&self, [above, below]: [&Node; 2], size: f32, depth: Depth) -> Boxed {
        if depth == Depth::Script {
            let mut row = self.set(above, size, depth);
            row.append(0.0, &self.text("/", Style::Upright, size));
            row.append(0.0, &self.set(below, size, depth));
            return row;
        }
        let inner = if depth == Depth::Fraction {
            INNER * size
        } else {
            size
        };
        let [above, below] = [above, below].map(|node| self.set(node, inner, Depth::Fraction));
        let (side, gap, line) = (0.1 * size, 0.14 * size, LINE * size);
        let width = above.width.max(below.width) + 2.0 * side;
        let axis = -AXIS * size;
        let mut whole = Boxed::space(width + side);
        let place = |part: &Boxed, y: f32| [0.5 * (width - part.width) + 0.5 * side, y];
        whole.put(place(&above, axis - gap - above.descent), &above);
        whole.put(place(&below, axis + gap + below.ascent), &below);
        whole.line(vec![[0.5 * side, axis], [width + 0.5 * side, axis]], line);
        whole
    }

    fn root(&self, index: Option<char>, radicand: &Node, size: f32, depth: Depth) -> Boxed {
        let inner = self.set(radicand, size, depth);
        let (gap, line) = (0.1 * size, LINE * size);
        let top = -inner.ascent.max(0.55 * size) - gap;
        let bottom = inner.symbols.max(0.02 * size);
        let sign = 0.5 * size;
        let mut whole = Boxed::space(sign + inner.width + 0.08 * size);
        whole.put([sign, 0.0], &inner);
        let middle = bottom - 0.45 * (bottom - top).min(1.2 * size);
        whole.line(
            vec![
                [0.04 * size, middle + 0.06 * size],
                [0.14 * size, middle],
                [0.27 * size, bottom],
                [sign - 0.06 * size, top],
                [sign + inner.width + 0.06 * size, top],
            ],
            line,
        );
        whole.ascent = whole.ascent.max(-top + line);
        whole.descent = whole.descent.max(bottom);
        whole.symbols = whole.symbols.max(bottom);
        if let Some(index) = index {
            let index = self.text(&index.to_string(), Style::Upright, 0.55 * size);
            let above = Boxed {
                ascent: index.ascent,
                ..index
            };
            whole.put([0.02 * size, middle - 0.08 * size], &above);
        }
        whole
    }

    fn brackets(&self, signs: [char; 2], inner: &Node, size: f32, depth: Depth) -> Boxed {
        let content = self.set(inner, size, depth);
        let axis = -AXIS * size;
        let half = (content.ascent + axis).max(content.symbols - axis) + 0.06 * size;
        let grows = half > 0.62 * size;
        let mut whole = Boxed::default();
        if !grows && !matches!(signs[0], '|' | '‖' | '⟨') {
            let [open, close] =
                signs.map(|sign| self.text(&sign.to_string(), Style::Upright, size));
            whole.append(0.0, &open);
            whole.append(0.0, &content);
            whole.append(0.0, &close);
            return whole;
        }
        let half = half.max(0.52 * size);
        let width = bracket_width(signs[0]) * size;
        let draw = |whole: &mut Boxed, sign: char, left: f32| {
            for points in bracket(sign, [left, axis], [width, half], size) {
                whole.line(points, LINE * size);
            }
        };
        draw(&mut whole, signs[0], 0.0);
        whole.put([width, 0.0], &content);
        draw(&mut whole, signs[1], width + content.width);
        whole.width += width;
        whole.ascent = whole.ascent.max(half - axis);
        whole.descent = whole.descent.max(half + axis);
        whole.symbols = whole.symbols.max(half + axis);
        whole
    }

    fn slot(&self, slot: &Slot, inner: &Node, size: f32, depth: Depth) -> Boxed {
        let mut set = self.set(inner, size, depth);
        mark(&mut set, slot);
        self.slot_number(set, slot, size)
    }
}

/// Returns how far a superscript keeps from a symbol whose top leans out of its width, in font sizes.
fn lean(node: &Node) -> f32 {
    match node {
        Node::Variable(text) if text == "f" => 0.14,
        _ => 0.0,
    }
}

/// Gives the parts of a box the role of a slot's symbol.
fn mark(set: &mut Boxed, slot: &Slot) {
    for part in &mut set.parts {
        let (Part::Glyphs { role, .. } | Part::Line { role, .. }) = part;
        *role = Role::Symbol(slot.clone());
    }
}
