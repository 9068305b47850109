//! Boxes of typeset formulas: glyphs and lines around a common baseline.

use super::parse::Slot;
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

/// Parts around a baseline, with the box that they fill.
#[derive(Clone, Default)]
pub(super) struct Boxed {
    pub(super) width: f32,
    pub(super) ascent: f32,
    pub(super) descent: f32,
    /// Descent without numbers under symbols, which brackets and roots need not enclose.
    pub(super) symbols: f32,
    pub(super) parts: Vec<Part>,
}

impl Boxed {
    pub(super) fn space(width: f32) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Returns the parts, moved.
    pub(super) fn moved(&self, [dx, dy]: Point) -> Vec<Part> {
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
    pub(super) fn append(&mut self, space: f32, other: &Self) {
        self.put([self.width + space, 0.0], other);
    }

    /// Adds a box with its baseline at a point, and grows to contain it.
    pub(super) fn put(&mut self, at: Point, other: &Self) {
        self.parts.extend(other.moved(at));
        self.width = self.width.max(at[0] + other.width);
        self.ascent = self.ascent.max(other.ascent - at[1]);
        self.descent = self.descent.max(other.descent + at[1]);
        self.symbols = self.symbols.max(other.symbols + at[1]);
    }

    pub(super) fn line(&mut self, points: Vec<Point>, width: f32) {
        self.parts.push(Part::Line {
            points,
            width,
            role: Role::Formula,
        });
    }
}
