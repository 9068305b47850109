//! What the rule of one run carries from step to step, as charts.

use super::charts::stacked;
use crate::engine::training::OptimizerStateSeries;
use crate::figure::axis::number;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::metric_chart::{self, MetricChart, XAxis};
use crate::figure::state_chart::{self, chart_title, has_finite_size, size_text};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::{OptimizerStateResult, RunResult, Runs};
use eframe::egui;
use std::sync::Arc;

/// The charts of a run as they were made last.
#[derive(Default)]
pub(super) struct StateCharts(Option<CachedCharts>);

/// The charts, and what they were made of.
struct CachedCharts {
    result: Arc<RunResult>,
    series: Vec<OptimizerStateSeries>,
    quantities: Vec<MetricChart>,
}

impl StateCharts {
    /// Shows what the run at a place among all carries, which on a landscape has been `found`, below the names of its lines.
    pub(super) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        (run, name): (usize, &str),
        found: Option<&Result<OptimizerStateResult, String>>,
        (across, theme): (&XAxis, &Theme),
        textures: &mut Textures,
    ) -> Vec<Command> {
        let Some(made) = self.cached(across.runs, run, found) else {
            let words = match found {
                Some(Err(sentence)) => sentence,
                _ => "Going through the run once more …",
            };
            ui.put(
                paint::inset(space, [12.0; 2], [12.0; 2]),
                egui::Label::new(words).wrap(),
            );
            return Vec::new();
        };
        let CachedCharts {
            series, quantities, ..
        } = made;
        let (items, below) = state_chart::legend(series, name, paint::area(space), theme);
        paint::paint(&ui.painter_at(space), items, textures);
        let below = paint::rect(below);
        let answers = stacked(ui, below, quantities, across, theme, textures);
        let mut commands = Vec::new();
        for (quantity, answer) in quantities.iter().zip(answers) {
            commands.extend(answer.command);
            if let Some(share) = answer.hovered {
                let row = across.row_at(share, run);
                let step = across.runs.step(row);
                let hover =
                    |ui: &mut egui::Ui| values_ui(ui, series, &quantity.title, (row, step), theme);
                answer.response.on_hover_ui_at_pointer(hover);
            }
        }
        commands
    }

    /// The charts, made anew only where the run has changed; `None` while it is not known what it carries.
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
            .is_none_or(|made| !Arc::ptr_eq(&made.result, result))
        {
            let trained = runs.trained.as_ref().and_then(|all| all.runs.get(run));
            let series = match (trained, found) {
                (Some(trained), _) => trained.optimizer_state(),
                (None, Some(Ok(found))) if found.matches(result) => found.series.clone(),
                _ => return None,
            };
            self.0 = Some(CachedCharts {
                quantities: metric_chart::state_charts(runs, run, &series),
                result: Arc::clone(result),
                series,
            });
        }
        self.0.as_ref()
    }
}

/// What the lines of a chart say at a row.
fn values_ui(
    ui: &mut egui::Ui,
    series: &[OptimizerStateSeries],
    chart: &str,
    (row, step): (usize, u64),
    theme: &Theme,
) {
    ui.strong(format!("step {step}"));
    egui::Grid::new("carried values").show(ui, |ui| {
        let own = series.iter().enumerate();
        let own = own.filter(|(_, own)| chart_title(own) == chart && has_finite_size(own));
        for (look, own) in own {
            let colour = paint::colour(run_colour(look, theme));
            ui.colored_label(colour, own.symbol);
            ui.label(own.name);
            // Of a long run, the nearest row that is kept.
            let at = own.rows.partition_point(|kept| *kept < row);
            let size = own.sizes.get(at).or(own.sizes.last());
            let known = size.filter(|size| size.is_finite());
            ui.label(known.map_or_else(|| "not known".to_owned(), |size| number(*size, 4)));
            ui.weak(size_text(own.kind));
            ui.end_row();
        }
    });
}
