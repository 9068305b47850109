//! The 3-D surface of a landscape or of a network's plane, with the trails of the runs on it.

use super::map::{trails, view_window};
use super::{
    Figure, View, ViewContext, ViewOutput, controls_button, message_ui, named, surface_mouse,
};
use crate::engine::results::MapData;
use crate::engine::scene::{LevelSpacing, Scene, SurfaceStyle};
use crate::export::picture::Show;
use crate::figure::drawing::Item;
use crate::figure::frame::Frame;
use crate::figure::network;
use crate::figure::pages::Page;
use crate::figure::surface_3d::{Camera, Mesh, Paint, Relief, Surface3d, paint};
use crate::gui::command::Command;
use crate::gui::paint::{self as painting, colour};
use crate::gui::panel::style::flags_ui;
use crate::gui::param_ui::settings_ui;
use eframe::egui;
use std::sync::Arc;

/// State of the view between frames: the heights of the newest map, and what the last frame painted.
#[derive(Default)]
pub(super) struct SurfaceView {
    reliefs: Option<Reliefs>,
    painted: Option<Painted>,
    /// The camera of the last frame.
    camera: Option<SurfaceStyle>,
}

/// The heights of a map in the box.
struct Reliefs {
    map_data: Arc<Result<MapData, String>>,
    fine: Relief,
    /// For frames in which the surface turns.
    coarse: Relief,
}

/// Distances between points of contour lines: of a surface that turns, and of one at rest.
const GAPS: [f32; 2] = [3.0, 1.2];

/// The surface as the last frame painted it, without runs.
struct Painted {
    map_data: Arc<Result<MapData, String>>,
    camera: Camera,
    paint: Paint,
    lines: bool,
    dark: bool,
    turning: bool,
    mesh: Arc<egui::Mesh>,
    contours: Vec<Item>,
}

impl View for SurfaceView {
    fn title(&self) -> &'static str {
        "Surface"
    }

    fn key(&self) -> egui::Key {
        egui::Key::U
    }

    fn help(&self) -> &'static str {
        "The landscape as a surface in three dimensions, with the trails of all runs on it."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.dim() == 2
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let mut scene = context.scene.clone();
        height_scale_ui(ui, &mut scene);
        let marks = !scene.is_network();
        let flags = |name: &str| {
            matches!(name, "fill" | "lines" | "trails")
                || marks && matches!(name, "minima" | "saddles")
        };
        let view = controls_button(ui, "View ▾", |ui| {
            flags_ui(ui, &mut scene.map, flags);
            flags_ui(ui, &mut scene.surface, |name| name == "shading");
        });
        view.on_hover_text(
            "Colours, contour lines, trails and marks on the surface, and its shading.",
        );
        let camera = controls_button(ui, "camera", |ui| {
            ui.set_min_width(260.0);
            settings_ui(ui, &mut scene.surface, |name| name != "shading");
            let reset = ui.button("Reset camera");
            if reset
                .on_hover_text("A double click on the surface does the same.")
                .clicked()
            {
                scene.surface = scene.surface.with_camera_of(&SurfaceStyle::default());
            }
        });
        camera.on_hover_text(
            "Direction and size of the view: drag on the surface, or turn the wheel.",
        );
        let changed = scene != *context.scene;
        changed
            .then(|| Command::Edit(Box::new(scene)))
            .into_iter()
            .collect()
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let (scene, theme) = (context.scene, context.theme);
        let space = ui.available_rect_before_wrap();
        let area = painting::area(space);
        let window = view_window(context);
        output.set_frame(Frame { area, window });
        let Some((map_data, is_current)) = self.newest(context) else {
            let training = scene.is_network() && context.runs.is_none();
            let doing = ["computing the landscape …", "training …"];
            message_ui(ui, doing[usize::from(training)]);
            return Vec::new();
        };
        let camera = SurfaceStyle::default().with_camera_of(&scene.surface);
        let before = self.camera.replace(camera.clone());
        let turning = before.is_some_and(|before| before != camera);
        if turning {
            // The last frame of a turn is painted again, finely.
            ui.ctx().request_repaint();
        }
        let Some((found, relief)) = relief_of(&mut self.reliefs, &map_data, turning) else {
            message_ui(ui, "A landscape of one parameter has no surface.");
            return Vec::new();
        };
        let runs = context.runs.filter(|_| is_current);
        let surface = Surface3d::new(found, relief, &scene.surface, area).turning(&scene.surface);
        let painter = ui.painter_at(space);
        painting::paint(&painter, surface.backdrop(theme), output.textures);
        let painted = painted_of(&mut self.painted, &map_data, &surface, turning, context);
        painter.add(Arc::clone(&painted.mesh));
        let mut items = painted.contours.clone();
        let axes = match runs {
            Some(runs) => network::axes(runs),
            None => scene.axes().map(str::to_owned),
        };
        items.extend(surface.axes(axes.each_ref().map(String::as_str), theme));
        if let Some(runs) = runs {
            let heads = network::head_labels(runs, context.names, context.row);
            let frame = surface.plane_frame();
            let trails = trails(context, runs, &heads, &frame);
            items.extend(surface.runs(runs, &trails, context.row, theme));
        }
        if let Some(note) = surface.cut_note() {
            let at = [area.min[0] + 10.0, area.max[1] - 12.0];
            items.push(Item::label(note, at, 11.0, theme.faint));
        }
        if !is_current {
            let veil = theme.background.opacity(0.6);
            items.push(Item::filled(area.corners(), veil));
            let frame = Frame { area, window };
            let doing = "computing the landscape …";
            items.extend(network::centered_text(doing, &frame, theme));
        }
        painting::paint(&painter, items, output.textures);
        surface_mouse::ui(ui, &surface, (context, runs), output)
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        Figure::of_scene(context, Show::Page(Page::Surface))
    }
}

impl SurfaceView {
    /// Returns the newest map, and whether it is current: while a network's plane moves, the map of the former one is shown, dimmed.
    fn newest(&self, context: &ViewContext) -> Option<(Arc<Result<MapData, String>>, bool)> {
        if let Some(map_data) = context.map_data.filter(|map_data| map_data.is_ok()) {
            return Some((Arc::clone(map_data), true));
        }
        let kept = &self.reliefs.as_ref()?.map_data;
        let of_network = matches!(&**kept, Ok(map_data) if map_data.problem.is_some());
        let stays = context.scene.is_network() && context.runs.is_some() && of_network;
        stays.then(|| (Arc::clone(kept), false))
    }
}

/// Shows the choice of the height's scale, which is that of the map.
fn height_scale_ui(ui: &mut egui::Ui, scene: &mut Scene) {
    let spacing = &mut scene.map.spacing;
    let name = spacing.name();
    let combo = egui::ComboBox::from_id_salt("height scale")
        .selected_text(format!("height {name}"))
        .width(90.0)
        .show_ui(ui, |ui| {
            for choice in [LevelSpacing::Auto, LevelSpacing::Linear, LevelSpacing::Log] {
                ui.selectable_value(spacing, choice, choice.name());
            }
        });
    named(&combo.response, "height scale", name);
    let help = "Scale of heights, colours and contour lines; auto is the landscape's own.";
    combo.response.on_hover_text(help);
}

/// Returns a map with its heights in the box, which are kept until there is another map; `None` for a graph.
fn relief_of<'a>(
    kept: &'a mut Option<Reliefs>,
    shared: &'a Arc<Result<MapData, String>>,
    turning: bool,
) -> Option<(&'a MapData, &'a Relief)> {
    let map_data = (**shared).as_ref().ok()?;
    if map_data.graph.is_some() {
        return None;
    }
    let same = |reliefs: &Reliefs| Arc::ptr_eq(&reliefs.map_data, shared);
    *kept = kept.take().filter(same);
    let reliefs = kept.get_or_insert_with(|| {
        let fine = Relief::new(map_data);
        Reliefs {
            map_data: Arc::clone(shared),
            coarse: fine.coarser(),
            fine,
        }
    });
    let relief = if turning {
        &reliefs.coarse
    } else {
        &reliefs.fine
    };
    Some((map_data, relief))
}

/// Returns triangles and contour lines of a surface, those of the last frame if nothing has changed.
fn painted_of<'a>(
    kept: &'a mut Option<Painted>,
    map_data: &Arc<Result<MapData, String>>,
    surface: &Surface3d,
    turning: bool,
    context: &ViewContext,
) -> &'a Painted {
    let (paint, lines, dark) = (
        paint(context.scene),
        context.scene.map.lines,
        context.theme.dark,
    );
    let same = |painted: &Painted| {
        Arc::ptr_eq(&painted.map_data, map_data)
            && painted.camera == surface.camera
            && (painted.paint, painted.lines) == (paint, lines)
            && (painted.dark, painted.turning) == (dark, turning)
    };
    *kept = kept.take().filter(same);
    kept.get_or_insert_with(|| Painted {
        map_data: Arc::clone(map_data),
        camera: surface.camera,
        paint,
        lines,
        dark,
        turning,
        mesh: Arc::new(egui_mesh(surface.mesh(paint, context.theme))),
        contours: if lines {
            surface.contours(GAPS[usize::from(!turning)], paint, context.theme)
        } else {
            Vec::new()
        },
    })
}

/// Converts triangles to egui's.
fn egui_mesh(mesh: Mesh) -> egui::Mesh {
    let vertices = mesh.vertices.into_iter();
    let vertex = |(at, shade): ([f32; 2], _)| egui::epaint::Vertex {
        pos: at.into(),
        uv: egui::epaint::WHITE_UV,
        color: colour(shade),
    };
    egui::Mesh {
        indices: mesh.indices,
        vertices: vertices.map(vertex).collect(),
        ..egui::Mesh::default()
    }
}
