//! The update rule of the selected run as typeset mathematics, with the numbers of the timeline's step under its symbols.

use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{OptimizerStateKind, RunSpec, StepInspection};
use crate::figure::axis::number;
use crate::figure::colour::run_colour;
use crate::figure::maths::Slot;
use crate::figure::style_index;
use crate::gui::inspect_cache::{InspectCache, MAX_INSPECTED_STEP};
use crate::gui::maths::{FormulaStyle, styled_formula_ui};
use crate::gui::scale::SPACE;
use crate::gui::{paint, theme};
use eframe::egui;

/// State of the panel between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    inspected: InspectCache,
    /// Whether the rule is unfolded.
    pub(crate) open: bool,
    /// Unfolds or folds the rule in the next frame.
    pub(crate) open_next: Option<bool>,
    /// The parameter whose numbers are shown.
    parameter: usize,
}

/// Shows the update rule of run `index`, and the numbers of the step that leads to row `row`.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    state: &mut PanelState,
    (scene, runs, row): (&Scene, &Runs, usize),
    (index, name): (usize, &str),
) {
    let header = egui::CollapsingHeader::new(format!("Rule of {name}")).id_salt("rule");
    let opens = state.open_next == Some(true);
    let header = header.open(state.open_next.take());
    let shown = header.show(ui, |ui| {
        let run = &scene.runs[index];
        let colour = run_colour(style_index(run.colour), theme::current(ui.ctx()));
        let colour = paint::colour(colour);
        let step_data = match step_of(state, (scene, runs, row), index) {
            Ok((step, data, end)) => {
                if let Some(end) = end {
                    ui.label(end);
                }
                parameter_ui(ui, &mut state.parameter, scene, step);
                Some(data)
            }
            Err(note) => {
                ui.weak(note);
                None
            }
        };
        // Long lines scroll below the heading, which stays in place.
        let scroll = egui::ScrollArea::horizontal().id_salt("rule lines");
        scroll.show(ui, |ui| {
            rule_ui(ui, &run.spec, step_data.as_ref(), state.parameter, colour);
            if let Some(step_data) = &step_data {
                state_ui(ui, step_data);
            }
        });
    });
    state.open = shown.fully_open();
    if opens {
        shown.header_response.scroll_to_me(Some(egui::Align::Min));
    }
}

/// Returns the number of the step that leads to row `row` of a run, its details, and a sentence where the run ended before; or why there
/// are none.
fn step_of(
    state: &mut PanelState,
    (scene, runs, row): (&Scene, &Runs, usize),
    index: usize,
) -> Result<(u64, StepInspection, Option<String>), String> {
    if scene.is_network() {
        return Err("Numbers are shown on landscapes of two parameters.".to_owned());
    }
    let result = runs.results.get(index);
    let trajectory = &result.ok_or("The run is not computed yet.")?.trajectory;
    let last = trajectory.len().saturating_sub(1);
    // A run that ended before the timeline's step shows its last step.
    let end = trajectory.outcome.early_end().filter(|_| row >= last);
    let step = u64::try_from(row.min(last)).unwrap_or(u64::MAX);
    if step == 0 {
        return Err("Step forward to see its numbers.".to_owned());
    }
    if step > MAX_INSPECTED_STEP {
        let most = MAX_INSPECTED_STEP;
        return Err(format!("Numbers are shown up to step {most}."));
    }
    let data = state.inspected.at(scene, runs, index, step);
    let data = data.ok_or("The run ends before this step.")?;
    Ok((step, data.clone(), end))
}

/// Shows the step, and the choice of the parameter whose numbers are shown.
fn parameter_ui(ui: &mut egui::Ui, parameter: &mut usize, scene: &Scene, step: u64) {
    let axes = scene.landscape().as_dyn().parameters();
    *parameter = (*parameter).min(axes.len().saturating_sub(1));
    ui.horizontal(|ui| {
        ui.strong(format!("step {step} in {}", axes[*parameter]));
        if axes.len() > 1 {
            for (index, axis) in axes.iter().enumerate() {
                let choice = ui.selectable_label(*parameter == index, *axis);
                choice.widget_info(|| {
                    let name = format!("numbers of {axis}");
                    egui::WidgetInfo::selected(
                        egui::Role::RadioButton,
                        true,
                        *parameter == index,
                        name,
                    )
                });
                let choice = choice.on_hover_text(format!("Numbers of the parameter {axis}."));
                if choice.clicked() {
                    *parameter = index;
                }
            }
        }
    });
}

/// Shows the lines of a rule; with the details of a step, its numbers are under their symbols, and symbols that are arrows on the map have
/// the run's colour.
fn rule_ui(
    ui: &mut egui::Ui,
    spec: &RunSpec,
    step_data: Option<&StepInspection>,
    parameter: usize,
    colour: egui::Color32,
) {
    let number = |slot: &Slot| spec.slot_text(step_data?, parameter, (&slot.symbol, &slot.name));
    let arrow = |slot: &Slot| {
        let name = slot.name.trim_end_matches('<');
        let state = step_data?.state[1]
            .iter()
            .find(|entry| entry.symbol == name)?;
        let drawn = matches!(
            state.kind,
            OptimizerStateKind::Direction | OptimizerStateKind::Step
        );
        drawn.then_some(colour)
    };
    let help = |slot: &Slot| {
        let name = slot.name.trim_end_matches('<');
        let before = slot.name.ends_with('<');
        let when = if before { ", before the step" } else { "" };
        let state = step_data
            .iter()
            .flat_map(|data| &data.state[1])
            .find(|entry| entry.symbol == name);
        Some(match (name, state) {
            ("θ", _) if before => "θ: parameters before the step".to_owned(),
            ("θ", _) => "θ: parameters after the step".to_owned(),
            ("g", None) => format!("g: gradient{when}"),
            ("t", None) => "t: number of the step".to_owned(),
            (_, Some(state)) => format!("{name}: {}{when}", state.name),
            (setting, None) if setting != slot.symbol => format!("setting {setting}"),
            _ => return None,
        })
    };
    ui.add_space(SPACE[0]);
    for line in spec.update_lines() {
        let style = FormulaStyle {
            number: &number,
            colour: &arrow,
            help: &help,
            ..FormulaStyle::default()
        };
        styled_formula_ui(ui, line, &style);
        ui.add_space(SPACE[1]);
    }
}

/// Shows the optimizer state after a step.
fn state_ui(ui: &mut egui::Ui, step_data: &StepInspection) {
    if !step_data.state[1].is_empty() {
        ui.add_space(SPACE[0]);
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
}
