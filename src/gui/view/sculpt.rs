//! Tools for landscapes drawn by hand: they add hills and pits on the map, move and remove them.

use crate::engine::landscape::{AnyLandscape, Drawn, Hill, HillError};
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::figure::colour::{Marker, Theme};
use crate::figure::drawing::{Item, Point, Stroke};
use crate::figure::frame::Frame;
use crate::gui::command::Command;
use eframe::egui;

/// Largest distance between the pointer and the handle of a hill that it points at, in points.
const REACH: f32 = 10.0;

/// Effect of a click on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tool {
    /// Adds a hill.
    Hill,
    /// Adds a pit.
    Pit,
    /// Removes the nearest hill or pit.
    Erase,
    /// Places the start, as on every map.
    #[default]
    Start,
}

impl Tool {
    const ALL: [Self; 4] = [Self::Hill, Self::Pit, Self::Erase, Self::Start];

    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Hill => (
                "hill",
                "Click the map to add a hill. Drag a handle to move it, Ctrl+wheel over it changes its width, \
                 a right click removes the nearest one.",
            ),
            Self::Pit => (
                "pit",
                "Click the map to add a pit. Drag a handle to move it, Ctrl+wheel over it changes its width, \
                 a right click removes the nearest one.",
            ),
            Self::Erase => ("erase", "Click the map to remove the nearest hill or pit."),
            Self::Start => (
                "start",
                "Click the map to place the start, as on every landscape.",
            ),
        }
    }
}

/// State of the tools between frames.
pub(crate) struct SculptTools {
    tool: Tool,
    /// Height of the next hill, or depth of the next pit.
    height: f64,
    /// Standard deviation of the next hill or pit.
    width: f64,
    /// The hill that is being dragged.
    moving: Option<usize>,
    /// The hill under the pointer.
    hovered: Option<usize>,
    pointer: Option<egui::Pos2>,
    /// Whether an edit begins that is undone by itself.
    begins: bool,
    /// Reason why an edit was refused.
    refused: Option<String>,
}

impl Default for SculptTools {
    fn default() -> Self {
        Self {
            tool: Tool::default(),
            height: 1.5,
            width: 0.8,
            moving: None,
            hovered: None,
            pointer: None,
            begins: false,
            refused: None,
        }
    }
}

impl SculptTools {
    /// Shows the row of tools, where the landscape is drawn by hand.
    pub(crate) fn toolbar_ui(&mut self, ui: &mut egui::Ui, scene: &Scene) -> Option<Command> {
        let AnyLandscape::Drawn(drawn) = scene.landscape() else {
            return None;
        };
        let mut cleared = false;
        ui.horizontal_wrapped(|ui| {
            ui.label("Draw");
            for tool in Tool::ALL {
                let (title, help) = tool.labels();
                let button = ui.selectable_label(self.tool == tool, title);
                if button.on_hover_text(help).clicked() {
                    self.tool = tool;
                }
            }
            ui.spacing_mut().slider_width = 46.0;
            for (size, title, help) in [
                (&mut self.height, "height", "Height of the next hill, or depth of the next pit."),
                (
                    &mut self.width,
                    "width",
                    "Standard deviation of the next hill or pit: the distance from its middle where it is steepest.",
                ),
            ] {
                let slider = egui::Slider::new(size, 0.05..=10.0)
                    .logarithmic(true)
                    .max_decimals(2)
                    .clamping(egui::SliderClamping::Always)
                    .text(title);
                ui.add(slider).on_hover_text(help);
            }
            cleared = ui
                .add_enabled(!drawn.hills.trim().is_empty(), egui::Button::new("Clear"))
                .on_hover_text("Removes all hills and pits.")
                .clicked();
        });
        if !cleared {
            return None;
        }
        self.begins = true;
        let hills = String::new();
        let landscape = AnyLandscape::Drawn(Drawn {
            hills,
            ..drawn.clone()
        });
        let mut scene = scene.clone();
        scene.landscape_scene_mut().landscape = landscape;
        Some(Command::Edit(Box::new(scene)))
    }

    /// Returns commands with an undo point before them if an edit begins, and the reason of a refused edit after them.
    pub(super) fn with_history(&mut self, mut commands: Vec<Command>) -> Vec<Command> {
        if std::mem::take(&mut self.begins) {
            commands.insert(0, Command::Checkpoint);
        }
        commands.extend(self.refused.take().map(Command::ShowError));
        commands
    }

    /// Returns the effect of a click on the map, for the map's accessible name.
    pub(crate) fn click_hint(&self, scene: &Scene) -> &'static str {
        match (scene.landscape(), self.tool) {
            (AnyLandscape::Drawn(_), Tool::Hill) => "adds a hill",
            (AnyLandscape::Drawn(_), Tool::Pit) => "adds a pit",
            (AnyLandscape::Drawn(_), Tool::Erase) => "removes a hill",
            _ => "places the start",
        }
    }

    /// Whether the pointer is over a handle.
    pub(crate) fn over_handle(&self) -> bool {
        self.hovered.is_some() && self.tool != Tool::Erase
    }

    /// Handles the mouse on the map: edits the scene's hills, and returns whether the event was for them alone.
    pub(crate) fn mouse(
        &mut self,
        ui: &egui::Ui,
        response: &egui::Response,
        frame: &Frame,
        scene: &mut Scene,
    ) -> bool {
        let moving = self.moving.take();
        (self.hovered, self.pointer) = (None, response.hover_pos());
        let AnyLandscape::Drawn(drawn) = &mut scene.landscape_scene_mut().landscape else {
            return false;
        };
        // Hills that do not parse are reported where they are typed, and cannot be edited here.
        let (false, Ok(mut hills)) = (self.tool == Tool::Start, Hill::parse_list(&drawn.hills))
        else {
            return false;
        };
        let places: Vec<egui::Pos2> = hills
            .iter()
            .map(|hill| frame.picture_from_world(hill.at).into())
            .collect();
        let near = |pointer: egui::Pos2, reach: f32| {
            let distances = places.iter().map(|place| place.distance(pointer));
            let within = distances
                .enumerate()
                .filter(|(_, distance)| *distance < reach);
            let nearest = within.min_by(|a, b| a.1.total_cmp(&b.1));
            nearest.map(|(index, _)| index)
        };
        let reach = if self.tool == Tool::Erase {
            f32::INFINITY
        } else {
            REACH
        };
        self.hovered = self.pointer.and_then(|pointer| near(pointer, reach));
        let Some(pointer) = response.interact_pointer_pos().or(self.pointer) else {
            return false;
        };

        let mut handled = true;
        if response.drag_started_by(egui::PointerButton::Primary) && self.tool != Tool::Erase {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.moving = pressed.and_then(|pressed| near(pressed, REACH));
            self.begins |= self.moving.is_some();
        } else if response.dragged() {
            self.moving = moving;
        }
        if let Some(hill) = self.moving.and_then(|index| hills.get_mut(index)) {
            hill.at = rounded(frame.world_from_picture(pointer.into()), frame.window);
            self.hovered = self.moving;
        } else if response.secondary_clicked() || response.clicked() && self.tool == Tool::Erase {
            self.begins = true;
            if let Some(index) = near(pointer, f32::INFINITY) {
                hills.remove(index);
            }
            self.hovered = None;
        } else if response.clicked() {
            self.begins = true;
            let sign = if self.tool == Tool::Pit { -1.0 } else { 1.0 };
            hills.push(Hill {
                at: rounded(frame.world_from_picture(pointer.into()), frame.window),
                height: sign * self.height,
                width: self.width,
            });
        } else if let Some(hill) = self.hovered.and_then(|index| hills.get_mut(index))
            && ui.input(|input| input.modifiers.command && input.zoom_delta() != 1.0)
        {
            let factor = ui.input(|input| f64::from(input.zoom_delta()));
            hill.width = digits((hill.width * factor).clamp(1e-6, 1e6));
        } else {
            handled = false;
        }
        if hills.len() > Hill::MAX_HILLS {
            self.refused = Some(HillError::TooMany(hills.len()).to_string());
        } else if handled {
            drawn.hills = Hill::list_text(&hills);
        }
        handled
    }

    /// Returns the handles of the hills, and the outline of the one under the pointer or of the next one.
    pub(crate) fn items(&self, frame: &Frame, scene: &Scene, theme: &Theme) -> Vec<Item> {
        let (AnyLandscape::Drawn(drawn), false) = (scene.landscape(), self.tool == Tool::Start)
        else {
            return Vec::new();
        };
        let hills = Hill::parse_list(&drawn.hills).unwrap_or_default();
        let mut items = Vec::new();
        for (index, hill) in hills.iter().enumerate() {
            let hovered = self.hovered == Some(index);
            if hovered {
                items.extend(ring(hill.at, hill.width, frame, theme));
            }
            let marker = match (hovered && self.tool == Tool::Erase, hill.height < 0.0) {
                (true, _) => Marker::Cross,
                (_, true) => Marker::TriangleDown,
                _ => Marker::Triangle,
            };
            let radius = if hovered { 6.0 } else { 4.5 };
            items.extend(marker.items(
                frame.picture_from_world(hill.at),
                radius,
                theme.ink,
                theme.halo,
            ));
        }
        if let (Some(pointer), None, Tool::Hill | Tool::Pit) =
            (self.pointer, self.hovered, self.tool)
        {
            items.extend(ring(
                frame.world_from_picture(pointer.into()),
                self.width,
                frame,
                theme,
            ));
        }
        items
    }
}

/// Returns a circle on the plane, which shows the width of a hill.
fn ring([x, y]: [f64; 2], width: f64, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let points: Vec<Point> = (0..48)
        .map(|step| (f64::from(step) / 48.0 * std::f64::consts::TAU).sin_cos())
        .map(|(sin, cos)| frame.picture_from_world([x + width * cos, y + width * sin]))
        .collect();
    let path = |width, colour, dash| Item::Path {
        points: points.clone(),
        closed: true,
        stroke: Some(Stroke {
            width,
            colour,
            dash,
        }),
        fill: None,
    };
    vec![
        path(3.0, theme.halo, &[][..]),
        path(1.2, theme.ink, &[4.0, 3.0][..]),
    ]
}

/// Rounds a point to the digits that can be seen in a window.
fn rounded(at: [f64; 2], window: Rect) -> [f64; 2] {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of digits"
    )]
    let decimals = (4.0 - window.width().log10().floor()).clamp(0.0, 17.0) as usize;
    at.map(|place| {
        let place = place.clamp(-1e6, 1e6);
        format!("{place:.decimals$}").parse().unwrap_or(place)
    })
}

/// Rounds a size to five significant digits.
fn digits(size: f64) -> f64 {
    format!("{size:.4e}").parse().unwrap_or(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_rounded_to_the_digits_that_can_be_seen() {
        let at = [1.234_567_89, -0.000_01];
        assert_eq!(rounded(at, Rect::square(5.0)), [1.235, 0.0]);
        let close = Rect::new([1.2, 1.200_1], [0.0, 0.000_1]).unwrap();
        assert_eq!(rounded(at, close), [1.234_567_89, -0.000_01]);
        assert_eq!(digits(0.123_456_7), 0.123_46);
    }
}
