//! Reference pages in the window: the Markdown of a help page with headings, paragraphs, code and tables.

use super::scale::{SECONDARY, SECTION, SPACE, TITLE};
use eframe::egui;

/// Greatest width of a page, in points.
const WIDTH: f32 = 720.0;

/// Shows a page over the window. Returns whether it was closed.
pub(super) fn page_ui(ctx: &egui::Context, page: &str) -> bool {
    let modal = egui::Modal::new(egui::Id::unique("reference page")).show(ctx, |ui| {
        let window = ctx.content_rect().size();
        ui.set_width((window.x - 48.0).clamp(120.0, WIDTH));
        let height = (window.y - 90.0).max(60.0);
        let scroll = egui::ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true]);
        scroll.show(ui, |ui| markdown_ui(ui, page));
        ui.add_space(SPACE[1]);
        ui.horizontal(|ui| {
            let copy = ui.button("Copy as Markdown");
            if copy.clicked() {
                ctx.copy_text(page.to_owned());
            }
            ui.button("Close").clicked()
        })
        .inner
    });
    modal.inner || modal.should_close()
}

/// Shows the Markdown of a page, line by line.
fn markdown_ui(ui: &mut egui::Ui, page: &str) {
    let mut code: Option<String> = None;
    for line in page.lines() {
        if line.starts_with("```") {
            match code.take() {
                Some(text) => code_ui(ui, text.trim_end()),
                None => code = Some(String::new()),
            }
        } else if let Some(code) = &mut code {
            *code += line;
            code.push('\n');
        } else if let Some(title) = line.strip_prefix("# ") {
            ui.label(egui::RichText::new(plain(title)).size(TITLE).strong());
        } else if let Some(title) = line.strip_prefix("## ") {
            ui.add_space(SPACE[2]);
            ui.label(egui::RichText::new(plain(title)).size(SECTION).strong());
        } else if line.starts_with('|') {
            row_ui(ui, line);
        } else if !line.is_empty() {
            ui.add(egui::Label::new(plain(line)).wrap());
        }
    }
}

/// Shows a row of a table: the key with its default and its values, and its description below; heads and rules of tables are left out.
fn row_ui(ui: &mut egui::Ui, line: &str) {
    let cells = cells(line);
    let [key, default, values, help] = &cells[..] else {
        return;
    };
    if key.starts_with(":-") || key == "Key" || key == "Setting" {
        return;
    }
    ui.add_space(SPACE[0]);
    ui.horizontal_wrapped(|ui| {
        ui.label(egui::RichText::new(key).monospace().strong());
        let text = format!("{values}; default {default}");
        ui.label(egui::RichText::new(text).size(SECONDARY).weak());
    });
    ui.add(egui::Label::new(help).wrap());
}

/// Returns the cells of a row as plain text.
fn cells(line: &str) -> Vec<String> {
    let escaped = line.trim().trim_matches('|').replace("\\|", "\u{1}");
    let cells = escaped.split('|').map(|cell| cell.replace('\u{1}', "|"));
    cells.map(|cell| plain(cell.trim())).collect()
}

/// Shows lines of code.
fn code_ui(ui: &mut egui::Ui, text: &str) {
    egui::Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(egui::Label::new(egui::RichText::new(text).monospace()).wrap());
    });
}

/// Returns a text without the marks of code.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_tables_have_their_cells() {
        let line = "| `spacing` | `auto` | one of a, b or `x\\|y` | Spacing of levels |";
        assert_eq!(
            cells(line),
            ["spacing", "auto", "one of a, b or x|y", "Spacing of levels"]
        );
    }
}
