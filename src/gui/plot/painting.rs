//! Painting of charts: curves, names at their ends, lines of the timeline and the pointer, and labels of the axes.

use super::axis::Labels;
use super::{NAMES_WIDTH, PlotChart, PlotOptions, coordinate};
use crate::figure::chart::{EndNames, Style, named_row};
use crate::figure::colour::Theme;
use crate::figure::trail::line;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use egui_plot::PlotTransform;

impl PlotChart {
    /// Paints the common factor of the y axis after the title, and the name of the x axis at the right.
    pub(super) fn label_axes(
        &self,
        ui: &egui::Ui,
        space: egui::Rect,
        title: &egui::Response,
        labels: &[Labels; 2],
        (font, theme): (f32, &Theme),
    ) {
        let painter = ui.painter_at(space);
        let colour = paint::colour(theme.faint);
        let font = egui::FontId::proportional(font);
        let offset = |axis: usize| labels[axis].borrow().offset.clone();
        let x_label = format!("{} {}", self.x_label, offset(0));
        let y = title.rect.center().y;
        for (x, align, text) in [
            (
                title.rect.right() + 8.0,
                egui::Align2::LEFT_CENTER,
                offset(1),
            ),
            (space.max.x - 6.0, egui::Align2::RIGHT_CENTER, x_label),
        ] {
            let text = text.trim();
            painter.text(egui::pos2(x, y), align, text, font.clone(), colour);
        }
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
                let inside = |at: &[f32; 2]| frame.contains(egui::pos2(at[0], at[1]));
                let at = |row: usize| curve.place(row, transform).filter(inside);
                let row = named_row(curve.points.len(), |row| at(row).is_some());
                if let Some(at) = row.and_then(at) {
                    names.add_along(name, at, curve.style_index);
                }
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
