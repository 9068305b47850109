//! Drawing a landscape: tools that drop hills and pits on the map, move them and take them away.

use crate::engine::landscape::{AnyLandscape, Drawn, Hill, HillError};
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::figure::colour::{Marker, Theme};
use crate::figure::drawing::{Item, Point, Stroke};
use crate::figure::frame::Frame;
use crate::gui::command::Command;
use eframe::egui;

/// How near the pointer must come to a hill's handle to mean it, in points.
const REACH: f32 = 10.0;

/// What the mouse does on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tool {
    /// Drops a hill.
    Hill,
    /// Drops a pit.
    Pit,
    /// Takes the nearest away.
    Erase,
    /// What it does on every map.
    #[default]
    Start,
}

impl Tool {
    const ALL: [Self; 4] = [Self::Hill, Self::Pit, Self::Erase, Self::Start];

    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Hill => (
                "hill",
                "A click on the map drops a hill. Drag a handle to move it, Ctrl+wheel over it changes its width, \
                 a right click takes the nearest away.",
            ),
            Self::Pit => (
                "pit",
                "A click on the map drops a pit. Drag a handle to move it, Ctrl+wheel over it changes its width, \
                 a right click takes the nearest away.",
            ),
            Self::Erase => (
                "erase",
                "A click on the map takes the nearest hill or pit away.",
            ),
            Self::Start => (
                "start",
                "A click on the map places the start, as on every landscape.",
            ),
        }
    }
}

/// What the tools remember between frames.
pub(crate) struct SculptTools {
    tool: Tool,
    /// Of the next hill or pit.
    height: f64,
    width: f64,
    /// The hill that is being dragged.
    moving: Option<usize>,
    /// The hill that is meant by the pointer, and where that is.
    meant: Option<usize>,
    pointer: Option<egui::Pos2>,
    /// Whether a stroke begins that undo takes back by itself.
    pub begins: bool,
    /// Why something was not done.
    pub refused: Option<String>,
}

impl Default for SculptTools {
    fn default() -> Self {
        Self {
            tool: Tool::default(),
            height: 1.5,
            width: 0.8,
            moving: None,
            meant: None,
            pointer: None,
            begins: false,
            refused: None,
        }
    }
}

impl SculptTools {
    /// The row of tools, where the landscape is drawn by hand.
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
                (&mut self.height, "height", "How high the next hill is, or how deep the next pit."),
                (
                    &mut self.width,
                    "width",
                    "Standard deviation of the next hill or pit: how far from its middle it is steepest.",
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
                .on_hover_text("Takes all hills and pits away.")
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

    /// What a click on the map does, for its name.
    pub(crate) fn click_hint(&self, scene: &Scene) -> &'static str {
        match (scene.landscape(), self.tool) {
            (AnyLandscape::Drawn(_), Tool::Hill) => "drops a hill",
            (AnyLandscape::Drawn(_), Tool::Pit) => "drops a pit",
            (AnyLandscape::Drawn(_), Tool::Erase) => "takes a hill away",
            _ => "places the start",
        }
    }

    /// Whether the pointer is over a handle.
    pub(crate) fn over_handle(&self) -> bool {
        self.meant.is_some() && self.tool != Tool::Erase
    }

    /// The mouse on the map. Changes the scene's hills; answers whether this was meant for them, and for nothing else.
    pub(crate) fn mouse(
        &mut self,
        ui: &egui::Ui,
        response: &egui::Response,
        frame: &Frame,
        scene: &mut Scene,
    ) -> bool {
        let moving = self.moving.take();
        (self.meant, self.pointer) = (None, response.hover_pos());
        let AnyLandscape::Drawn(drawn) = &mut scene.landscape_scene_mut().landscape else {
            return false;
        };
        // What cannot be read is told already, and cannot be drawn on.
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
        self.meant = self.pointer.and_then(|pointer| near(pointer, reach));
        let Some(pointer) = response.interact_pointer_pos().or(self.pointer) else {
            return false;
        };

        let mut taken = true;
        if response.drag_started_by(egui::PointerButton::Primary) && self.tool != Tool::Erase {
            let pressed = ui.input(|input| input.pointer.press_origin());
            self.moving = pressed.and_then(|pressed| near(pressed, REACH));
            self.begins |= self.moving.is_some();
        } else if response.dragged() {
            self.moving = moving;
        }
        if let Some(hill) = self.moving.and_then(|index| hills.get_mut(index)) {
            hill.at = rounded(frame.world_from_picture(pointer.into()), frame.window);
            self.meant = self.moving;
        } else if response.secondary_clicked() || response.clicked() && self.tool == Tool::Erase {
            self.begins = true;
            if let Some(index) = near(pointer, f32::INFINITY) {
                hills.remove(index);
            }
            self.meant = None;
        } else if response.clicked() {
            self.begins = true;
            let sign = if self.tool == Tool::Pit { -1.0 } else { 1.0 };
            hills.push(Hill {
                at: rounded(frame.world_from_picture(pointer.into()), frame.window),
                height: sign * self.height,
                width: self.width,
            });
        } else if let Some(hill) = self.meant.and_then(|index| hills.get_mut(index))
            && ui.input(|input| input.modifiers.command && input.zoom_delta() != 1.0)
        {
            let factor = ui.input(|input| f64::from(input.zoom_delta()));
            hill.width = digits((hill.width * factor).clamp(1e-6, 1e6));
        } else {
            taken = false;
        }
        if hills.len() > Hill::MAX_HILLS {
            self.refused = Some(HillError::TooMany(hills.len()).to_string());
        } else if taken {
            drawn.hills = Hill::list_text(&hills);
        }
        taken
    }

    /// The handles of the hills, and what is meant by the pointer.
    pub(crate) fn items(&self, frame: &Frame, scene: &Scene, theme: &Theme) -> Vec<Item> {
        let (AnyLandscape::Drawn(drawn), false) = (scene.landscape(), self.tool == Tool::Start)
        else {
            return Vec::new();
        };
        let hills = Hill::parse_list(&drawn.hills).unwrap_or_default();
        let mut items = Vec::new();
        for (index, hill) in hills.iter().enumerate() {
            let meant = self.meant == Some(index);
            if meant {
                items.extend(ring(hill.at, hill.width, frame, theme));
            }
            let marker = match (meant && self.tool == Tool::Erase, hill.height < 0.0) {
                (true, _) => Marker::Cross,
                (_, true) => Marker::TriangleDown,
                _ => Marker::Triangle,
            };
            let radius = if meant { 6.0 } else { 4.5 };
            items.extend(marker.items(
                frame.picture_from_world(hill.at),
                radius,
                theme.ink,
                theme.halo,
            ));
        }
        if let (Some(pointer), None, Tool::Hill | Tool::Pit) = (self.pointer, self.meant, self.tool)
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

/// A circle of the plane: how wide a hill is.
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

/// A place on the map with as many digits as can be seen.
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

/// A size with five digits.
fn digits(size: f64) -> f64 {
    format!("{size:.4e}").parse().unwrap_or(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_the_digits_that_can_be_seen() {
        let at = [1.234_567_89, -0.000_01];
        assert_eq!(rounded(at, Rect::square(5.0)), [1.235, 0.0]);
        let close = Rect::new([1.2, 1.200_1], [0.0, 0.000_1]).unwrap();
        assert_eq!(rounded(at, close), [1.234_567_89, -0.000_01]);
        assert_eq!(digits(0.123_456_7), 0.123_46);
    }
}
