//! The layout of formulas: nodes to boxes of glyphs and lines on a common baseline, broken into lines of a given width.

use super::parse::{Node, Slot, parse};
use crate::figure::drawing::Point;

/// Style of glyphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Variables.
    Italic,
    /// Numbers, signs and functions.
    Upright,
    /// Words of prose and numbers under symbols, in the font of running text.
    Words,
}

/// Role of a part, by which a renderer chooses its colour.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// Part of the formula.
    Formula,
    /// Symbol of a slot.
    Symbol(Slot),
    /// Number under the symbol of a slot.
    Number(Slot),
}

/// A piece of a typeset formula, in points from its upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A text in one style.
    Glyphs {
        /// The text.
        text: String,
        /// Its style.
        style: Style,
        /// Its font size.
        size: f32,
        /// Left end of its baseline.
        at: Point,
        /// Role of the text.
        role: Role,
    },
    /// A line through points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// Width of the line.
        width: f32,
        /// Role of the line.
        role: Role,
    },
}

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
const SCRIPT: f32 = 0.7;
const INNER: f32 = 0.85;

/// Size of numbers under symbols, as a part of the font size.
const NUMBER: f32 = 0.72;

/// Space in font sizes: of products, around operators, around relations, and after a comma.
const PRODUCT: f32 = 0.17;
const OPERATOR: f32 = 0.24;
const RELATION: f32 = 0.32;
const COMMA: f32 = 0.3;

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
            line.append(if starts { 0.0 } else { space }, piece);
        } else {
            let mut next = Boxed::space(indent.min(0.1 * setting.width));
            next.append(0.0, piece);
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

/// Parts around a baseline, with the box that they fill.
#[derive(Clone, Default)]
struct Boxed {
    width: f32,
    ascent: f32,
    descent: f32,
    /// Descent without numbers under symbols, which brackets and roots need not enclose.
    symbols: f32,
    parts: Vec<Part>,
}

impl Boxed {
    fn space(width: f32) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Returns the parts, moved.
    fn moved(&self, [dx, dy]: Point) -> Vec<Part> {
        let moved = |[x, y]: Point| [x + dx, y + dy];
        let mut parts = self.parts.clone();
        for part in &mut parts {
            match part {
                Part::Glyphs { at, .. } => *at = moved(*at),
                Part::Line { points, .. } => {
                    points.iter_mut().for_each(|point| *point = moved(*point));
                }
            }
        }
        parts
    }

    /// Puts a box at the right end, `space` away, on the same baseline.
    fn append(&mut self, space: f32, other: Self) {
        self.put([self.width + space, 0.0], &other);
    }

    /// Adds a box with its baseline at a point, and grows to contain it.
    fn put(&mut self, at: Point, other: &Self) {
        self.parts.extend(other.moved(at));
        self.width = self.width.max(at[0] + other.width);
        self.ascent = self.ascent.max(other.ascent - at[1]);
        self.descent = self.descent.max(other.descent + at[1]);
        self.symbols = self.symbols.max(other.symbols + at[1]);
    }

    fn line(&mut self, points: Vec<Point>, width: f32) {
        self.parts.push(Part::Line {
            points,
            width,
            role: Role::Formula,
        });
    }
}

struct Setter<'a> {
    setting: &'a Typesetting<'a>,
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
                    Some((_, piece)) if !splits => piece.append(gap, set),
                    _ => pieces.push((gap, set)),
                }
            }
            before = Some(node);
        }
        pieces
    }

    fn text(&self, text: &str, style: Style, size: f32) -> Boxed {
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

    /// Sets a node in a font size.
    fn set(&self, node: &Node, size: f32, depth: Depth) -> Boxed {
        match node {
            Node::Variable(text) => self.text(text, Style::Italic, size),
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
                    row.append(gap, self.set(node, size, depth));
                    before = Some(node);
                }
                row
            }
            Node::Joined(nodes) => {
                let mut row = Boxed::default();
                for node in nodes {
                    row.append(0.03 * size, self.set(node, size, depth));
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

    fn scripts(
        &self,
        base: &Node,
        scripts: [Option<&Node>; 2],
        size: f32,
        depth: Depth,
    ) -> Boxed {
        let small = (SCRIPT * size).max(0.5 * self.setting.size);
        let set = |node: &Node| self.set(node, small, Depth::Script);
        let [above, below] = scripts.map(|node| node.map(set));
        // A number under the base's symbol stays under it, and scripts stand beside the symbol.
        let (slot, inner) = match base {
            Node::Slot(slot, inner) => (Some(slot), &**inner),
            other => (None, other),
        };
        let mut whole = self.set(inner, size, depth);
        if let Some(slot) = slot {
            mark(&mut whole, slot);
        }
        let right = whole.width + 0.05 * size;
        let (ascent, descent) = (whole.ascent, whole.symbols);
        if let Some(above) = above {
            let rise = (ascent - 0.3 * size).max(0.36 * size + above.symbols.min(0.2 * size));
            whole.put([right, -rise], &above);
        }
        if let Some(below) = below {
            let fall = (descent + 0.02 * size)
                .max(0.18 * size)
                .max(below.ascent - 0.38 * size);
            whole.put([right, fall], &below);
        }
        match slot {
            Some(slot) => self.with_number(whole, slot, size),
            None => whole,
        }
    }

    fn fraction(&self, [above, below]: [&Node; 2], size: f32, depth: Depth) -> Boxed {
        if depth == Depth::Script {
            let mut row = self.set(above, size, depth);
            row.append(0.0, self.text("/", Style::Upright, size));
            row.append(0.0, self.set(below, size, depth));
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
            whole.append(0.0, open);
            whole.append(0.0, content);
            whole.append(0.0, close);
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
        self.with_number(set, slot, size)
    }

    /// Puts the number of a slot under its symbol.
    fn with_number(&self, symbol: Boxed, slot: &Slot, size: f32) -> Boxed {
        let Some(number) = (self.setting.number)(slot) else {
            return symbol;
        };
        let small = (NUMBER * size).max(0.6 * self.setting.size);
        let mut number = self.text(&number, Style::Words, small);
        for part in &mut number.parts {
            if let Part::Glyphs { role, .. } = part {
                *role = Role::Number(slot.clone());
            }
        }
        let side = 0.08 * size;
        let width = symbol.width.max(number.width + 2.0 * side);
        let mut whole = Boxed::space(width);
        whole.put([0.5 * (width - symbol.width), 0.0], &symbol);
        let below = symbol.descent.max(0.1 * size) + 0.06 * size + 0.75 * small;
        let symbols = whole.symbols;
        whole.put([0.5 * (width - number.width), below], &number);
        whole.symbols = symbols;
        whole
    }
}

/// Gives the parts of a box the role of a slot's symbol.
fn mark(set: &mut Boxed, slot: &Slot) {
    for part in &mut set.parts {
        let (Part::Glyphs { role, .. } | Part::Line { role, .. }) = part;
        *role = Role::Symbol(slot.clone());
    }
}

/// Returns the space between two neighbours in a row, in font sizes.
fn gap(before: &Node, after: &Node) -> f32 {
    let of_sign = |sign: char| match sign {
        '+' | '−' | '±' | '·' | '×' | '/' => OPERATOR,
        _ => RELATION,
    };
    match (before, after) {
        (_, Node::Sign(',' | ';' | ':')) | (Node::Prefix(_), _) => 0.0,
        (Node::Sign(',' | ';' | ':'), _) | (Node::Words(_), _) | (_, Node::Words(_)) => COMMA,
        (Node::Sign(sign), _) | (_, Node::Sign(sign)) => of_sign(*sign),
        _ => PRODUCT,
    }
}

/// Returns how far the glyphs of a text reach above and below the baseline, in font sizes.
fn extent(text: &str, style: Style) -> [f32; 2] {
    if style == Style::Words {
        return [0.72, 0.2];
    }
    let low = |c: char| "gjpqyβγημρφχψζξςQ,;()[]".contains(c);
    let flat = |c: char| "acegmnopqrsuvwxyzαγεηικμνπρςστυφχψω".contains(c);
    let sign = |c: char| "+−±·←→=<>≤≥≪≫≈∼~∝∗".contains(c);
    let above = |c: char| match c {
        c if flat(c) => 0.53,
        c if sign(c) => 0.6,
        _ => 0.74,
    };
    let ascent = text.chars().map(above).fold(0.0, f32::max);
    let descent = if text.chars().any(low) { 0.22 } else { 0.02 };
    [ascent, descent]
}

/// Returns the width of a bracket that grows, in font sizes.
fn bracket_width(sign: char) -> f32 {
    match sign {
        '|' => 0.26,
        '‖' => 0.42,
        _ => 0.36,
    }
}

/// Returns the lines of a bracket with its left end and its middle at a point.
fn bracket(
    sign: char,
    [left, middle]: Point,
    [width, half]: [f32; 2],
    size: f32,
) -> Vec<Vec<Point>> {
    let (top, bottom) = (middle - half, middle + half);
    let upright = |x: f32| vec![[left + x, top], [left + x, bottom]];
    let (near, far) = (left + 0.3 * width, left + 0.75 * width);
    match sign {
        '|' => vec![upright(0.5 * width)],
        '‖' => vec![upright(0.32 * width), upright(0.68 * width)],
        '[' => vec![vec![[far, top], [near, top], [near, bottom], [far, bottom]]],
        ']' => vec![vec![[near, top], [far, top], [far, bottom], [near, bottom]]],
        '⟨' => vec![vec![[far, top], [near, middle], [far, bottom]]],
        '⟩' => vec![vec![[near, top], [far, middle], [near, bottom]]],
        _ => {
            let (from, depth) = if sign == '(' {
                (far, -0.14 * size)
            } else {
                (near, 0.14 * size)
            };
            let arc = (0..=12_u8).map(|step| {
                let at = f32::from(step) / 6.0 - 1.0;
                [from + depth * (1.0 - at * at), middle + half * at]
            });
            vec![arc.collect()]
        }
    }
}
