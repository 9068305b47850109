//! Documents of the undo history: a scene with its file.

use super::app::App;
use crate::engine::scene::{Scene, SurfaceStyle};
use eframe::egui;
use std::path::PathBuf;

/// A scene and its file, which undo and redo restore.
pub(super) type Document = (Scene, Option<PathBuf>);

impl App {
    /// Returns the document as the history has it.
    pub(super) fn document(&self) -> Document {
        without_camera((self.scene.clone(), self.path.clone()))
    }

    /// Replaces the document by an earlier or later one.
    pub(super) fn restore(&mut self, ctx: &egui::Context, document: Option<Document>) {
        let Some((scene, path)) = document else {
            return;
        };
        if !scene.subject.same_kind(&self.scene.subject)
            && let Err(sentence) = self.switch_subject(ctx)
        {
            return self.show_error(sentence);
        }
        if path != self.path {
            match Self::new_session(ctx, path.as_deref()) {
                Ok(session) => self.session = session,
                Err(sentence) => return self.show_error(sentence),
            }
        }
        let surface = scene.surface.with_camera_of(&self.scene.surface);
        (self.scene, self.path) = (Scene { surface, ..scene }, path);
    }
}

/// Returns a document with the camera of a new scene: turning the surface is no step of the history.
pub(super) fn without_camera((scene, path): Document) -> Document {
    let surface = scene.surface.with_camera_of(&SurfaceStyle::default());
    (Scene { surface, ..scene }, path)
}
