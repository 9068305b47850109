//! Progress of a network's training, and buttons that pause, end and continue it.

use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::Outcome;
use crate::gui::command::{Command, TRAIN_ON};
use eframe::egui;

/// Progress of a network's training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Step of the run that has come farthest.
    pub done: u64,
    /// Number of steps.
    pub steps: u64,
    /// Whether no run has steps to come.
    pub complete: bool,
    /// Numbers of runs that have diverged, and of all runs.
    pub diverged: [usize; 2],
}

impl Progress {
    /// Returns the progress of a scene's network; `None` for a landscape.
    pub(crate) fn of(scene: &Scene, runs: Option<&Runs>) -> Option<Self> {
        let network = scene.network()?;
        let every = network.settings.every.max(1);
        let runs = runs.filter(|runs| runs.trained.is_some() && runs.scene.same_subject(scene));
        let rows = runs.and_then(|runs| {
            let rows = runs.results.iter().map(|result| result.trajectory.len());
            rows.max()
        });
        let done = rows.unwrap_or(0).saturating_sub(1) as u64 * every;
        let outcomes = runs.map_or(&[][..], |runs| &runs.results[..]).iter();
        let outcomes = outcomes.map(|result| result.trajectory.outcome);
        let diverged =
            { outcomes.clone() }.filter(|outcome| matches!(outcome, Outcome::Diverged(..)));
        let diverged = [diverged.count(), outcomes.len()];
        let trained = runs.and_then(|runs| runs.trained.as_ref());
        let same = runs.is_some_and(|runs| runs.scene.training == scene.training);
        Some(Self {
            done: done.min(scene.training.steps),
            steps: scene.training.steps,
            complete: same && trained.is_some_and(|trained| trained.complete),
            diverged,
        })
    }
}

/// Shows the progress and its buttons.
pub(crate) fn ui(ui: &mut egui::Ui, progress: Progress, paused: bool) -> Option<Command> {
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        let title = if paused { "Go on" } else { "Pause" };
        let pause = ui.add_enabled(!progress.complete || paused, egui::Button::new(title));
        let pause = pause.on_hover_text("Pauses or resumes training (P).");
        if pause.clicked() {
            asked = Some(Command::PauseTraining);
        }
        let stop = ui.add_enabled(!progress.complete, egui::Button::new("Stop"));
        let stop = stop.on_hover_text("Ends training at the step of the run that has come farthest (Shift+P).");
        if stop.clicked() {
            asked = Some(Command::StopTraining);
        }
        let on = ui.button(format!("+ {TRAIN_ON} steps"));
        let help = "Trains all runs for more steps (T). A run whose schedule depends on the number of steps starts again.";
        if on.on_hover_text(help).clicked() {
            asked = Some(Command::TrainOn);
        }
        let Progress {
            done,
            steps,
            complete,
            diverged: [diverged, all],
        } = progress;
        let all_diverged = diverged > 0 && diverged == all;
        let state = match (complete, paused) {
            (true, _) if all_diverged => "diverged",
            (true, _) => "trained",
            (false, true) => "paused",
            (false, false) => "training",
        };
        let others = match diverged {
            0 => String::new(),
            _ if all_diverged => String::new(),
            _ => format!(" · {diverged} of {all} runs diverged"),
        };
        let text = format!("{state}: step {done} of {steps}{others}");
        if complete {
            ui.label(text);
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a bar")]
        let share = (real(done) / real(steps.max(1))) as f32;
        // The rest of the row, or a row of its own.
        let rest = ui.available_size_before_wrap().x;
        let width = if rest < 160.0 { ui.max_rect().width() } else { rest };
        let bar = egui::ProgressBar::new(share).desired_width(width - 8.0).text(text.clone());
        let bar = ui.add(bar);
        bar.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &text));
    });
    asked
}
