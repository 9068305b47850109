//! The symbols of a formula, for looking them up.

use super::parse::{CIRCUMFLEX, Node, is_greek, parse, script};

/// Returns the symbols of a formula: letters with their accents and subscripts, but without their superscripts.
pub fn letters(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&parse(line), &mut found);
    found
}

fn collect(node: &Node, found: &mut Vec<String>) {
    match node {
        Node::Variable(text) => found.push(text.clone()),
        Node::Upright(text) if text.chars().all(is_greek) && !text.is_empty() => {
            found.push(text.clone());
        }
        Node::Upright(_) | Node::Words(_) | Node::Sign(_) | Node::Prefix(_) => {}
        Node::Slot(slot, inner) => match slot.symbol.trim_end_matches('<') {
            // A symbol that means a mark of the value before the step.
            "θ₋" => found.push("θ".to_owned()),
            _ => collect(inner, found),
        },
        Node::Accent(_, inner) => {
            let mut letter = Vec::new();
            collect(inner, &mut letter);
            found.extend(letter.into_iter().map(|letter| accented(&letter)));
        }
        Node::Scripts { base, above, below } => {
            let mut letter = Vec::new();
            collect(base, &mut letter);
            if let ([only], Some(below), true) = (&mut letter[..], below, is_symbol(base)) {
                *only += &below_text(below);
            } else if let Some(below) = below {
                collect(below, found);
            }
            found.append(&mut letter);
            if let Some(above) = above
                && !matches!(&**above, Node::Upright(_))
            {
                collect(above, found);
            }
        }
        Node::Fraction(above, below) => {
            collect(above, found);
            collect(below, found);
        }
        Node::Root(_, inner) | Node::Brackets(_, inner) => collect(inner, found),
        Node::Row(nodes) | Node::Joined(nodes) => {
            nodes.iter().for_each(|node| collect(node, found));
        }
    }
}

/// Whether a node is one letter, of which a subscript makes another symbol.
fn is_symbol(node: &Node) -> bool {
    matches!(
        node,
        Node::Variable(_) | Node::Upright(_) | Node::Accent(..)
    )
}

/// Returns a letter with a circumflex, as update rules write it.
fn accented(letter: &str) -> String {
    let one = CIRCUMFLEX
        .iter()
        .find(|(_, plain)| *letter == plain.to_string());
    match one {
        Some((accented, _)) => accented.to_string(),
        None => format!("{letter}\u{302}"),
    }
}

/// Returns a subscript as update rules write it.
fn below_text(below: &Node) -> String {
    let (Node::Variable(text) | Node::Upright(text)) = below else {
        return String::new();
    };
    let small = |c: char| {
        let all = "₀₁₂₃₄₅₆₇₈₉₋₊ᵢₜⱼₖ";
        all.chars().find(|own| script(*own) == Some((c, false)))
    };
    match text.as_str() {
        "∞" => text.clone(),
        _ => match text.chars().map(small).collect::<Option<String>>() {
            Some(digits) => digits,
            None => format!("_{text}"),
        },
    }
}
