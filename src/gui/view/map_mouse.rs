//! The mouse on maps: places the start, selects a step of a trail, pans and zooms the view, and describes what is under the pointer.

use super::hover::{REACH, describe, end_under, step_under};
use super::sculpt::SculptTools;
use super::{ViewContext, ViewOutput};
use crate::engine::results::Runs;
use crate::figure::frame::Frame;
use crate::gui::command::Command;
use crate::gui::paint;
use eframe::egui;

/// State of the mouse between frames.
#[derive(Default)]
pub(super) struct MapMouse {
    /// Whether the start is being dragged, rather than the view.
    dragging_start: bool,
}

impl MapMouse {
    /// Handles the mouse on a map: tells what is under the pointer, and returns the edit of the scene.
    pub(super) fn ui(
        &mut self,
        ui: &egui::Ui,
        frame: &Frame,
        context: &ViewContext,
        mut sculpt: Option<&mut SculptTools>,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let area = paint::rect(frame.area);
        let response = ui.interact(
            area,
            ui.scope_id().with("map"),
            egui::Sense::click_and_drag(),
        );
        // The start of a network is its first weights, which are not on the plane.
        let landscape = !context.scene.is_network();
        let click = match (landscape, &sculpt) {
            (false, _) => String::new(),
            (true, Some(sculpt)) => format!("click {}, ", sculpt.click_hint(context.scene)),
            (true, None) => "click places the start, ".to_owned(),
        };
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Canvas,
                true,
                format!("Map: {click}drag pans, wheel zooms"),
            )
        });
        let mut scene = context.scene.clone();
        let sculpted = match &mut sculpt {
            Some(sculpt) => sculpt.mouse(ui, &response, frame, &mut scene),
            None => false,
        };
        let place = |runs: &Runs| runs.problem.plot_point(scene.start());
        let start = context.runs.map_or(scene.start(), place);
        let start: egui::Pos2 = frame.picture_from_world(start).into();
        let near_start = |pointer: egui::Pos2| landscape && pointer.distance(start) < REACH;

        if response.drag_started() && !sculpted {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.dragging_start = pressed.is_some_and(near_start);
        }
        let clicked = response
            .interact_pointer_pos()
            .filter(|pointer| response.clicked() && !sculpted && !near_start(*pointer));
        if let (Some(pointer), Some(runs)) = (clicked, context.runs)
            && let Some((run, step)) = end_under(pointer, frame, context, runs)
        {
            let why = Command::Why(Some(run));
            return vec![Command::Select(run), Command::GoTo(step), why];
        }
        if let (Some(pointer), Some(runs)) = (clicked, context.runs)
            && let Some((run, step)) = step_under(pointer, frame, context, runs)
        {
            return vec![Command::Select(run), Command::GoTo(step)];
        }
        if sculpted {
            // The hills have changed.
        } else if let Some(pointer) = response.interact_pointer_pos()
            && landscape
            && (response.clicked() || response.dragged() && self.dragging_start)
        {
            scene.move_start(rounded(frame, pointer));
        } else if response.dragged() {
            let delta = response.drag_delta();
            let shift = [
                -f64::from(delta.x / frame.area.width()) * frame.window.width(),
                f64::from(delta.y / frame.area.height()) * frame.window.height(),
            ];
            scene.view = frame.window.shifted(shift).or(scene.view);
        }
        if let Some(pointer) = response.hover_pos() {
            let zoom = ui
                .input(|input| input.zoom_delta() * (input.smooth_scroll_delta().y * 0.004).exp());
            if (zoom - 1.0).abs() > 1e-4 && !sculpted {
                let about = frame.world_from_picture(pointer.into());
                scene.view = frame
                    .window
                    .zoomed(about, f64::from(zoom).recip())
                    .or(scene.view);
            }
            if let Some(runs) = context.runs {
                (*output.hover_text, *output.hovered_run) = describe(pointer, frame, context, runs);
            }
            let over_handle = sculpt.is_some_and(|sculpt| sculpt.over_handle());
            let icon = match (response.dragged(), near_start(pointer) || over_handle) {
                (true, _) => egui::CursorIcon::Grabbing,
                (false, true) => egui::CursorIcon::Grab,
                (false, false) => egui::CursorIcon::Crosshair,
            };
            ui.ctx().set_cursor_icon(icon);
        }
        if scene == *context.scene {
            Vec::new()
        } else {
            vec![Command::Edit(Box::new(scene))]
        }
    }
}

/// Returns the point of the plane under the pointer, with no more digits than a pixel of the map tells apart.
fn rounded(frame: &Frame, pointer: egui::Pos2) -> [f64; 2] {
    let sizes = [
        frame.window.width() / f64::from(frame.area.width().max(1.0)),
        frame.window.height() / f64::from(frame.area.height().max(1.0)),
    ];
    let at = frame.world_from_picture(pointer.into());
    [0, 1].map(|axis| {
        let digits = (-sizes[axis].log10().floor()).clamp(0.0, 300.0);
        // Powers of ten are exact as divisors only.
        let scale = 10_f64.powf(digits);
        let rounded = (at[axis] * scale).round() / scale;
        if rounded.is_finite() {
            rounded
        } else {
            at[axis]
        }
    })
}
