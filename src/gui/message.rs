//! Messages over the view: the error of a refused scene, and the newest message.

use super::app::App;
use crate::export::sentence::one_line;
use crate::figure::drawing::Area;
use eframe::egui;
use std::time::Duration;

/// Seconds for which a message that is no error is shown.
const SECONDS: f64 = 4.0;

/// The newest message.
pub(super) struct Message {
    text: String,
    is_error: bool,
    /// Time when it was shown first.
    since: Option<f64>,
}

impl Message {
    /// Creates a message of one line.
    pub(super) fn new(text: &str, is_error: bool) -> Self {
        Self {
            text: one_line(text),
            is_error,
            since: None,
        }
    }
}

impl App {
    pub(super) fn show_message(&mut self, words: impl AsRef<str>) {
        self.message = Some(Message::new(words.as_ref(), false));
    }

    pub(super) fn show_error(&mut self, sentence: impl AsRef<str>) {
        self.message = Some(Message::new(sentence.as_ref(), true));
    }

    /// Shows the error of the scene, or the newest message, over the upper left corner of an area.
    pub(super) fn message_ui(&mut self, ui: &egui::Ui, area: Area) {
        self.expire_message(ui.ctx());
        let (text, is_error) = match (&self.problem, &self.message) {
            (Some(problem), _) => (problem.clone(), true),
            (None, Some(message)) => (message.text.clone(), message.is_error),
            (None, None) => return,
        };
        let place = egui::pos2(area.min[0] + 10.0, area.min[1] + 10.0);
        let closed = egui::Area::new(egui::Id::unique("message"))
            .fixed_pos(place)
            .show(ui.ctx(), |ui| {
                egui::Frame::popup(ui.style())
                    .show(ui, |ui| {
                        ui.set_max_width((area.width() - 40.0).max(160.0));
                        ui.horizontal_top(|ui| {
                            let colour = if is_error {
                                ui.visuals().error_fg_color
                            } else {
                                ui.visuals().text_color()
                            };
                            // A formula's error points at a character in the line above.
                            let rich = egui::RichText::new(&text).color(colour);
                            let rich = if text.contains('\n') {
                                rich.monospace()
                            } else {
                                rich
                            };
                            ui.add(egui::Label::new(rich).wrap());
                            self.problem.is_none() && ui.small_button("Close").clicked()
                        })
                        .inner
                    })
                    .inner
            });
        if closed.inner {
            self.message = None;
        }
    }

    /// Removes a message that is no error some seconds after it was shown first; that of work under way stays.
    fn expire_message(&mut self, ctx: &egui::Context) {
        let Some(message) = self.message.as_mut().filter(|message| !message.is_error) else {
            return;
        };
        if self.working.is_some() {
            return;
        }
        let now = ctx.input(|input| input.time);
        let left = *message.since.get_or_insert(now) + SECONDS - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        } else {
            self.message = None;
        }
    }
}
