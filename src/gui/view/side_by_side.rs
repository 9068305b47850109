//! Side by side: a small map for each ticked run.

use super::map::view_window;
use super::shading::Shading;
use super::{Figure, View, ViewContext, ViewOutput, message_ui};
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::colour_bar;
use crate::figure::drawing::Area;
use crate::figure::pages::Page;
use crate::figure::side_by_side::{Heights, draw, frames};
use crate::gui::command::Command;
use crate::gui::paint;
use eframe::egui;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct SideBySideView {
    shading: Shading,
    /// The run whose map alone is shown.
    focus: Option<usize>,
}

/// Width of the colour bar with its numbers, in points.
const BAR_WIDTH: f32 = 72.0;

/// Least width and height of a map, in points, below which the maps scroll.
const MIN_MAP: f32 = 48.0;

/// Number of heights that are tried for maps that scroll, each a quarter greater than the one before.
const MAX_GROWTHS: usize = 20;

impl View for SideBySideView {
    fn title(&self) -> &'static str {
        "Side by side"
    }

    fn key(&self) -> egui::Key {
        egui::Key::D
    }

    fn help(&self) -> &'static str {
        "A small map for each ticked run, with one window, one scale and one time. A click selects the run and shows its map large; another click or Escape shows all."
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
        let Some(runs) = context.runs else {
            message_ui(ui, "There are no runs yet.");
            return Vec::new();
        };
        let escaped = ui.input(|input| input.key_pressed(egui::Key::Escape));
        let is_shown = |run: &usize| runs.scene.runs.get(*run).is_some_and(|run| run.shown);
        self.focus = self.focus.filter(|run| !escaped && is_shown(run));
        let alone = self.focus.map(|run| only(runs, run));
        let runs = alone.as_ref().unwrap_or(runs);
        let space = ui.available_rect_before_wrap();
        let height = height_of(runs, view_window(context), space.size());
        if height <= space.height() {
            return self.maps_ui(ui, space, runs, (context, output));
        }
        let scroll = egui::ScrollArea::vertical().auto_shrink(false);
        let show = |ui: &mut egui::Ui| {
            let size = egui::vec2(ui.available_width(), height);
            let (space, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            self.maps_ui(ui, space, runs, (context, output))
        };
        scroll.show(ui, show).inner
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        Figure::of_scene(context, Show::Page(Page::SideBySide))
    }
}

/// Returns the height of maps that are large enough to be read, at least that of the space; above it they scroll.
fn height_of(runs: &Runs, view: Rect, space: egui::Vec2) -> f32 {
    let is_large = |height: &f32| {
        let area = Area::new([0.0; 2], [space.x - BAR_WIDTH, *height]);
        let frames = frames(runs, view, area);
        frames
            .iter()
            .all(|(_, frame)| frame.area.width().min(frame.area.height()) >= MIN_MAP)
    };
    let heights = std::iter::successors(Some(space.y), |height| Some(1.25 * height));
    let mut heights = heights.take(MAX_GROWTHS);
    heights.find(is_large).unwrap_or(space.y)
}

impl SideBySideView {
    /// Shows the maps of all ticked runs in a space, and the colour bar.
    fn maps_ui(
        &mut self,
        ui: &mut egui::Ui,
        space: egui::Rect,
        runs: &Runs,
        (context, output): (&ViewContext, &mut ViewOutput),
    ) -> Vec<Command> {
        let has_bar = runs.scene.map.fill && runs.scene.dim() == 2;
        let right = if has_bar { BAR_WIDTH } else { 8.0 };
        let area = paint::area(paint::inset(space, [2.0, 0.0], [right, 2.0]));
        let frames = frames(runs, view_window(context), area);
        let Some((_, first)) = frames.first() else {
            message_ui(ui, "No run is ticked. Tick one on the left to see its map.");
            return Vec::new();
        };
        output.set_frame(*first);
        let heights = self.shading.of(context);
        let heights = heights.map(|(map_data, pixels)| Heights { map_data, pixels });
        let mut items = draw(runs, &frames, heights, context.row, context.theme);
        if let Some(Heights { map_data, .. }) = heights.filter(|_| has_bar) {
            let left = area.max[0] + 4.0;
            let ends = [
                first.area.min[1],
                first.area.max[1].max(first.area.min[1] + 180.0),
            ];
            let bar = Area::new(
                [left, ends[0]],
                [left + 12.0, ends[1].min(area.max[1] - 22.0)],
            );
            items.extend(colour_bar::draw(map_data, bar, context.theme));
        }
        paint::paint_settled(ui, space, items, output.textures);
        let mut commands = Vec::new();
        for (run, frame) in &frames {
            let id = ui.scope_id().with(("side by side", *run));
            let response = ui.interact(paint::rect(frame.area), id, egui::Sense::click());
            let does = match self.focus {
                Some(_) => "click shows all runs",
                None => "click shows it large",
            };
            let name = format!("Map of {}: {does}", context.name(*run));
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
                self.focus = match self.focus {
                    Some(_) => None,
                    None => Some(*run),
                };
                commands.push(Command::Select(*run));
            }
        }
        commands
    }
}

/// Returns runs of which only one is ticked.
fn only(runs: &Runs, shown: usize) -> Runs {
    let mut runs = runs.clone();
    for (index, run) in runs.scene.runs.iter_mut().enumerate() {
        run.shown = index == shown;
    }
    runs
}
