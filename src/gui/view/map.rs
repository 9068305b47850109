//! The map, and the mouse on it.

use super::hover::{REACH, describe};
use super::sculpt::SculptTools;
use crate::engine::analysis::critical::CriticalPoint;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour, Item};
use crate::figure::frame::Frame;
use crate::figure::trail::{self, Trail};
use crate::figure::{self, critical, map, network, state_markers, style_index};
use crate::gui::command::Command;
use crate::gui::inspect_cache::InspectCache;
use crate::gui::paint::{self, Textures};
use crate::session::{MapData, Runs};
use eframe::egui;
use std::sync::Arc;

/// What the map remembers between frames.
#[derive(Default)]
pub(crate) struct MapView {
    /// Whether the start is being dragged, rather than the view.
    dragging_start: bool,
    /// The terrain that was shaded last.
    shaded: Option<CachedShading>,
    /// What is under the pointer, in words.
    pub under_pointer: String,
    /// The tools that draw hills.
    pub sheet: SculptTools,
    /// The step whose internals were drawn last.
    looked: InspectCache,
}

/// The colours of a terrain, which need not be found anew every frame.
struct CachedShading {
    map_data: Arc<Result<MapData, String>>,
    dark: bool,
    pixels: Arc<Vec<Colour>>,
}

/// What the map shows.
pub(crate) struct MapInputs<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// The names of its runs.
    pub names: &'a [String],
    /// The newest runs.
    pub runs: Option<&'a Runs>,
    /// The newest terrain, if it is on the plane of the runs.
    pub map_data: Option<&'a Arc<Result<MapData, String>>>,
    /// The timeline's row.
    pub row: usize,
    /// The critical points, if they are shown, and the one that is looked at.
    pub critical: Option<&'a [CriticalPoint]>,
    /// Its place among them.
    pub critical_selected: Option<usize>,
    /// The run that is drawn stronger.
    pub selected: Option<usize>,
    /// The run whose internals are drawn, if they are.
    pub followed: Option<usize>,
    /// Light or dark.
    pub theme: &'a Theme,
    /// Whether the tools that draw hills work here.
    pub tools: bool,
}

/// Where the map and its colour bar lie in the space that there is; the graph of a landscape of one parameter has no bar.
fn layout(space: egui::Rect, dim: usize) -> (Area, Area) {
    let beside = if dim == 1 { 18.0 } else { 74.0 };
    let map = paint::inset(space, [50.0, 26.0], [beside, 36.0]);
    let bar = Area::new([map.max.x + 12.0, map.min.y], [map.max.x + 24.0, map.max.y]);
    (paint::area(map), bar)
}

/// The window of the plane that the map of a scene with so many parameters would show in a space.
pub(crate) fn frame(space: egui::Rect, view: Rect, dim: usize) -> Frame {
    Frame::of(dim, view, layout(space, dim).0)
}

impl MapView {
    /// Shows the map in all of the space that is left, and answers what the mouse asks for.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        frame: &Frame,
        shown: &MapInputs,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let commands = self.mouse(ui, frame, shown);
        let mut items = vec![Item::Clipped {
            area: frame.area,
            items: self.inside(frame, shown),
        }];
        let axes = match shown.runs {
            Some(runs) => network::axes(runs),
            None => shown.scene.axes().map(str::to_owned),
        };
        let axes = axes.each_ref().map(String::as_str);
        items.extend(map::axes(frame, axes, shown.theme));
        if let (true, Some(Ok(map_data))) = (
            shown.scene.map.fill,
            shown.map_data.map(|map_data| &**map_data),
        ) {
            let bar = layout(space, shown.scene.dim()).1;
            items.extend(map::colour_bar(map_data, bar, shown.theme));
        }
        paint::paint(&ui.painter_at(space), items, textures);
        commands
    }

    /// Everything inside the map's border, from back to front.
    fn inside(&mut self, frame: &Frame, shown: &MapInputs) -> Vec<Item> {
        let (scene, theme) = (shown.scene, shown.theme);
        let mut items = Vec::new();
        if let Some(map_data) = shown.map_data
            && let Ok(drawn) = &**map_data
        {
            let same = |shaded: &CachedShading| {
                Arc::ptr_eq(&shaded.map_data, map_data) && shaded.dark == theme.dark
            };
            let shade = || CachedShading {
                map_data: Arc::clone(map_data),
                dark: theme.dark,
                pixels: map::shading(drawn, theme),
            };
            self.shaded = self.shaded.take().filter(same);
            let pixels = &self.shaded.get_or_insert_with(shade).pixels;
            items.extend(map::landscape(drawn, pixels, &scene.map, frame, theme));
        }
        if scene.is_network() {
            items.extend(network_items(frame, shown));
            return items;
        }
        let Some(runs) = shown.runs else {
            return items;
        };
        if scene.map.arrows {
            items.extend(map::arrows(&runs.problem, frame, theme));
        }
        if scene.map.minima {
            items.extend(map::marks(&runs.problem, frame, theme));
        }
        if let Some(points) = shown.critical {
            let (published, selected) = (&runs.problem.minima, shown.critical_selected);
            items.extend(critical::marks(points, published, frame, theme, selected));
        }
        if scene.map.trails {
            let trails = trails(shown, runs, shown.names, frame);
            items.extend(trail::trails(&trails, frame, shown.row, theme));
        }
        if scene.map.internals {
            items.extend(self.state_markers(frame, shown, runs).unwrap_or_default());
        }
        items.extend(map::start(
            runs.problem.plot_point(scene.start()),
            frame,
            theme,
        ));
        items.extend(self.sheet.items(frame, scene, theme));
        if let Some(Ok(map_data)) = shown.map_data.map(|map_data| &**map_data) {
            items.extend(map::deep_zoom_note(map_data, frame, theme));
        }
        items
    }

    /// What moves the followed run.
    fn state_markers(
        &mut self,
        frame: &Frame,
        shown: &MapInputs,
        runs: &Runs,
    ) -> Option<Vec<Item>> {
        let (index, scene) = (shown.followed?, shown.scene);
        let run = scene.runs.get(index).filter(|run| run.shown)?;
        let step = state_markers::next_step(&runs.results.get(index)?.trajectory, shown.row)?;
        let step = self.looked.at(scene, runs, index, step)?;
        let mut taken = vec![state_markers::start_area(
            runs.problem.plot_point(scene.start()),
            frame,
        )];
        if scene.map.trails {
            let trails = trails(shown, runs, shown.names, frame);
            taken.extend(trail::name_areas(&trails, frame, shown.row));
        }
        let (problem, colour) = (&runs.problem, style_index(run.colour));
        Some(state_markers::state_markers(
            problem,
            step,
            colour,
            taken,
            frame,
            shown.theme,
        ))
    }

    /// The pointer: what is under it in words, and what it asks for.
    pub(super) fn mouse(
        &mut self,
        ui: &egui::Ui,
        frame: &Frame,
        shown: &MapInputs,
    ) -> Vec<Command> {
        let area = paint::rect(frame.area);
        let response = ui.interact(
            area,
            ui.scope_id().with("map"),
            egui::Sense::click_and_drag(),
        );
        // The start of a network is its first weights, which are no place on the plane.
        let landscape = !shown.scene.is_network();
        let tools = shown.tools && landscape;
        let click = match (landscape, tools) {
            (false, _) => String::new(),
            (_, true) => format!("click {}, ", self.sheet.click_hint(shown.scene)),
            (_, false) => "click places the start, ".to_owned(),
        };
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Canvas,
                true,
                format!("Map: {click}drag pans, wheel zooms"),
            )
        });
        let mut scene = shown.scene.clone();
        let drawn = tools && self.sheet.mouse(ui, &response, frame, &mut scene);
        let place = |runs: &Runs| runs.problem.plot_point(scene.start());
        let start = shown.runs.map_or(scene.start(), place);
        let start: egui::Pos2 = frame.picture_from_world(start).into();
        let near_start = |pointer: egui::Pos2| landscape && pointer.distance(start) < REACH;

        if response.drag_started() && !drawn {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.dragging_start = pressed.is_some_and(near_start);
        }
        if drawn {
            // The hills have changed.
        } else if let Some(pointer) = response.interact_pointer_pos()
            && landscape
            && (response.clicked() || response.dragged() && self.dragging_start)
        {
            scene.move_start(frame.world_from_picture(pointer.into()));
        } else if response.dragged() {
            let delta = response.drag_delta();
            let shift = [
                -f64::from(delta.x / frame.area.width()) * frame.window.width(),
                f64::from(delta.y / frame.area.height()) * frame.window.height(),
            ];
            scene.view = frame.window.shifted(shift).or(scene.view);
        }
        self.under_pointer.clear();
        if let Some(pointer) = response.hover_pos() {
            let zoom = ui
                .input(|input| input.zoom_delta() * (input.smooth_scroll_delta().y * 0.004).exp());
            if (zoom - 1.0).abs() > 1e-4 && !drawn {
                let about = frame.world_from_picture(pointer.into());
                scene.view = frame
                    .window
                    .zoomed(about, f64::from(zoom).recip())
                    .or(scene.view);
            }
            self.under_pointer = shown
                .runs
                .map_or_else(String::new, |runs| describe(pointer, frame, shown, runs));
            let over = near_start(pointer) || tools && self.sheet.over_handle();
            let icon = match (response.dragged(), over) {
                (true, _) => egui::CursorIcon::Grabbing,
                (false, true) => egui::CursorIcon::Grab,
                (false, false) => egui::CursorIcon::Crosshair,
            };
            ui.ctx().set_cursor_icon(icon);
        }
        if scene == *shown.scene {
            Vec::new()
        } else {
            vec![Command::Edit(Box::new(scene))]
        }
    }
}

/// The runs of a network on its plane, and what has to be said of both.
fn network_items(frame: &Frame, shown: &MapInputs) -> Vec<Item> {
    let theme = shown.theme;
    let Some(runs) = shown.runs else {
        return network::centered_text("training …", frame, theme);
    };
    let mut items = Vec::new();
    if shown.scene.map.trails {
        let heads = network::head_labels(runs, shown.names, shown.row);
        let trails = trails(shown, runs, &heads, frame);
        items.extend(trail::trails(&trails, frame, shown.row, theme));
    }
    items.extend(if shown.map_data.is_some() {
        network::note(runs, shown.row, frame, theme)
    } else {
        network::centered_text("computing the landscape …", frame, theme)
    });
    items
}

/// The trails of the ticked runs, named as `names` says.
pub(super) fn trails<'a>(
    shown: &'a MapInputs,
    runs: &'a Runs,
    names: &'a [String],
    frame: &'a Frame,
) -> Vec<Trail<'a>> {
    let strong = |trail: Trail<'a>| Trail {
        emphasized: shown.selected == Some(trail.run),
        ..trail
    };
    figure::trails(runs, names, shown.row, frame)
        .map(strong)
        .collect()
}
