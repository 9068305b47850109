//! The rule of the selected run: its lines in symbols, and with the numbers of the timeline's step.

use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{OptimizerStateKind, symbols};
use crate::figure::axis::number;
use crate::gui::inspect_cache::{InspectCache, MAX_INSPECTED_STEP};
use eframe::egui;

/// Whether the rule is unfolded, and the step that it was shown for last.
#[derive(Default)]
pub(crate) struct PanelState {
    looked: InspectCache,
    /// Whether the rule is unfolded.
    pub(crate) open: bool,
}

/// Shows the rule of run `index`, and the numbers of the step that leads to row `row`.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    memory: &mut PanelState,
    (scene, runs, row): (&Scene, &Runs, usize),
    (index, name): (usize, &str),
) {
    let header = egui::CollapsingHeader::new(format!("Rule of {name}")).id_salt("rule");
    let shown = header.show(ui, |ui| {
        let spec = &scene.runs[index].spec;
        for line in spec.update_lines() {
            ui.label(symbols(line));
        }
        if scene.network.is_some() {
            ui.weak("Numbers are shown on landscapes of two parameters.");
            return;
        }
        ui.add_space(4.0);
        let step = u64::try_from(row).unwrap_or(u64::MAX);
        if step == 0 {
            ui.weak("Step on to see it with numbers.");
            return;
        }
        if step > MAX_INSPECTED_STEP {
            ui.weak(format!(
                "Numbers are shown up to step {MAX_INSPECTED_STEP}."
            ));
            return;
        }
        let Some(look) = memory.looked.at(scene, runs, index, step) else {
            ui.weak("The run does not get to this step.");
            return;
        };
        let parameters = scene.landscape.as_dyn().parameters();
        for (index, axis) in parameters.iter().enumerate() {
            ui.strong(format!("step {step} in {axis}"));
            for line in spec.update_lines_at(look, index) {
                ui.label(line);
            }
        }
        if !look.state[1].is_empty() {
            ui.add_space(4.0);
            ui.strong("carried");
        }
        let dim = look.theta[0].len();
        for carried in &look.state[1] {
            let numbers: Vec<String> = match carried.kind {
                OptimizerStateKind::Places | OptimizerStateKind::Trials
                    if carried.numbers.len() > dim =>
                {
                    vec![format!("{} points", carried.numbers.len() / dim.max(1))]
                }
                _ => carried
                    .numbers
                    .iter()
                    .map(|value| number(*value, 4))
                    .collect(),
            };
            let text = format!("{} = {}", carried.symbol, numbers.join(", "));
            ui.label(text).on_hover_text(carried.name);
        }
    });
    memory.open = shown.fully_open();
}
