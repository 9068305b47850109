//! The update rule of the selected run, in symbols and with the numbers of the timeline's step.

use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{OptimizerStateKind, symbols};
use crate::figure::axis::number;
use crate::gui::inspect_cache::{InspectCache, MAX_INSPECTED_STEP};
use eframe::egui;

/// State of the panel between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    inspected: InspectCache,
    /// Whether the rule is unfolded.
    pub(crate) open: bool,
    /// Unfolds or folds the rule in the next frame.
    pub(crate) open_next: Option<bool>,
}

/// Shows the update rule of run `index`, and the numbers of the step that leads to row `row`.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    state: &mut PanelState,
    (scene, runs, row): (&Scene, &Runs, usize),
    (index, name): (usize, &str),
) {
    let header = egui::CollapsingHeader::new(format!("Rule of {name}")).id_salt("rule");
    let header = header.open(state.open_next.take());
    let shown = header.show(ui, |ui| {
        let spec = &scene.runs[index].spec;
        for line in spec.update_lines() {
            ui.label(symbols(line));
        }
        if scene.is_network() {
            ui.weak("Numbers are shown on landscapes of two parameters.");
            return;
        }
        ui.add_space(4.0);
        let Some(trajectory) = runs.results.get(index).map(|result| &result.trajectory) else {
            return;
        };
        let last = trajectory.len().saturating_sub(1);
        // A run that ended before the timeline's step shows its last step.
        if row >= last
            && let Some(end) = trajectory.outcome.early_end()
        {
            ui.label(end);
        }
        let step = u64::try_from(row.min(last)).unwrap_or(u64::MAX);
        if step == 0 {
            ui.weak("Step forward to see its numbers.");
            return;
        }
        if step > MAX_INSPECTED_STEP {
            ui.weak(format!(
                "Numbers are shown up to step {MAX_INSPECTED_STEP}."
            ));
            return;
        }
        let Some(step_data) = state.inspected.at(scene, runs, index, step) else {
            ui.weak("The run ends before this step.");
            return;
        };
        let parameters = scene.landscape().as_dyn().parameters();
        for (index, axis) in parameters.iter().enumerate() {
            ui.strong(format!("step {step} in {axis}"));
            for line in spec.update_lines_at(step_data, index) {
                ui.label(line);
            }
        }
        if !step_data.state[1].is_empty() {
            ui.add_space(4.0);
            ui.strong("optimizer state");
        }
        let dim = step_data.theta[0].len();
        for entry in &step_data.state[1] {
            let numbers: Vec<String> = match entry.kind {
                OptimizerStateKind::Places | OptimizerStateKind::Trials
                    if entry.numbers.len() > dim =>
                {
                    vec![format!("{} points", entry.numbers.len() / dim.max(1))]
                }
                _ => entry
                    .numbers
                    .iter()
                    .map(|value| number(*value, 4))
                    .collect(),
            };
            let text = format!("{} = {}", entry.symbol, numbers.join(", "));
            ui.label(text).on_hover_text(entry.name);
        }
    });
    state.open = shown.fully_open();
}
