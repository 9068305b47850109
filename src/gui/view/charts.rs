//! The charts: loss, gradient norm, sharpness or accuracy, and learning rate of every ticked run, or of one its layers or what it carries.

use super::state_charts::StateCharts;
use crate::engine::scene::{NetworkScene, Run};
use crate::figure::colour::Theme;
use crate::figure::layers::{self, LayerSeries};
use crate::figure::metric_chart::{self, MetricChart, XAxis};
use crate::figure::shortened;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::{OptimizerStateResult, RunResult, Runs, SharpnessResult};
use eframe::egui;
use std::sync::Arc;

/// What the charts remember between frames.
#[derive(Default)]
pub(crate) struct Charts {
    /// Whether they run over what the runs asked for, in gradients, instead of steps.
    pub by_cost: bool,
    shown: ChartMode,
    made: ChartCache,
    optimizer_state: StateCharts,
}

/// The run that is looked at alone.
#[derive(Clone, Copy)]
pub(crate) struct Followed<'a> {
    /// Its place among all.
    pub index: usize,
    /// Its name.
    pub name: &'a str,
    /// What its rule carries, on a landscape and where that is shown.
    pub optimizer_state: Option<&'a Result<OptimizerStateResult, String>>,
}

/// What charts are of.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum ChartMode {
    /// All ticked runs.
    #[default]
    Runs,
    /// The layers of one run of a network.
    Layers,
    /// What the rule of one run carries.
    OptimizerState,
}

/// Quantities as they were made last.
#[derive(Default)]
pub(super) struct ChartCache(Option<CachedCharts>);

/// Quantities, and what they were made of.
struct CachedCharts {
    runs: Vec<Run>,
    results: Vec<Arc<RunResult>>,
    sharpness: Option<Arc<Result<SharpnessResult, String>>>,
    quantities: Vec<MetricChart>,
}

/// How sharp the loss is along the runs of a network, as far as it is known.
pub(super) type LatestSharpness<'a> = Option<&'a Arc<Result<SharpnessResult, String>>>;

impl ChartCache {
    /// The quantities, made anew only where runs have changed.
    pub(super) fn of(
        &mut self,
        runs: &Runs,
        sharpness: LatestSharpness,
        make: impl FnOnce(&Runs) -> Vec<MetricChart>,
    ) -> &[MetricChart] {
        let same = |made: &CachedCharts| {
            let mut results = made.results.iter().zip(&runs.results);
            made.runs == runs.scene.runs
                && made.sharpness.as_ref().map(Arc::as_ptr) == sharpness.map(Arc::as_ptr)
                && made.results.len() == runs.results.len()
                && results.all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.0 = self.0.take().filter(same);
        let make = || CachedCharts {
            runs: runs.scene.runs.clone(),
            results: runs.results.clone(),
            sharpness: sharpness.cloned(),
            quantities: make(runs),
        };
        &self.0.get_or_insert_with(make).quantities
    }
}

impl Charts {
    /// Shows charts below each other. A click or drag on one moves the timeline.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (runs, row, sharpness): (&Runs, usize, LatestSharpness),
        followed: Option<Followed>,
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let across = XAxis {
            runs,
            by_cost: self.by_cost,
            row,
        };
        let Some(Followed {
            index,
            name,
            optimizer_state: carried,
        }) = followed
        else {
            return self.all(ui, space, (&across, sharpness), theme, textures);
        };
        let layers = layers_of(runs, index);
        let bench = runs.scene.network().filter(|_| !layers.is_empty());
        let space = self.switch_ui(ui, space, bench.is_some(), name);
        match (self.shown, bench) {
            (ChartMode::OptimizerState, _) => {
                let (run, look) = ((index, name), (&across, theme));
                self.optimizer_state
                    .ui(ui, space, run, carried, look, textures)
            }
            (ChartMode::Layers, Some(bench)) => {
                by_layer(ui, space, (bench, index), &layers, &across, theme, textures)
            }
            _ => self.all(ui, space, (&across, sharpness), theme, textures),
        }
    }

    /// Whether it is to be known what the rule of a run carries.
    pub(crate) fn shows_optimizer_state(&self) -> bool {
        self.shown == ChartMode::OptimizerState
    }

    /// The choice between all runs and what there is of one, above the charts; answers with what is left below.
    fn switch_ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        with_layers: bool,
        name: &str,
    ) -> egui::Rect {
        const HEIGHT: f32 = 22.0;
        let (line, below) = space.split_top_bottom_at_y((space.min.y + HEIGHT).min(space.max.y));
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(line));
        if self.shown == ChartMode::Layers && !with_layers {
            self.shown = ChartMode::Runs;
        }
        let name = shortened(name, 16);
        ui.horizontal(|ui| {
            let mut choice = |shown: ChartMode, title: String, help: &str| {
                ui.selectable_value(&mut self.shown, shown, title).on_hover_text(help);
            };
            choice(ChartMode::Runs, "Runs".to_owned(), "Loss, sharpness or accuracy, gradient norm and learning rate of all ticked runs.");
            let mut carried = format!("Optimizer state ({name})");
            if with_layers {
                choice(ChartMode::Layers, format!("Layers of {name}"),
                    "Of each layer: its gradient norm, between the norms at which gradients vanish or explode; how long steps are beside its weights; dead units. Of \
                     the network: the gradient noise scale, the batch beyond which more samples hardly help (McCandlish et al. 2018).");
                "Optimizer state".clone_into(&mut carried);
            }
            choice(ChartMode::OptimizerState, carried,
                "Of the selected run, or the first one: how long its steps are, and how large everything is that its rule carries from step to step: velocities, \
                 second moments, the distances of the places that it keeps or looks at.");
        });
        below
    }

    fn all(
        &mut self,
        ui: &egui::Ui,
        space: egui::Rect,
        (across, sharpness): (&XAxis, LatestSharpness),
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let make = |runs: &Runs| {
            if runs.trained.is_none() {
                return metric_chart::landscape_charts(runs);
            }
            let found = sharpness.and_then(|found| (**found).as_ref().ok());
            metric_chart::network_charts(runs, found)
        };
        let quantities = self.made.of(across.runs, sharpness, make);
        let answers = stacked(ui, space, quantities, across, theme, textures);
        answers
            .into_iter()
            .filter_map(|answer| answer.command)
            .collect()
    }
}

/// What is told of the layers of a run.
fn layers_of(runs: &Runs, index: usize) -> Vec<LayerSeries> {
    let trained = runs.trained.as_ref();
    let run = trained.and_then(|trained| trained.runs.get(index));
    run.map_or_else(Vec::new, |run| layers::layers(run))
}

fn by_layer(
    ui: &egui::Ui,
    space: egui::Rect,
    (bench, index): (&NetworkScene, usize),
    layers: &[LayerSeries],
    across: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> Vec<Command> {
    let thresholds = [bench.settings.vanishing, bench.settings.exploding];
    let area = paint::area(space);
    let (items, below) = layers::legend(layers, thresholds, area, theme);
    paint::paint(&ui.painter_at(space), items, textures);
    let quantities = metric_chart::layer_charts(across.runs, index, layers, thresholds);
    let answers = stacked(ui, paint::rect(below), &quantities, across, theme, textures);
    answers
        .into_iter()
        .filter_map(|answer| answer.command)
        .collect()
}

/// Shows charts below each other.
pub(super) fn stacked(
    ui: &egui::Ui,
    space: egui::Rect,
    quantities: &[MetricChart],
    across: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> Vec<ChartResponse> {
    #[expect(clippy::cast_precision_loss, reason = "a few charts")]
    let height = space.height() / quantities.len().max(1) as f32;
    let mut top = space.min;
    let mut shown = |quantity| {
        let area = egui::Rect::from_min_size(top, egui::vec2(space.width(), height));
        top.y += height;
        chart(ui, area, quantity, across, theme, textures)
    };
    quantities.iter().map(&mut shown).collect()
}

/// What a chart answers.
pub(super) struct ChartResponse {
    /// What a click or a drag on it asks for.
    pub command: Option<Command>,
    /// The mouse on it.
    pub response: egui::Response,
    /// The share of the steps that is under the pointer.
    pub hovered: Option<f64>,
}

/// Shows a chart.
pub(super) fn chart(
    ui: &egui::Ui,
    space: egui::Rect,
    quantity: &MetricChart,
    across: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> ChartResponse {
    let area = paint::area(space);
    let items = quantity.draw(area, across, theme);
    paint::paint(&ui.painter_at(space), items, textures);
    let plot = paint::rect(quantity.chart(area, across, theme).plot());
    let id = ui.scope_id().with(&quantity.title);
    let response = ui.interact(plot, id, egui::Sense::click_and_drag());
    let name = format!("Chart of {}", quantity.title);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
    let share = |at: egui::Pos2| f64::from((at.x - plot.min.x) / plot.width().max(1.0));
    let pointer = response.interact_pointer_pos().filter(|_| !across.by_cost);
    ChartResponse {
        command: pointer.map(|at| Command::Seek(share(at))),
        hovered: response.hover_pos().map(share),
        response,
    }
}
