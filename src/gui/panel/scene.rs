//! The left panel: the landscape, what all runs share, and the optimizers.

use super::optimizers;
use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::gui::command::Command;
use crate::gui::paint::Textures;
use crate::gui::param_ui::{name_ui, settings_ui};
use eframe::egui;

/// What the panel answers besides commands.
#[derive(Default)]
pub(crate) struct Answer {
    /// What to do.
    pub commands: Vec<Command>,
    /// Why something was not taken.
    pub refused: Option<String>,
}

/// Shows the whole panel. `samples` is how many the landscape's data has.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    current: &Scene,
    samples: usize,
    selected: &mut Option<usize>,
    theme: &Theme,
    textures: &mut Textures,
) -> Answer {
    let mut scene = current.clone();
    let mut answer = Answer::default();
    ui.set_max_width(ui.available_width() - 10.0); // The scroll bar's room.
    heading(ui, "LANDSCAPE");
    landscape_ui(ui, &mut scene, &mut answer);
    heading(ui, "START");
    start_ui(ui, &mut scene);
    heading(ui, "TRAINING");
    let refused = settings_ui(ui, &mut scene.training, |name| {
        name != "batch" || samples > 0
    });
    answer.refused = refused.or(answer.refused);
    ui.add_space(6.0);
    optimizers::ui(ui, &mut scene, selected, theme, textures, &mut answer);
    if scene != *current {
        answer.commands.push(Command::Edit(Box::new(scene)));
    }
    answer
}

/// A heading of the panel.
pub(crate) fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(egui::RichText::new(text).size(11.0).strong());
}

fn landscape_ui(ui: &mut egui::Ui, scene: &mut Scene, answer: &mut Answer) {
    let title = scene.landscape.settings().title();
    let combo = egui::ComboBox::from_id_salt("landscape")
        .selected_text(title)
        .width(ui.available_width() - 8.0)
        .height(420.0);
    let mut chosen = None;
    let response = combo.show_ui(ui, |ui| {
        for landscape in AnyLandscape::all() {
            let settings = landscape.settings();
            let same = landscape.name() == scene.landscape.name();
            let item = ui.selectable_label(same, settings.title());
            if item.on_hover_text(settings.help()).clicked() && !same {
                chosen = Some(landscape);
            }
        }
    });
    response.response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Landscape");
        info.current_text_value = Some(title.to_owned());
        info
    });
    response
        .response
        .on_hover_text(scene.landscape.settings().help());
    if let Some(landscape) = chosen {
        scene.choose_landscape(landscape);
    }
    let formula = scene.landscape.as_dyn().formula();
    ui.add(egui::Label::new(egui::RichText::new(formula).size(12.0).weak()).wrap());
    answer.refused = settings_ui(ui, scene.landscape.settings_mut(), |_| true);
}

fn start_ui(ui: &mut egui::Ui, scene: &mut Scene) {
    let axes = scene.landscape.as_dyn().axes();
    let speed = scene.landscape.as_dyn().view().width() * 1e-3;
    let mut to = scene.start;
    ui.horizontal(|ui| {
        name_ui(ui, "x, y of the start")
            .on_hover_text("Click the map to place it, or drag its marker.");
        for (coordinate, axis) in to.iter_mut().zip(axes) {
            let drag = egui::DragValue::new(coordinate)
                .speed(speed)
                .max_decimals(6);
            let response = ui.add(drag);
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::SpinButton, true, format!("start {axis}"))
            });
            response.on_hover_text(format!("{axis} of the start of every run."));
        }
    });
    if to != scene.start {
        scene.move_start(to);
    }
}
