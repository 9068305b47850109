//! The charts on the right: loss, gradient norm, sharpness or accuracy, and learning rate of every ticked run; or the layers or the
//! optimizer state of one run.

mod cache;

use super::Figure;
use super::enlarged::Enlarged;
use super::state_charts::StateCharts;
use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::scene::{NetworkScene, Run, Scene};
use crate::figure::colour::{Theme, shade_number};
use crate::figure::drawing::{Area, Item};
use crate::figure::layers::{self, LayerSeries};
use crate::figure::metric_chart::{self, Metric, XAxis};
use crate::figure::panels::Panel;
use crate::figure::{shortened, style_index};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::gui::plot::{PlotChart, PlotOptions};
use crate::gui::reader::with_glossary;
use crate::session::OptimizerStateResult;
use crate::teaching::glossary::Term;
use crate::teaching::lesson::StepChart;
pub(crate) use cache::Measured;
pub(super) use cache::{ChartCache, plot_charts};
use eframe::egui;

/// Smallest heights of the chart of losses and of the others, in points.
const LOSS_HEIGHT: f32 = 200.0;
const HEIGHT: f32 = 120.0;

/// Greatest number of runs whose names fit at the ends of the curves of a low chart; more have a legend above the charts.
const MAX_END_NAMES: usize = 7;

/// State of the charts between frames.
#[derive(Default)]
pub(crate) struct Charts {
    /// Whether the x axis is the cost in gradient evaluations instead of steps.
    pub by_cost: bool,
    /// The chart that is shown large.
    pub enlarged: Enlarged,
    /// The chart above the others of all runs, which a step of a lesson is about.
    pub first: Option<StepChart>,
    shown: ChartMode,
    cache: ChartCache,
    layers: ChartCache,
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

/// Returns the name of the run with a style index.
pub(super) fn name_of_style<'a>(
    scene: &Scene,
    names: &'a [String],
    style: usize,
) -> Option<&'a str> {
    let of = |run: &Run| style_index(run.colour) == style;
    let index = scene.runs.iter().position(of)?;
    names.get(index).map(String::as_str)
}

/// The axis of charts, and the names of their curves by style.
#[derive(Clone, Copy)]
pub(super) struct ChartView<'a> {
    pub x_axis: &'a XAxis<'a>,
    pub names: &'a dyn Fn(usize) -> Option<&'a str>,
    /// Whether a click on a title does something.
    pub enlarges: bool,
    pub theme: &'a Theme,
}

impl Charts {
    /// Shows the charts in a column that scrolls. A click or drag on one moves the timeline; a click on its title shows it large.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        (runs, row, measured): (&Runs, usize, &Measured),
        (names, followed): (&[String], Option<Followed>),
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let x_axis = XAxis {
            runs,
            by_cost: self.by_cost,
            row,
        };
        let with_style = |style: usize| name_of_style(&runs.scene, names, style);
        let view = ChartView {
            x_axis: &x_axis,
            names: &with_style,
            enlarges: true,
            theme,
        };
        let layers = followed.map_or_else(Vec::new, |run| layers_of(runs, run.index));
        let network = runs.scene.network().filter(|_| !layers.is_empty());
        if let Some(run) = followed {
            self.switch_ui(ui, network.is_some(), run.name);
        }
        let scroll = egui::ScrollArea::vertical().auto_shrink(false);
        let scroll = scroll.id_salt(("charts", self.shown as u8, self.first.map(StepChart::title)));
        let height = ui.available_height();
        scroll
            .show(ui, |ui| match (self.shown, followed, network) {
                (ChartMode::OptimizerState, Some(run), _) => {
                    let state = (&mut self.optimizer_state, &mut self.enlarged);
                    state.0.ui(ui, height, run, (&view, state.1), textures)
                }
                (ChartMode::Layers, Some(run), Some(network)) => {
                    self.by_layer(ui, height, (network, run.index), &layers, view, textures)
                }
                _ => self.all(ui, height, view, measured, textures),
            })
            .inner
    }

    /// Shows the tab with a title: the layers or the optimizer state of one run, or else all runs.
    pub(crate) fn show_tab(&mut self, title: &str) {
        self.shown = match title {
            "Layers" => ChartMode::Layers,
            "State" => ChartMode::OptimizerState,
            _ => ChartMode::Runs,
        };
    }

    /// Returns the chart that is shown large as a panel of the scene's figures, which are over steps; `None` if it is none.
    pub(crate) fn panel(&self, runs: &Runs) -> Option<Panel> {
        self.enlarged.title.as_ref().filter(|_| !self.by_cost)?;
        match self.enlarged.metric? {
            Metric::Loss => Some(Panel::Loss),
            Metric::Accuracy => Some(Panel::Accuracy),
            Metric::GradNorm => Some(Panel::GradNorm),
            Metric::Lr => Some(Panel::Lr),
            // The window measures a network's sharpness at rows of its own.
            Metric::Sharpness => runs.trained.is_none().then_some(Panel::Sharpness),
        }
    }

    /// Returns the picture of the chart that is shown large; `None` if there is none.
    pub(crate) fn figure(
        &self,
        (runs, row): (Runs, usize),
        measured: &Measured,
        followed: Option<usize>,
        theme: &'static Theme,
    ) -> Option<Figure> {
        let layers = followed.map_or_else(Vec::new, |run| layers_of(&runs, run));
        let shown = match (self.shown, followed, runs.scene.network()) {
            (ChartMode::OptimizerState, Some(run), _) => {
                self.optimizer_state.metrics(&runs, run)?
            }
            (ChartMode::Layers, Some(run), Some(network)) if !layers.is_empty() => {
                let thresholds = [network.settings.vanishing, network.settings.exploding];
                let charts = metric_chart::layer_charts(&runs, run, &layers, thresholds);
                let names = layers.into_iter().map(|layer| layer.name);
                (charts, names.enumerate().collect())
            }
            _ => {
                let charts = measured.of_one_seed().charts(&runs);
                let named = runs.scene.runs.iter().zip(runs.scene.run_names());
                let named = named.filter(|(run, _)| run.shown);
                let lines = named.map(|(run, name)| (style_index(run.colour), name));
                (charts, lines.collect())
            }
        };
        self.enlarged
            .figure(shown, (runs, row), self.by_cost, theme)
    }

    /// Whether the optimizer state is shown.
    pub(crate) fn shows_optimizer_state(&self) -> bool {
        self.shown == ChartMode::OptimizerState
    }

    /// Shows the choice between all runs, the layers and the optimizer state of one run.
    fn switch_ui(&mut self, ui: &mut egui::Ui, with_layers: bool, name: &str) {
        if self.shown == ChartMode::Layers && !with_layers {
            self.shown = ChartMode::Runs;
        }
        let name = shortened(name, 16);
        ui.horizontal_wrapped(|ui| {
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
    }

    fn all(
        &mut self,
        ui: &mut egui::Ui,
        height: f32,
        view: ChartView,
        measured: &Measured,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let first = self.first;
        let measured = if view.x_axis.by_cost {
            &measured.of_one_seed()
        } else {
            measured
        };
        let make = |runs: &Runs| {
            let mut charts = measured.charts(runs);
            if let Some(first) = first {
                charts.sort_by_key(|chart| !chart.title.starts_with(first.title()));
            }
            charts
        };
        let shown = view.x_axis.runs.scene.runs.iter().filter(|run| run.shown);
        let styles = shown.map(|run| style_index(run.colour));
        let named = styles.map(|style| {
            let name = (view.names)(style).unwrap_or_default();
            (style, shortened(name, 20))
        });
        let named: Vec<(usize, String)> = named.collect();
        let mut height = height;
        if named.len() > MAX_END_NAMES {
            let top = ui.cursor().min.y;
            legend(ui, textures, |area| {
                layers::run_legend(named.into_iter(), area, view.theme)
            });
            height -= ui.cursor().min.y - top;
        }
        let order = first.map_or(0, |first| 1 + first as usize);
        let charts = self.cache.of(view.x_axis, (measured, order), make);
        run_column(ui, height, charts, (view, &mut self.enlarged), textures)
    }

    fn by_layer(
        &mut self,
        ui: &mut egui::Ui,
        height: f32,
        (network, index): (&NetworkScene, usize),
        layers: &[LayerSeries],
        view: ChartView,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let own = style_index(view.x_axis.runs.scene.runs[index].colour);
        let thresholds = [network.settings.vanishing, network.settings.exploding];
        let top = ui.cursor().min.y;
        legend(ui, textures, |area| {
            layers::legend((layers, own), thresholds, area, view.theme)
        });
        let height = height - (ui.cursor().min.y - top);
        let make = |runs: &Runs| metric_chart::layer_charts(runs, index, layers, thresholds);
        let charts = self
            .layers
            .of(view.x_axis, (&Measured::default(), index), make);
        let name = |style: usize| Some(layers.get(shade_number(style)?)?.name.as_str());
        let view = ChartView {
            names: &name,
            ..view
        };
        run_column(ui, height, charts, (view, &mut self.enlarged), textures)
    }
}

/// Returns the statistics of each layer along a run; nothing on a landscape.
fn layers_of(runs: &Runs, index: usize) -> Vec<LayerSeries> {
    let trained = runs.trained.as_ref();
    let run = trained.and_then(|trained| trained.runs.get(index));
    run.map_or_else(Vec::new, |run| layers::layers(run))
}

/// Paints a legend in the width of a ui, and takes the space that it needs.
pub(super) fn legend(
    ui: &mut egui::Ui,
    textures: &mut Textures,
    draw: impl FnOnce(Area) -> (Vec<Item>, Area),
) {
    let space = ui.available_rect_before_wrap();
    let (items, below) = draw(paint::area(space));
    let height = (below.min[1] - space.min.y).max(0.0);
    let size = egui::vec2(space.width(), height);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    paint::paint(
        &ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())),
        items,
        textures,
    );
}

/// Shows charts as [`column()`], with the values of the curves under the pointer.
fn run_column(
    ui: &mut egui::Ui,
    height: f32,
    charts: &[PlotChart],
    (view, enlarged): (ChartView, &mut Enlarged),
    textures: &mut Textures,
) -> Vec<Command> {
    let mut values = |chart: &PlotChart, answer: ChartResponse| {
        if let Some(x) = answer.hovered {
            let name = |style: usize| (view.names)(style).unwrap_or_default().to_owned();
            let values = |ui: &mut egui::Ui| chart.values_ui(ui, x, name, view.theme);
            answer.response.on_hover_ui_at_pointer(values);
        }
    };
    column(ui, height, charts, (view, enlarged), textures, &mut values)
}

/// Shows charts one below the other, in `height` points or as much as they need, and the enlarged one over the middle of the window.
/// `hover` shows the tooltip of a chart.
pub(super) fn column(
    ui: &mut egui::Ui,
    height: f32,
    charts: &[PlotChart],
    (view, enlarged): (ChartView, &mut Enlarged),
    textures: &mut Textures,
    hover: &mut dyn FnMut(&PlotChart, ChartResponse),
) -> Vec<Command> {
    let least = |chart: &PlotChart| {
        if chart.title.starts_with("loss") {
            LOSS_HEIGHT
        } else {
            HEIGHT
        }
    };
    let total: f32 = charts.iter().map(least).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few charts")]
    let gaps = ui.spacing().item_spacing.y * charts.len() as f32;
    let stretch = ((height - gaps) / total.max(1.0)).max(1.0);
    let mut commands = Vec::new();
    for plot in charts {
        let size = egui::vec2(ui.available_width(), stretch * least(plot));
        let answer = chart(ui, size, plot, &view, textures);
        commands.extend(answer.command.clone());
        let large = enlarged.title.as_ref() == Some(&plot.title);
        let term = plot.title.split([';', '‖']).next().unwrap_or_default();
        let title = with_glossary(answer.title.clone(), Term::find(term.trim()));
        let help = match &*plot.seeds {
            "" => "Shows the chart large; Escape closes it.".to_owned(),
            seeds => format!(
                "Over {seeds}: the median, a band between the quartiles, and the mean, dotted. A seed that diverged counts as infinitely high. \
                 Click to show the chart large; Escape closes it."
            ),
        };
        if title.on_hover_text(help).clicked() {
            enlarged.title = (!large).then(|| plot.title.clone());
        }
        hover(plot, answer);
    }
    commands.extend(enlarged.ui(ui, charts, view, textures, hover));
    commands
}

/// The mouse on a chart.
pub(super) struct ChartResponse {
    /// Command of a click or a drag.
    pub command: Option<Command>,
    /// Response of the plot's area.
    pub response: egui::Response,
    /// Response of the title.
    pub title: egui::Response,
    /// The step or the cost under the pointer.
    pub hovered: Option<f64>,
}

/// Shows a chart.
pub(super) fn chart(
    ui: &mut egui::Ui,
    size: egui::Vec2,
    plot: &PlotChart,
    view: &ChartView,
    textures: &mut Textures,
) -> ChartResponse {
    let XAxis { runs, by_cost, row } = *view.x_axis;
    let options = PlotOptions {
        size,
        group: egui::Id::unique("charts of runs"),
        row: Some(row),
        now: (!by_cost).then(|| real(runs.step(row))),
        names: Some(view.names),
        title_button: view.enlarges,
        theme: view.theme,
    };
    let answer = plot.show(ui, &options, textures);
    let pressed = answer.pressed.filter(|_| !by_cost);
    ChartResponse {
        command: pressed.map(|step| Command::Seek(step / view.x_axis.last().max(1.0))),
        hovered: answer.hovered,
        response: answer.response,
        title: answer.title,
    }
}
