//! The charts on the right: loss, gradient norm, sharpness or accuracy, and learning rate of every ticked run; or the layers or the
//! optimizer state of one run.

use super::state_charts::StateCharts;
use crate::engine::results::{RunResult, Runs, SharpnessResult};
use crate::engine::scene::{NetworkScene, Run};
use crate::figure::colour::Theme;
use crate::figure::layers::{self, LayerSeries};
use crate::figure::metric_chart::{self, MetricChart, XAxis};
use crate::figure::shortened;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::OptimizerStateResult;
use eframe::egui;
use std::sync::Arc;

/// State of the charts between frames.
#[derive(Default)]
pub(crate) struct Charts {
    /// Whether the x axis is the cost in gradient evaluations instead of steps.
    pub by_cost: bool,
    shown: ChartMode,
    cache: ChartCache,
    optimizer_state: StateCharts,
}

/// The run that charts of a single run show.
#[derive(Clone, Copy)]
pub(crate) struct Followed<'a> {
    /// Its index among the runs.
    pub index: usize,
    /// Its name.
    pub name: &'a str,
    /// Its optimizer state, on a landscape and where it is shown.
    pub optimizer_state: Option<&'a Result<OptimizerStateResult, String>>,
}

/// Subject of the charts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum ChartMode {
    /// All ticked runs.
    #[default]
    Runs,
    /// The layers of one run of a network.
    Layers,
    /// Optimizer state of one run.
    OptimizerState,
}

/// Charts, kept until the runs change.
#[derive(Default)]
pub(super) struct ChartCache(Option<CachedCharts>);

/// Charts, and the results that they show.
struct CachedCharts {
    runs: Vec<Run>,
    results: Vec<Arc<RunResult>>,
    sharpness: Option<Arc<Result<SharpnessResult, String>>>,
    charts: Vec<MetricChart>,
}

/// Sharpness along the runs of a network, as far as it is computed.
pub(super) type LatestSharpness<'a> = Option<&'a Arc<Result<SharpnessResult, String>>>;

impl ChartCache {
    /// Returns the charts of some runs, from `make` if the runs or their sharpness have changed.
    pub(super) fn of(
        &mut self,
        runs: &Runs,
        sharpness: LatestSharpness,
        make: impl FnOnce(&Runs) -> Vec<MetricChart>,
    ) -> &[MetricChart] {
        let same = |cached: &CachedCharts| {
            let mut results = cached.results.iter().zip(&runs.results);
            cached.runs == runs.scene.runs
                && cached.sharpness.as_ref().map(Arc::as_ptr) == sharpness.map(Arc::as_ptr)
                && cached.results.len() == runs.results.len()
                && results.all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.0 = self.0.take().filter(same);
        let make = || CachedCharts {
            runs: runs.scene.runs.clone(),
            results: runs.results.clone(),
            sharpness: sharpness.cloned(),
            charts: make(runs),
        };
        &self.0.get_or_insert_with(make).charts
    }
}

impl Charts {
    /// Shows the charts, one below the other. A click or drag on one moves the timeline.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (runs, row, sharpness): (&Runs, usize, LatestSharpness),
        followed: Option<Followed>,
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let x_axis = XAxis {
            runs,
            by_cost: self.by_cost,
            row,
        };
        let Some(Followed {
            index,
            name,
            optimizer_state,
        }) = followed
        else {
            return self.all(ui, space, (&x_axis, sharpness), theme, textures);
        };
        let layers = layers_of(runs, index);
        let network = runs.scene.network().filter(|_| !layers.is_empty());
        let space = self.switch_ui(ui, space, network.is_some(), name);
        match (self.shown, network) {
            (ChartMode::OptimizerState, _) => {
                let (run, style) = ((index, name), (&x_axis, theme));
                self.optimizer_state
                    .ui(ui, space, run, optimizer_state, style, textures)
            }
            (ChartMode::Layers, Some(network)) => by_layer(
                ui,
                space,
                (network, index),
                &layers,
                &x_axis,
                theme,
                textures,
            ),
            _ => self.all(ui, space, (&x_axis, sharpness), theme, textures),
        }
    }

    /// Whether the optimizer state is shown.
    pub(crate) fn shows_optimizer_state(&self) -> bool {
        self.shown == ChartMode::OptimizerState
    }

    /// Shows the choice between all runs, the layers and the optimizer state of one run; returns the space below.
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
            let mut state = format!("Optimizer state ({name})");
            if with_layers {
                choice(ChartMode::Layers, format!("Layers of {name}"),
                    "Gradient norm of each layer, with the thresholds of vanishing and exploding gradients; ratio of step length to weight norm; share of dead units; \
                     gradient noise scale of the network: the batch size beyond which more samples hardly help (McCandlish et al. 2018).");
                "Optimizer state".clone_into(&mut state);
            }
            choice(ChartMode::OptimizerState, state,
                "Optimizer state of the selected run, or the first one: lengths of its steps, norms of its velocities and second moments, and distances of the \
                 points that it stores or tries.");
        });
        below
    }

    fn all(
        &mut self,
        ui: &egui::Ui,
        space: egui::Rect,
        (x_axis, sharpness): (&XAxis, LatestSharpness),
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
        let charts = self.cache.of(x_axis.runs, sharpness, make);
        let answers = stacked(ui, space, charts, x_axis, theme, textures);
        answers
            .into_iter()
            .filter_map(|answer| answer.command)
            .collect()
    }
}

/// Returns the statistics of each layer along a run; nothing on a landscape.
fn layers_of(runs: &Runs, index: usize) -> Vec<LayerSeries> {
    let trained = runs.trained.as_ref();
    let run = trained.and_then(|trained| trained.runs.get(index));
    run.map_or_else(Vec::new, |run| layers::layers(run))
}

fn by_layer(
    ui: &egui::Ui,
    space: egui::Rect,
    (network, index): (&NetworkScene, usize),
    layers: &[LayerSeries],
    x_axis: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> Vec<Command> {
    let thresholds = [network.settings.vanishing, network.settings.exploding];
    let area = paint::area(space);
    let (items, below) = layers::legend(layers, thresholds, area, theme);
    paint::paint(&ui.painter_at(space), items, textures);
    let charts = metric_chart::layer_charts(x_axis.runs, index, layers, thresholds);
    let answers = stacked(ui, paint::rect(below), &charts, x_axis, theme, textures);
    answers
        .into_iter()
        .filter_map(|answer| answer.command)
        .collect()
}

/// Shows charts of equal height, one below the other.
pub(super) fn stacked(
    ui: &egui::Ui,
    space: egui::Rect,
    charts: &[MetricChart],
    x_axis: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> Vec<ChartResponse> {
    #[expect(clippy::cast_precision_loss, reason = "a few charts")]
    let height = space.height() / charts.len().max(1) as f32;
    let mut top = space.min;
    let mut show = |metric| {
        let area = egui::Rect::from_min_size(top, egui::vec2(space.width(), height));
        top.y += height;
        chart(ui, area, metric, x_axis, theme, textures)
    };
    charts.iter().map(&mut show).collect()
}

/// The mouse on a chart.
pub(super) struct ChartResponse {
    /// Command of a click or a drag.
    pub command: Option<Command>,
    /// Response of the plot's area.
    pub response: egui::Response,
    /// Fraction of the steps under the pointer.
    pub hovered: Option<f64>,
}

/// Shows a chart.
pub(super) fn chart(
    ui: &egui::Ui,
    space: egui::Rect,
    metric: &MetricChart,
    x_axis: &XAxis,
    theme: &Theme,
    textures: &mut Textures,
) -> ChartResponse {
    let area = paint::area(space);
    let items = metric.draw(area, x_axis, theme);
    paint::paint(&ui.painter_at(space), items, textures);
    let plot = paint::rect(metric.chart(area, x_axis, theme).plot());
    let id = ui.scope_id().with(&metric.title);
    let response = ui.interact(plot, id, egui::Sense::click_and_drag());
    let name = format!("Chart of {}", metric.title);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &name));
    let share = |at: egui::Pos2| f64::from((at.x - plot.min.x) / plot.width().max(1.0));
    let pointer = response.interact_pointer_pos().filter(|_| !x_axis.by_cost);
    ChartResponse {
        command: pointer.map(|at| Command::Seek(share(at))),
        hovered: response.hover_pos().map(share),
        response,
    }
}
