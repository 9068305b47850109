//! Predictions of the followed run of a network, in a panel of the map.

use super::ViewContext;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item};
use crate::figure::predictions::Shading;
use crate::figure::{network, predictions, style_index};
use crate::gui::guard::{Part, paint_guarded};
use crate::gui::paint::{self, Textures};
use crate::session::{PredictionsRequest, PredictionsResult};
use eframe::egui;
use std::sync::Arc;

/// Name of the panel, its switch and its part of the window.
const TITLE: &str = "Run's predictions";

/// Space around the map for axes and colour bar, in points.
const MAP_MARGINS: [f32; 2] = [124.0, 62.0];

/// State of the panel between frames.
pub(super) struct PredictionsPanel {
    open: bool,
    /// Whether it is open during lessons, whose steps on the map are about the landscape.
    open_in_lesson: bool,
    shading: Option<CachedShading>,
}

impl Default for PredictionsPanel {
    fn default() -> Self {
        Self {
            open: true,
            open_in_lesson: false,
            shading: None,
        }
    }
}

/// Colours of decision regions, kept until they change.
struct CachedShading {
    found: Arc<Result<PredictionsResult, String>>,
    dark: bool,
    shading: Shading,
}

impl PredictionsPanel {
    fn open(&mut self, context: &ViewContext) -> &mut bool {
        if context.in_lesson {
            &mut self.open_in_lesson
        } else {
            &mut self.open
        }
    }

    /// Shows the switch that opens and closes the panel.
    pub(super) fn switch_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) {
        ui.toggle_value(self.open(context), TITLE).on_hover_text(
            "Predictions of the selected run, or the first one, at the timeline's step, beside the map. The view Predictions shows all runs.",
        );
    }

    /// Shows the panel if it is open and leaves at least half of the space to the map: right of the map where the space is wide, else below it.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, context: &ViewContext, textures: &mut Textures) {
        if !*self.open(context) || !Self::fits(ui.available_rect_before_wrap().size()) {
            return;
        }
        let trained = context.runs.and_then(|runs| runs.trained.as_ref());
        let request = trained.zip(context.followed);
        let request =
            request.and_then(|(trained, run)| PredictionsRequest::new(trained, run, context.row));
        let job = &context.session.predictions;
        request.into_iter().for_each(|request| job.request(request));
        let found = job.newest();
        let show = |ui: &mut egui::Ui| {
            let space = ui.available_rect_before_wrap();
            self.content_ui(ui, context, found.as_ref(), textures);
            self.close_ui(ui, space, context);
        };
        let panel = Self::panel(ui.available_rect_before_wrap());
        panel.show(ui, |ui| paint_guarded(ui, Part::Panel(TITLE), show));
    }

    /// Whether a space is large enough for the panel and a map.
    fn fits(space: egui::Vec2) -> bool {
        if space.x > 1.15 * space.y {
            space.x > 2.0 * 220.0 + MAP_MARGINS[0]
        } else {
            space.y > 2.0 * 150.0 + MAP_MARGINS[1]
        }
    }

    fn panel(space: egui::Rect) -> egui::Panel {
        if space.width() > 1.15 * space.height() {
            egui::Panel::right("predictions right")
                .default_size((0.34 * space.width()).max(220.0))
                .size_range(220.0..=(0.45 * space.width()).max(221.0))
        } else {
            egui::Panel::bottom("predictions below")
                .default_size((0.38 * space.height()).max(180.0))
                .size_range(150.0..=(0.45 * space.height()).max(151.0))
        }
        .resizable(true)
    }

    fn content_ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        found: Option<&Arc<Result<PredictionsResult, String>>>,
        textures: &mut Textures,
    ) {
        let space = ui.available_rect_before_wrap();
        ui.allocate_rect(space, egui::Sense::hover());
        let response = ui.interact(
            space,
            ui.scope_id().with("predictions"),
            egui::Sense::hover(),
        );
        let items = found.and_then(|found| self.items(context, found, paint::area(space)));
        let text = if let Some((title, items)) = items {
            paint::paint(&ui.painter_at(space), items, textures);
            title.to_owned()
        } else {
            let text = match (context.followed, found.map(|found| &**found)) {
                _ if context.is_refused => "No predictions: the scene is refused.",
                (None, _) => "Add an optimizer on the left to train the network.",
                (_, Some(Err(sentence))) => sentence,
                _ => "Training …",
            };
            ui.put(
                paint::inset(space, [12.0; 2], [12.0; 2]),
                egui::Label::new(text).wrap(),
            );
            text.to_owned()
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &text));
    }

    /// Returns the drawing of the predictions with its title, if they are those of the followed run.
    fn items(
        &mut self,
        context: &ViewContext,
        found: &Arc<Result<PredictionsResult, String>>,
        area: Area,
    ) -> Option<(&'static str, Vec<Item>)> {
        let (runs, index, theme) = (context.runs?, context.followed?, context.theme);
        let run = runs.trained.as_ref()?.runs.get(index)?;
        let own = (**found).as_ref().ok().filter(|own| own.matches(run))?;
        let label = predictions::RunLabel {
            name: context.names.get(index)?,
            step: runs.step(own.row()),
            style_index: style_index(runs.scene.runs.get(index)?.colour),
            metrics: network::metrics(runs, index, own.row()),
        };
        let shading = self.shading(found, own, theme);
        let items = predictions::draw(&own.predictions, shading, &label, area, theme);
        Some((predictions::title(&own.predictions), items))
    }

    /// Shows a button in the upper right corner that closes the panel.
    fn close_ui(&mut self, ui: &mut egui::Ui, space: egui::Rect, context: &ViewContext) {
        let place = egui::Rect::from_min_size(
            egui::pos2(space.max.x - 24.0, space.min.y + 4.0),
            egui::vec2(20.0, 20.0),
        );
        let button = ui.put(place, egui::Button::new("×").frame(false));
        let name = "Hide the predictions";
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
        let help =
            "Hides the predictions; the switch “Run's predictions” above the map shows them again.";
        if button.on_hover_text(help).clicked() {
            *self.open(context) = false;
        }
    }

    fn shading(
        &mut self,
        found: &Arc<Result<PredictionsResult, String>>,
        own: &PredictionsResult,
        theme: &Theme,
    ) -> &Shading {
        let dark = theme.dark;
        let same =
            |cached: &CachedShading| Arc::ptr_eq(&cached.found, found) && cached.dark == dark;
        self.shading = self.shading.take().filter(same);
        let shade = || CachedShading {
            found: Arc::clone(found),
            dark,
            shading: predictions::shading(&own.predictions, theme),
        };
        &self.shading.get_or_insert_with(shade).shading
    }
}
