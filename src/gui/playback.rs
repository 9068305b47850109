//! Commands that move the timeline, and that pause, end or continue the training of a network.

use super::app::App;
use super::command::{Command, TRAIN_ON};
use super::panel::progress::Progress;

impl App {
    /// Moves the timeline, or asks for a guess while a prediction hides the runs.
    pub(super) fn timeline_command(&mut self, command: &Command) {
        if self.is_predicting() {
            return self.ask_for_guess();
        }
        match *command {
            Command::Play => self.timeline.toggle(),
            Command::Step(steps) => self.timeline.move_by(steps),
            Command::GoTo(step) => {
                self.timeline.playing = false;
                self.timeline.go_to(step);
            }
            Command::Seek(share) => {
                self.timeline.playing = false;
                #[expect(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a fraction of the steps"
                )]
                let step = (share.clamp(0.0, 1.0) * self.timeline.steps() as f64).round() as u64;
                self.timeline.go_to(step);
            }
            Command::Restart => {
                self.timeline.go_to(0);
                self.timeline.playing = true;
            }
            _ => {}
        }
    }

    /// Pauses, ends or continues the training of a network.
    pub(super) fn training_command(&mut self, command: &Command) {
        // A refused scene does not train, as the window says.
        if self.refusal.is_some() {
            return;
        }
        let Some(progress) = self.progress() else {
            return self.show_message(
                "Runs on a landscape are computed at once; this command is for networks.",
            );
        };
        match command {
            Command::PauseTraining if progress.complete && !self.session.is_paused() => {
                self.show_message("Nothing is training.");
            }
            Command::PauseTraining => self.session.pause(!self.session.is_paused()),
            Command::StopTraining if !progress.complete => {
                self.scene.training.steps = progress.done.max(1);
                self.session.pause(false);
            }
            Command::TrainOn => {
                self.scene.training.steps = self.scene.training.steps.saturating_add(TRAIN_ON);
                self.session.pause(false);
            }
            _ => {}
        }
    }

    /// Returns the progress of a network's training; `None` on a landscape.
    pub(super) fn progress(&self) -> Option<Progress> {
        // A refused scene does not train.
        let progress = || Progress::of(&self.scene, self.runs());
        if self.refusal.is_some() {
            None
        } else {
            progress()
        }
    }
}
