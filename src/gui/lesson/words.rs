//! Words of lessons: paragraphs with `code` and **terms**, as the window shows them. A term of the glossary is a link to it.

use crate::gui::reader::{Place, Topic, ask};
use crate::teaching::glossary::Term;
use eframe::egui;
use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Galley, Rect};
use std::borrow::Cow;
use std::ops::Range;

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

/// A term of the glossary in a paragraph.
struct Link<'a> {
    text: &'a str,
    /// Its characters in the paragraph as it is shown.
    chars: Range<usize>,
    /// Index of the term in the glossary.
    term: usize,
}

/// Returns the terms of the glossary among the parts of a paragraph. Emphasis on other words links to nothing.
fn links<'a>(parts: &[(Style, &'a str)]) -> Vec<Link<'a>> {
    let mut end = 0;
    let mut links = Vec::new();
    for &(style, text) in parts {
        let begin = end;
        end += text.chars().count();
        if let (Style::Term, Some(term)) = (style, Term::find_name(text)) {
            let chars = begin..end;
            links.push(Link { text, chars, term });
        }
    }
    links
}

/// Returns the areas of characters of a laid out text, one in each row.
fn areas(galley: &Galley, chars: Range<usize>) -> Vec<Rect> {
    let at = |index: usize, prefer_next_row: bool| {
        galley.pos_from_cursor(CCursor {
            index: index.into(),
            prefer_next_row,
        })
    };
    let mut areas: Vec<Rect> = Vec::new();
    for index in chars {
        let (left, right) = (at(index, true), at(index + 1, false));
        #[expect(clippy::float_cmp, reason = "the same row has the same place")]
        let same = |area: &&mut Rect| area.min.y == left.min.y;
        match areas.last_mut().filter(same) {
            Some(area) => *area = area.union(right),
            None => areas.push(left.union(right)),
        }
    }
    areas
}

/// Length of code up to which a line does not break within it, in characters.
const MAX_UNBROKEN: usize = 24;

/// Returns code with spaces at which no line breaks, unless it is long.
fn unbroken(code: &str) -> Cow<'_, str> {
    if code.chars().count() > MAX_UNBROKEN {
        return Cow::Borrowed(code);
    }
    Cow::Owned(code.replace(' ', "\u{a0}"))
}

/// Returns the parts of a paragraph laid out in the body's size.
fn layout(ui: &egui::Ui, parts: &[(Style, &str)]) -> LayoutJob {
    let visuals = ui.visuals();
    let [body, code] =
        [egui::TextStyle::Body, egui::TextStyle::Monospace].map(|style| style.resolve(ui.style()));
    let mut job = LayoutJob::default();
    for &(style, text) in parts {
        let format = match style {
            Style::Plain => TextFormat::simple(body.clone(), visuals.text_color()),
            Style::Code => TextFormat {
                background: visuals.code_bg_color,
                ..TextFormat::simple(code.clone(), visuals.text_color())
            },
            Style::Term if Term::find_name(text).is_some() => TextFormat {
                underline: egui::Stroke::new(1.0, visuals.weak_text_color()),
                ..TextFormat::simple(body.clone(), visuals.strong_text_color())
            },
            Style::Term => TextFormat::simple(body.clone(), visuals.strong_text_color()),
        };
        let text = match style {
            Style::Code => unbroken(text),
            Style::Plain | Style::Term => Cow::Borrowed(text),
        };
        job.append(&text, 0.0, format);
    }
    job
}

/// Shows paragraphs one below the other.
pub(super) fn words_ui(ui: &mut egui::Ui, text: &str) {
    for paragraph in paragraphs(text) {
        let parts = parts(&paragraph);
        let mut job = layout(ui, &parts);
        job.wrap.max_width = ui.available_width();
        let galley = ui.painter().layout_job(job);
        let label = ui.add(egui::Label::new(galley.clone()));
        for link in links(&parts) {
            link_ui(ui, &link, &label, &galley);
        }
    }
}

/// Lets a click on a term open the glossary.
fn link_ui(ui: &egui::Ui, link: &Link, label: &egui::Response, galley: &Galley) {
    for (row, area) in areas(galley, link.chars.clone()).into_iter().enumerate() {
        let area = area.translate(label.rect.min.to_vec2());
        let id = label.id.with(("term", link.chars.start, row));
        let response = ui.interact(area, id, egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Link, true, link.text));
        if response.has_focus() || response.hovered() {
            let stroke = ui.visuals().selection.stroke;
            ui.painter().hline(area.x_range(), area.max.y - 1.0, stroke);
        }
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response
            .on_hover_text("Shows the term in the glossary.")
            .clicked()
        {
            ask(ui.ctx(), Place::Topic(Topic::Term(link.term)));
        }
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

    #[test]
    fn short_code_stays_on_one_line() {
        assert_eq!(unbroken("lr = 0.1"), "lr\u{a0}=\u{a0}0.1");
        let long = "optimizer.step(closure) with a long text";
        assert_eq!(unbroken(long), long);
    }

    #[test]
    fn terms_of_the_glossary_are_links() {
        let parts = parts("√ A **saddle** is **not** a `minimum`.");
        let links = links(&parts);
        assert_eq!(links.len(), 1, "only the glossary's term links");
        assert_eq!((links[0].text, links[0].chars.clone()), ("saddle", 4..10));
        let term = &Term::bundled().unwrap()[links[0].term];
        assert!(term.term.to_lowercase().contains("saddle"));
    }
}
