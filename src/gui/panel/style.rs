//! The row above the map: what the map shows.

use crate::engine::declare::{Settings, Value};
use crate::engine::scene::{MapStyle, Scene};
use crate::gui::command::Command;
use crate::gui::param_ui::settings_ui;
use crate::gui::view::controls_button;
use eframe::egui;

/// Shows a switch for every flag of the style, and the contour levels behind a menu; for a graph and for the plane of a network those that they have: on such a
/// plane nothing is shown that would have to be computed at every place.
pub(crate) fn ui(ui: &mut egui::Ui, scene: &Scene) -> Option<Command> {
    let mut style: MapStyle = scene.map.clone();
    let on_graph = scene.dim() == 1;
    let has = |name: &str| match (scene.network(), on_graph) {
        (Some(_), _) => matches!(name, "fill" | "lines" | "labels" | "trails"),
        (None, true) => matches!(name, "lines" | "minima" | "trails"),
        (None, false) => true,
    };
    for (index, param) in scene.map.params().iter().enumerate() {
        if let (Value::Flag(mut flag), true) = (scene.map.value(index), has(param.name)) {
            let response = ui.toggle_value(&mut flag, param.name);
            if response.on_hover_text(param.help).changed() {
                // A flag is legal either way.
                let _ = style.set(param.name, Value::Flag(flag));
            }
        }
    }
    if !on_graph {
        let levels = controls_button(ui, "levels", |ui| {
            ui.set_min_width(240.0);
            settings_ui(ui, &mut style, |name| matches!(name, "spacing" | "levels"));
        });
        levels.on_hover_text("How many contour levels, and how they are spaced.");
    }
    (style != scene.map).then(|| {
        let map = style;
        Command::Edit(Box::new(Scene {
            map,
            ..scene.clone()
        }))
    })
}
