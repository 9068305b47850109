//! Sentences for messages, kept on one line whatever names and values they quote.

/// Returns a sentence in which control characters, line breaks and characters that change the direction of writing are replaced by escapes like `\n`.
///
/// Words of more than 300 characters are shortened in the middle. Only the two lines below a sentence about a formula, the last of which is a caret, stay separate lines.
pub fn one_line(sentence: &str) -> String {
    let mut lines = sentence.rsplitn(3, '\n');
    let below = [lines.next(), lines.next()].map(Option::unwrap_or_default);
    match (lines.next(), below) {
        (Some(above), [caret, formula])
            if caret.trim_start_matches(' ') == "^" && formula.starts_with("  ") =>
        {
            let above = escaped(&shortened(above));
            format!("{above}\n{}\n{caret}", escaped(formula))
        }
        _ => escaped(&shortened(sentence)),
    }
}

/// Maximum length of a word in a sentence; longer than names of files usually are.
const MAX_WORD: usize = 300;

/// Returns a text whose long words have an ellipsis in their middle.
fn shortened(text: &str) -> String {
    let word = |word: &str| {
        let length = word.chars().count();
        if length <= MAX_WORD {
            return word.to_owned();
        }
        let (start, end): (String, String) = (
            word.chars().take(60).collect(),
            word.chars().skip(length - 20).collect(),
        );
        format!("{start}…{end}")
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_invisible(char) {
            out.extend(char.escape_debug());
        } else {
            out.push(char);
        }
    }
    out
}

/// Whether a character has an effect, such as a new line, instead of a glyph.
pub fn is_invisible(char: char) -> bool {
    let changes_direction = matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    char.is_control() || changes_direction || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Returns a text without the words that name source files, which are paths on the machine that built a library.
pub fn without_sources(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains(".rs"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_source_files_are_removed() {
        let text = "os error at /home/builder/.cargo/registry/src/x-1/a.rs:17:9: no display";
        assert_eq!(without_sources(text), "os error at no display");
    }

    #[test]
    fn quoted_values_add_no_lines() {
        for (sentence, expected) in [
            ("plain, ‘quoted’ \\n", "plain, ‘quoted’ \\n"),
            ("`a\nb\r\n\tc`: no", "`a\\nb\\r\\n\\tc`: no"),
            ("\u{1b}[31mred\u{7f}\0", "\\u{1b}[31mred\\u{7f}\\0"),
            (
                "\u{202e}gpj.a\u{2028}\u{85}",
                "\\u{202e}gpj.a\\u{2028}\\u{85}",
            ),
            ("formula: no\n  x+\n    ^", "formula: no\n  x+\n    ^"),
            ("a\nb\n  x\u{7}\n  ^", "a\\nb\n  x\\u{7}\n  ^"),
            (
                &format!("`{}` is no number", "9".repeat(1000)),
                &format!("`{}…{}` is no number", "9".repeat(59), "9".repeat(19)),
            ),
            ("a\n^\n ^b", "a\\n^\\n ^b"),
        ] {
            assert_eq!(one_line(sentence), expected);
        }
    }
}
