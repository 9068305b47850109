//! A picture or film that is being written, on a thread of its own.

use super::Order;
use crate::engine::cancel::Cancel;
use crate::export::file;
use crate::gui::view::FRAMES;
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// An export under way. Nothing is written before all of it is made.
pub(super) struct Job {
    /// The files.
    files: Vec<PathBuf>,
    receiver: Receiver<Result<(), String>>,
    cancel: Cancel,
    /// Number of frames that are done.
    done: Arc<AtomicUsize>,
    /// Number of all frames of a film.
    frames: Option<usize>,
}

/// Message of an export that was stopped.
const STOPPED: &str = "Stopped; nothing was written.";

impl Job {
    /// Begins the export.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no thread.
    pub(super) fn spawn(
        ctx: &egui::Context,
        order: Order,
        files: Vec<PathBuf>,
    ) -> Result<Self, String> {
        let (sender, receiver) = channel();
        let (cancel, done) = (Cancel::default(), Arc::<AtomicUsize>::default());
        let frames = order.frames;
        let (ctx, own_files) = (ctx.clone(), files.clone());
        let (own_cancel, own_done) = (cancel.clone(), Arc::clone(&done));
        let body = move || {
            let mut on_frame = |count| {
                own_done.store(count, Ordering::Relaxed);
                ctx.request_repaint();
            };
            let Order {
                figure,
                page,
                format,
                frames,
            } = order;
            let mut staged = Vec::new();
            let mut keep = |index: usize, bytes: Vec<u8>| {
                let path = own_files.get(index).ok_or("a frame without a file")?;
                staged.push(file::stage(path, |out| out.write_all(&bytes))?);
                Ok(())
            };
            let made = match frames {
                Some(_) if format == FRAMES => figure.with_film(page, |film| {
                    film.pictures("png", &own_cancel, |index, bytes| {
                        on_frame(index + 1);
                        keep(index, bytes)
                    })
                }),
                Some(_) => figure
                    .with_film(page, |film| film.bytes(format, &mut on_frame, &own_cancel))
                    .and_then(|bytes| keep(0, bytes)),
                None => figure.bytes(format, page).and_then(|bytes| keep(0, bytes)),
            };
            let written = made.and_then(|()| {
                if own_cancel.is_cancelled() {
                    Err(STOPPED.to_owned())
                } else {
                    file::commit_staged(staged)
                }
            });
            let stopped = own_cancel.is_cancelled() && written.is_err();
            let written = if stopped {
                Err(STOPPED.to_owned())
            } else {
                written
            };
            // The receiver is gone once the window is closed.
            let _ = sender.send(written);
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("ravine export".to_owned());
        let spawned = thread.spawn(body);
        spawned.map_err(|error| format!("no thread for the export: {error}"))?;
        Ok(Self {
            files,
            receiver,
            cancel,
            done,
            frames,
        })
    }

    /// Returns the message of an export that has written its files.
    pub(super) fn written_text(&self) -> String {
        match &self.files[..] {
            [first, .., last] => {
                let last = last.file_name().unwrap_or_default().to_string_lossy();
                format!("Wrote {} to {last}.", first.display())
            }
            files => {
                let names = files.iter().map(|file| file.display().to_string());
                format!("Wrote {}.", names.collect::<String>())
            }
        }
    }

    /// Returns the result, once.
    pub(super) fn result(&self) -> Option<Result<(), String>> {
        match self.receiver.try_recv() {
            Ok(done) => Some(done),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err("the export broke off; nothing was written".to_owned()))
            }
        }
    }

    /// Asks the thread to stop.
    pub(super) fn stop(&self) {
        self.cancel.cancel();
    }

    /// Whether it was asked to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Returns the numbers of finished and of all frames of a film.
    pub(super) fn progress(&self) -> Option<[usize; 2]> {
        Some([self.done.load(Ordering::Relaxed), self.frames?])
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
