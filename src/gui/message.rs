//! Messages over the view: a reference to the refusal of the scene, and the newest message.

use super::app::App;
use crate::export::sentence::one_line;
use crate::figure::drawing::Area;
use eframe::egui;
use std::time::Duration;

/// Seconds for which a message that is no error is shown.
const SECONDS: f64 = 4.0;

/// Seconds for which an error is shown, unless a command or Escape removes it.
const ERROR_SECONDS: f64 = 15.0;

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

    /// Shows where the refusal of the scene stands, or the newest message, over the upper left corner of an area. The refusal itself is
    /// shown where the left panel is closed.
    pub(super) fn message_ui(&mut self, ui: &egui::Ui, area: Area) {
        self.expire_message(ui.ctx());
        let beside = self.shows_left_panel(ui.ctx());
        let (text, is_error) = match (&self.refusal, &self.message) {
            (Some(refusal), _) => (refusal.reference(), true),
            (None, Some(message)) => (message.text.clone(), message.is_error),
            (None, None) => return,
        };
        let place = egui::pos2(area.min[0] + 10.0, area.min[1] + 10.0);
        let shown = egui::Area::new(egui::Id::unique("message"))
            .fixed_pos(place)
            .show(ui.ctx(), |ui| {
                egui::Frame::popup(ui.style())
                    .show(ui, |ui| {
                        ui.set_max_width((area.width() - 40.0).max(160.0));
                        if let Some(refusal) = self.refusal.as_ref().filter(|_| !beside) {
                            return (refusal.ui(ui), [false; 2]);
                        }
                        let row = ui.horizontal_top(|ui| {
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
                            if self.refusal.is_some() {
                                let help = "Scrolls to the setting that caused it.";
                                let show = ui.small_button("Show").on_hover_text(help);
                                [false, show.clicked()]
                            } else {
                                [ui.small_button("Close").clicked(), false]
                            }
                        });
                        (Vec::new(), row.inner)
                    })
                    .inner
            });
        let (commands, [closed, revealed]) = shown.inner;
        if closed {
            self.message = None;
        }
        self.reveal_refusal |= revealed;
        self.apply_all(&ui.ctx().clone(), commands);
    }

    /// Removes an error; returns whether there was one.
    pub(super) fn close_error(&mut self) -> bool {
        let closes = self
            .message
            .as_ref()
            .is_some_and(|message| message.is_error);
        if closes {
            self.message = None;
        }
        closes
    }

    /// Removes a message some seconds after it was shown first; that of work under way stays.
    fn expire_message(&mut self, ctx: &egui::Context) {
        let Some(message) = self.message.as_mut() else {
            return;
        };
        if self.working.is_some() && !message.is_error {
            return;
        }
        let now = ctx.input(|input| input.time);
        let seconds = if message.is_error {
            ERROR_SECONDS
        } else {
            SECONDS
        };
        let left = *message.since.get_or_insert(now) + seconds - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        } else {
            self.message = None;
        }
    }
}
