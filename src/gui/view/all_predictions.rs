//! Predictions of all ticked runs at the timeline's step, side by side.

use super::figure::not_computed_yet;
use super::{Figure, View, ViewContext, ViewOutput, message_ui};
use crate::engine::analysis::predictions::Predictions;
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::colour::Theme;
use crate::figure::pages::Page;
use crate::figure::predictions::grid::{RunPredictions, cells, draw_all};
use crate::figure::predictions::{Shading, run_label, shading};
use crate::gui::command::Command;
use crate::gui::paint;
use crate::session::{AllPredictionsRequest, PredictionsAtRow};
use eframe::egui;
use std::sync::Arc;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct AllPredictionsView {
    shadings: Vec<CachedShading>,
}

/// Colours of decision regions, kept while they are shown.
struct CachedShading {
    predictions: Arc<Predictions>,
    dark: bool,
    shading: Shading,
}

impl View for AllPredictionsView {
    fn title(&self) -> &'static str {
        "Predictions"
    }

    fn key(&self) -> egui::Key {
        egui::Key::Y
    }

    fn help(&self) -> &'static str {
        "Predictions of each ticked run at the timeline's step: decision boundary, fitted curve or confusion matrix. A click selects the run."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.is_network()
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let ticked = context.scene.runs.iter().any(|run| run.shown);
        if !ticked {
            message_ui(
                ui,
                "No run is ticked. Tick one on the left to see its predictions.",
            );
            return Vec::new();
        }
        let trained = context.runs.and_then(|runs| runs.trained.as_ref());
        let Some((runs, trained)) = context.runs.zip(trained) else {
            message_ui(ui, "Training …");
            return Vec::new();
        };
        let visible = || (0..trained.runs.len()).filter(|index| runs.scene.runs[*index].shown);
        let job = &context.session.all_predictions;
        job.request(AllPredictionsRequest::new(trained, visible(), context.row));
        job.wait(context.frame_budget);
        let newest = job.newest();
        let found = match newest.as_deref() {
            Some(Ok(found)) => &found.runs[..],
            Some(Err(sentence)) => {
                message_ui(ui, sentence);
                return Vec::new();
            }
            None => &[],
        };
        // Predictions of former runs are not those of these.
        let own = |at: &&PredictionsAtRow| {
            let run = trained.runs.get(at.index);
            run.is_some_and(|run| at.matches(run)) && runs.scene.runs[at.index].shown
        };
        let found: Vec<&PredictionsAtRow> = found.iter().filter(own).collect();
        if found.is_empty() {
            message_ui(ui, "Computing the predictions …");
            return Vec::new();
        }
        let space = paint::inset(ui.available_rect_before_wrap(), [2.0; 2], [4.0; 2]);
        self.shade(&found, context.theme);
        let all = found
            .iter()
            .zip(&self.shadings)
            .map(|(at, cached)| RunPredictions {
                predictions: &at.predictions,
                shading: &cached.shading,
                label: run_label(runs, at.index, at.row, context.name(at.index)),
            });
        let all: Vec<RunPredictions> = all.collect();
        let area = paint::area(space);
        let items = draw_all(&all, area, context.theme);
        paint::paint(&ui.painter_at(space), items, output.textures);
        let mut commands = Vec::new();
        for (at, cell) in found.iter().zip(cells(found.len(), area)) {
            let id = ui.scope_id().with(("predictions", at.index));
            let response = ui.interact(paint::rect(cell), id, egui::Sense::click());
            let name = format!(
                "Predictions of {}: click selects it",
                context.name(at.index)
            );
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            if context.selected == Some(at.index) {
                let stroke = egui::Stroke::new(2.0, ui.visuals().selection.stroke.color);
                let kind = egui::StrokeKind::Inside;
                ui.painter().rect_stroke(response.rect, 4.0, stroke, kind);
            }
            let pointing = response.on_hover_cursor(egui::CursorIcon::PointingHand);
            if pointing.clicked() {
                commands.push(Command::Select(at.index));
            }
        }
        commands
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let trained = context.newest_runs.and_then(|runs| runs.trained.as_ref());
        trained.ok_or_else(|| not_computed_yet("predictions"))?;
        Figure::of_scene(context, Show::Page(Page::Predictions))
    }
}

impl AllPredictionsView {
    /// Brings the colours up to date, one for each of the predictions.
    fn shade(&mut self, found: &[&PredictionsAtRow], theme: &Theme) {
        let dark = theme.dark;
        let mut earlier = std::mem::take(&mut self.shadings);
        let cached = found.iter().map(|at| {
            let same = |cached: &CachedShading| {
                Arc::ptr_eq(&cached.predictions, &at.predictions) && cached.dark == dark
            };
            let known = earlier.iter().position(same);
            known.map_or_else(
                || CachedShading {
                    predictions: Arc::clone(&at.predictions),
                    dark,
                    shading: shading(&at.predictions, theme),
                },
                |index| earlier.swap_remove(index),
            )
        });
        self.shadings = cached.collect();
    }
}
