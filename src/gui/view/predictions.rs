//! What the followed run of a network says of its data, beside or below the map.

use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item};
use crate::figure::predictions::Shading;
use crate::figure::{network, predictions, style_index};
use crate::gui::paint::{self, Textures};
use crate::session::{PredictionsResult, Runs};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct PredictionsView {
    /// Whether it is shown.
    pub open: bool,
    shaded: Option<CachedShading>,
}

impl Default for PredictionsView {
    fn default() -> Self {
        Self {
            open: true,
            shaded: None,
        }
    }
}

/// The colours of regions, which need not be found anew every frame.
struct CachedShading {
    found: Arc<Result<PredictionsResult, String>>,
    dark: bool,
    shading: Shading,
}

impl PredictionsView {
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
        found: Option<&Arc<Result<PredictionsResult, String>>>,
        theme: &Theme,
        textures: &mut Textures,
    ) {
        let space = ui.available_rect_before_wrap();
        ui.allocate_rect(space, egui::Sense::hover());
        let response = ui.interact(space, ui.scope_id().with("fit"), egui::Sense::hover());
        let drawn = match (runs, followed, found) {
            (Some(runs), Some(run), Some(found)) => {
                self.items(runs, run, found, paint::area(space), theme)
            }
            _ => None,
        };
        let words = if let Some((title, items)) = drawn {
            paint::paint(&ui.painter_at(space), items, textures);
            title.to_owned()
        } else {
            let words = match (followed, found.map(|found| &**found)) {
                (None, _) => "Add an optimizer on the left to see what it learns.",
                (_, Some(Err(sentence))) => sentence,
                _ => "Training …",
            };
            ui.put(
                paint::inset(space, [12.0; 2], [12.0; 2]),
                egui::Label::new(words).wrap(),
            );
            words.to_owned()
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &words));
    }

    /// What has been found, if it is of the run, with its title.
    fn items(
        &mut self,
        runs: &Runs,
        (index, name): (usize, &str),
        found: &Arc<Result<PredictionsResult, String>>,
        area: Area,
        theme: &Theme,
    ) -> Option<(&'static str, Vec<Item>)> {
        let run = runs.trained.as_ref()?.runs.get(index)?;
        let of = (**found).as_ref().ok().filter(|of| of.matches(run))?;
        let told = predictions::RunLabel {
            name,
            step: runs.step(of.row()),
            style_index: style_index(runs.scene.runs.get(index)?.colour),
            metrics: network::metrics(runs, index, of.row()),
        };
        let shading = self.shading(found, of, theme);
        let items = predictions::draw(&of.predictions, shading, &told, area, theme);
        Some((predictions::title(&of.predictions), items))
    }

    /// A button in the upper right corner that hides it.
    pub(crate) fn close_ui(&mut self, ui: &mut egui::Ui, space: egui::Rect) {
        let place = egui::Rect::from_min_size(
            egui::pos2(space.max.x - 24.0, space.min.y + 4.0),
            egui::vec2(20.0, 20.0),
        );
        let button = ui.put(place, egui::Button::new("×").frame(false));
        button.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, "Hide the predictions")
        });
        if button
            .on_hover_text("Hides it; the switch “data” above the map shows it again.")
            .clicked()
        {
            self.open = false;
        }
    }

    fn shading(
        &mut self,
        found: &Arc<Result<PredictionsResult, String>>,
        of: &PredictionsResult,
        theme: &Theme,
    ) -> &Shading {
        let dark = theme.dark;
        let same =
            |shaded: &CachedShading| Arc::ptr_eq(&shaded.found, found) && shaded.dark == dark;
        self.shaded = self.shaded.take().filter(same);
        let shade = || CachedShading {
            found: Arc::clone(found),
            dark,
            shading: predictions::shading(&of.predictions, theme),
        };
        &self.shaded.get_or_insert_with(shade).shading
    }
}
