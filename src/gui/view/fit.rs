//! What the followed run of a network says of its data, beside or below the map.

use crate::engine::lab::{FitFound, Runs};
use crate::figure::colour::Theme;
use crate::figure::drawing::Colour;
use crate::figure::{fit, look, network};
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct FitView {
    /// Whether it is shown.
    pub open: bool,
    shaded: Option<Shaded>,
}

impl Default for FitView {
    fn default() -> Self {
        Self {
            open: true,
            shaded: None,
        }
    }
}

/// The colours of regions, which need not be found anew every frame.
struct Shaded {
    found: Arc<Result<FitFound, String>>,
    dark: bool,
    pixels: Arc<Vec<Colour>>,
}

impl FitView {
    /// The panel of the view: right of the map where the middle is wide, else below it.
    pub(crate) fn panel(space: egui::Rect) -> egui::Panel {
        if space.width() > 1.15 * space.height() {
            egui::Panel::right("fit beside")
                .default_size((0.34 * space.width()).max(220.0))
                .size_range(220.0..=(0.45 * space.width()).max(221.0))
        } else {
            egui::Panel::bottom("fit below")
                .default_size((0.38 * space.height()).max(180.0))
                .size_range(150.0..=(0.45 * space.height()).max(151.0))
        }
        .resizable(true)
    }

    /// Shows what run `index` says of its data in all of the space that is left.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        runs: Option<&Runs>,
        followed: Option<(usize, &str)>,
        found: Option<&Arc<Result<FitFound, String>>>,
        theme: &Theme,
        textures: &mut Textures,
    ) {
        let space = ui.available_rect_before_wrap();
        ui.allocate_rect(space, egui::Sense::hover());
        let response = ui.interact(space, ui.scope_id().with("fit"), egui::Sense::hover());
        let own = |found: &Arc<Result<FitFound, String>>| {
            let (runs, (index, _)) = (runs?, followed?);
            let run = runs.trained.as_ref()?.runs.get(index)?;
            let own = (**found).as_ref().is_ok_and(|found| found.is_of(run));
            own.then_some(())
        };
        let drawn = found.filter(|found| own(found).is_some());
        let words = match (
            drawn.map(|found| (found, &**found)),
            found.map(|found| &**found),
        ) {
            (Some((found, Ok(of))), _) => {
                if let (Some(runs), Some((index, name))) = (runs, followed) {
                    let told = fit::Told {
                        name,
                        step: runs.step(of.row()),
                        look: runs.scene.runs.get(index).map_or(0, |run| look(run.colour)),
                        measures: network::measures(runs, index, of.row()),
                    };
                    let pixels = self.pixels(found, of, theme);
                    let items = fit::draw(&of.fit, &pixels, &told, paint::area(space), theme);
                    paint::paint(&ui.painter_at(space), items, textures);
                }
                fit::title(&of.fit).to_owned()
            }
            (_, Some(Err(sentence))) => sentence.clone(),
            _ if followed.is_none() => {
                "Add an optimizer on the left to see what it learns.".to_owned()
            }
            _ => "Training …".to_owned(),
        };
        if drawn.is_none() {
            let label = egui::Label::new(&words).wrap();
            ui.put(space.shrink(12.0), label);
        }
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &words));
    }

    /// A button in the upper right corner that hides it.
    pub(crate) fn close_ui(&mut self, ui: &mut egui::Ui, space: egui::Rect) {
        let place = egui::Rect::from_min_size(
            egui::pos2(space.max.x - 24.0, space.min.y + 4.0),
            egui::vec2(20.0, 20.0),
        );
        let button = ui.put(place, egui::Button::new("×").frame(false));
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Hide the data"));
        if button
            .on_hover_text("Hides it; the switch “data” above the map shows it again.")
            .clicked()
        {
            self.open = false;
        }
    }

    fn pixels(
        &mut self,
        found: &Arc<Result<FitFound, String>>,
        of: &FitFound,
        theme: &Theme,
    ) -> Arc<Vec<Colour>> {
        let dark = theme.dark;
        let same = |shaded: &Shaded| Arc::ptr_eq(&shaded.found, found) && shaded.dark == dark;
        self.shaded = self.shaded.take().filter(same);
        let shade = || Shaded {
            found: Arc::clone(found),
            dark,
            pixels: fit::shading(&of.fit, theme),
        };
        Arc::clone(&self.shaded.get_or_insert_with(shade).pixels)
    }
}
