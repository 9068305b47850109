//! The left panel: the landscape or network, the settings of all runs, and the optimizers.

use super::chooser::Chooser;
use super::network;
use super::optimizers;
use super::schedule::LrCurve;
use crate::engine::declare::Value;
use crate::engine::files::NoFiles;
use crate::engine::landscape::AnyLandscape;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::results::{RunResult, Runs};
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::gui::command::Command;
use crate::gui::dialog::Browse;
use crate::gui::field::refusal_ui;
use crate::gui::paint::Textures;
use crate::gui::param_ui::{checked_settings_ui, drag_ui, file_ui, name_ui, settings_ui};
use crate::import::path_text;
use eframe::egui;
use std::sync::Arc;

/// Response of the panel.
#[derive(Default)]
pub(crate) struct PanelResponse {
    /// The commands.
    pub commands: Vec<Command>,
    /// Reason why an edit was refused.
    pub refused: Option<String>,
}

/// Inputs of the panel besides the scene.
pub(crate) struct PanelContext<'a> {
    /// The newest runs.
    pub runs: Option<&'a Runs>,
    /// The timeline's step.
    pub step: u64,
    /// Light or dark.
    pub theme: &'a Theme,
}

impl PanelContext<'_> {
    /// Returns the number of samples of the data, 0 without data.
    fn samples(&self) -> usize {
        self.objective().map_or(0, Objective::samples)
    }

    /// Returns the objective of the runs: the landscape, or the loss of the network in all of its parameters.
    fn objective(&self) -> Option<&dyn Objective> {
        let runs = self.runs?;
        Some(match &runs.trained {
            Some(trained) => &*trained.task.loss,
            None => &*runs.problem.objective,
        })
    }

    /// Returns the kind of objective that an optimizer needs, where this one is of another kind.
    pub(super) fn unsupported_reason(&self, optimizer: &AnyOptimizer) -> Option<&'static str> {
        optimizer.as_dyn().unsupported_reason(self.objective()?)
    }

    /// Returns the result of run `index`.
    pub(super) fn record(&self, index: usize) -> Option<&Arc<RunResult>> {
        self.runs?.results.get(index)
    }
}

/// State of the panel between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    chooser: Chooser,
    /// Curve of the learning rate of the selected run.
    curve: LrCurve,
    /// The dialog for the landscape's file.
    browsing: Option<Browse>,
    network: network::PanelState,
}

/// Shows the whole panel.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    current: &Scene,
    context: &PanelContext,
    selected: &mut Option<usize>,
    state: &mut PanelState,
    textures: &mut Textures,
) -> PanelResponse {
    let samples = context.samples();
    let mut scene = current.clone();
    let mut answer = PanelResponse::default();
    ui.set_max_width((ui.available_width() - 10.0).max(0.0)); // The scroll bar's room.
    let turned = network::subject_ui(ui, &scene);
    if scene.is_network() {
        let shown = context.runs.filter(|runs| runs.trained.is_some());
        let shown = shown.map(|runs| runs.problem.view);
        network::ui(ui, &mut scene, shown, &mut state.network, &mut answer);
    } else {
        heading(ui, "LANDSCAPE");
        ui.push_id("landscape", |ui| {
            let style = (context.theme, &mut *textures);
            landscape_ui(ui, &mut scene, state, &mut answer, style);
        });
        heading(ui, "START");
        start_ui(ui, &mut scene);
    }
    if scene.is_network() {
        network::training_ui(ui, &mut scene, &mut state.network, &mut answer);
    } else {
        heading(ui, "TRAINING");
        let refused = settings_ui(ui, &mut scene.training, |name| {
            name != "batch" || samples > 0
        });
        answer.refused = refused.or(answer.refused);
    }
    if samples > 0 {
        answer.refused = scaling_ui(ui, &mut scene, samples).or(answer.refused);
    }
    ui.add_space(10.0);
    let curve = &mut state.curve;
    let keeping = state.network.keep_weights;
    let from = scene.network().filter(|_| keeping).map(|network| {
        let every = network.settings.every.max(1);
        context.step / every * every
    });
    optimizers::ui(
        ui,
        &mut scene,
        selected,
        (context, from),
        curve,
        textures,
        &mut answer,
    );
    if scene != *current {
        answer.commands.push(Command::Edit(Box::new(scene)));
    }
    // The edit of a field that lost its focus by this click comes first.
    answer
        .commands
        .extend(turned.then_some(Command::SwitchSubject));
    answer
}

/// Shows a heading of the panel.
pub(crate) fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(heading_text(text));
}

/// Returns the text of a heading.
pub(super) fn heading_text(text: &str) -> egui::RichText {
    egui::RichText::new(text).size(11.0).strong()
}

fn landscape_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    state: &mut PanelState,
    answer: &mut PanelResponse,
    (theme, textures): (&Theme, &mut Textures),
) {
    let chosen = state.chooser.ui(ui, scene.landscape(), theme, textures);
    if let Some(landscape) = chosen.filter(|chosen| chosen.name() != scene.landscape().name()) {
        scene.choose_landscape(landscape);
        state.browsing = None;
    }
    let formula = scene.landscape().as_dyn().formula();
    ui.add(egui::Label::new(egui::RichText::new(formula).size(12.0).weak()).wrap());
    let file = file_setting(scene.landscape());
    let settings = scene.landscape_scene_mut().landscape.settings_mut();
    if let Some((name, kind, extensions)) = file {
        let (refused, browse) = file_ui(ui, settings, name);
        answer.refused = refused;
        if browse && state.browsing.is_none() {
            let show =
                move |dialog: rfd::FileDialog| dialog.add_filter(kind, extensions).pick_file();
            match Browse::begin(ui.ctx(), show) {
                Ok(browsing) => state.browsing = Some(browsing),
                Err(sentence) => answer.refused = Some(sentence),
            }
        }
        if let Some(path) = Browse::take(&mut state.browsing) {
            let path = Value::Text(path_text(&path));
            let refused = settings.set(name, path).err();
            answer.refused = refused.map(|refusal| refusal.to_string());
        }
    } else {
        state.browsing = None;
    }
    let others = |name: &str| file.is_none_or(|(file, ..)| file != name);
    let landscape = scene.landscape().clone();
    let check = |name: &str, value: &Value| match file {
        Some(_) => Ok(()),
        None => works_with(&landscape, name, value),
    };
    let settings = scene.landscape_scene_mut().landscape.settings_mut();
    let refused = checked_settings_ui(ui, "", settings, others, &check);
    answer.refused = refused.or(answer.refused.take());
}

/// Refuses a value with which a landscape without files cannot be loaded: a formula that does not parse.
fn works_with(landscape: &AnyLandscape, name: &str, value: &Value) -> Result<(), String> {
    let mut landscape = landscape.clone();
    let set = landscape.settings_mut().set(name, value.clone());
    set.map_err(|refusal| refusal.to_string())?;
    let problem = landscape.as_dyn().load(&NoFiles);
    problem.map(|_| ()).map_err(|error| error.to_string())
}

/// Returns the setting of a landscape's file, the kind of files, and their extensions.
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

/// Shows buttons of the linear scaling rule, which double and halve the batch.
fn scaling_ui(ui: &mut egui::Ui, scene: &mut Scene, samples: usize) -> Option<String> {
    let now = scene.batch_size(samples);
    let row = ui.horizontal(|ui| {
        name_ui(ui, "batch and lr").on_hover_text(
            "Linear scaling rule for SGD (Goyal et al. 2017): batch × k, learning rate × k. One step with k times the samples is then about \
             as long as k steps.",
        );
        let mut refused = None;
        for (text, name, batch) in [
            ("÷ 2", "half the batch and lr", now / 2),
            ("× 2", "twice the batch and lr", now.saturating_mul(2)),
        ] {
            let batch = batch.clamp(1, (samples as u64).max(1));
            let button = ui.add_enabled(batch != now, egui::Button::new(text));
            button.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, batch != now, name)
            });
            let factor = number(real(batch) / real(now.max(1)), 4);
            let button = button
                .on_hover_text(format!(
                    "Linear scaling rule (Goyal et al. 2017): batch {now} → {batch}, and the lr of every run × {factor}."
                ))
                .on_disabled_hover_text(format!("A batch has 1 to {samples} samples."));
            if button.clicked() {
                match scene.with_batch_scaled(batch, samples) {
                    Ok(scaled) => *scene = scaled,
                    Err(refusal) => refused = Some(refusal.to_string()),
                }
            }
        }
        refused
    });
    row.inner
}

fn start_ui(ui: &mut egui::Ui, scene: &mut Scene) {
    let parameters = scene.landscape().as_dyn().parameters();
    let speed = scene.landscape().as_dyn().view().width() * 1e-3;
    let mut to = scene.start();
    let row = ui.horizontal(|ui| {
        let mut refused = None;
        let what = format!("{} of the start", parameters.join(", "));
        name_ui(ui, &what).on_hover_text("Click the map to place the start, or drag its marker.");
        for (coordinate, axis) in to.iter_mut().zip(parameters) {
            let typed = drag_ui(ui, &format!("start {axis}"), coordinate, speed);
            let response = typed.response;
            response.on_hover_text(format!("{axis} of the start of every run."));
            refused = typed.refused.or(refused);
        }
        refused
    });
    refusal_ui(ui, row.inner.as_deref());
    if to != scene.start() {
        scene.move_start(to);
    }
}
