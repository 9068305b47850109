//! Mouse and keys on the surface: turn and zoom the camera, select a step of a trail, and describe what is under the pointer.

use super::hover::{describe_at, drawn_trails, nearest};
use super::{ViewContext, ViewOutput};
use crate::engine::results::Runs;
use crate::engine::scene::{Scene, SurfaceStyle};
use crate::figure::axis::number;
use crate::figure::surface_3d::Surface3d;
use crate::gui::command::Command;
use crate::gui::keys::take_arrows;
use crate::gui::paint;
use eframe::egui;

/// Degrees by which the camera turns for each point that the mouse is dragged, and for each press of an arrow key.
const DEGREES_PER_POINT: f64 = 0.4;
const DEGREES_PER_KEY: f64 = 5.0;

/// Factor of a press of + or −.
const ZOOM_PER_KEY: f64 = 1.1;

/// Handles mouse and keys on the surface; tells what is under the pointer, and returns the commands. `runs` are those
/// that the surface shows.
pub(super) fn ui(
    ui: &egui::Ui,
    surface: &Surface3d,
    (context, runs): (&ViewContext, Option<&Runs>),
    output: &mut ViewOutput,
) -> Vec<Command> {
    let style = &context.scene.surface;
    let id = ui.scope_id().with("surface");
    let rect = paint::rect(surface.area);
    let response = ui.interact(rect, id, egui::Sense::click_and_drag());
    response.widget_info(|| {
        let [azim, elev] = [style.azim, style.elev].map(|angle| number(angle, 4));
        let name = format!(
            "Surface: azimuth {azim}°, elevation {elev}°; drag or arrow keys turn, wheel zooms, double click resets"
        );
        egui::WidgetInfo::labeled(egui::Role::Canvas, true, name)
    });
    let mut turned = style.clone();
    if response.dragged() {
        let drag = response.drag_delta();
        turn(&mut turned, f64::from(drag.x), f64::from(drag.y));
    }
    if response.clicked_elsewhere() {
        response.surrender_focus();
    }
    if response.has_focus() {
        take_arrows(ui.ctx(), id);
        keys(ui, &mut turned);
        let stroke = ui.visuals().selection.stroke;
        let ring = response.rect.shrink(1.0);
        ui.painter()
            .rect_stroke(ring, 4.0, stroke, egui::StrokeKind::Inside);
    }
    if response.double_clicked() {
        turned = turned.with_camera_of(&SurfaceStyle::default());
    }
    let mut commands = Vec::new();
    if let Some(pointer) = response.hover_pos() {
        let zoom =
            ui.input(|input| input.zoom_delta() * (input.smooth_scroll_delta().y * 0.004).exp());
        if (zoom - 1.0).abs() > 1e-4 {
            zoom_by(&mut turned, f64::from(zoom));
        }
        if let (Some(runs), false) = (runs, response.dragged()) {
            commands = pointed(pointer, surface, (context, runs), output);
        }
        let icon = if response.dragged() {
            egui::CursorIcon::Grabbing
        } else if commands.is_empty() {
            egui::CursorIcon::Grab
        } else {
            egui::CursorIcon::PointingHand
        };
        ui.ctx().set_cursor_icon(icon);
    }
    if !response.clicked() {
        commands.clear();
    } else if commands.is_empty() {
        response.request_focus();
    }
    if turned != *style {
        commands.push(Command::Edit(Box::new(Scene {
            surface: turned,
            ..context.scene.clone()
        })));
    }
    commands
}

/// Describes what is under the pointer, and returns the commands that a click executes there.
fn pointed(
    pointer: egui::Pos2,
    surface: &Surface3d,
    (context, runs): (&ViewContext, &Runs),
    output: &mut ViewOutput,
) -> Vec<Command> {
    let frame = surface.plane_frame();
    let trails = drawn_trails(&frame, context, runs);
    // A hidden step is only reached where it is drawn, faintly.
    let place = |at| Some(surface.place(at)?.0.into());
    let step = nearest(pointer, place, context.row, &trails);
    let at = surface.pick(pointer.into());
    (*output.hover_text, *output.hovered_run) = describe_at(step, at, context, runs);
    step.map_or_else(Vec::new, |(trail, row)| {
        vec![Command::Select(trail.run), Command::GoTo(runs.step(row))]
    })
}

/// Turns the camera as if the mouse moved the surface by some points to the right and down.
fn turn(style: &mut SurfaceStyle, right: f64, down: f64) {
    // Scene files have tenths of degrees.
    let rounded = |degrees: f64| (degrees * 10.0).round() / 10.0;
    let azim = rounded(style.azim - right * DEGREES_PER_POINT);
    style.azim = (azim + 180.0).rem_euclid(360.0) - 180.0;
    style.azim = rounded(style.azim);
    style.elev = rounded((style.elev + down * DEGREES_PER_POINT).clamp(0.0, 90.0));
}

fn zoom_by(style: &mut SurfaceStyle, factor: f64) {
    let zoom = (style.zoom * factor).clamp(0.2, 10.0);
    style.zoom = (zoom * 1000.0).round() / 1000.0;
}

/// Turns and zooms by keys; Shift makes smaller steps.
fn keys(ui: &egui::Ui, style: &mut SurfaceStyle) {
    use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Equals, Minus, Plus};
    ui.input(|input| {
        let step = if input.modifiers.shift { 0.2 } else { 1.0 };
        let points = step * DEGREES_PER_KEY / DEGREES_PER_POINT;
        let presses = |key: egui::Key| f64::from(u8::try_from(input.num_presses(key)).unwrap_or(1));
        let right = presses(ArrowRight) - presses(ArrowLeft);
        let down = presses(ArrowDown) - presses(ArrowUp);
        if (right, down) != (0.0, 0.0) {
            turn(style, right * points, down * points);
        }
        if !input.modifiers.command {
            let closer = presses(Plus) + presses(Equals) - presses(Minus);
            if closer != 0.0 {
                zoom_by(style, ZOOM_PER_KEY.powf(closer));
            }
        }
    });
}
