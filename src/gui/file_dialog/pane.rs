//! The pane beside the list: the preview of the marked file.

use super::listing::Entry;
use super::preview::{self, Preview, PreviewRequest};
use super::worker::Worker;
use crate::export::sentence::one_line;
use crate::gui::scale::SECONDARY;
use eframe::egui;
use std::time::Duration;

/// The preview of the marked file, and the thread that makes it.
pub(super) struct PreviewPane {
    worker: Option<Worker<PreviewRequest, Preview>>,
    shown: Option<(PreviewRequest, Vec<String>, Option<egui::TextureHandle>)>,
}

impl PreviewPane {
    /// Returns a pane that shows nothing yet.
    pub(super) fn new(ctx: &egui::Context) -> Self {
        Self {
            worker: Worker::spawn(ctx, preview::make),
            shown: None,
        }
    }

    /// Shows the preview in a width and a height.
    pub(super) fn ui(
        &self,
        ui: &mut egui::Ui,
        (width, height): (f32, f32),
        marked: Option<&Entry>,
    ) {
        ui.set_min_size(egui::vec2(width, height));
        ui.set_max_width(width);
        let bottom = ui.min_rect().min.y + height;
        let Some((_, lines, picture)) = self
            .shown
            .as_ref()
            .filter(|(shown, ..)| marked.is_some_and(|entry| entry.path == shown.path))
        else {
            let text = if marked.is_some() {
                "Reading …"
            } else {
                "Preview"
            };
            ui.label(egui::RichText::new(text).size(SECONDARY).weak());
            return;
        };
        if let Some(texture) = picture {
            let image = egui::Image::new(texture)
                .max_size(egui::vec2(width, 0.6 * height))
                .alt_text("Preview");
            ui.add(image);
        }
        for line in lines {
            if ui.cursor().min.y + 14.0 > bottom {
                break;
            }
            let text = egui::RichText::new(one_line(line)).size(SECONDARY);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(line);
        }
    }

    /// Requests the preview of the marked file, and takes the newest one.
    pub(super) fn poll(&mut self, ctx: &egui::Context, marked: Option<&Entry>) {
        let dark = ctx.theme() == egui::Theme::Dark;
        let Some(worker) = &mut self.worker else {
            return;
        };
        if let Some((request, preview)) = worker.newest(Duration::ZERO) {
            let texture = preview
                .picture
                .map(|picture| ctx.load_texture("preview", picture, egui::TextureOptions::LINEAR));
            self.shown = Some((request, preview.lines, texture));
        }
        let wanted = marked.map(|entry| PreviewRequest {
            path: entry.path.clone(),
            dark,
        });
        if let Some(wanted) = wanted.filter(|_| !worker.busy)
            && self
                .shown
                .as_ref()
                .is_none_or(|(shown, ..)| *shown != wanted)
        {
            worker.request(wanted);
        }
    }
}
