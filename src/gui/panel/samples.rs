//! The samples of a network's data in the left panel.

use crate::engine::network::TrainingTask;
use crate::figure::colour::Theme;
use crate::figure::samples::Samples;
use crate::gui::paint::{self, Textures};
use crate::gui::scale::SECONDARY;
use eframe::egui;
use std::sync::Arc;

/// Samples of the data, kept until the network is trained on others.
pub(super) struct CachedSamples {
    task: Arc<TrainingTask>,
    samples: Samples,
}

/// Shows the samples of the data with their counts; dimmed while other data are loaded.
pub(super) fn ui(
    ui: &mut egui::Ui,
    task: Option<&Arc<TrainingTask>>,
    cached: &mut Option<CachedSamples>,
    theme: &Theme,
    textures: &mut Textures,
) {
    if let Some(task) = task
        && cached
            .as_ref()
            .is_none_or(|own| !Arc::ptr_eq(&own.task, task))
    {
        let (task, samples) = (Arc::clone(task), Samples::new(&task.split));
        *cached = Some(CachedSamples { task, samples });
    }
    let Some(CachedSamples { samples, .. }) = cached else {
        return;
    };
    let summary = egui::RichText::new(&samples.summary).size(SECONDARY);
    ui.add_enabled(task.is_some(), egui::Label::new(summary).wrap());
    let width = ui.available_width().clamp(1.0, 360.0);
    let size = egui::vec2(width, samples.height(width).max(1.0));
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    if ui.is_rect_visible(rect) {
        let mut painter = ui.painter_at(rect);
        if task.is_none() {
            painter.set_opacity(0.4);
        }
        paint::paint(&painter, samples.draw(paint::area(rect), theme), textures);
    }
    let name = "Samples of the data";
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
    response.on_hover_text(samples.explanation());
}
