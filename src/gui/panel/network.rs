//! The left panel of a network: model, data, plane, and what is kept of its runs.

use super::scene::{PanelResponse, heading_text};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::{Settings, Value};
use crate::engine::network::data::AnyDataset;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::{NetworkScene, Scene, Subject};
use crate::gui::dialog::Browse;
use crate::gui::field::refusal_ui;
use crate::gui::param_ui::{drag_ui, file_ui, name_ui, settings_ui};
use crate::gui::view::named;
use crate::import::path_text;
use eframe::egui;

/// What the panel remembers between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    /// Whether settings that are rarely changed are shown: of the model, the data, the plane, the training.
    more: [bool; 4],
    /// Whether changes of runs act from the timeline's step on.
    pub(super) keep_weights: bool,
    /// The dialog for the data's file.
    browsing: Option<Browse>,
}

/// The settings that are always shown; of a plane, all of its own are.
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

/// The settings that are always shown of what all runs share.
const COMMON_TRAINING: [&str; 4] = ["steps", "seed", "batch", "every"];

/// A heading, and beside it whether all that is below it is shown.
fn heading_with_more(ui: &mut egui::Ui, text: &str, more: &mut bool) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.label(heading_text(text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Max), |ui| {
            let words = if *more { "less" } else { "more" };
            let toggle = ui.small_button(words);
            toggle.widget_info(|| {
                let name = format!("{words} of {}", text.to_lowercase());
                egui::WidgetInfo::labeled(egui::Role::Button, true, name)
            });
            if toggle
                .on_hover_text("Settings that are rarely changed.")
                .clicked()
            {
                *more = !*more;
            }
        });
    });
}

/// Landscape or network: what the scene is about. Answers whether the other one was chosen.
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
                "A small network in training, looked at on a plane through its parameters.",
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

/// Shows the network of a scene and changes it in place; `shown` is the window of its plane that suits the runs.
pub(super) fn ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    shown: Option<Rect>,
    memory: &mut PanelState,
    answer: &mut PanelResponse,
) {
    let Subject::Network(bench) = &mut scene.subject else {
        return;
    };
    let before = bench.clone();
    heading_with_more(ui, "MODEL", &mut memory.more[0]);
    let all = memory.more[0];
    let wanted = |name: &str| all || COMMON_SETTINGS.contains(&name);
    ui.push_id("model", |ui| {
        note(answer, settings_ui(ui, bench.model.settings_mut(), wanted));
    });
    heading_with_more(ui, "DATA", &mut memory.more[1]);
    ui.push_id("data", |ui| data_ui(ui, bench, memory, answer));
    heading_with_more(ui, "PLANE", &mut memory.more[2]);
    let all = memory.more[2];
    ui.push_id("plane", |ui| plane_ui(ui, bench, all, answer));
    range_ui(ui, &mut scene.view, shown);
    let forgotten = before.model != bench.model || before.data != bench.data;
    if forgotten {
        // Layers may be others, and weights begin anew.
        for run in &mut scene.runs {
            run.spec.groups.clear();
            run.spec_changes.clear();
        }
    }
    if forgotten || before.plane != bench.plane {
        scene.view = None;
    }
}

/// What all runs of a network share, and what is kept of them.
pub(super) fn training_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    memory: &mut PanelState,
    answer: &mut PanelResponse,
) {
    heading_with_more(ui, "TRAINING", &mut memory.more[3]);
    let Subject::Network(bench) = &mut scene.subject else {
        return;
    };
    let all = memory.more[3];
    let usual = |name: &str| all || COMMON_TRAINING.contains(&name);
    note(answer, settings_ui(ui, &mut scene.training, usual));
    let wanted = |name: &str| usual(name) && name != "test" && name != "precision";
    let refused = settings_ui(ui, &mut bench.settings, wanted);
    if refused.is_none() {
        let every = bench.settings.every.max(1);
        // Spec changes are at recorded steps.
        for run in &mut scene.runs {
            for change in &mut run.spec_changes {
                change.at_step = (change.at_step / every).max(1) * every;
            }
            run.spec_changes.dedup_by_key(|change| change.at_step);
        }
    }
    note(answer, refused);
    ui.horizontal(|ui| {
        let help = "A change of a run's settings acts from the timeline's step on: the run goes on with the weights that it has there, and with a \
                    fresh optimizer. Otherwise it trains anew from the first weights.";
        let label = name_ui(ui, "keep weights").on_hover_text(help);
        let tick = ui.checkbox(&mut memory.keep_weights, "");
        tick.labelled_by(label.id).on_hover_text(help);
    });
}

fn note(answer: &mut PanelResponse, refused: Option<String>) {
    answer.refused = refused.or(answer.refused.take());
}

/// A menu of all members of a family; answers with the one that is chosen.
fn family_ui<T>(
    ui: &mut egui::Ui,
    name: &str,
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
            .width((ui.available_width() - 8.0).max(0.0))
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
    });
    chosen
}

fn data_ui(
    ui: &mut egui::Ui,
    bench: &mut NetworkScene,
    memory: &mut PanelState,
    answer: &mut PanelResponse,
) {
    let all = AnyDataset::all();
    let chosen = family_ui(ui, "data", bench.data.settings(), all, |data| {
        data.settings()
    });
    if let Some(data) = chosen {
        bench.choose_data(data);
        memory.browsing = None;
    }
    let is_file = matches!(bench.data, AnyDataset::Csv(_));
    let settings = bench.data.settings_mut();
    if is_file {
        let (refused, browse) = file_ui(ui, settings, "path");
        note(answer, refused);
        if browse && memory.browsing.is_none() {
            let show = |dialog: rfd::FileDialog| dialog.add_filter("Table", &["csv"]).pick_file();
            match Browse::begin(ui.ctx(), show) {
                Ok(browsing) => memory.browsing = Some(browsing),
                Err(sentence) => answer.refused = Some(sentence),
            }
        }
        if let Some(path) = Browse::take(&mut memory.browsing) {
            let path = Value::Text(path_text(&path));
            let refused = settings.set("path", path).err();
            note(answer, refused.map(|refusal| refusal.to_string()));
        }
    }
    let all = memory.more[1];
    let wanted =
        |name: &str| !(is_file && name == "path") && (all || COMMON_SETTINGS.contains(&name));
    note(answer, settings_ui(ui, settings, wanted));
    let test = |name: &str| all && name == "test";
    note(answer, settings_ui(ui, &mut bench.settings, test));
}

fn plane_ui(
    ui: &mut egui::Ui,
    bench: &mut NetworkScene,
    with_precision: bool,
    answer: &mut PanelResponse,
) {
    let all = AnyPlane::all();
    let chosen = family_ui(ui, "plane", bench.plane.settings(), all, |plane| {
        plane.settings()
    });
    if let Some(plane) = chosen {
        bench.plane = plane;
    }
    note(
        answer,
        settings_ui(ui, bench.plane.settings_mut(), |_| true),
    );
    let precision = |name: &str| with_precision && name == "precision";
    note(answer, settings_ui(ui, &mut bench.settings, precision));
}

/// The window of the plane: what suits the runs, or what is typed.
fn range_ui(ui: &mut egui::Ui, view: &mut Option<Rect>, shown: Option<Rect>) {
    ui.horizontal(|ui| {
        let help = "The window of the plane. Unticked it is as large as the runs need; dragging and zooming the map set it too.";
        name_ui(ui, "range").on_hover_text(help);
        let mut typed = view.is_some();
        let text = if typed { "" } else { "auto" };
        let tick = ui.checkbox(&mut typed, text);
        tick.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, typed, "set range")
        });
        if tick.on_hover_text(help).changed() {
            *view = shown.filter(|_| typed);
        }
    });
    let Some(rect) = *view else {
        return;
    };
    let mut sides = [rect.x(), rect.y()];
    for (name, side) in ["a", "b"].into_iter().zip(&mut sides) {
        let row = ui.horizontal(|ui| {
            let mut refused = None;
            name_ui(ui, name);
            for (end, number) in ["from", "to"].into_iter().zip(side) {
                let speed = 0.01 * rect.width().max(rect.height());
                let typed = drag_ui(ui, &format!("{name} {end}"), number, speed);
                typed.response.on_hover_text(format!(
                    "Where the window {} along {name}.",
                    match end {
                        "from" => "begins",
                        _ => "ends",
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
        // An empty window is not taken.
        *view = Rect::new(x, y).or(*view);
    }
}
