//! Side by side: a small map for each ticked run.

use super::map::view_window;
use super::shading::Shading;
use super::{Figure, View, ViewContext, ViewOutput, message_ui};
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::side_by_side::{Heights, draw, frames};
use crate::gui::command::Command;
use crate::gui::paint;
use eframe::egui;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct SideBySideView(Shading);

impl View for SideBySideView {
    fn title(&self) -> &'static str {
        "Side by side"
    }

    fn key(&self) -> egui::Key {
        egui::Key::D
    }

    fn help(&self) -> &'static str {
        "A small map for each ticked run, with one window, one scale and one time. A click selects the run."
    }

    fn applies(&self, _: &Scene) -> bool {
        true
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let Some(runs) = context.runs else {
            message_ui(ui, "There are no runs yet.");
            return Vec::new();
        };
        let area = paint::area(paint::inset(space, [2.0, 0.0], [8.0, 2.0]));
        let frames = frames(runs, view_window(context), area);
        let Some((_, first)) = frames.first() else {
            message_ui(ui, "No run is ticked. Tick one on the left to see its map.");
            return Vec::new();
        };
        output.set_frame(*first);
        let heights = self.0.of(context);
        let heights = heights.map(|(map_data, pixels)| Heights { map_data, pixels });
        let items = draw(runs, &frames, heights, context.row, context.theme);
        paint::paint_settled(ui, space, items, output.textures);
        let mut commands = Vec::new();
        for (run, frame) in &frames {
            let id = ui.scope_id().with(("side by side", *run));
            let response = ui.interact(paint::rect(frame.area), id, egui::Sense::click());
            let name = format!("Map of {}: click selects it", context.name(*run));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            if context.selected == Some(*run) {
                let stroke = egui::Stroke::new(2.0, ui.visuals().selection.stroke.color);
                let kind = egui::StrokeKind::Outside;
                ui.painter().rect_stroke(response.rect, 0.0, stroke, kind);
            }
            if response
                .on_hover_cursor(egui::CursorIcon::PointingHand)
                .clicked()
            {
                commands.push(Command::Select(*run));
            }
        }
        commands
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        Figure::of_scene(context, Show::SideBySide)
    }
}
