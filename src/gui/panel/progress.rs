//! How far the runs of a network are, and how they are held, ended or let go on.

use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::gui::command::{Command, TRAIN_ON};
use eframe::egui;

/// How far the runs of a network are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The step that the farthest run has come to.
    pub done: u64,
    /// The steps that it may take.
    pub steps: u64,
    /// Whether no run has steps to come.
    pub complete: bool,
}

impl Progress {
    /// That of a scene about a network; `None` of a landscape.
    pub(crate) fn of(scene: &Scene, runs: Option<&Runs>) -> Option<Self> {
        let bench = scene.network.as_ref()?;
        let every = bench.settings.every.max(1);
        let runs = runs.filter(|runs| runs.trained.is_some() && runs.scene.same_subject(scene));
        let rows = runs.and_then(|runs| {
            let rows = runs.results.iter().map(|result| result.trajectory.len());
            rows.max()
        });
        let done = rows.unwrap_or(0).saturating_sub(1) as u64 * every;
        let trained = runs.and_then(|runs| runs.trained.as_ref());
        let same = runs.is_some_and(|runs| runs.scene.training == scene.training);
        Some(Self {
            done: done.min(scene.training.steps),
            steps: scene.training.steps,
            complete: same && trained.is_some_and(|trained| trained.complete),
        })
    }
}

/// Shows the progress and its buttons.
pub(crate) fn ui(ui: &mut egui::Ui, progress: Progress, paused: bool) -> Option<Command> {
    let mut asked = None;
    ui.horizontal(|ui| {
        let hold = if paused { "Go on" } else { "Pause" };
        let held = ui.add_enabled(!progress.complete, egui::Button::new(hold));
        let held = held.on_hover_text("Holds all runs where they are, or lets them go on (P).");
        if held.clicked() {
            asked = Some(Command::PauseTraining);
        }
        let stop = ui.add_enabled(!progress.complete, egui::Button::new("Stop"));
        let stop = stop.on_hover_text("Ends all runs at the step that the farthest has come to.");
        if stop.clicked() {
            asked = Some(Command::StopTraining);
        }
        let on = ui.button(format!("+ {TRAIN_ON} steps"));
        let help = "Lets all runs go on from where they are (T). A run whose schedule stretches over its whole length begins anew.";
        if on.on_hover_text(help).clicked() {
            asked = Some(Command::TrainOn);
        }
        let Progress {
            done,
            steps,
            complete,
        } = progress;
        let state = match (complete, paused) {
            (true, _) => "trained",
            (false, true) => "held",
            (false, false) => "training",
        };
        #[expect(clippy::cast_possible_truncation, reason = "a share of a bar")]
        let share = (real(done) / real(steps.max(1))) as f32;
        let words = format!("{state}: step {done} of {steps}");
        let bar = egui::ProgressBar::new(if complete { 1.0 } else { share })
            .desired_width((ui.available_width() - 8.0).max(80.0))
            .text(words.clone());
        let bar = ui.add(bar);
        bar.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &words));
    });
    asked
}
