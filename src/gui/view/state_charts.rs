//! Charts of the optimizer state of one run.

use super::charts::{ChartResponse, ChartView, Followed, column, legend, plot_charts};
use super::enlarged::Enlarged;
use crate::engine::results::{RunResult, Runs};
use crate::engine::training::OptimizerStateSeries;
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour, shade_index, shade_number};
use crate::figure::metric_chart::{self, MetricChart, XAxis};
use crate::figure::state_chart::{self, chart_title, has_finite_size, size_text};
use crate::figure::style_index;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::gui::plot::PlotChart;
use crate::session::OptimizerStateResult;
use eframe::egui;
use std::sync::Arc;

/// Charts of a run, kept until it changes.
#[derive(Default)]
pub(super) struct StateCharts(Option<CachedCharts>);

/// Charts, and the names of their lines by style.
type NamedCharts = (Vec<MetricChart>, Vec<(usize, String)>);

/// Charts, and the results that they show.
struct CachedCharts {
    result: Arc<RunResult>,
    series: Vec<OptimizerStateSeries>,
    by_cost: bool,
    charts: Vec<PlotChart>,
}

impl StateCharts {
    /// Shows the optimizer state of a run, below a legend. On a landscape the state is computed on demand, of a network it is part of the
    /// rows.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        height: f32,
        Followed {
            index: run,
            name,
            optimizer_state: found,
        }: Followed,
        (view, enlarged): (&ChartView, &mut Enlarged),
        textures: &mut Textures,
    ) -> Vec<Command> {
        let (x_axis, theme) = (view.x_axis, view.theme);
        let Some(cached) = self.cached(x_axis, run, found) else {
            let text = match found {
                Some(Err(sentence)) => sentence,
                _ => "Computing the optimizer state …",
            };
            ui.add(egui::Label::new(text).wrap());
            return Vec::new();
        };
        let CachedCharts { series, charts, .. } = cached;
        let own = style_index(x_axis.runs.scene.runs[run].colour);
        let top = ui.cursor().min.y;
        legend(ui, textures, |area| {
            state_chart::legend(series, (name, own), area, theme)
        });
        let height = height - (ui.cursor().min.y - top);
        let symbol = |style: usize| Some(series.get(shade_number(style)?)?.symbol);
        let view = ChartView {
            names: &symbol,
            ..*view
        };
        let mut hover = |chart: &PlotChart, answer: ChartResponse| {
            if let Some(x) = answer.hovered {
                let row = x_axis.row_at(x / x_axis.last().max(1.0), run);
                let step = x_axis.runs.step(row);
                let values = |ui: &mut egui::Ui| {
                    values_ui(ui, (series, own), &chart.title, (row, step), theme);
                };
                answer.response.on_hover_ui_at_pointer(values);
            }
        };
        column(ui, height, charts, (view, enlarged), textures, &mut hover)
    }

    /// Returns the charts of a run with the names of their lines, if they are shown.
    pub(super) fn metrics(&self, runs: &Runs, run: usize) -> Option<NamedCharts> {
        let result = runs.results.get(run)?;
        let cached = self.0.as_ref();
        let cached = cached.filter(|cached| Arc::ptr_eq(&cached.result, result))?;
        let entries = cached.series.iter().enumerate();
        let entries = entries.filter(|(_, entry)| has_finite_size(entry));
        let lines =
            entries.map(|(style, entry)| (style, format!("{}  {}", entry.symbol, entry.name)));
        let charts = metric_chart::state_charts(runs, run, &cached.series);
        Some((charts, lines.collect()))
    }

    /// Returns the charts, made again only if the run has changed; `None` while its state is not computed.
    fn cached(
        &mut self,
        x_axis: &XAxis,
        run: usize,
        found: Option<&Result<OptimizerStateResult, String>>,
    ) -> Option<&CachedCharts> {
        let (runs, by_cost) = (x_axis.runs, x_axis.by_cost);
        let result = runs.results.get(run)?;
        let same = |cached: &CachedCharts| {
            Arc::ptr_eq(&cached.result, result) && cached.by_cost == by_cost
        };
        if !self.0.as_ref().is_some_and(same) {
            let trained = runs.trained.as_ref().and_then(|all| all.runs.get(run));
            let series = match (trained, found) {
                (Some(trained), _) => trained.optimizer_state(),
                (None, Some(Ok(found))) if found.matches(result) => found.series.clone(),
                _ => return None,
            };
            self.0 = Some(CachedCharts {
                charts: plot_charts(&metric_chart::state_charts(runs, run, &series), x_axis),
                by_cost,
                result: Arc::clone(result),
                series,
            });
        }
        self.0.as_ref()
    }
}

/// Shows the values of a chart's lines at a row.
fn values_ui(
    ui: &mut egui::Ui,
    (series, run): (&[OptimizerStateSeries], usize),
    chart: &str,
    (row, step): (usize, u64),
    theme: &Theme,
) {
    ui.strong(format!("step {step}"));
    egui::Grid::new("optimizer state values").show(ui, |ui| {
        let own = series.iter().enumerate();
        let own = own.filter(|(_, own)| chart_title(own) == chart && has_finite_size(own));
        for (index, own) in own {
            let colour = paint::colour(run_colour(shade_index(run, index), theme));
            ui.colored_label(colour, own.symbol);
            ui.label(own.name);
            // Long runs store some rows only: show the next stored one.
            let at = own.rows.partition_point(|stored| *stored < row);
            let size = own.sizes.get(at).or(own.sizes.last());
            let known = size.filter(|size| size.is_finite());
            ui.label(known.map_or_else(|| "not known".to_owned(), |size| number(*size, 4)));
            ui.weak(size_text(own.kind));
            ui.end_row();
        }
    });
}
