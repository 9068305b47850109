//! The preview of the export dialog, drawn on a thread of its own whenever the picture changes.

use super::Order;
use crate::engine::scene::Scene;
use crate::export::picture::PageSize;
use crate::figure::png::rgba;
use eframe::egui;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Everything that a preview depends on.
#[derive(Clone, PartialEq)]
pub(super) struct PreviewKey {
    pub(super) scene: Scene,
    pub(super) step: u64,
    pub(super) selected: Option<usize>,
    pub(super) dark: bool,
    /// Title of the shown view or chart.
    pub(super) shown: String,
    /// Number of rows of all runs, which grow while a network trains.
    pub(super) rows: usize,
    /// Number of other seeds of the runs.
    pub(super) seeds: usize,
    pub(super) is_film: bool,
    /// Pixels of the preview.
    pub(super) pixels: [u32; 2],
}

type Drawn = Result<egui::ColorImage, String>;

/// The newest preview, and the next one that is being drawn.
#[derive(Default)]
pub(super) struct Preview {
    /// The picture that was requested last.
    key: Option<PreviewKey>,
    coming: Option<Receiver<Drawn>>,
    texture: Option<egui::TextureHandle>,
    problem: Option<String>,
    /// Space for the preview in points, from the last frame.
    pub(super) space: egui::Vec2,
}

impl Preview {
    /// Returns the pixels of a page that fits into the space.
    pub(super) fn pixels(&self, page: &PageSize, ctx: &egui::Context) -> [u32; 2] {
        let [width, height] = page.units();
        let fit = (self.space.x / width).min(self.space.y / height);
        let scale = (fit * ctx.pixels_per_point()).max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "pixels of a window"
        )]
        [width, height].map(|side| ((side * scale).round() as u32).clamp(16, 4096))
    }

    /// Takes a finished preview, and begins a new one if the picture has changed and none is being drawn.
    pub(super) fn update(&mut self, ctx: &egui::Context, key: PreviewKey, order: Order) {
        self.poll(ctx);
        if self.coming.is_some() || self.space.x < 16.0 || self.key.as_ref() == Some(&key) {
            return;
        }
        let (sender, receiver) = channel();
        let (pixels, waker) = (key.pixels, ctx.clone());
        let body = move || {
            let drawn = order.figure.draw(order.page);
            let drawn = drawn.and_then(|(drawing, _)| rgba(&drawing, pixels));
            let size = pixels.map(|side| side as usize);
            let image = drawn.map(|rgba| egui::ColorImage::from_rgba_unmultiplied(size, &rgba));
            // The receiver is gone once the dialog is closed.
            let _ = sender.send(image);
            waker.request_repaint();
        };
        let thread = std::thread::Builder::new().name("ravine preview".to_owned());
        self.key = Some(key);
        if thread.spawn(body).is_ok() {
            self.coming = Some(receiver);
        }
    }

    fn poll(&mut self, ctx: &egui::Context) {
        let Some(coming) = &self.coming else { return };
        match coming.try_recv() {
            Err(TryRecvError::Empty) => return,
            Ok(Ok(image)) => {
                self.problem = None;
                let options = egui::TextureOptions::LINEAR;
                self.texture = Some(ctx.load_texture("export preview", image, options));
            }
            Ok(Err(sentence)) => (self.problem, self.texture) = (Some(sentence), None),
            Err(TryRecvError::Disconnected) => {
                let sentence = "the preview could not be drawn".to_owned();
                (self.problem, self.texture) = (Some(sentence), None);
            }
        }
        self.coming = None;
    }

    /// Forgets the picture, because there is none.
    pub(super) fn clear(&mut self) {
        let space = self.space;
        *self = Self {
            space,
            ..Self::default()
        };
    }

    /// Returns the reason why the picture cannot be drawn.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// Shows the preview in a space of some height, or what there is instead of it.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, height: f32) {
        let size = egui::vec2(ui.available_width(), height);
        self.space = size;
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let inside =
            egui::UiBuilder::new()
                .max_rect(rect)
                .layout(egui::Layout::centered_and_justified(
                    egui::Direction::TopDown,
                ));
        ui.scope_builder(inside, |ui| match &self.texture {
            Some(texture) => {
                let image = egui::Image::new(texture)
                    .max_size(size)
                    .alt_text("Preview of the export");
                ui.add(image);
            }
            None if self.coming.is_some() => {
                ui.weak("Drawing the preview …");
            }
            None => {
                ui.weak("No preview");
            }
        });
    }
}
