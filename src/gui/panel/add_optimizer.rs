//! The button "+ Add": a list of all optimizers with a search field, driven by keys or the mouse.

use super::scene::PanelContext;
use crate::engine::optimizer::{AnyOptimizer, Kind};
use crate::export::help_page::Family;
use crate::gui::icon::paint_search;
use crate::gui::reader::help_button;
use crate::gui::scale::{SECONDARY, SPACE};
use crate::gui::search::{OptimizerChoice, first_sentence, ranked};
use eframe::egui;

/// State of the list between frames.
#[derive(Default)]
pub(super) struct AddOptimizer {
    query: String,
    /// Place of the marked optimizer among those found.
    marked: usize,
}

impl AddOptimizer {
    /// Shows the button, and the list if it is open. Returns the chosen optimizer.
    pub(super) fn ui(&mut self, ui: &mut egui::Ui, context: &PanelContext) -> Option<AnyOptimizer> {
        let button = ui.button("+ Add");
        if button.clicked() {
            *self = Self::default();
        }
        let popup = egui::Popup::from_toggle_button_response(&button)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("Optimizers");
        let fresh = button.clicked();
        let shown = popup.show(|ui| {
            let chosen = self.list_ui(ui, context, fresh);
            if chosen.is_some() {
                ui.close();
            }
            chosen
        });
        button.on_hover_text("Add an optimizer. A copied run can be pasted with Ctrl+V.");
        shown.and_then(|shown| shown.inner)
    }

    /// Shows the search field, the optimizers that match, and a line about the marked one.
    fn list_ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &PanelContext,
        fresh: bool,
    ) -> Option<AnyOptimizer> {
        let window = ui.ctx().content_rect().size();
        ui.set_width((window.x - 40.0).clamp(120.0, 300.0));
        let id = egui::Id::unique("search optimizers");
        let [up, down, enter] = ui.input_mut(|input| {
            [egui::Key::ArrowUp, egui::Key::ArrowDown, egui::Key::Enter]
                .map(|key| input.consume_key(egui::Modifiers::NONE, key))
        });
        let field = egui::TextEdit::singleline(&mut self.query)
            .id(id)
            .hint_text("Search, such as momentum")
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| {
            let mut info =
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search optimizers");
            info.current_text_value = Some(self.query.clone());
            info
        });
        paint_search(ui, &field);
        if fresh || ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        let found = self.found();
        if field.changed() {
            self.marked = 0;
        }
        self.marked = (self.marked + usize::from(down)).saturating_sub(usize::from(up));
        self.marked = self.marked.min(found.len().saturating_sub(1));
        if found.is_empty() {
            ui.label("No optimizer has this name.");
        }
        let mut chosen = None;
        let mut help = String::new();
        let below = window.y - ui.cursor().min.y - 70.0;
        let scroll = egui::ScrollArea::vertical().max_height(below.clamp(60.0, 360.0));
        scroll.show(ui, |ui| {
            ui.set_max_width((ui.available_width() - 10.0).max(0.0)); // The scroll bar's room.
            let mut kind = None;
            for (place, choice) in found.iter().enumerate() {
                let profile = choice.optimizer.as_dyn().profile();
                if self.query.is_empty() && kind != Some(profile.kind) {
                    kind = Some(profile.kind);
                    let title = egui::RichText::new(profile.kind.title()).size(SECONDARY);
                    ui.add_space(SPACE[0]);
                    ui.label(title.weak());
                }
                let marked = place == self.marked;
                let refused = context.unsupported_reason(&choice.optimizer);
                let button = egui::Button::new(&choice.title)
                    .frame_when_inactive(marked)
                    .selected(marked)
                    .min_size(egui::vec2(ui.available_width(), 0.0));
                let row = ui.add_enabled(refused.is_none(), button);
                if marked && (up || down) {
                    row.scroll_to_me(None);
                }
                let text = choice.optimizer.settings().help();
                if marked {
                    help = refused
                        .map_or_else(|| first_sentence(text), |kind| format!("It is for {kind}."));
                }
                let all = format!("{text}\n\n{}\n{}", profile.strengths, profile.weaknesses);
                let why = refused.map_or_else(String::new, |kind| format!("It is for {kind}."));
                let row = row.on_hover_text(all).on_disabled_hover_text(why);
                if row.clicked() || enter && marked && refused.is_none() {
                    chosen = Some(choice.optimizer.clone());
                }
            }
        });
        ui.separator();
        let text = egui::RichText::new(help).size(SECONDARY).weak();
        ui.horizontal(|ui| {
            if let Some(choice) = found.get(self.marked)
                && help_button(ui, Family::Optimizers, choice.optimizer.name())
            {
                ui.close();
            }
            ui.add(egui::Label::new(text).truncate());
        });
        chosen
    }

    /// Returns the optimizers that match, the best first; without a query all of them by kind.
    fn found(&self) -> Vec<OptimizerChoice> {
        let all = OptimizerChoice::all();
        if self.query.trim().is_empty() {
            let kind = |choice: &OptimizerChoice| {
                let own = choice.optimizer.as_dyn().profile().kind;
                Kind::ALL.iter().position(|kind| *kind == own)
            };
            let mut all = all;
            all.sort_by_key(kind);
            return all;
        }
        ranked(all, |choice| choice.penalty(&self.query))
    }
}
