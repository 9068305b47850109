//! The map: the landscape or a network's plane, with the trails of all runs.

use super::map_mouse::MapMouse;
use super::predictions::PredictionsPanel;
use super::sculpt::SculptTools;
use super::shading::Shading;
use super::{Figure, View, ViewContext, ViewOutput, critical_points};
use crate::engine::analysis::critical::CriticalPoint;
use crate::engine::objective::plane::Rect;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::drawing::{Anchor, Area, Item, Text};
use crate::figure::frame::Frame;
use crate::figure::labels::Labels;
use crate::figure::trail::{self, Trail};
use crate::figure::{
    self, colour_bar, critical, curve, guess, map, network, regression, shortened, state_markers,
    style_index, text_width,
};
use crate::gui::command::Command;
use crate::gui::inspect_cache::InspectCache;
use crate::gui::lesson::ShownGuess;
use crate::gui::{paint, panel};
use eframe::egui;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct MapView {
    mouse: MapMouse,
    sculpt: SculptTools,
    predictions: PredictionsPanel,
    shading: Shading,
    inspected: InspectCache,
}

impl View for MapView {
    fn title(&self) -> &'static str {
        "Map"
    }

    fn key(&self) -> egui::Key {
        egui::Key::M
    }

    fn help(&self) -> &'static str {
        "The landscape with the trails of all runs."
    }

    fn applies(&self, _: &Scene) -> bool {
        true
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let command = panel::style::ui(ui, context.scene);
        if context.scene.is_network() {
            ui.separator();
            self.predictions.switch_ui(ui, context);
        }
        command.into_iter().collect()
    }

    fn tools_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let mut commands: Vec<Command> = Vec::new();
        if !context.scene.is_network() {
            commands.extend(self.sculpt.toolbar_ui(ui, context.scene));
        }
        self.sculpt.with_history(commands)
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let scene = context.scene;
        if scene.is_network() {
            self.predictions.ui(ui, context, output.textures);
        }
        let space = ui.available_rect_before_wrap();
        let (area, bar) = layout(space, scene.dim());
        let frame = Frame::of(scene.dim(), view_window(context), area);
        output.set_frame(frame);
        let sculpt = (!scene.is_network()).then_some(&mut self.sculpt);
        let commands = self.mouse.ui(ui, &frame, context, sculpt, output);
        inset_ui(ui, &frame, context);
        let mut items = self.inside(&frame, context);
        let axes = match context.runs {
            Some(runs) => network::axes(runs),
            None => scene.axes().map(str::to_owned),
        };
        let axes = axes.each_ref().map(String::as_str);
        items.extend(map::axes(&frame, axes, context.theme));
        items.extend(title(&frame, context));
        if let (true, Some(Ok(map_data))) =
            (scene.map.fill, context.map_data.map(|map_data| &**map_data))
        {
            items.extend(colour_bar::draw(map_data, bar, context.theme));
        }
        paint::paint_settled(ui, space, items, output.textures);
        self.sculpt.with_history(commands)
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        Figure::of_scene(context, Show::Map)
    }
}

/// Takes the clicks on the inset of linear regression, which would otherwise move the start below it.
fn inset_ui(ui: &egui::Ui, frame: &Frame, context: &ViewContext) {
    let area = context
        .runs
        .and_then(|runs| regression::inset_area(runs, frame));
    let Some(area) = area.filter(|_| !context.scene.is_network()) else {
        return;
    };
    let id = ui.scope_id().with("regression inset");
    let response = ui.interact(paint::rect(area), id, egui::Sense::click_and_drag());
    let name = "Data with the line of each run";
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
    response.on_hover_text(
        "The data with the line of each ticked run at the timeline's step. “Data” in Layers hides it.",
    );
}

/// Returns the areas of the map and of its colour bar; the graph of a landscape of one parameter has no bar.
fn layout(space: egui::Rect, dim: usize) -> (Area, Area) {
    let right = if dim == 1 { 18.0 } else { 74.0 };
    let map = paint::inset(space, [50.0, 26.0], [right, 36.0]);
    let bar = Area::new([map.max.x + 12.0, map.min.y], [map.max.x + 24.0, map.max.y]);
    (paint::area(map), bar)
}

/// Size of the map's title, in points.
const TITLE_SIZE: f32 = 12.0;

/// Returns the title and the formula of the landscape, or the network and its plane, above the map; shortened where it is narrow.
fn title(frame: &Frame, context: &ViewContext) -> Option<Item> {
    let text = format!("{}   {}", context.scene.title(), context.scene.formula());
    let width = frame.area.width();
    let fits = |length: &usize| text_width::width(&shortened(&text, *length), TITLE_SIZE) <= width;
    let length = (1..=text.chars().count()).rev().find(fits)?;
    let at = [frame.area.min[0], frame.area.min[1] - 12.0];
    let ink = context.theme.ink;
    let text = Text::new(shortened(&text, length), at, Anchor::Start, TITLE_SIZE, ink);
    context.needs_title.then_some(Item::Text(text))
}

/// Returns the window of the plane that the scene chooses, or the one that its newest runs suggest.
pub(super) fn view_window(context: &ViewContext) -> Rect {
    let scene = context.scene;
    let own = |runs: &&Runs| {
        let same = runs.scene.same_subject(scene) || context.is_refused;
        same && runs.trained.is_some() == scene.is_network()
    };
    let suggested = context.newest_runs.filter(own).map(Runs::first_view);
    scene.view.or(suggested).unwrap_or(scene.first_view())
}

impl MapView {
    /// Returns everything inside the map's border, from back to front, with its labels.
    fn inside(&mut self, frame: &Frame, context: &ViewContext) -> Vec<Item> {
        let (scene, theme) = (context.scene, context.theme);
        let mut labels = Labels::new(frame.area, theme);
        let mut back = self.heights(frame, &mut labels, context);
        let (mut start, mut front) = (Vec::new(), Vec::new());
        match context.runs {
            _ if scene.is_network() => {
                front.extend(network_items(frame, &mut labels, context));
            }
            Some(runs) => {
                if scene.map.arrows {
                    back.extend(map::arrows(&runs.problem, frame, theme));
                }
                let style = &scene.map;
                back.extend(map::marks(&runs.problem, style, frame, &mut labels, theme));
                if let Some(Ok(found)) = critical_points(scene, context.session).as_deref() {
                    let (points, published): (&[CriticalPoint], _) =
                        (&found.points, &runs.problem.minima);
                    let selected = context.critical_point;
                    back.extend(critical::marks(
                        points,
                        published,
                        frame,
                        &mut labels,
                        theme,
                        selected,
                    ));
                }
                if let Some(followed) = context.followed {
                    back.extend(curve::tangent(
                        runs,
                        (followed, context.row),
                        frame,
                        &mut labels,
                        theme,
                    ));
                }
                let at = runs.problem.plot_point(scene.start());
                start = map::start(at, frame, theme);
                map::block_start(at, frame, &mut labels);
                if scene.map.trails {
                    let trails = trails(context, runs, context.names, frame);
                    front.extend(trail::trails(
                        &trails,
                        frame,
                        context.row,
                        &mut labels,
                        theme,
                    ));
                }
                if scene.map.internals {
                    let markers = self.state_markers(frame, &mut labels, context, runs);
                    front.extend(markers.unwrap_or_default());
                }
                if let Some(ShownGuess { at, end }) = context.guess {
                    let guess = (at, end);
                    front.extend(guess::mark(scene.dim(), guess, frame, &mut labels, theme));
                }
                front.extend(self.sculpt.items(frame, scene, theme));
                if let Some(Ok(map_data)) = context.map_data.map(|map_data| &**map_data) {
                    map::deep_zoom_note(map_data, frame, &mut labels);
                }
                map::start_note(runs, frame, &mut labels);
                let row = context.row;
                front.extend(regression::inset_items(
                    runs,
                    row,
                    frame,
                    &mut labels,
                    theme,
                ));
            }
            None => {}
        }
        figure::layers_of_map(frame, [back, start, front], labels)
    }

    /// Returns the shaded heights and the contour lines, and adds their numbers to the labels.
    fn heights(&mut self, frame: &Frame, labels: &mut Labels, context: &ViewContext) -> Vec<Item> {
        let found = self.shading.of(context);
        found.map_or_else(Vec::new, |(map_data, pixels)| {
            map::number_lines(map_data, &context.scene.map, frame, labels);
            map::landscape(map_data, pixels, &context.scene.map, frame, context.theme)
        })
    }

    /// Returns arrows and marks for the next step of the followed run: its gradient, its update, its optimizer state.
    fn state_markers(
        &mut self,
        frame: &Frame,
        labels: &mut Labels,
        context: &ViewContext,
        runs: &Runs,
    ) -> Option<Vec<Item>> {
        let (index, scene) = (context.followed?, context.scene);
        let run = scene.runs.get(index).filter(|run| run.shown)?;
        let step = state_markers::next_step(&runs.results.get(index)?.trajectory, context.row)?;
        let step = self.inspected.at(scene, runs, index, step)?;
        let (problem, colour) = (&runs.problem, style_index(run.colour));
        let (theme, start) = (context.theme, scene.start_theta());
        Some(state_markers::state_markers(
            problem, start, step, colour, frame, labels, theme,
        ))
    }
}

/// Returns the runs of a network on its plane, and adds notes on both to the labels.
fn network_items(frame: &Frame, labels: &mut Labels, context: &ViewContext) -> Vec<Item> {
    let theme = context.theme;
    let Some(runs) = context.runs else {
        if context.is_refused {
            return Vec::new();
        }
        return network::centered_text("training …", frame, theme);
    };
    let mut items = Vec::new();
    if context.scene.map.trails {
        let heads = network::head_labels(runs, context.names, context.row);
        let trails = trails(context, runs, &heads, frame);
        items.extend(trail::trails(&trails, frame, context.row, labels, theme));
    }
    if context.map_data.is_some() {
        network::note(runs, context.row, frame, labels);
    } else {
        let words = "computing the landscape …";
        labels.block(network::text_plate(words, frame));
        items.extend(network::centered_text(words, frame, theme));
    }
    items
}

/// Returns the trails of the ticked runs, labelled with `names`; that of the selected run is drawn stronger.
pub(super) fn trails<'a>(
    context: &'a ViewContext,
    runs: &'a Runs,
    names: &'a [String],
    frame: &'a Frame,
) -> Vec<Trail<'a>> {
    let strong = |trail: Trail<'a>| Trail {
        emphasized: context.is_highlighted(trail.run),
        ..trail
    };
    figure::trails(runs, names, context.row, frame)
        .map(strong)
        .collect()
}
