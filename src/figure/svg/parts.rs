//! The fonts of a text's characters.

/// Size of signs of exponents, in font sizes.
pub(in crate::figure) const SUPERSCRIPT: f32 = 0.6;

/// The font of a part of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::figure) enum Font {
    Ubuntu,
    /// Signs that Ubuntu lacks.
    Hack,
    /// Signs of exponents, which only Hack has: those of Ubuntu, small and raised, look like the digits beside them.
    Superscript,
}

/// Returns the parts of a text with their fonts.
pub(in crate::figure) fn parts(text: &str) -> Vec<(Font, &str)> {
    let font = |c: char| match c {
        '⁻' | '⁺' => Font::Superscript,
        c if in_ubuntu(c) => Font::Ubuntu,
        _ => Font::Hack,
    };
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = { rest.find(|c| font(c) != font(first)) }.unwrap_or(rest.len());
        parts.push((font(first), &rest[..end]));
        rest = &rest[end..];
    }
    parts
}

/// Whether the font Ubuntu has a character. The list is shorter than the font's, which does no harm.
pub(in crate::figure) fn in_ubuntu(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='ɏ' | 'Α'..='Ρ' | 'Σ'..='ώ' | '–'..='―' | '‘'..='‚' | '“'..='„' | '•' | '…' | '‰'
        | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '€' | 'ℓ' | '∂' | '∆' | '∏' | '∑' | '−' | '√' | '∞' | '∫' | '≈' | '≠' | '≤' | '≥')
}
