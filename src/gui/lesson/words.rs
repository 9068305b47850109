//! Words of lessons: paragraphs with `code` and **terms**, as the window shows them.

use eframe::egui;
use egui::text::{LayoutJob, TextFormat};

/// Style of a part of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Code,
    Term,
}

/// Returns the paragraphs of a text: they are separated by empty lines, and other line breaks are blanks.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    let blocks = text.split("\n\n");
    let words = |block: &str| block.split_whitespace().collect::<Vec<_>>().join(" ");
    blocks
        .map(words)
        .filter(|words| !words.is_empty())
        .collect()
}

/// Returns the parts of a paragraph. A mark without its partner is a letter like others.
fn parts(mut rest: &str) -> Vec<(Style, &str)> {
    let mut parts = Vec::new();
    let mut plain = 0;
    while let Some(found) = rest[plain..].find(['`', '*']) {
        let at = plain + found;
        let (mark, style) = if rest[at..].starts_with('`') {
            ("`", Style::Code)
        } else {
            ("**", Style::Term)
        };
        let marked = rest[at..].strip_prefix(mark);
        let Some((inside, after)) = marked.and_then(|inside| inside.split_once(mark)) else {
            plain = at + 1;
            continue;
        };
        parts.push((Style::Plain, &rest[..at]));
        parts.push((style, inside));
        (rest, plain) = (after, 0);
    }
    parts.push((Style::Plain, rest));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// Returns a paragraph laid out in the body's size.
fn layout(ui: &egui::Ui, paragraph: &str) -> LayoutJob {
    let visuals = ui.visuals();
    let [body, code] =
        [egui::TextStyle::Body, egui::TextStyle::Monospace].map(|style| style.resolve(ui.style()));
    let mut job = LayoutJob::default();
    for (style, text) in parts(paragraph) {
        let format = match style {
            Style::Plain => TextFormat::simple(body.clone(), visuals.text_color()),
            Style::Code => TextFormat {
                background: visuals.code_bg_color,
                ..TextFormat::simple(code.clone(), visuals.text_color())
            },
            Style::Term => TextFormat {
                underline: egui::Stroke::new(1.0, visuals.weak_text_color()),
                ..TextFormat::simple(body.clone(), visuals.strong_text_color())
            },
        };
        job.append(text, 0.0, format);
    }
    job
}

/// Shows paragraphs one below the other.
pub(super) fn words_ui(ui: &mut egui::Ui, text: &str) {
    for paragraph in paragraphs(text) {
        let job = layout(ui, &paragraph);
        ui.add(egui::Label::new(job).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_separated_by_empty_lines() {
        let text = "\nOne line,\nanother.\n\n\n Next. \n";
        assert_eq!(paragraphs(text), ["One line, another.", "Next."]);
    }

    #[test]
    fn code_and_terms_are_parts() {
        use Style::{Code, Plain, Term};
        let found = parts("The **learning rate** `lr` is 2 * 3.");
        let expected = [
            (Plain, "The "),
            (Term, "learning rate"),
            (Plain, " "),
            (Code, "lr"),
            (Plain, " is 2 * 3."),
        ];
        assert_eq!(found, expected);
        assert_eq!(parts("`a` **b"), [(Code, "a"), (Plain, " **b")]);
        assert_eq!(parts("`α ** β`"), [(Code, "α ** β")]);
        assert_eq!(parts(""), []);
    }
}
