//! Charts of the optimizer state of one run.

use super::charts::stacked;
use crate::engine::results::{RunResult, Runs};
use crate::engine::training::OptimizerStateSeries;
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::metric_chart::{self, MetricChart, XAxis};
use crate::figure::state_chart::{self, chart_title, has_finite_size, size_text};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::OptimizerStateResult;
use eframe::egui;
use std::sync::Arc;

/// Charts of a run, kept until it changes.
#[derive(Default)]
pub(super) struct StateCharts(Option<CachedCharts>);

/// Charts, and the results that they show.
struct CachedCharts {
    result: Arc<RunResult>,
    series: Vec<OptimizerStateSeries>,
    charts: Vec<MetricChart>,
}

impl StateCharts {
    /// Shows the optimizer state of a run, below a legend. On a landscape the state is `found`, of a network it is part of the rows.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (run, name): (usize, &str),
        found: Option<&Result<OptimizerStateResult, String>>,
        (x_axis, theme): (&XAxis, &Theme),
        textures: &mut Textures,
    ) -> Vec<Command> {
        let Some(cached) = self.cached(x_axis.runs, run, found) else {
            let text = match found {
                Some(Err(sentence)) => sentence,
                _ => "Computing the optimizer state …",
            };
            ui.put(
                paint::inset(space, [12.0; 2], [12.0; 2]),
                egui::Label::new(text).wrap(),
            );
            return Vec::new();
        };
        let CachedCharts { series, charts, .. } = cached;
        let (items, below) = state_chart::legend(series, name, paint::area(space), theme);
        paint::paint(&ui.painter_at(space), items, textures);
        let below = paint::rect(below);
        let answers = stacked(ui, below, charts, x_axis, theme, textures);
        let mut commands = Vec::new();
        for (metric, answer) in charts.iter().zip(answers) {
            commands.extend(answer.command);
            if let Some(share) = answer.hovered {
                let row = x_axis.row_at(share, run);
                let step = x_axis.runs.step(row);
                let hover =
                    |ui: &mut egui::Ui| values_ui(ui, series, &metric.title, (row, step), theme);
                answer.response.on_hover_ui_at_pointer(hover);
            }
        }
        commands
    }

    /// Returns the charts, made again only if the run has changed; `None` while its state is not computed.
    fn cached(
        &mut self,
        runs: &Runs,
        run: usize,
        found: Option<&Result<OptimizerStateResult, String>>,
    ) -> Option<&CachedCharts> {
        let result = runs.results.get(run)?;
        if self
            .0
            .as_ref()
            .is_none_or(|cached| !Arc::ptr_eq(&cached.result, result))
        {
            let trained = runs.trained.as_ref().and_then(|all| all.runs.get(run));
            let series = match (trained, found) {
                (Some(trained), _) => trained.optimizer_state(),
                (None, Some(Ok(found))) if found.matches(result) => found.series.clone(),
                _ => return None,
            };
            self.0 = Some(CachedCharts {
                charts: metric_chart::state_charts(runs, run, &series),
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
    series: &[OptimizerStateSeries],
    chart: &str,
    (row, step): (usize, u64),
    theme: &Theme,
) {
    ui.strong(format!("step {step}"));
    egui::Grid::new("optimizer state values").show(ui, |ui| {
        let own = series.iter().enumerate();
        let own = own.filter(|(_, own)| chart_title(own) == chart && has_finite_size(own));
        for (style_index, own) in own {
            let colour = paint::colour(run_colour(style_index, theme));
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
