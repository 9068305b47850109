//! The basins of one run: every start of the map in the colour of the minimum that it runs to.

use super::map::{MapInputs, MapView};
use crate::engine::analysis::basins::{BasinLabel, Basins, Cell, MAX_SIDE, NEEDS_TWO_PARAMETERS};
use crate::engine::landscape::Mark;
use crate::engine::objective::plane::Rect;
use crate::figure::axis::number;
use crate::figure::basins;
use crate::figure::drawing::{Area, Colour, Item};
use crate::figure::frame::Frame;
use crate::figure::map;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::BasinsResult;
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct BasinsView {
    /// Starts along a side of the finest grid.
    pub side: usize,
    shaded: Option<CachedShading>,
}

impl Default for BasinsView {
    fn default() -> Self {
        Self {
            side: 256,
            shaded: None,
        }
    }
}

/// The colours of basins, which need not be found anew every frame.
struct CachedShading {
    found: Arc<Result<BasinsResult, String>>,
    dark: bool,
    pixels: Arc<Vec<Colour>>,
}

/// What the row above the basins asks for.
#[derive(Default)]
pub(crate) struct ToolbarResponse {
    /// Another run.
    pub run: Option<usize>,
    /// To stop.
    pub stop: bool,
}

/// Where the map and its legend lie in the space that there is.
fn layout(space: egui::Rect) -> (Area, Area) {
    let legend = 168.0_f32.min(space.width() * 0.34);
    let map = paint::inset(space, [50.0, 26.0], [legend, 36.0]);
    let beside = Area::new([map.max.x + 12.0, map.min.y], [space.max.x, map.max.y]);
    (paint::area(map), beside)
}

/// The window of the plane that the basins of a scene would show in a space.
pub(crate) fn frame(space: egui::Rect, view: Rect) -> Frame {
    Frame::fit(view, layout(space).0)
}

impl BasinsView {
    /// The row above: which run, how fine, how far.
    pub(crate) fn toolbar_ui(
        &mut self,
        ui: &mut egui::Ui,
        names: &[String],
        run: usize,
        progress: Option<f32>,
    ) -> ToolbarResponse {
        let mut asked = ToolbarResponse::default();
        let name = names.get(run).map_or("", String::as_str);
        let combo = egui::ComboBox::from_id_salt("basins run")
            .selected_text(name)
            .show_ui(ui, |ui| {
                for (index, name) in names.iter().enumerate() {
                    if ui.selectable_label(index == run, name).clicked() {
                        asked.run = Some(index);
                    }
                }
            });
        super::named(&combo.response, "Run of the basins", name);
        combo.response.on_hover_text(
            "The run whose starts are followed; selecting a run on the left does the same.",
        );
        let side = format!("{0} × {0}", self.side);
        let combo = egui::ComboBox::from_id_salt("basins side")
            .selected_text(&side)
            .show_ui(ui, |ui| {
                for side in [128, 256, 512, MAX_SIDE] {
                    ui.selectable_value(&mut self.side, side, format!("{side} × {side}"));
                }
            });
        super::named(&combo.response, "Starts of the basins", &side);
        combo
            .response
            .on_hover_text("How many starts; coarse ones come first.");
        if let Some(progress) = progress {
            ui.add(
                egui::ProgressBar::new(progress)
                    .desired_width(90.0)
                    .show_percentage(),
            );
            asked.stop = ui
                .button("Stop")
                .on_hover_text("Keeps what is there.")
                .clicked();
        }
        asked
    }

    /// Shows the basins in all of the space that is left, and answers what the mouse asks for.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        frame: &Frame,
        shown: &MapInputs,
        found: Option<&Arc<Result<BasinsResult, String>>>,
        mouse: &mut MapView,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let (area, beside) = layout(space);
        if shown.scene.dim() == 1 {
            mouse.under_pointer.clear();
            ui.put(
                paint::rect(area),
                egui::Label::new(NEEDS_TWO_PARAMETERS).wrap(),
            );
            return Vec::new();
        }
        let commands = mouse.mouse(ui, frame, shown);
        let scene = shown.scene;
        let mut items = Vec::new();
        match found.map(|found| (found, &**found)) {
            Some((found, Ok(basins))) if basins.of.landscape == *scene.landscape() => {
                let map_data = shown
                    .map_data
                    .and_then(|map_data| (**map_data).as_ref().ok());
                let pixels = self.pixels(found, &basins.basins, shown);
                let inside =
                    basins::map_items(&basins.basins, &pixels, map_data, scene, frame, shown.theme);
                items.push(Item::Clipped {
                    area,
                    items: inside,
                });
                items.extend(basins::legend(&basins.basins, beside, shown.theme));
                if let (false, Some(pointer)) =
                    (mouse.under_pointer.is_empty(), ui.ctx().pointer_hover_pos())
                {
                    let at = frame.world_from_picture(pointer.into());
                    if let Some(cell) = basins.basins.nearest(at) {
                        mouse.under_pointer = describe(at, *cell, basins);
                    }
                }
            }
            Some((_, Err(sentence))) => {
                ui.put(
                    paint::rect(area),
                    egui::Label::new(sentence.as_str()).wrap(),
                );
            }
            _ => {
                let words = if scene.runs.is_empty() {
                    "Basins are those of an optimizer. Add one on the left."
                } else {
                    "Following every start …"
                };
                ui.put(paint::rect(area), egui::Label::new(words));
            }
        }
        items.extend(map::axes(frame, scene.axes(), shown.theme));
        paint::paint(&ui.painter_at(space), items, textures);
        commands
    }

    fn pixels(
        &mut self,
        found: &Arc<Result<BasinsResult, String>>,
        basins: &Basins,
        shown: &MapInputs,
    ) -> Arc<Vec<Colour>> {
        let dark = shown.theme.dark;
        let same =
            |shaded: &CachedShading| Arc::ptr_eq(&shaded.found, found) && shaded.dark == dark;
        self.shaded = self.shaded.take().filter(same);
        let shade = || CachedShading {
            found: Arc::clone(found),
            dark,
            pixels: basins::shading(basins, shown.theme),
        };
        Arc::clone(&self.shaded.get_or_insert_with(shade).pixels)
    }
}

/// What becomes of a start, in words.
fn describe([x, y]: [f64; 2], cell: Cell, found: &BasinsResult) -> String {
    let from = format!("from ({}, {})", number(x, 4), number(y, 4));
    let steps = cell.steps;
    match cell.label {
        BasinLabel::Converges(index) => {
            found
                .basins
                .minima
                .get(usize::from(index))
                .map_or(from.clone(), |minimum| {
                    let Mark { at: [x, y], value } = minimum.mark;
                    format!(
                        "{from} to the minimum {} at ({}, {}) in {steps} steps",
                        number(value, 4),
                        number(x, 4),
                        number(y, 4)
                    )
                })
        }
        BasinLabel::Undecided => format!("{from} to no minimum in {steps} steps"),
        BasinLabel::Diverges => format!("{from} it diverges at step {steps}"),
    }
}
