//! Metrics of formulas: space between signs, extents of glyphs, and the lines of brackets that grow.

use super::boxed::Style;
use super::parse::Node;
use crate::figure::drawing::Point;

/// Space in font sizes: of products, around operators, around relations, and after a comma.
const PRODUCT: f32 = 0.17;
const OPERATOR: f32 = 0.24;
const RELATION: f32 = 0.32;
pub(super) const COMMA: f32 = 0.3;

/// Returns the space between two neighbours in a row, in font sizes.
pub(super) fn gap(before: &Node, after: &Node) -> f32 {
    let of_sign = |sign: char| match sign {
        '+' | '−' | '±' | '·' | '×' | '/' => OPERATOR,
        _ => RELATION,
    };
    match (before, after) {
        (_, Node::Sign(',' | ';' | ':')) | (Node::Prefix(_), _) => 0.0,
        (Node::Sign(',' | ';' | ':') | Node::Words(_), _) | (_, Node::Words(_)) => COMMA,
        (Node::Sign(sign), _) | (_, Node::Sign(sign)) => of_sign(*sign),
        _ => PRODUCT,
    }
}

/// Returns how far the glyphs of a text reach above and below the baseline, in font sizes.
pub(super) fn extent(text: &str, style: Style) -> [f32; 2] {
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
pub(super) fn bracket_width(sign: char) -> f32 {
    match sign {
        '|' => 0.26,
        '‖' => 0.42,
        _ => 0.36,
    }
}

/// Returns the lines of a bracket with its left end and its middle at a point.
pub(super) fn bracket(
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
