//! The left panel: the landscape or network, the settings of all runs, and the optimizers.

use super::add_optimizer::AddOptimizer;
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
use crate::engine::scene::{Run, Scene, ScenePart};
use crate::export::help_page::Family;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::gui::command::Command;
use crate::gui::field::refusal_ui;
use crate::gui::file_dialog::Purpose;
use crate::gui::paint::Textures;
use crate::gui::param_ui::{
    SettingStyle, checked_settings_ui, file_ui, name_ui, styled_settings_ui,
};
use crate::gui::reader::help_button;
use crate::gui::refusal::RefusalSlot;
use crate::gui::scale::{SECONDARY, SPACE};
use crate::gui::slider::{UNLIMITED, drag_ui};
use eframe::egui;
use std::sync::Arc;

/// Response of the panel.
#[derive(Default)]
pub(crate) struct PanelResponse {
    /// The commands.
    pub commands: Vec<Command>,
    /// Reason why an edit was refused.
    pub refused: Option<String>,
    /// The run whose card is under the pointer.
    pub hovered: Option<usize>,
}

/// Inputs of the panel besides the scene.
pub(crate) struct PanelContext<'a> {
    /// The newest runs.
    pub runs: Option<&'a Runs>,
    /// The timeline's step.
    pub step: u64,
    /// The run under the pointer, in any part of the window.
    pub hovered: Option<usize>,
    /// The refusal of the scene.
    pub refusal: &'a RefusalSlot<'a>,
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

    /// Returns the newest result of run `index`, unless another run had that index then.
    pub(super) fn record_of(&self, index: usize, run: &Run) -> Option<&Arc<RunResult>> {
        let runs = self.runs?;
        let same = |computed: &&Run| computed.colour == run.colour;
        runs.scene.runs.get(index).filter(same)?;
        runs.results.get(index)
    }
}

/// State of the panel between frames.
#[derive(Default)]
pub(crate) struct PanelState {
    chooser: Chooser,
    /// Curve of the learning rate of the selected run.
    curve: LrCurve,
    adding: AddOptimizer,
    network: network::PanelState,
}

/// Note on several seeds of runs in which nothing is random.
pub(crate) const EQUAL_SEEDS: &str =
    "All seeds give the same runs: nothing in them is random. Set noise, or a batch of data.";

/// Height below which the panel scrolls as a whole, in points. In a higher one the list of optimizers scrolls by itself.
const LOW: f32 = 420.0;

/// Shows the whole panel, with `below` under the optimizers.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    current: &Scene,
    context: &PanelContext,
    selected: &mut Option<usize>,
    state: &mut PanelState,
    textures: &mut Textures,
    below: impl FnOnce(&mut egui::Ui),
) -> PanelResponse {
    let mut scene = current.clone();
    let mut answer = PanelResponse::default();
    let turned = network::subject_ui(ui, &scene);
    let height = ui.available_height();
    let low = height < LOW;
    // A network has more settings, and the strip of its layers.
    let share = if scene.is_network() { 0.55 } else { 0.45 };
    let settings_height = (share * height).max(height - list_height(&scene, height));
    scroll_ui(ui, "panel", low, f32::INFINITY, |ui| {
        scroll_ui(ui, "settings", !low, settings_height, |ui| {
            sections_ui(ui, &mut scene, context, state, textures, &mut answer);
        });
        ui.add_space(SPACE[1]);
        let keeping = state.network.keep_weights;
        let from = scene.network().filter(|_| keeping).map(|network| {
            let every = network.settings.every.max(1);
            context.step / every * every
        });
        let change = optimizers::heading_ui(ui, context, &mut state.adding);
        scroll_ui(ui, "optimizers", !low, f32::INFINITY, |ui| {
            let curve = &mut state.curve;
            let edits = (context, from, change);
            context.refusal.rest_ui(ui);
            optimizers::ui(
                ui,
                &mut scene,
                selected,
                edits,
                curve,
                textures,
                &mut answer,
            );
            below(ui);
        });
    });
    if scene != *current {
        answer.commands.push(Command::Edit(Box::new(scene)));
    }
    // The edit of a field that lost its focus by this click comes first.
    answer
        .commands
        .extend(turned.then_some(Command::SwitchSubject));
    answer
}

/// Height of the card of a run with two main settings, in points.
const CARD_HEIGHT: f32 = 88.0;

/// Returns the height that the list of optimizers needs in a panel, with space to open a card. Opening one does not change it, so that
/// the cards stay in their place.
fn list_height(scene: &Scene, panel: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
    let cards = CARD_HEIGHT * scene.runs.len() as f32;
    (cards + 48.0).max(0.4 * panel)
}

/// Shows a part of the panel that scrolls by itself, if `scrolls`.
fn scroll_ui(
    ui: &mut egui::Ui,
    salt: &str,
    scrolls: bool,
    max_height: f32,
    content: impl FnOnce(&mut egui::Ui),
) {
    egui::ScrollArea::new([false, scrolls])
        .id_salt(salt)
        .max_height(if scrolls { max_height } else { f32::INFINITY })
        .auto_shrink([false, true])
        .show(ui, |ui| {
            if scrolls {
                ui.set_max_width((ui.available_width() - 10.0).max(0.0)); // The scroll bar's room.
            }
            content(ui);
        });
}

/// Shows the landscape or network, and the settings of all runs.
fn sections_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    context: &PanelContext,
    state: &mut PanelState,
    textures: &mut Textures,
    answer: &mut PanelResponse,
) {
    let samples = context.samples();
    if scene.is_network() {
        let runs = context.runs.filter(|runs| runs.trained.is_some());
        let drawing = (context.theme, textures);
        let slot = (context.refusal, &mut *answer);
        network::ui(ui, scene, runs, drawing, &mut state.network, slot);
        let slot = (context.refusal, &mut *answer);
        network::training_ui(ui, scene, &mut state.network, slot);
    } else {
        heading(ui, "LANDSCAPE");
        ui.push_id("landscape", |ui| {
            landscape_ui(ui, scene, state, answer, (context, textures));
        });
        heading(ui, "START");
        start_ui(ui, scene);
        context.refusal.ui(ui, ScenePart::Start, None);
        heading(ui, "TRAINING");
        let style = SettingStyle {
            refusal: Some((context.refusal, ScenePart::Training)),
            ..SettingStyle::default()
        };
        let wanted = |name: &str| name != "batch" || samples > 0 || context.refusal.names(name);
        let refused = styled_settings_ui(ui, &style, &mut scene.training, wanted);
        answer.refused = refused.or(answer.refused.take());
        if scene.training.seeds.is_some() && !scene.is_random() {
            ui.add(
                egui::Label::new(egui::RichText::new(EQUAL_SEEDS).size(SECONDARY).weak()).wrap(),
            );
        }
    }
    if samples > 0 {
        answer.refused = scaling_ui(ui, scene, samples).or(answer.refused.take());
    }
}

/// Shows a heading of the panel.
pub(crate) fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(heading_text(text));
}

/// Returns the text of a heading.
pub(super) fn heading_text(text: &str) -> egui::RichText {
    egui::RichText::new(text).size(SECONDARY).strong()
}

fn landscape_ui(
    ui: &mut egui::Ui,
    scene: &mut Scene,
    state: &mut PanelState,
    answer: &mut PanelResponse,
    (context, textures): (&PanelContext, &mut Textures),
) {
    let style = SettingStyle {
        refusal: Some((context.refusal, ScenePart::Landscape)),
        ..SettingStyle::default()
    };
    let theme = context.theme;
    let row = ui.horizontal(|ui| {
        let chosen = state.chooser.ui(ui, scene.landscape(), theme, textures);
        help_button(ui, Family::Landscapes, scene.landscape().name());
        chosen
    });
    let chosen = row.inner;
    if let Some(landscape) = chosen.filter(|chosen| chosen.name() != scene.landscape().name()) {
        scene.choose_landscape(landscape);
    }
    let formula = scene.landscape().as_dyn().formula();
    ui.add(egui::Label::new(egui::RichText::new(formula).size(SECONDARY).weak()).wrap());
    let file = file_setting(scene.landscape());
    let settings = scene.landscape_scene_mut().landscape.settings_mut();
    if let Some((name, purpose)) = file {
        let (refused, browse) = file_ui(ui, &style, settings, name);
        answer.refused = refused;
        answer
            .commands
            .extend(browse.then_some(Command::Browse(purpose)));
    }
    let others = |name: &str| file.is_none_or(|(file, _)| file != name);
    let landscape = scene.landscape().clone();
    let check = |name: &str, value: &Value| match file {
        Some(_) => Ok(()),
        None => works_with(&landscape, name, value),
    };
    let settings = scene.landscape_scene_mut().landscape.settings_mut();
    let refused = checked_settings_ui(ui, &style, settings, others, &check);
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

/// Returns the setting of a landscape's file, and the purpose of its dialog.
fn file_setting(landscape: &AnyLandscape) -> Option<(&'static str, Purpose)> {
    match landscape {
        AnyLandscape::Image(_) => Some(("file", Purpose::Picture)),
        AnyLandscape::Grid(_) => Some(("data", Purpose::Heights)),
        AnyLandscape::Regression(_) => Some(("data", Purpose::Table)),
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
    let domain = scene.landscape().as_dyn().domain();
    let ranges = domain.map_or([UNLIMITED; 2], |domain| [domain.x(), domain.y()]);
    let mut to = scene.start();
    let row = ui.horizontal(|ui| {
        let mut refused = None;
        let what = format!("{} of the start", parameters.join(", "));
        name_ui(ui, &what).on_hover_text("Click the map to place the start, or drag its marker.");
        for ((coordinate, axis), range) in to.iter_mut().zip(parameters).zip(ranges) {
            let typed = drag_ui(ui, &format!("start {axis}"), coordinate, speed, range);
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
