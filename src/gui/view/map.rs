//! The map, and the mouse on it.

use super::sheet::Sheet;
use crate::engine::critical::CriticalPoint;
use crate::engine::curvature;
use crate::engine::lab::{Runs, Terrain};
use crate::engine::objective::norm;
use crate::engine::plane::Rect;
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour, Item};
use crate::figure::frame::Frame;
use crate::figure::trail::{self, Trail};
use crate::figure::{critical, internals, look, map};
use crate::gui::command::Command;
use crate::gui::looked::Looked;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;

/// How near the pointer must come to a thing to mean it, in points.
const REACH: f32 = 9.0;

/// What the map remembers between frames.
#[derive(Default)]
pub(crate) struct MapView {
    /// Whether the start is being dragged, rather than the view.
    dragging_start: bool,
    /// The terrain that was shaded last.
    shaded: Option<Shaded>,
    /// What is under the pointer, in words.
    pub under_pointer: String,
    /// The tools that draw hills.
    pub sheet: Sheet,
    /// The step whose internals were drawn last.
    looked: Looked,
}

/// The colours of a terrain, which need not be found anew every frame.
struct Shaded {
    terrain: Arc<Result<Terrain, String>>,
    dark: bool,
    pixels: Arc<Vec<Colour>>,
}

/// What the map shows.
pub(crate) struct Shown<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// The names of its runs.
    pub names: &'a [String],
    /// The newest runs.
    pub runs: Option<&'a Runs>,
    /// The newest terrain.
    pub terrain: Option<&'a Arc<Result<Terrain, String>>>,
    /// The timeline's step.
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
    let map = egui::Rect::from_min_max(
        space.min + egui::vec2(50.0, 26.0),
        space.max - egui::vec2(beside, 36.0),
    );
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
        shown: &Shown,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let commands = self.mouse(ui, frame, shown);
        let mut items = vec![Item::Clipped {
            area: frame.area,
            items: self.inside(frame, shown),
        }];
        items.extend(map::axes(frame, shown.scene.axes(), shown.theme));
        if let (true, Some(Ok(terrain))) = (
            shown.scene.map.fill,
            shown.terrain.map(|terrain| &**terrain),
        ) {
            let bar = layout(space, shown.scene.dim()).1;
            items.extend(map::colour_bar(terrain, bar, shown.theme));
        }
        paint::paint(&ui.painter_at(space), items, textures);
        commands
    }

    /// Everything inside the map's border, from back to front.
    fn inside(&mut self, frame: &Frame, shown: &Shown) -> Vec<Item> {
        let (scene, theme) = (shown.scene, shown.theme);
        let mut items = Vec::new();
        if let Some(terrain) = shown.terrain
            && let Ok(drawn) = &**terrain
        {
            let same = |shaded: &Shaded| {
                Arc::ptr_eq(&shaded.terrain, terrain) && shaded.dark == theme.dark
            };
            let shade = || Shaded {
                terrain: Arc::clone(terrain),
                dark: theme.dark,
                pixels: map::shading(drawn, theme),
            };
            self.shaded = self.shaded.take().filter(same);
            let pixels = &self.shaded.get_or_insert_with(shade).pixels;
            items.extend(map::landscape(drawn, pixels, &scene.map, frame, theme));
        }
        let Some(runs) = shown.runs else {
            return items;
        };
        if scene.map.arrows {
            items.extend(map::arrows(&runs.ground, frame, theme));
        }
        if scene.map.minima {
            items.extend(map::marks(&runs.ground, frame, theme));
        }
        if let Some(points) = shown.critical {
            let (published, selected) = (&runs.ground.minima, shown.critical_selected);
            items.extend(critical::marks(points, published, frame, theme, selected));
        }
        if scene.map.trails {
            items.extend(trail::trails(&trails(shown, runs), frame, shown.row, theme));
        }
        if scene.map.internals {
            items.extend(self.internals(frame, shown, runs).unwrap_or_default());
        }
        items.extend(map::start(runs.ground.place(scene.start), frame, theme));
        items.extend(self.sheet.items(frame, scene, theme));
        if let Some(Ok(terrain)) = shown.terrain.map(|terrain| &**terrain) {
            items.extend(map::closeup_note(terrain, frame, theme));
        }
        items
    }

    /// What moves the followed run.
    fn internals(&mut self, frame: &Frame, shown: &Shown, runs: &Runs) -> Option<Vec<Item>> {
        let (index, scene) = (shown.followed?, shown.scene);
        let run = scene.runs.get(index).filter(|run| run.shown)?;
        let step = internals::next_step(&runs.results.get(index)?.trajectory, shown.row)?;
        let step = self.looked.at(scene, runs, index, step)?;
        let mut taken = vec![internals::start_area(runs.ground.place(scene.start), frame)];
        if scene.map.trails {
            taken.extend(trail::name_areas(&trails(shown, runs), frame, shown.row));
        }
        let (ground, colour) = (&runs.ground, look(run.colour));
        Some(internals::internals(
            ground,
            step,
            colour,
            taken,
            frame,
            shown.theme,
        ))
    }

    /// The pointer: what is under it in words, and what it asks for.
    pub(super) fn mouse(&mut self, ui: &egui::Ui, frame: &Frame, shown: &Shown) -> Vec<Command> {
        let area = paint::rect(frame.area);
        let response = ui.interact(
            area,
            ui.scope_id().with("map"),
            egui::Sense::click_and_drag(),
        );
        let click = if shown.tools {
            self.sheet.click_words(shown.scene)
        } else {
            "places the start"
        };
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Canvas,
                true,
                format!("Map: click {click}, drag pans, wheel zooms"),
            )
        });
        let mut scene = shown.scene.clone();
        let drawn = shown.tools && self.sheet.mouse(ui, &response, frame, &mut scene);
        let place = |runs: &Runs| runs.ground.place(scene.start);
        let start = shown.runs.map_or(scene.start, place);
        let start: egui::Pos2 = frame.picture_from_world(start).into();
        let near_start = |pointer: egui::Pos2| pointer.distance(start) < REACH;

        if response.drag_started() && !drawn {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.dragging_start = pressed.is_some_and(near_start);
        }
        if drawn {
            // The hills have changed.
        } else if let Some(pointer) = response.interact_pointer_pos()
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
            let over = near_start(pointer) || shown.tools && self.sheet.over_handle();
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

/// The trails of the ticked runs.
fn trails<'a>(shown: &'a Shown, runs: &'a Runs) -> Vec<Trail<'a>> {
    let all = shown
        .scene
        .runs
        .iter()
        .zip(&runs.results)
        .zip(shown.names)
        .enumerate();
    all.filter(|(_, ((run, _), _))| run.shown)
        .map(|(index, ((run, result), name))| Trail {
            trajectory: &result.trajectory,
            outline: &result.outline,
            name,
            look: look(run.colour),
            strong: shown.selected == Some(index),
        })
        .collect()
}

/// A step of a trail, if the pointer is on one, or else the landscape under the pointer.
fn describe(pointer: egui::Pos2, frame: &Frame, shown: &Shown, runs: &Runs) -> String {
    let scene = shown.scene;
    let trails = if scene.map.trails {
        trails(shown, runs)
    } else {
        Vec::new()
    };
    let mut nearest: Option<(f32, &Trail, usize)> = None;
    for trail in &trails {
        let rows = trail
            .outline
            .iter()
            .copied()
            .take_while(|&row| row <= shown.row);
        for (row, place) in rows.filter_map(|row| Some((row, trail.trajectory.place(row)?))) {
            let place = frame.picture_from_world(place);
            let distance = pointer.distance(place.into());
            if distance < nearest.map_or(REACH, |(least, ..)| least) {
                nearest = Some((distance, trail, row));
            }
        }
    }
    if let Some((
        _,
        Trail {
            trajectory, name, ..
        },
        row,
    )) = nearest
    {
        let at = match *trajectory.theta(row).unwrap_or_default() {
            [x] => return format!("{name} step {row}: {}", on_graph(scene, runs, x)),
            [x, y, ..] => [x, y],
            [] => scene.start,
        };
        return format!(
            "{name} step {row}: {} f {} ‖∇f‖ {}",
            coordinates(scene, at),
            number(trajectory.loss[row], 4),
            number(trajectory.grad_norm[row], 3),
        );
    }
    let at = frame.world_from_picture(pointer.into());
    if runs.ground.objective.dim() == 1 {
        return on_graph(scene, runs, at[0]);
    }
    let mut gradient = [0.0; 2];
    let value = runs.ground.objective.gradient(&at, &mut gradient);
    let [low, high] = curvature::extremes(&*runs.ground.objective, &at);
    format!(
        "{} f {} ‖∇f‖ {} λ {}, {}",
        coordinates(scene, at),
        number(value, 4),
        number(norm(&gradient), 3),
        number(low, 3),
        number(high, 3),
    )
}

/// The graph of a landscape of one parameter at a place.
fn on_graph(scene: &Scene, runs: &Runs, x: f64) -> String {
    let (objective, mut slope) = (&*runs.ground.objective, [0.0]);
    let value = objective.gradient(&[x], &mut slope);
    let [bend, _] = curvature::extremes(objective, &[x]);
    let [name, _] = scene.axes();
    let [value, slope] = [value, slope[0]].map(|number_of| number(number_of, 4));
    format!(
        "{name} {} f {value} f′ {slope} f″ {}",
        number(x, 4),
        number(bend, 3)
    )
}

fn coordinates(scene: &Scene, [x, y]: [f64; 2]) -> String {
    let [first, second] = scene.axes();
    format!("{first} {} {second} {}", number(x, 4), number(y, 4))
}
