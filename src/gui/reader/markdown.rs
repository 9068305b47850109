//! Help pages in Markdown: the blocks that they consist of, and how the window shows them.

use crate::gui::maths::formula_ui;
use crate::gui::scale::{BODY, SECONDARY, SECTION, SPACE, TITLE};
use eframe::egui;
use egui::text::{LayoutJob, TextFormat};

/// A block of a help page.
#[derive(Debug, PartialEq)]
pub(super) enum Block<'a> {
    /// A heading and its level, from 1.
    Heading(usize, &'a str),
    /// A paragraph.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// Lines of code or formulas, with the name of their language.
    Code(&'a str, Vec<&'a str>),
    /// The rows of a table, the first of which is the heading.
    Table(Vec<Vec<String>>),
}

/// Splits a page into blocks.
pub(super) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let code = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(Block::Code(language, code.collect()));
        } else if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                // The second line of a table says how its columns are aligned.
                let aligns = row.chars().all(|c| "|:- ".contains(c));
                if !aligns {
                    rows.push(cells(row));
                }
            }
            blocks.push(Block::Table(rows));
        } else if line.starts_with('#') {
            let title = line.trim_start_matches('#');
            blocks.push(Block::Heading(line.len() - title.len(), title.trim()));
        } else if let Some(item) = line.strip_prefix("- ") {
            blocks.push(Block::Item(item.to_owned()));
        } else if !line.trim().is_empty() {
            let mut text = line.to_owned();
            let ends = |line: &str| line.is_empty() || line.starts_with(['#', '|', '`']);
            while let Some(more) = lines.next_if(|line| !ends(line)) {
                text = format!("{text} {more}");
            }
            blocks.push(Block::Paragraph(text));
        }
    }
    blocks
}

/// Splits a row of a table at bars that are not escaped.
fn cells(row: &str) -> Vec<String> {
    const BAR: &str = "\u{0}";
    let row = row.replace("\\|", BAR);
    let row = row.trim().trim_matches('|');
    let cells = row.split('|');
    cells.map(|cell| cell.trim().replace(BAR, "|")).collect()
}

/// Returns a text with `code` in the font of code.
pub(super) fn rich_text(ui: &egui::Ui, text: &str, size: f32) -> LayoutJob {
    let ink = ui.visuals().text_color();
    let format = |font| TextFormat {
        font_id: font,
        color: ink,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    for (index, part) in text.split('`').enumerate() {
        let mut part_format = format(egui::FontId::proportional(size));
        if index % 2 == 1 {
            part_format = format(egui::FontId::monospace(0.93 * size));
            part_format.background = ui.visuals().code_bg_color;
        }
        job.append(part, 0.0, part_format);
    }
    job
}

/// Shows a paragraph with `code`.
pub(super) fn paragraph_ui(ui: &mut egui::Ui, text: &str) {
    let job = rich_text(ui, text, BODY);
    ui.add(egui::Label::new(job).wrap());
}

/// Shows a help page.
pub(super) fn page_ui(ui: &mut egui::Ui, page: &str) {
    for block in blocks(page) {
        block_ui(ui, &block);
    }
}

fn block_ui(ui: &mut egui::Ui, block: &Block) {
    match block {
        Block::Heading(level, title) => {
            let size = if *level == 1 { TITLE } else { SECTION };
            ui.add_space(if *level == 1 { SPACE[0] } else { SPACE[2] });
            let title = egui::RichText::new(*title).size(size).strong();
            ui.add(egui::Label::new(title).wrap());
        }
        Block::Paragraph(text) => paragraph_ui(ui, text),
        Block::Item(text) => {
            ui.horizontal_top(|ui| {
                ui.label("•");
                paragraph_ui(ui, text);
            });
        }
        Block::Code("text", lines) => {
            for line in lines {
                ui.add_space(0.75 * SPACE[1]);
                formula_ui(ui, line);
            }
            ui.add_space(SPACE[0]);
        }
        Block::Code(_, lines) => {
            let frame = egui::Frame::NONE
                .fill(ui.visuals().code_bg_color)
                .inner_margin(SPACE[0]);
            frame.show(ui, |ui| {
                for line in lines {
                    let text = egui::RichText::new(*line).monospace();
                    ui.add(egui::Label::new(text).wrap());
                }
            });
        }
        Block::Table(rows) => table_ui(ui, rows),
    }
}

/// Shows a table of settings: the name, default and values of each in one line, and its description below, so that it fits any width.
fn table_ui(ui: &mut egui::Ui, rows: &[Vec<String>]) {
    for (index, row) in rows.iter().skip(1).enumerate() {
        let fill = if index % 2 == 0 {
            ui.visuals().faint_bg_color
        } else {
            egui::Color32::TRANSPARENT
        };
        let frame = egui::Frame::NONE.fill(fill).inner_margin(SPACE[0]);
        frame.show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 1.0;
            let [name, default, values, help] =
                [0, 1, 2, 3].map(|column| row.get(column).map(String::as_str).unwrap_or_default());
            paragraph_ui(ui, &format!("{name} = {default}   {help}"));
            let values = egui::RichText::new(values).size(SECONDARY).weak();
            ui.add(egui::Label::new(values).wrap());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::help_page;

    #[test]
    fn blocks_of_a_page() {
        let page = "# Adam\n\n`adam`: optimizer\n\n```text\na\nb\n```\n\n| A | B |\n| :--- | :--- |\n| `x` | \\|x\\| |\n\n- one\n";
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            blocks(page),
            [
                Block::Heading(1, "Adam"),
                Block::Paragraph("`adam`: optimizer".to_owned()),
                Block::Code("text", vec!["a", "b"]),
                Block::Table(vec![row(["A", "B"]), row(["`x`", "|x|"])]),
                Block::Item("one".to_owned()),
            ]
        );
    }

    #[test]
    fn every_help_page_has_a_title_and_tables_of_four_columns() {
        for (family, name) in help_page::names() {
            let page = family.page(name).unwrap();
            let blocks = blocks(&page);
            assert!(matches!(blocks[0], Block::Heading(1, _)), "{name}");
            for block in &blocks {
                if let Block::Table(rows) = block {
                    assert!(rows.iter().all(|row| row.len() == 4), "{name}: {rows:?}");
                }
                if let Block::Paragraph(text) = block {
                    assert_eq!(text.matches('`').count() % 2, 0, "{name}: {text}");
                }
            }
        }
    }
}
