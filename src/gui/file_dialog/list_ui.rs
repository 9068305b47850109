//! The list of a folder: one row for each entry, of which only those in sight are drawn.

use super::folder::FolderView;
use super::listing::{Entry, SortBy, age_text, size_text};
use crate::gui::icon::{Icon, paint_icon};
use crate::gui::scale::SECONDARY;
use eframe::egui;
use std::path::PathBuf;
use std::time::SystemTime;

/// Height of a row, in points.
const ROW: f32 = 22.0;

/// Widths of the columns of sizes and dates, in points.
const COLUMNS: [f32; 2] = [64.0, 92.0];

/// Width of the list from which dates are shown, in points.
const WITH_DATES: f32 = 320.0;

/// Outcome of a frame of the list.
#[derive(Default)]
pub(super) struct ListResult {
    /// Whether a row was marked.
    pub clicked: bool,
    /// The path that was double-clicked.
    pub chosen: Option<PathBuf>,
}

impl FolderView {
    /// Shows the list, with heads that sort it where there is room for them.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        (width, mut height): (f32, f32),
        with_heads: bool,
    ) -> ListResult {
        if with_heads && self.recent.is_none() {
            let top = ui.cursor().min.y;
            self.heads_ui(ui, width);
            height = (height - (ui.cursor().min.y - top)).max(ROW);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let frame = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(width, height));
        ui.painter()
            .rect_filled(frame, 2.0, ui.visuals().extreme_bg_color);
        let mut area = egui::ScrollArea::vertical()
            .id_salt("files")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink(false);
        if let Some(mark) = self.mark.filter(|_| std::mem::take(&mut self.moved)) {
            #[expect(clippy::cast_precision_loss, reason = "at most millions of files")]
            let top = mark as f32 * ROW;
            let offset = self.offset.min(top).max(top + ROW - height);
            area = area.vertical_scroll_offset(offset);
        }
        let mut result = ListResult::default();
        if self.rows.is_empty() {
            let text = if self.is_reading() {
                "Reading …"
            } else {
                "Nothing to choose here."
            };
            ui.allocate_ui(egui::vec2(width, height), |ui| {
                ui.set_min_size(egui::vec2(width, height));
                ui.centered_and_justified(|ui| ui.weak(text));
            });
            return result;
        }
        let now = SystemTime::now();
        let shown = area.show_rows(ui, ROW, self.rows.len(), |ui, range| {
            for place in range {
                let entry = &self.entries()[self.rows[place]];
                let with_date = width >= WITH_DATES;
                let row = row_ui(
                    ui,
                    entry,
                    self.mark == Some(place),
                    with_date.then_some(now),
                );
                if row.double_clicked() {
                    result.chosen = Some(entry.path.clone());
                }
                if row.clicked() {
                    self.mark = Some(place);
                    result.clicked = true;
                }
            }
        });
        self.offset = shown.state.clamped_offset().y;
        result
    }

    /// Shows the heads of the columns; a click sorts by one, a second click reverses.
    fn heads_ui(&mut self, ui: &mut egui::Ui, width: f32) {
        let mut by = None;
        ui.allocate_ui_with_layout(
            egui::vec2(width, ROW),
            egui::Layout::right_to_left(egui::Align::Center),
            |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let mut head = |ui: &mut egui::Ui, title: &str, column: SortBy, width: f32| {
                    let sign = match (self.sort.0 == column, self.sort.1) {
                        (false, _) => "",
                        (true, false) => " ▼",
                        (true, true) => " ▲",
                    };
                    let text = egui::RichText::new(format!("{title}{sign}")).size(SECONDARY);
                    let button = egui::Button::new(text).frame(false);
                    let head = ui.add_sized([width, ROW], button);
                    head.widget_info(|| {
                        let name = format!("Sort by {}", title.to_lowercase());
                        egui::WidgetInfo::labeled(egui::Role::Button, true, name)
                    });
                    if head.clicked() {
                        by = Some(column);
                    }
                };
                if width >= WITH_DATES {
                    head(ui, "Modified", SortBy::Modified, COLUMNS[1]);
                }
                head(ui, "Size", SortBy::Size, COLUMNS[0]);
                let rest = egui::vec2(ui.available_width(), ROW);
                let layout = egui::Layout::left_to_right(egui::Align::Center);
                ui.allocate_ui_with_layout(rest, layout, |ui| {
                    ui.set_min_width(rest.x);
                    ui.add_space(20.0);
                    head(ui, "Name", SortBy::Name, 56.0);
                });
            },
        );
        if let Some(by) = by {
            let reversed = if self.sort.0 == by {
                !self.sort.1
            } else {
                by == SortBy::Size
            };
            self.sort = (by, reversed);
            self.sort_entries();
        }
    }
}

/// Shows a row: icon, name, size and, with `now`, the age.
fn row_ui(
    ui: &mut egui::Ui,
    entry: &Entry,
    marked: bool,
    now: Option<SystemTime>,
) -> egui::Response {
    let size = egui::vec2(ui.available_width(), ROW);
    let (rect, row) = ui.allocate_exact_size(size, egui::Sense::click());
    row.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, marked, &entry.name));
    let visuals = ui.visuals();
    let painter = ui.painter_at(rect);
    let (mut ink, mut weak) = (visuals.text_color(), visuals.weak_text_color());
    if marked {
        painter.rect_filled(rect, 2.0, visuals.selection.bg_fill);
        (ink, weak) = (visuals.strong_text_color(), visuals.text_color());
    } else if row.hovered() {
        painter.rect_filled(rect, 2.0, visuals.widgets.hovered.weak_bg_fill);
    }
    let icon = if entry.is_folder {
        Icon::Folder
    } else {
        Icon::File
    };
    paint_icon(
        &painter,
        icon,
        rect.left_center() + egui::vec2(14.0, 0.0),
        weak,
    );
    let small = egui::FontId::proportional(SECONDARY);
    let mut right = rect.right() - 8.0;
    let mut column = |text: String, width: f32| {
        let at = egui::pos2(right, rect.center().y);
        painter.text(at, egui::Align2::RIGHT_CENTER, text, small.clone(), weak);
        right -= width;
    };
    if let Some(now) = now {
        let age = entry.modified.map(|modified| age_text(modified, now));
        column(age.unwrap_or_default(), COLUMNS[1]);
    }
    let bytes = if entry.is_folder {
        String::new()
    } else {
        size_text(entry.size)
    };
    column(bytes, COLUMNS[0]);
    let font = egui::TextStyle::Body.resolve(ui.style());
    let left = rect.left() + 28.0;
    let mut job = egui::text::LayoutJob::simple_singleline(entry.name.clone(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width((right - left).max(20.0));
    let galley = painter.layout_job(job);
    let cut = galley.elided;
    let at = egui::pos2(left, rect.center().y - 0.5 * galley.size().y);
    painter.galley(at, galley, ink);
    if cut {
        row.on_hover_text(&entry.name)
    } else {
        row
    }
}
