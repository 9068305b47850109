//! The left panel of a network: model, data, plane and training.

use super::scene::{PanelResponse, heading_text};
use super::{architecture, samples};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::Settings;
use crate::engine::network::TrainingTask;
use crate::engine::network::data::AnyDataset;
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;
use crate::engine::scene::{NetworkScene, Scene, ScenePart, Subject};
use crate::export::help_page::Family;
use crate::figure::colour::Theme;
use crate::figure::network::short_axes;
use crate::gui::command::Command;
use crate::gui::field::refusal_ui;
use crate::gui::file_dialog::Purpose;
use crate::gui::paint::Textures;
use crate::gui::param_ui::{SettingStyle, file_ui, name_ui, settings_ui, styled_settings_ui};
use crate::gui::reader::{HELP_WIDTH, help_button};
use crate::gui::refusal::RefusalSlot;
use crate::gui::slider::{UNLIMITED, drag_ui};
use crate::gui::switch::switch_ui;
use crate::gui::view::named;
use eframe::egui;
use std::sync::Arc;

/// State of the panel between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    /// Whether rarely changed settings are shown: of the model, the data, the plane, the training.
    more: [bool; 4],
    /// Whether edits of runs act from the timeline's step on.
    pub(super) keep_weights: bool,
    samples: Option<samples::CachedSamples>,
}

/// Returns the task of runs whose data and loss are those of a scene.
fn current_task<'a>(runs: &'a Runs, bench: &NetworkScene) -> Option<&'a Arc<TrainingTask>> {
    let trained = runs.trained.as_ref()?;
    let own = runs.scene.network()?;
    let same = own.data == bench.data
        && own.settings.test == bench.settings.test
        && own.model.as_dyn().loss() == bench.model.as_dyn().loss();
    same.then_some(&trained.task)
}

/// Settings of models and data that are always shown.
const COMMON_SETTINGS: [&str; 9] = [
    "hidden",
    "activation",
    "loss",
    "samples",
    "noise",
    "classes",
    "turns",
    "label",
    "standardise",
];

/// Settings of the training that are always shown.
const COMMON_TRAINING: [&str; 5] = ["steps", "seed", "seeds", "batch", "every"];

/// Shows a heading with a switch for rarely changed settings.
fn heading_with_more(ui: &mut egui::Ui, text: &str, more: &mut bool) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.label(heading_text(text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Max), |ui| {
            let title = if *more { "less" } else { "more" };
            let toggle = ui.small_button(title);
            toggle.widget_info(|| {
                let name = format!("{title} of {}", text.to_lowercase());
                egui::WidgetInfo::labeled(egui::Role::Button, true, name)
            });
            if toggle.on_hover_text("Rarely changed settings.").clicked() {
                *more = !*more;
            }
        });
    });
}

/// Shows the choice between landscape and network. Returns whether the other one was chosen.
pub(super) fn subject_ui(ui: &mut egui::Ui, scene: &Scene) -> bool {
    let mut turned = false;
    ui.horizontal(|ui| {
        for (about_network, title, help) in [
            (
                false,
                "Landscape",
                "A function of two parameters, or of one.",
            ),
            (
                true,
                "Network",
                "Training of a small network, shown on a plane through its parameters.",
            ),
        ] {
            let chosen = scene.is_network() == about_network;
            let title = egui::RichText::new(title).strong();
            let tab = ui.selectable_label(chosen, title).on_hover_text(help);
            turned |= tab.clicked() && !chosen;
        }
    });
    turned
}

/// Shows the network of a scene and edits it in place; `runs` are its newest runs, which may belong to an earlier scene.
pub(super) fn ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    runs: Option<&Runs>,
    (theme, textures): (&Theme, &mut Textures),
    state: &mut PanelState,
    (slot, answer): (&RefusalSlot, &mut PanelResponse),
) {
    let names = scene.run_names();
    let Subject::Network(bench) = &mut scene.subject else {
        return;
    };
    let before = bench.clone();
    heading_with_more(ui, "MODEL", &mut state.more[0]);
    let all = state.more[0];
    let wanted = |name: &str| {
        all || COMMON_SETTINGS.contains(&name) || slot.is_at(ScenePart::Model, Some(name))
    };
    let task = runs.and_then(|runs| current_task(runs, bench));
    ui.push_id("model", |ui| {
        let ends = task.map(|task| {
            let widths = task.loss.widths();
            [widths[0], widths[widths.len() - 1]]
        });
        let (pressed, refused) = architecture::ui(ui, &mut bench.model, ends);
        answer
            .commands
            .extend(pressed.then_some(Command::Checkpoint));
        note(answer, refused);
        let style = style_of(slot, ScenePart::Model);
        let settings = bench.model.settings_mut();
        note(answer, styled_settings_ui(ui, &style, settings, wanted));
    });
    heading_with_more(ui, "DATA", &mut state.more[1]);
    ui.push_id("data", |ui| {
        data_ui(ui, bench, state, (slot, answer));
        samples::ui(ui, task, &mut state.samples, theme, textures);
    });
    heading_with_more(ui, "PLANE", &mut state.more[2]);
    let all = state.more[2];
    ui.push_id("plane", |ui| {
        plane_ui(ui, bench, (&names, all), (slot, answer));
    });
    range_ui(ui, &mut scene.view, runs);
    let chosen = (before.data.name() != bench.data.name()).then(|| bench.data.clone());
    let forgotten = before.model != bench.model || before.data != bench.data;
    if forgotten {
        // Groups and changes of settings refer to layers and steps of the earlier network.
        for run in &mut scene.runs {
            run.spec.groups.clear();
            run.spec_changes.clear();
        }
    }
    let origin = before.plane_origin() != bench.plane_origin();
    if forgotten || origin || before.plane != bench.plane {
        scene.view = None;
    }
    if let Some(data) = chosen {
        // Whether the runs suit the data set is known from the former one.
        bench.data = before.data;
        scene.choose_data(data);
    }
}

/// Shows the training settings of all runs, and edits them in place.
pub(super) fn training_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    state: &mut PanelState,
    (slot, answer): (&RefusalSlot, &mut PanelResponse),
) {
    heading_with_more(ui, "TRAINING", &mut state.more[3]);
    let Subject::Network(bench) = &mut scene.subject else {
        return;
    };
    let all = state.more[3];
    let usual = |name: &str| all || COMMON_TRAINING.contains(&name) || slot.names(name);
    let style = style_of(slot, ScenePart::Training);
    let refused = styled_settings_ui(ui, &style, &mut scene.training, usual);
    note(answer, refused);
    let wanted = |name: &str| {
        usual(name) && !matches!(name, "test" | "precision" | "around" | "around_step")
    };
    let style = style_of(slot, ScenePart::Network);
    let refused = styled_settings_ui(ui, &style, &mut bench.settings, wanted);
    if refused.is_none() {
        for run in &mut scene.runs {
            run.align_spec_changes(bench.settings.every);
        }
    }
    note(answer, refused);
    ui.horizontal(|ui| {
        let help = "Edits of a run's settings act from the timeline's step on: the run continues with its weights there and a new optimizer state. \
                    Otherwise it starts again from the first weights.";
        let label = name_ui(ui, "keep weights").on_hover_text(help);
        let tick = ui.checkbox(&mut state.keep_weights, "");
        tick.labelled_by(label.id).on_hover_text(help);
    });
}

/// Returns the style of settings with the refusal of a part of the scene.
fn style_of<'a>(slot: &'a RefusalSlot<'a>, part: ScenePart) -> SettingStyle<'a> {
    SettingStyle {
        refusal: Some((slot, part)),
        ..SettingStyle::default()
    }
}

fn note(answer: &mut PanelResponse, refused: Option<String>) {
    answer.refused = refused.or(answer.refused.take());
}

/// Shows a menu of all members of a family and a button for the help page of the `current` one; returns the chosen one.
fn family_ui<T>(
    ui: &mut egui::Ui,
    (name, family, member): (&str, Family, &'static str),
    current: &dyn Settings,
    all: Vec<T>,
    settings: impl Fn(&T) -> &dyn Settings,
) -> Option<T> {
    let title = current.title();
    let mut chosen = None;
    ui.horizontal(|ui| {
        name_ui(ui, name);
        let combo = egui::ComboBox::from_id_salt(name)
            .selected_text(title)
            .width((ui.available_width() - 8.0 - HELP_WIDTH).max(0.0))
            .truncate();
        let response = combo.show_ui(ui, |ui| {
            for member in all {
                let (same, help) = {
                    let settings = settings(&member);
                    (settings.title() == title, settings.help())
                };
                let label = ui.selectable_label(same, settings(&member).title());
                if label.on_hover_text(help).clicked() && !same {
                    chosen = Some(member);
                }
            }
        });
        named(&response.response, name, title);
        response.response.on_hover_text(current.help());
        help_button(ui, family, member);
    });
    chosen
}

fn data_ui(
    ui: &mut egui::Ui,
    bench: &mut NetworkScene,
    state: &mut PanelState,
    (slot, answer): (&RefusalSlot, &mut PanelResponse),
) {
    let all = AnyDataset::all();
    let of = ("data", Family::Data, bench.data.name());
    let chosen = family_ui(ui, of, bench.data.settings(), all, |data| data.settings());
    if let Some(data) = chosen {
        bench.choose_data(data);
    }
    slot.ui(ui, ScenePart::Data, None);
    let style = style_of(slot, ScenePart::Data);
    let is_file = matches!(bench.data, AnyDataset::Csv(_));
    let settings = bench.data.settings_mut();
    if is_file {
        let (refused, browse) = file_ui(ui, &style, settings, "path");
        note(answer, refused);
        answer
            .commands
            .extend(browse.then_some(Command::Browse(Purpose::Data)));
    }
    let all = state.more[1];
    let wanted =
        |name: &str| !(is_file && name == "path") && (all || COMMON_SETTINGS.contains(&name));
    note(answer, styled_settings_ui(ui, &style, settings, wanted));
    let test = |name: &str| all && name == "test";
    note(answer, settings_ui(ui, &mut bench.settings, test));
}

fn plane_ui(
    ui: &mut egui::Ui,
    bench: &mut NetworkScene,
    (names, with_precision): (&[String], bool),
    (slot, answer): (&RefusalSlot, &mut PanelResponse),
) {
    let all = AnyPlane::all();
    let of = ("plane", Family::Planes, bench.plane.name());
    let chosen = family_ui(ui, of, bench.plane.settings(), all, |plane| {
        plane.settings()
    });
    if let Some(plane) = chosen {
        bench.plane = plane;
    }
    slot.ui(ui, ScenePart::Plane, None);
    let style = style_of(slot, ScenePart::Plane);
    let settings = bench.plane.settings_mut();
    note(answer, styled_settings_ui(ui, &style, settings, |_| true));
    origin_ui(ui, names, &mut bench.settings.around);
    let wanted = |name: &str| name == "around_step" || with_precision && name == "precision";
    note(answer, settings_ui(ui, &mut bench.settings, wanted));
}

/// Shows the choice of the run at whose weights the plane has its origin.
fn origin_ui(ui: &mut egui::Ui, names: &[String], around: &mut Option<u64>) {
    let name_of = |around: Option<u64>| {
        let index = usize::try_from(around?.checked_sub(1)?).ok()?;
        names.get(index).map(String::as_str)
    };
    let selected = name_of(*around).unwrap_or("first ticked run");
    ui.horizontal(|ui| {
        name_ui(ui, "around");
        let combo = egui::ComboBox::from_id_salt("around")
            .selected_text(selected)
            .width((ui.available_width() - 8.0).max(0.0))
            .truncate();
        let response = combo.show_ui(ui, |ui| {
            ui.selectable_value(around, None, "first ticked run");
            for (number, name) in (1..).zip(names) {
                ui.selectable_value(around, Some(number), name);
            }
        });
        named(&response.response, "around", selected);
        response
            .response
            .on_hover_text("The run whose weights are the plane's origin, at the step below.");
    });
}

/// Shows the window of the plane: automatic, or typed.
fn range_ui(ui: &mut egui::Ui, view: &mut Option<Rect>, runs: Option<&Runs>) {
    ui.horizontal(|ui| {
        let help =
            "Window of the plane: auto contains all runs; dragging and zooming the map fix it.";
        name_ui(ui, "range").on_hover_text(help);
        if let Some(fixed) = switch_ui(ui, "range", ["auto", "fixed"], view.is_some()) {
            *view = runs.map(|runs| runs.problem.view).filter(|_| fixed);
        }
    });
    let Some(rect) = *view else {
        return;
    };
    let mut sides = [rect.x(), rect.y()];
    let names = runs.map_or(["a", "b"].map(str::to_owned), short_axes);
    for (name, side) in names.iter().zip(&mut sides) {
        let row = ui.horizontal(|ui| {
            let mut refused = None;
            name_ui(ui, name);
            for (end, number) in ["from", "to"].into_iter().zip(side) {
                let speed = 0.01 * rect.width().max(rect.height());
                let typed = drag_ui(ui, &format!("{name} {end}"), number, speed, UNLIMITED);
                typed.response.on_hover_text(format!(
                    "{} of the window along {name}.",
                    match end {
                        "from" => "Begin",
                        _ => "End",
                    }
                ));
                refused = typed.refused.or(refused);
            }
            refused
        });
        refusal_ui(ui, row.inner.as_deref());
    }
    let [x, y] = sides;
    if (x, y) != (rect.x(), rect.y()) {
        // An empty window is refused.
        *view = Rect::new(x, y).or(*view);
    }
}
