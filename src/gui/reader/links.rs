//! Links to the pages of the reader from anywhere in the window.

use super::items::title;
use super::{Place, Topic};
use crate::export::help_page::Family;
use crate::gui::scale::SECONDARY;
use eframe::egui;

/// Width of the button that opens a help page, with the space before it, in points.
pub(crate) const HELP_WIDTH: f32 = 28.0;

fn asked_id() -> egui::Id {
    egui::Id::unique("page of the reader that is asked for")
}

/// Asks for a place of the reader, which opens at the end of the frame.
pub(crate) fn ask(ctx: &egui::Context, place: Place) {
    ctx.data_mut(|data| data.insert_temp(asked_id(), Some(place)));
    ctx.request_repaint();
}

/// Returns the place that was asked for since the last call.
pub(crate) fn asked(ctx: &egui::Context) -> Option<Place> {
    ctx.data_mut(|data| data.remove_temp::<Option<Place>>(asked_id()))
        .flatten()
}

/// Shows a small button with a question mark that opens the help page of a family's member. Returns whether it was clicked.
pub(crate) fn help_button(ui: &mut egui::Ui, family: Family, name: &'static str) -> bool {
    let title = title(family, name);
    let button = ui.small_button("?");
    let accessible = format!("help page of {title}");
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &accessible));
    let button = button.on_hover_text(format!("Show the help page of {title}."));
    if button.clicked() {
        ask(ui.ctx(), Place::Topic(Topic::Page(family, name)));
    }
    button.clicked()
}

/// Lets a right click on something open the glossary at a term, by its index, and says so in its tooltip; does nothing without a term.
pub(crate) fn with_glossary(response: egui::Response, term: Option<usize>) -> egui::Response {
    let Some(index) = term else {
        return response;
    };
    if response.secondary_clicked() {
        ask(&response.ctx, Place::Topic(Topic::Term(index)));
    }
    response.on_hover_ui(|ui| {
        let hint = egui::RichText::new("Right click: glossary").size(SECONDARY);
        ui.label(hint.weak());
    })
}
