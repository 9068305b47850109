//! Thumbnails of landscapes, computed on a thread of their own.

use crate::engine::landscape::AnyLandscape;
use crate::figure::colour::Theme;
use crate::figure::drawing::Colour;
use crate::figure::gallery::Thumbnail;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Samples along a side of a thumbnail.
const SAMPLES: usize = 64;

/// The finished thumbnails, in any order.
#[derive(Default)]
pub(super) struct Thumbnails {
    finished: Vec<CachedThumbnail>,
    coming: Option<Receiver<Thumbnail>>,
}

/// A thumbnail, and its colours in the theme of the last frame.
struct CachedThumbnail {
    thumbnail: Thumbnail,
    shaded: Option<(bool, Arc<Vec<Colour>>)>,
}

impl Thumbnails {
    /// Starts a thread that computes the thumbnails, once.
    pub(super) fn begin(&mut self, ctx: &egui::Context) {
        if self.coming.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let make = move || {
            for thumbnail in AnyLandscape::all()
                .into_iter()
                .filter_map(|landscape| Thumbnail::new(landscape, SAMPLES))
            {
                // The receiver is gone once the window is closed.
                if sender.send(thumbnail).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("ravine thumbnails".to_owned());
        // Without a thread the gallery shows titles only.
        if thread.spawn(make).is_ok() {
            self.coming = Some(receiver);
        }
    }

    /// Takes the thumbnails that were computed since the last frame.
    pub(super) fn poll(&mut self) {
        if let Some(coming) = &self.coming {
            let new = coming.try_iter().map(|thumbnail| CachedThumbnail {
                thumbnail,
                shaded: None,
            });
            self.finished.extend(new);
        }
    }

    /// Paints the thumbnail of a landscape, or a grey square until it is computed.
    pub(super) fn paint(
        &mut self,
        painter: &egui::Painter,
        landscape: &AnyLandscape,
        square: egui::Rect,
        theme: &Theme,
        textures: &mut Textures,
    ) {
        let mut finished = self.finished.iter_mut();
        let named =
            |cached: &&mut CachedThumbnail| cached.thumbnail.landscape.name() == landscape.name();
        match finished.find(named) {
            Some(cached) => {
                let area = paint::area(square);
                let pixels = cached.pixels(theme);
                let items = cached.thumbnail.items(area, &pixels, theme);
                paint::paint(painter, items, textures);
            }
            None => {
                painter.rect_filled(square, 0.0, paint::colour(theme.grid));
            }
        }
    }
}

impl CachedThumbnail {
    fn pixels(&mut self, theme: &Theme) -> Arc<Vec<Colour>> {
        let (_, pixels) = match self.shaded.take() {
            Some(shaded) if shaded.0 == theme.dark => self.shaded.insert(shaded),
            _ => {
                let pixels = self.thumbnail.shading(theme);
                self.shaded.insert((theme.dark, pixels))
            }
        };
        Arc::clone(pixels)
    }
}
