//! Widths of texts in the fonts of pictures, from the fonts' own metrics.

use super::drawing::{Anchor, Area, Item, Text};
use super::svg::{SUPERSCRIPT, in_ubuntu};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::sync::OnceLock;

/// Width of a character that neither font has, in font sizes.
const UNKNOWN: f32 = 0.62;

/// Characters whose widths are kept: all of the two fonts that labels use.
const KEPT: usize = 0x2700;

/// Extent of letters above and below the middle of a line, in font sizes.
const ABOVE: f32 = 0.45;
const BELOW: f32 = 0.55;

/// Returns the width of a text in a font size, in points.
pub fn width(text: &str, size: f32) -> f32 {
    let widths = widths();
    let advance = |c: char| widths.get(c as usize).copied().unwrap_or(UNKNOWN);
    size * text.chars().map(advance).sum::<f32>()
}

/// Returns the text, shortened with an ellipsis where it is wider than `max_width`; empty where not even two characters fit.
pub fn fitted(text: &str, size: f32, max_width: f32) -> String {
    if width(text, size) <= max_width {
        return text.to_owned();
    }
    let mut left = max_width - width("…", size);
    let kept: String = { text.chars() }
        .take_while(|c| {
            left -= width(c.encode_utf8(&mut [0; 4]), size);
            left >= 0.0
        })
        .collect();
    let kept = kept.trim_end_matches([' ', ',', '·', ';', '(']);
    if kept.chars().count() < 2 {
        return String::new();
    }
    format!("{kept}…")
}

/// Returns the first of some texts that fits into a width, or the last one shortened.
pub fn first_fitted<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    size: f32,
    max_width: f32,
) -> String {
    let mut last = "";
    for text in texts {
        if width(text, size) <= max_width {
            return text.to_owned();
        }
        last = text;
    }
    fitted(last, size, max_width)
}

/// Returns the lines of a text that is broken at spaces where it is wider than `max_width`.
pub fn wrapped(text: &str, size: f32, max_width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= max_width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns the area that the letters of a text cover.
pub fn area(text: &Text) -> Area {
    let length = width(&text.text, text.size);
    let before = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5 * length,
        Anchor::End => length,
    };
    let [x, y] = text.at;
    let (above, below) = (ABOVE * text.size, BELOW * text.size);
    if text.upright {
        Area::new([x - above, y - length + before], [x + below, y + before])
    } else {
        Area::new([x - before, y - above], [x - before + length, y + below])
    }
}

/// Returns the characters of the texts among items that no font of pictures has, each once.
pub fn missing(items: &[Item]) -> String {
    let fonts = [
        epaint_default_fonts::UBUNTU_LIGHT,
        epaint_default_fonts::HACK_REGULAR,
    ];
    let fonts = fonts.map(|bytes| FontRef::new(bytes).ok());
    let has = |c: char| {
        let mut fonts = fonts.iter().flatten();
        "⁻⁺".contains(c) || fonts.any(|font| font.charmap().map(c).is_some())
    };
    let mut found = String::new();
    add_missing(items, &has, &mut found);
    found
}

fn add_missing(items: &[Item], has: &dyn Fn(char) -> bool, found: &mut String) {
    for item in items {
        match item {
            Item::Text(text) => {
                for c in text.text.chars() {
                    if !c.is_whitespace() && !found.contains(c) && !has(c) {
                        found.push(c);
                    }
                }
            }
            Item::Clipped { items, .. } => add_missing(items, has, found),
            _ => {}
        }
    }
}

/// Returns the widths of characters in font sizes.
fn widths() -> &'static [f32] {
    static WIDTHS: OnceLock<Vec<f32>> = OnceLock::new();
    WIDTHS.get_or_init(|| {
        let fonts = [
            epaint_default_fonts::UBUNTU_LIGHT,
            epaint_default_fonts::HACK_REGULAR,
        ];
        let fonts = fonts.map(|bytes| FontRef::new(bytes).ok());
        let advance = |c: char, font: &FontRef| {
            let glyph = font.charmap().map(c)?;
            let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
            metrics.advance_width(glyph)
        };
        let width = |code: usize| {
            let c = u32::try_from(code).ok().and_then(char::from_u32)?;
            let (c, scale) = match c {
                '⁻' => ('−', SUPERSCRIPT),
                '⁺' => ('+', SUPERSCRIPT),
                c => (c, 1.0),
            };
            let [ubuntu, hack] = &fonts;
            let first = ubuntu.as_ref().filter(|_| in_ubuntu(c));
            let advance = first.or(hack.as_ref()).and_then(|font| advance(c, font));
            advance.map(|advance| scale * advance)
        };
        (0..KEPT)
            .map(|code| width(code).unwrap_or(UNKNOWN))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::drawing::{Colour, Drawing};
    use crate::figure::png::rgba;

    #[test]
    fn widths_are_those_of_the_rendered_letters() {
        for words in [
            "HHHH",
            "iiiiiiii",
            "min 0.0312",
            "10⁻⁵ ‖∇f‖ λ₁",
            "Wave—WAVE",
        ] {
            let black = Colour::rgb(0, 0, 0);
            let text = Text::new(words, [4.0, 20.0], Anchor::Start, 20.0, black);
            let expected = width(words, 20.0);
            let drawing = Drawing {
                size: [300.0, 40.0],
                items: vec![Item::Text(text)],
            };
            let rgba = rgba(&drawing, [300, 40]).unwrap();
            let inked = (0..300).filter(|x| (0..40).any(|y| rgba[4 * (y * 300 + x) + 3] > 0));
            #[expect(clippy::cast_precision_loss, reason = "a small picture")]
            let right = inked.max().unwrap() as f32 + 1.0;
            let found = right - 4.0;
            assert!(
                (found - expected).abs() < 3.0,
                "{words}: {found}, {expected}"
            );
        }
    }

    #[test]
    fn characters_without_a_glyph_are_found() {
        let black = Colour::rgb(0, 0, 0);
        let item = |text: &str| Item::label(text.to_owned(), [0.0; 2], 10.0, black);
        let area = Area::new([0.0; 2], [9.0; 2]);
        let items = vec![item("10⁻⁵ ‖∇f‖ Größe 日本")];
        let inner = vec![item("日 語")];
        let clipped = Item::Clipped { area, items: inner };
        assert_eq!(missing(&items), "日本");
        assert_eq!(missing(&[items[0].clone(), clipped]), "日本語");
    }

    #[test]
    fn texts_are_shortened_to_a_width_and_broken_at_spaces() {
        let long = "Heights are losses on this plane";
        assert_eq!(fitted(long, 11.0, 1000.0), long);
        let short = fitted(long, 11.0, 80.0);
        assert!(
            short.ends_with('…') && width(&short, 11.0) <= 80.0,
            "{short}"
        );
        assert_eq!(fitted(long, 11.0, 10.0), "");
        let lines = wrapped(long, 11.0, 80.0);
        assert!(lines.len() > 1 && lines.join(" ") == long);
        assert!(
            lines.iter().all(|line| width(line, 11.0) <= 80.0),
            "{lines:?}"
        );
    }
}
