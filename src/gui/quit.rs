//! The end of the window: asks what becomes of changes that no file has.

use super::app::App;
use eframe::egui;

/// Whether the window closes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Nothing has asked for it.
    No,
    /// The question is open what becomes of changes.
    Asking,
    /// The window closes.
    Confirmed,
}

/// Answer to the question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Save,
    Close,
    Stay,
}

impl App {
    /// Whether the person's own scene has changes that its file does not have; scenes of lessons have none.
    fn has_changes(&self) -> bool {
        let (document, saved, _) = self.own_document();
        document.0 != *saved
    }

    /// Closes the window, or asks first where there are changes: in the shown scene, or else in that of the other subject, which is
    /// shown for it.
    pub(super) fn quit(&mut self, ctx: &egui::Context) {
        let other = self.own_other_scene();
        let in_other = other.is_some_and(|other| other.scene != other.saved);
        if self.has_changes() || in_other {
            self.leave_lesson();
        }
        if !self.has_changes() && in_other && self.switch_subject(ctx).is_err() {
            self.closing = Closing::Confirmed;
        }
        if self.has_changes() && self.closing != Closing::Confirmed {
            self.closing = Closing::Asking;
        } else {
            self.closing = Closing::Confirmed;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Asks when the desktop closes the window, and shows the question.
    pub(super) fn quit_ui(&mut self, ctx: &egui::Context) {
        let close_requested = ctx.input(|input| input.viewport().close_requested());
        if close_requested && self.closing != Closing::Confirmed {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.quit(ctx);
        }
        if self.closing != Closing::Asking {
            return;
        }
        let size = ctx.content_rect().size();
        let modal = egui::Modal::new(egui::Id::unique("quit")).show(ctx, |ui| {
            ui.set_width((size.x - 48.0).clamp(160.0, 420.0));
            ui.heading("Save changes before closing?");
            ui.add_space(4.0);
            let name = self.path.as_ref().map(|path| path.display().to_string());
            let file = name.unwrap_or_else(|| "a file".to_owned());
            let mut text = format!("The scene has changes that are not saved in {file}.");
            if self.autosave.is_some() {
                text += " Ravine keeps them for its next start, too.";
            }
            ui.label(text);
            ui.add_space(8.0);
            let buttons = [
                ("Save", Answer::Save),
                ("Close without saving", Answer::Close),
                ("Cancel", Answer::Stay),
            ];
            let clicked = |ui: &mut egui::Ui| {
                let mut answer = None;
                for (title, meaning) in buttons {
                    if ui.button(title).clicked() {
                        answer = Some(meaning);
                    }
                }
                answer
            };
            ui.horizontal_wrapped(clicked).inner
        });
        let answer = modal.inner.or(modal.should_close().then_some(Answer::Stay));
        let Some(answer) = answer else {
            return;
        };
        self.closing = Closing::No;
        match answer {
            Answer::Stay => {}
            Answer::Close => {
                self.closing = Closing::Confirmed;
                self.quit(ctx);
            }
            Answer::Save => {
                self.apply(ctx, super::command::Command::Save);
                if !self.has_changes() {
                    self.quit(ctx);
                }
            }
        }
    }
}
