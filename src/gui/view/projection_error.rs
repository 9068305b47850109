//! What the plane of a network does not show: true losses beside those on the plane, and how far off it the runs are.

use super::charts::{ChartCache, chart};
use crate::engine::numeric::real;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::metric_chart::{self, XAxis};
use crate::figure::network::plane_text;
use crate::figure::{projection_error, style_index};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::Runs;
use eframe::egui;

/// What the view remembers between frames.
#[derive(Default)]
pub(crate) struct ProjectionErrorView(ChartCache);

impl ProjectionErrorView {
    /// Shows the view in all of the space that is left. A click or drag on a chart moves the timeline.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        shown: Option<(&Runs, usize)>,
        names: &[String],
        theme: &Theme,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let with_plane = shown.and_then(|(runs, row)| Some((runs, runs.trained.as_ref()?, row)));
        let Some((runs, trained, row)) = with_plane else {
            ui.centered_and_justified(|ui| ui.label("Training; there is no plane yet."));
            return Vec::new();
        };
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            ui.label(plane_text(trained));
        });
        let space = ui.available_rect_before_wrap();
        let area = paint::area(paint::inset(space, [4.0, 2.0], [4.0, 2.0]));
        let across = XAxis {
            runs,
            by_cost: false,
            row,
        };
        let quantities = self.0.of(runs, None, metric_chart::projection_error_charts);
        let mut commands = Vec::new();
        for (quantity, area) in quantities.iter().zip(projection_error::chart_areas(area)) {
            let answer = chart(ui, paint::rect(area), quantity, &across, theme, textures);
            commands.extend(answer.command);
            if let Some(share) = answer.hovered {
                let row = row_at(runs, share * across.last());
                let hover = |ui: &mut egui::Ui| values_ui(ui, runs, names, row, theme);
                answer.response.on_hover_ui_at_pointer(hover);
            }
        }
        commands
    }
}

/// The row nearest to a step, at most the last one.
fn row_at(runs: &Runs, step: f64) -> usize {
    let every = real(runs.every.max(1));
    let last = runs.results.iter().map(|result| result.trajectory.len());
    let last = last.max().unwrap_or(0).saturating_sub(1);
    (0..last)
        .find(|row| (real(*row) + 0.5) * every > step)
        .unwrap_or(last)
}

/// What is known of every ticked run at a row.
fn values_ui(ui: &mut egui::Ui, runs: &Runs, names: &[String], row: usize, theme: &Theme) {
    ui.strong(format!("step {}", runs.step(row)));
    egui::Grid::new("off-plane values").show(ui, |ui| {
        for (index, (run, name)) in runs.scene.runs.iter().zip(names).enumerate() {
            if let (true, Some(words)) = (run.shown, projection_error::row_texts(runs, index, row))
            {
                let colour = paint::colour(run_colour(style_index(run.colour), theme));
                ui.colored_label(colour, name);
                for word in words {
                    ui.label(word);
                }
                ui.end_row();
            }
        }
    });
}
