//! Painting of charts: curves, names at their ends, lines of the timeline and the pointer, and labels of the axes.

use super::axis::Labels;
use super::{NAMES_WIDTH, PlotChart, PlotOptions, coordinate};
use crate::figure::chart::{EndNames, Style};
use crate::figure::trail::line;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use egui_plot::PlotTransform;

impl PlotChart {
    /// Shows the title, the factor of the y axis behind it, and the name of the x axis at the end of the row.
    pub(super) fn title_ui(
        &self,
        ui: &mut egui::Ui,
        row: egui::Rect,
        labels: &[Labels; 2],
        (size, options): (f32, &PlotOptions),
    ) -> egui::Response {
        let colour = paint::colour(options.theme.faint);
        let font = egui::FontId::proportional(size);
        let painter = ui.painter_at(row);
        let text = |text: String| painter.layout_no_wrap(text, font.clone(), colour);
        let [x_offset, y_offset] = [0, 1].map(|axis| labels[axis].borrow().offset.clone());
        let x_label = text(format!("{} {x_offset}", self.x_label).trim().to_owned());
        let y_offset = text(y_offset);
        let x_left = row.max.x - 6.0 - x_label.size().x;
        let gaps = if y_offset.is_empty() { 8.0 } else { 16.0 };
        let mut rect = row;
        rect.max.x = (x_left - gaps - y_offset.size().x).max(row.min.x);
        let full = self.full_title();
        // Where the title is too long, its remark goes before the kind of the axis does.
        let is_brief = text(full.clone()).size().x > rect.width();
        let title = if is_brief {
            self.brief_title()
        } else {
            full.clone()
        };
        let title = egui::RichText::new(title).size(size);
        let show = |ui: &mut egui::Ui| {
            ui.set_clip_rect(rect.intersect(ui.clip_rect()));
            let (title, role) = if options.title_button {
                let button = egui::Button::new(title).frame(false).truncate();
                (ui.add(button), egui::Role::Button)
            } else {
                let label = egui::Label::new(title).truncate();
                (ui.add(label), egui::Role::Label)
            };
            if is_brief {
                title.widget_info(|| egui::WidgetInfo::labeled(role, true, &full));
                return title.on_hover_text(&full);
            }
            title
        };
        let title = ui
            .scope_builder(egui::UiBuilder::new().max_rect(rect), show)
            .inner;
        let y = title.rect.center().y;
        for (x, galley) in [(title.rect.right() + 8.0, y_offset), (x_left, x_label)] {
            let top = y - 0.5 * galley.size().y;
            painter.galley(egui::pos2(x, top), galley, colour);
        }
        title
    }

    /// Paints curves, markers, lines of the timeline and of the pointer, and names.
    pub(super) fn paint(
        &self,
        ui: &egui::Ui,
        transform: &PlotTransform,
        options: &PlotOptions,
        hover_line: Option<f64>,
        textures: &mut Textures,
    ) {
        let (frame, theme) = (*transform.frame(), options.theme);
        let clip = frame.intersect(ui.clip_rect());
        let inside = ui.painter().with_clip_rect(clip);
        for band in &self.bands {
            inside.add(egui::Shape::mesh(band.mesh(transform, theme)));
        }
        let mut items = Vec::new();
        for (x, opacity) in [(options.now, 0.35), (hover_line, 0.7)] {
            if let Some(x) = x
                .map(|x| coordinate(x, self.log[0]))
                .filter(|x| x.is_finite())
            {
                let x = transform.position_from_point_x(x);
                let ends = vec![[x, frame.min.y], [x, frame.max.y]];
                let colour = theme.ink.opacity(opacity);
                items.push(line(ends, 1.0, colour, &[]));
            }
        }
        let mut names = EndNames::new(paint::area(frame), frame.max.x + NAMES_WIDTH, theme);
        for curve in &self.curves {
            curve.items(transform, options, &mut items);
            let inside = |at: &[f32; 2]| frame.contains(egui::pos2(at[0], at[1]));
            let places = (0..curve.points.len()).filter_map(|row| curve.place(row, transform));
            let places: Vec<[f32; 2]> = places.filter(inside).collect();
            names.avoid(&places);
            let is_main = !curve.style.is_limit() && !matches!(curve.style, Style::Dashed);
            let name = match (options.names, curve.name) {
                (Some(_), Some(name)) => Some(name),
                (Some(name_of), None) if is_main => name_of(curve.style_index),
                _ => None,
            };
            let Some(name) = name else {
                continue;
            };
            if !is_main {
                names.add_along(name, &places);
            } else if let Some(at) = curve.exit(transform) {
                names.add_exit(name, at, curve.style_index);
            } else if let Some(end) = curve.last_point(transform)
                && frame.y_range().contains(end[1])
                && frame.x_range().contains(end[0] - 0.5)
            {
                names.add_end(name, end, curve.style_index);
            }
        }
        paint::paint(&inside, items, textures);
        paint::paint(ui.painter(), names.place(), textures);
    }
}
