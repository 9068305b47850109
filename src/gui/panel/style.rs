//! Layers of the map: a popover with a tick for each, their keys, and the contour levels.

use crate::engine::declare::{Settings, Value};
use crate::engine::scene::{MapStyle, Scene};
use crate::gui::command::Command;
use crate::gui::param_ui::settings_ui;
use crate::gui::view::controls_button;
use eframe::egui;
use egui::Key;

/// A layer of the map that can be hidden.
pub(crate) struct Layer {
    /// Name of the flag in [`MapStyle`].
    pub name: &'static str,
    /// Title in the popover and in the menu.
    pub title: &'static str,
    /// The key that shows and hides it, with Shift.
    pub key: Key,
}

const fn layer(name: &'static str, title: &'static str, key: Key) -> Layer {
    Layer { name, title, key }
}

/// The layers from back to front.
pub(crate) const LAYERS: [Layer; 12] = [
    layer("fill", "Colours by height", Key::F),
    layer("hillshade", "Hill shading", Key::H),
    layer("lines", "Contour lines", Key::L),
    layer("labels", "Numbers on contour lines", Key::N),
    layer("arrows", "Gradient arrows", Key::A),
    layer("minima", "Minima", Key::M),
    layer("saddles", "Saddles", Key::S),
    layer("critical", "All critical points in view", Key::C),
    layer("trails", "Trails", Key::T),
    layer("tangent", "Tangent", Key::G),
    layer("internals", "Optimizer state", Key::I),
    layer("data", "Data and fitted lines", Key::D),
];

/// Whether the map of a scene has a layer. Arrows, minima and optimizer state of a network's plane would take too long to compute.
fn has(scene: &Scene, name: &str) -> bool {
    match name {
        "fill" | "hillshade" | "labels" => scene.dim() != 1,
        "lines" | "trails" => true,
        "tangent" => !scene.is_network() && scene.dim() == 1,
        "data" => !scene.is_network() && scene.landscape().name() == "regression",
        "minima" => !scene.is_network(),
        _ => !scene.is_network() && scene.dim() == 2,
    }
}

/// Shows or hides a layer of a scene's map.
///
/// # Errors
/// Returns one sentence where the map has no such layer.
pub(crate) fn toggle(scene: &mut Scene, name: &'static str) -> Result<(), String> {
    let title = { LAYERS.iter() }.find(|layer| layer.name == name);
    let title = title.map_or(name, |layer| layer.title);
    match scene.map.get(name) {
        Some(Value::Flag(flag)) if has(scene, name) => {
            let set = scene.map.set(name, Value::Flag(!flag));
            set.map_err(|refusal| refusal.to_string())
        }
        _ => Err(format!("{title}: the map of this scene has no such layer.")),
    }
}

/// Shows the button of the layers.
pub(crate) fn ui(ui: &mut egui::Ui, scene: &Scene) -> Option<Command> {
    let mut style: MapStyle = scene.map.clone();
    let button = controls_button(ui, "Layers", |ui| {
        ui.set_width(270.0);
        let height = (ui.ctx().content_rect().height() - 90.0).max(60.0);
        let scroll = egui::ScrollArea::vertical().max_height(height);
        scroll.min_scrolled_height(height).show(ui, |ui| {
            for layer in LAYERS.iter().filter(|layer| has(scene, layer.name)) {
                layer_ui(ui, layer, &mut style);
            }
            if scene.dim() != 1 {
                ui.separator();
                settings_ui(ui, &mut style, |name| {
                    matches!(name, "spacing" | "levels" | "cmap")
                });
            }
        });
    });
    button.on_hover_text(
        "The layers of the map, the number and spacing of its contour levels, and its colours.",
    );
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

/// Shows the tick of a layer with its key.
fn layer_ui(ui: &mut egui::Ui, layer: &Layer, style: &mut MapStyle) {
    let Ok(index) = style.index(layer.name) else {
        return;
    };
    let (help, value) = (style.params()[index].help, style.value(index));
    let Value::Flag(mut flag) = value else {
        return;
    };
    ui.horizontal(|ui| {
        let tick = ui.checkbox(&mut flag, layer.title);
        if tick.on_hover_text(help).changed() {
            // Both values of a flag are legal.
            let _ = style.set(layer.name, Value::Flag(flag));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let shortcut = egui::KeyboardShortcut::new(egui::Modifiers::SHIFT, layer.key);
            ui.weak(ui.ctx().format_shortcut(&shortcut));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_flag_of_the_style_is_a_layer_with_a_key_of_its_own() {
        let style = MapStyle::default();
        let flags = style.params().iter().enumerate();
        let flags = flags.filter(|(index, _)| matches!(style.value(*index), Value::Flag(_)));
        let flags: BTreeSet<&str> = flags.map(|(_, param)| param.name).collect();
        let layers: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.name).collect();
        assert_eq!(flags, layers);
        let keys: BTreeSet<Key> = LAYERS.iter().map(|layer| layer.key).collect();
        assert_eq!(keys.len(), LAYERS.len());
    }

    #[test]
    fn layers_are_shown_and_hidden_where_the_map_has_them() {
        let mut scene = Scene::opening();
        assert_eq!(toggle(&mut scene, "hillshade"), Ok(()));
        assert!(scene.map.hillshade);
        assert!(toggle(&mut scene, "tangent").is_err(), "two parameters");
        let mut scene = Scene::new("parabola".parse().unwrap());
        assert_eq!(toggle(&mut scene, "tangent"), Ok(()));
        assert!(!scene.map.tangent && toggle(&mut scene, "fill").is_err());
        let network = Scene::opening_network();
        let layers = LAYERS.iter().filter(|layer| has(&network, layer.name));
        let layers: Vec<&str> = layers.map(|layer| layer.name).collect();
        assert_eq!(layers, ["fill", "hillshade", "lines", "labels", "trails"]);
    }
}
