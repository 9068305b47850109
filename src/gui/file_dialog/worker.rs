//! A thread that works on the newest of some requests, so that the window does not wait for a slow disk.

use eframe::egui;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A thread that answers requests. Those that a newer one has overtaken before it began are left out.
pub(super) struct Worker<I, O> {
    sender: Sender<I>,
    receiver: Receiver<(I, O)>,
    /// Whether an answer is to come.
    pub(super) busy: bool,
}

impl<I: Send + 'static, O: Send + 'static> Worker<I, O> {
    /// Starts the thread; it ends when the worker is dropped. `None` where the system gives none.
    pub(super) fn spawn(
        ctx: &egui::Context,
        work: impl Fn(&I) -> O + Send + 'static,
    ) -> Option<Self> {
        let (sender, requests) = channel();
        let (answers, receiver) = channel();
        let ctx = ctx.clone();
        let body = move || {
            while let Ok(first) = requests.recv() {
                let newest = requests.try_iter().last().unwrap_or(first);
                let answer = work(&newest);
                if answers.send((newest, answer)).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("ravine files".to_owned());
        thread.spawn(body).ok()?;
        Some(Self {
            sender,
            receiver,
            busy: false,
        })
    }

    pub(super) fn request(&mut self, request: I) {
        self.busy = self.sender.send(request).is_ok();
    }

    /// Returns the newest answer with its request, once; waits for it a moment, in which most are there.
    pub(super) fn newest(&mut self, wait: Duration) -> Option<(I, O)> {
        if !self.busy {
            return None;
        }
        let first = self.receiver.recv_timeout(wait).ok()?;
        self.busy = false;
        Some(self.receiver.try_iter().last().unwrap_or(first))
    }
}
