//! The menu Lessons: the lesson to go on with, and all lessons by level, with minutes and a tick for those that are finished.

use super::{LessonCommand, Lessons};
use crate::gui::icon::{Icon, paint_icon};
use crate::gui::scale::SECONDARY;
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::{Lesson, Level};
use eframe::egui;

/// Shows the lessons, and returns the chosen one.
pub(in crate::gui) fn menu_ui(ui: &mut egui::Ui, lessons: &Lessons) -> Option<LessonCommand> {
    let all = match Lesson::bundled() {
        Ok(all) => all,
        Err(sentence) => {
            ui.label(sentence);
            return None;
        }
    };
    let mut chosen = None;
    let offer = lessons.progress.offer();
    if let Some((index, offer)) = offer.filter(|_| lessons.open.is_none()) {
        if ui.button(offer).clicked() {
            chosen = Some(LessonCommand::Open(index));
        }
        ui.separator();
    }
    for level in Level::ALL {
        let of_level = all.iter().enumerate();
        let of_level = of_level.filter(|(_, lesson)| lesson.level == level);
        for (place, (lesson, own)) in of_level.enumerate() {
            if place == 0 {
                ui.label(egui::RichText::new(level.title()).size(SECONDARY).weak());
            }
            let finished = lessons.progress.reached(own).finished;
            if lesson_ui(ui, own, finished).clicked() {
                chosen = Some(LessonCommand::Open(StepIndex { lesson, step: 0 }));
            }
        }
    }
    ui.separator();
    chosen
}

/// Shows the entry of a lesson.
fn lesson_ui(ui: &mut egui::Ui, lesson: &Lesson, finished: bool) -> egui::Response {
    let minutes = format!("{} min", lesson.minutes);
    // The tick has its space before every title.
    let title = format!("      {}", lesson.title);
    let entry = ui.add(egui::Button::new(title).shortcut_text(minutes));
    let name = if finished {
        format!("{}, finished", lesson.title)
    } else {
        lesson.title.clone()
    };
    entry.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if finished {
        let colour = ui.style().interact(&entry).text_color();
        let center = entry.rect.left_center() + egui::vec2(13.0, 0.0);
        paint_icon(ui.painter(), Icon::Tick, center, colour);
    }
    entry.on_hover_text(&lesson.summary)
}
