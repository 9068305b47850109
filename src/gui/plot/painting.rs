//! Painting of charts: curves, names at their ends, lines of the timeline and the pointer, and labels of the axes.

use super::axis::Labels;
use super::{PlotChart, PlotOptions, coordinate};
use crate::figure::chart::Style;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::drawing::{Anchor, Item, Point, Text};
use crate::figure::shortened;
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
        let mut names = Vec::new();
        for curve in &self.curves {
            curve.items(transform, options, &mut items);
            if let (Some(name_of), false) = (options.names, curve.style.is_limit())
                && let Some(name) = name_of(curve.style_index)
                && !matches!(curve.style, Style::Dashed)
                && let Some(end) = curve.last_point(transform)
                && frame.y_range().contains(end[1])
                && frame.x_range().contains(end[0] - 0.5)
            {
                let colour = run_colour(curve.style_index, theme);
                names.push((end, shortened(name, 10), colour));
            }
        }
        let clip = frame.intersect(ui.clip_rect());
        paint::paint(&ui.painter().with_clip_rect(clip), items, textures);
        let mut taken: Vec<Point> = Vec::new();
        let mut texts = Vec::new();
        for ([x, y], name, colour) in names {
            let overlaps =
                |other: &Point| (other[1] - y).abs() < 11.0 && (other[0] - x).abs() < 60.0;
            if !taken.iter().any(overlaps) {
                taken.push([x, y]);
                let text = Text::new(name, [x + 5.0, y], Anchor::Start, 10.5, colour);
                texts.push(Item::Text(text.with_halo(theme.halo)));
            }
        }
        paint::paint(ui.painter(), texts, textures);
    }
}
