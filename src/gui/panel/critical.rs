//! The list of critical points in view.

use super::scene::heading;
use crate::engine::analysis::critical::CriticalPoint;
use crate::figure::axis::number;
use eframe::egui;

/// Largest number of listed points; the command line prints all of them.
const MAX_ROWS: usize = 200;

/// Shows the points; a click selects one, which then has a ring on the map.
pub(crate) fn ui(ui: &mut egui::Ui, points: &[CriticalPoint], selected: &mut Option<usize>) {
    *selected = selected.filter(|&index| index < points.len());
    heading(ui, "CRITICAL POINTS");
    if points.is_empty() {
        ui.label("None in view.");
        return;
    }
    let grid = egui::Grid::new("critical points")
        .striped(true)
        .spacing([10.0, 2.0]);
    grid.show(ui, |ui| {
        for title in ["", "x, y", "f", "λ"] {
            ui.weak(title);
        }
        ui.end_row();
        for (index, point) in points.iter().take(MAX_ROWS).enumerate() {
            let [x, y] = point.at.map(|part| number(part, 4));
            let name = ui.selectable_label(*selected == Some(index), point.kind.name());
            if name.on_hover_text("Marks it on the map.").clicked() {
                *selected = (*selected != Some(index)).then_some(index);
            }
            ui.label(format!("{x}, {y}"));
            ui.label(number(point.value, 4));
            let [low, high] = point.eigenvalues.map(|eigenvalue| number(eigenvalue, 3));
            ui.label(if point.is_kink() {
                "kink".to_owned()
            } else {
                format!("{low}, {high}")
            });
            ui.end_row();
        }
    });
    if points.len() > MAX_ROWS {
        ui.weak(format!("and {} more", points.len() - MAX_ROWS));
    }
}
