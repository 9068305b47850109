//! Fields for the settings that a sweep varies.

use crate::engine::analysis::sweep::SweepAxis;
use crate::engine::declare::Settings;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::gui::field::{FieldStyle, refusal_ui, text_field};
use eframe::egui;

/// One of the two settings of a sweep; the second may be empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    First,
    Second,
}

/// Shows the field of a setting that varies, and a menu of all settings. `current` is the text that was taken last.
pub(super) fn axis_ui(ui: &mut egui::Ui, scene: &Scene, current: &mut String, axis: Axis) {
    let second = axis == Axis::Second;
    let (name, hint, width) = match axis {
        Axis::First => ("Setting of the sweep", "lr=1e-4..1:log:200", 100.0),
        Axis::Second => ("Second setting of the sweep", "none", 72.0),
    };
    let parse = |text: &str| match text.trim() {
        "" if second => Ok(String::new()),
        text => text
            .parse::<SweepAxis>()
            .map(|_| text.to_owned())
            .map_err(|refusal| refusal.to_string()),
    };
    let typed = text_field(ui, name, current, &FieldStyle { hint, width }, parse);
    if let Some(text) = typed.taken {
        *current = text;
    }
    let response = typed.response;
    refusal_ui(ui, typed.refused.as_deref());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
    response.on_hover_text(
        "A setting with its values: lr, lr=1e-4..1:log:200 or beta1=0.5,0.9,0.99. With a second setting the sweep is a \
         map of one run.",
    );
    let menu = ui.menu_button("…", |ui| {
        egui::ScrollArea::vertical().show(ui, |ui| {
            for (setting, help) in settings(scene) {
                if ui.button(&setting).on_hover_text(help).clicked() {
                    *current = setting;
                }
            }
        });
        let none = second && {
            let none = ui.button("none");
            none.on_hover_text("Curves over one setting.").clicked()
        };
        if none {
            current.clear();
        }
    });
    let menu = menu.response;
    menu.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Choose: {name}"))
    });
    menu.on_hover_text("Settings of the runs.");
}

/// Returns the settings of the runs in the form that a [`SweepAxis`] parses, each with its help: those of optimizers, wrappers and
/// schedules.
fn settings(scene: &Scene) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    let mut add = |owner: &str, settings: &dyn Settings| {
        for param in settings.params() {
            let setting = format!("{owner}{}", param.name);
            if found.iter().all(|(known, _)| *known != setting) {
                found.push((setting, param.help));
            }
        }
    };
    for spec in swept_specs(scene) {
        add("", spec.optimizer.settings());
    }
    for spec in swept_specs(scene) {
        for wrapper in &spec.wrappers {
            add(&format!("{}.", wrapper.name()), wrapper.settings());
        }
        for schedule in spec.schedule.schedules() {
            add(&format!("{}.", schedule.name()), schedule.settings());
        }
    }
    found
}

fn swept_specs(scene: &Scene) -> impl Iterator<Item = &RunSpec> {
    let ticked = scene.runs.iter().filter(|run| run.shown);
    ticked.map(|run| &run.spec)
}
