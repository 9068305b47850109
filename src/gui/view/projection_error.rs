//! Projection error: the true losses of runs and those on the plane, and the distances from the plane.

use super::charts::{ChartCache, ChartView, Measured, chart, name_of_style};
use super::{Figure, View, ViewContext, ViewOutput, message_ui};
use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::metric_chart::{self, XAxis};
use crate::figure::network::plane_text;
use crate::figure::pages::Page;
use crate::figure::{projection_error, style_index};
use crate::gui::command::Command;
use crate::gui::paint;
use eframe::egui;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct ProjectionErrorView(ChartCache);

impl View for ProjectionErrorView {
    fn title(&self) -> &'static str {
        "Projection error"
    }

    fn key(&self) -> egui::Key {
        egui::Key::O
    }

    fn help(&self) -> &'static str {
        "Error of projecting the runs onto the map's plane: true losses and losses on the plane, and the distances from it."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.is_network()
    }

    /// Shows the charts. A click or drag on one moves the timeline.
    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let runs = context
            .runs
            .and_then(|runs| Some((runs, runs.trained.as_ref()?)));
        let Some((runs, trained)) = runs else {
            message_ui(ui, "Training; there is no plane yet.");
            return Vec::new();
        };
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            ui.label(plane_text(trained));
        });
        let space = ui.available_rect_before_wrap();
        let area = paint::area(paint::inset(space, [4.0, 2.0], [4.0, 2.0]));
        let x_axis = XAxis {
            runs,
            by_cost: false,
            row: context.row,
        };
        let make = metric_chart::projection_error_charts;
        let charts = self.0.of(&x_axis, (&Measured::default(), 0), make);
        let (names, theme) = (context.names, context.theme);
        let with_style = |style: usize| name_of_style(&runs.scene, names, style);
        let view = ChartView {
            x_axis: &x_axis,
            names: &with_style,
            enlarges: false,
            theme,
        };
        let mut commands = Vec::new();
        for (plot, area) in charts.iter().zip(projection_error::chart_areas(area)) {
            let place = egui::UiBuilder::new().max_rect(paint::rect(area));
            let answer = ui
                .scope_builder(place, |ui| {
                    chart(ui, ui.available_size(), plot, &view, output.textures)
                })
                .inner;
            commands.extend(answer.command);
            if let Some(step) = answer.hovered {
                let row = row_at(runs, step);
                let hover = |ui: &mut egui::Ui| values_ui(ui, runs, names, row, theme);
                answer.response.on_hover_ui_at_pointer(hover);
            }
        }
        commands
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        Figure::of_scene(context, Show::Page(Page::ProjectionError))
    }
}

/// Returns the row nearest to a step, at most the last one.
fn row_at(runs: &Runs, step: f64) -> usize {
    let every = real(runs.every.max(1));
    let last = runs.results.iter().map(|result| result.trajectory.len());
    let last = last.max().unwrap_or(0).saturating_sub(1);
    (0..last)
        .find(|row| (real(*row) + 0.5) * every > step)
        .unwrap_or(last)
}

/// Shows the losses and the distance of every ticked run at a row.
fn values_ui(ui: &mut egui::Ui, runs: &Runs, names: &[String], row: usize, theme: &Theme) {
    ui.strong(format!("step {}", runs.step(row)));
    egui::Grid::new("projection error values").show(ui, |ui| {
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
