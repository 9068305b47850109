//! The left panel: the landscape, what all runs share, and the optimizers.

use super::chooser::Chooser;
use super::optimizers;
use crate::engine::declare::Value;
use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::gui::command::Command;
use crate::gui::dialog::Browse;
use crate::gui::paint::Textures;
use crate::gui::param_ui::{file_ui, name_ui, settings_ui};
use eframe::egui;

/// What the panel answers besides commands.
#[derive(Default)]
pub(crate) struct Answer {
    /// What to do.
    pub commands: Vec<Command>,
    /// Why something was not taken.
    pub refused: Option<String>,
}

/// What the panel remembers between frames.
#[derive(Default)]
pub(crate) struct Memory {
    chooser: Chooser,
    /// The dialog for the landscape's file.
    browsing: Option<Browse>,
}

/// Shows the whole panel. `samples` is how many the landscape's data has.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    current: &Scene,
    samples: usize,
    selected: &mut Option<usize>,
    memory: &mut Memory,
    theme: &Theme,
    textures: &mut Textures,
) -> Answer {
    let mut scene = current.clone();
    let mut answer = Answer::default();
    ui.set_max_width(ui.available_width() - 10.0); // The scroll bar's room.
    heading(ui, "LANDSCAPE");
    landscape_ui(ui, &mut scene, memory, &mut answer, (theme, textures));
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

fn landscape_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    memory: &mut Memory,
    answer: &mut Answer,
    (theme, textures): (&Theme, &mut Textures),
) {
    let chosen = memory.chooser.ui(ui, &scene.landscape, theme, textures);
    if let Some(landscape) = chosen.filter(|chosen| chosen.name() != scene.landscape.name()) {
        scene.choose_landscape(landscape);
        memory.browsing = None;
    }
    let formula = scene.landscape.as_dyn().formula();
    ui.add(egui::Label::new(egui::RichText::new(formula).size(12.0).weak()).wrap());
    let file = file_setting(&scene.landscape);
    let settings = scene.landscape.settings_mut();
    if let Some((name, kind, extensions)) = file {
        let (refused, browse) = file_ui(ui, settings, name);
        answer.refused = refused;
        if browse && memory.browsing.is_none() {
            let show =
                move |dialog: rfd::FileDialog| dialog.add_filter(kind, extensions).pick_file();
            match Browse::begin(ui.ctx(), show) {
                Ok(browsing) => memory.browsing = Some(browsing),
                Err(sentence) => answer.refused = Some(sentence),
            }
        }
        if let Some(path) = Browse::take(&mut memory.browsing) {
            let path = Value::Text(path.to_string_lossy().into_owned());
            let refused = settings.set(name, path).err();
            answer.refused = refused.map(|refusal| refusal.to_string());
        }
    } else {
        memory.browsing = None;
    }
    let others = |name: &str| file.is_none_or(|(file, ..)| file != name);
    answer.refused = settings_ui(ui, settings, others).or(answer.refused.take());
}

/// The setting of a landscape that names a file, what files it takes, and their extensions.
fn file_setting(
    landscape: &AnyLandscape,
) -> Option<(&'static str, &'static str, &'static [&'static str])> {
    match landscape {
        AnyLandscape::Image(_) => Some(("file", "Picture", &["png", "jpg", "jpeg"])),
        AnyLandscape::Grid(_) => Some(("data", "Heights", &["csv", "npy"])),
        AnyLandscape::Regression(_) => Some(("data", "Table", &["csv"])),
        _ => None,
    }
}

fn start_ui(ui: &mut egui::Ui, scene: &mut Scene) {
    let parameters = scene.landscape.as_dyn().parameters();
    let speed = scene.landscape.as_dyn().view().width() * 1e-3;
    let mut to = scene.start;
    ui.horizontal(|ui| {
        let what = format!("{} of the start", parameters.join(", "));
        name_ui(ui, &what).on_hover_text("Click the map to place it, or drag its marker.");
        for (coordinate, axis) in to.iter_mut().zip(parameters) {
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
