//! Controls of the map's style, in the row above it.

use crate::engine::declare::{Settings, Value};
use crate::engine::scene::{MapStyle, Scene};
use crate::gui::command::Command;
use crate::gui::param_ui::settings_ui;
use crate::gui::view::controls_button;
use eframe::egui;

/// Shows a switch for every flag of the style, and a menu of the contour levels. Graphs and planes of networks have some of them only:
/// arrows and minima of a network's plane would take too long to compute.
pub(crate) fn ui(ui: &mut egui::Ui, scene: &Scene) -> Option<Command> {
    let mut style: MapStyle = scene.map.clone();
    let on_graph = scene.dim() == 1;
    let has = |name: &str| match (scene.network(), on_graph) {
        (Some(_), _) => matches!(name, "fill" | "lines" | "labels" | "trails"),
        (None, true) => matches!(name, "lines" | "minima" | "trails"),
        (None, false) => true,
    };
    flags_ui(ui, &mut style, has);
    if !on_graph {
        let levels = controls_button(ui, "levels", |ui| {
            ui.set_min_width(240.0);
            settings_ui(ui, &mut style, |name| {
                matches!(name, "spacing" | "levels" | "cmap")
            });
        });
        levels
            .on_hover_text("Number and spacing of the contour levels, and the colours of heights.");
    }
    (style != scene.map).then(|| {
        let map = style;
        Command::Edit(Box::new(Scene {
            map,
            ..scene.clone()
        }))
    })
}

/// Shows a switch for every flag that `wanted` accepts, and edits them in place.
pub(crate) fn flags_ui(
    ui: &mut egui::Ui,
    settings: &mut dyn Settings,
    wanted: impl Fn(&str) -> bool,
) {
    for (index, param) in settings.params().iter().enumerate() {
        if let (Value::Flag(mut flag), true) = (settings.value(index), wanted(param.name)) {
            let response = ui.toggle_value(&mut flag, param.name);
            if response.on_hover_text(param.help).changed() {
                // Both values of a flag are legal.
                let _ = settings.set(param.name, Value::Flag(flag));
            }
        }
    }
}
