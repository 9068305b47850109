//! A picture or film that is being written, on a thread of its own.

use super::Order;
use crate::engine::cancel::Cancel;
use crate::export::file;
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// An export under way. Nothing is written before all of it is made.
pub(super) struct Job {
    /// The file.
    pub(super) path: PathBuf,
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
    pub(super) fn spawn(ctx: &egui::Context, order: Order, path: PathBuf) -> Result<Self, String> {
        let (sender, receiver) = channel();
        let (cancel, done) = (Cancel::default(), Arc::<AtomicUsize>::default());
        let frames = order.frames;
        let (ctx, own_path) = (ctx.clone(), path.clone());
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
            let bytes = match frames {
                Some(_) => figure.film(format, page, &mut on_frame, &own_cancel),
                None => figure.bytes(format, page),
            };
            let written = bytes.and_then(|bytes| {
                if own_cancel.is_cancelled() {
                    return Err(STOPPED.to_owned());
                }
                file::write_atomic(&own_path, |out| out.write_all(&bytes))
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
            path,
            receiver,
            cancel,
            done,
            frames,
        })
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
