//! The menu Lessons: the lesson to go on with, and a menu of the lessons of each level, with their subjects, minutes and progress; lessons in
//! the palette and in the status line.

use super::progress::Reached;
use super::{LessonCommand, Lessons};
use crate::engine::scene::Scene;
use crate::gui::app::App;
use crate::gui::icon::{Icon, paint_icon};
use crate::gui::scale::{BODY, SECONDARY, SPACE};
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::{Lesson, Level};
use eframe::egui;
use egui::containers::menu::SubMenuButton;
use std::sync::LazyLock;

/// Width of the entry of a lesson, in points.
const WIDTH: f32 = 400.0;

/// Shows the lesson to go on with and the levels, and returns the chosen lesson.
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
        let of_level = { all.iter().enumerate() }.filter(|(_, lesson)| lesson.level == level);
        let of_level: Vec<(usize, &Lesson)> = of_level.collect();
        let finished = { of_level.iter() }
            .filter(|(_, lesson)| lessons.progress.reached(lesson).finished)
            .count();
        let (title, count) = (level.title(), of_level.len());
        let text = match finished {
            0 => format!("{title}: {count} lessons"),
            finished => format!("{title}: {count} lessons, {finished} finished"),
        };
        let (button, shown) = SubMenuButton::new(text).ui(ui, |ui| {
            let height = (ui.ctx().content_rect().height() - 48.0).max(60.0);
            let scroll = egui::ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height);
            let entries = scroll.show(ui, |ui| level_ui(ui, lessons, &of_level));
            if entries.inner.is_some() {
                ui.close();
            }
            entries.inner
        });
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, title));
        chosen = shown.and_then(|shown| shown.inner).or(chosen);
    }
    ui.separator();
    chosen
}

/// Shows the lessons of a level, with their indices among all, and returns the chosen one.
fn level_ui(
    ui: &mut egui::Ui,
    lessons: &Lessons,
    of_level: &[(usize, &Lesson)],
) -> Option<LessonCommand> {
    let mut chosen = None;
    for &(lesson, own) in of_level {
        let reached = lessons.progress.reached(own);
        if lesson_ui(ui, own, reached).clicked() {
            // One that was left in its middle goes on there.
            let step = reached.step.min(own.steps.len() - 1);
            chosen = Some(LessonCommand::Open(StepIndex { lesson, step }));
        }
    }
    chosen
}

/// Shows the entry of a lesson: its title with minutes and progress, and its summary below.
fn lesson_ui(ui: &mut egui::Ui, lesson: &Lesson, reached: Reached) -> egui::Response {
    let padding = egui::vec2(SPACE[1], SPACE[0]);
    let width = WIDTH.min(0.6 * ui.ctx().content_rect().width());
    let inner = width - 2.0 * padding.x;
    let visuals = ui.visuals();
    let (strong, weak) = (visuals.text_color(), visuals.weak_text_color());
    let text = |ui: &egui::Ui, text: String, size: f32, colour, width: f32| {
        let font = egui::FontId::proportional(size);
        ui.painter().layout(text, font, colour, width)
    };
    let progress = if reached.step > 0 {
        let count = lesson.steps.len();
        let step = (reached.step + 1).min(count);
        format!("step {step} of {count}, {} min", lesson.minutes)
    } else {
        format!("{} min", lesson.minutes)
    };
    let progress = text(ui, progress, SECONDARY, weak, f32::INFINITY);
    // The tick stands before the minutes.
    let tick = if reached.finished { 20.0 } else { 0.0 };
    let left = (inner - progress.size().x - tick - SPACE[1]).max(40.0);
    let title = text(ui, lesson.title.clone(), BODY, strong, left);
    let summary = text(ui, lesson.summary.clone(), SECONDARY, weak, inner);
    let size = egui::vec2(width, title.size().y + summary.size().y + 2.0 * padding.y);
    let (rect, entry) = ui.allocate_exact_size(size, egui::Sense::click());
    let name = if reached.finished {
        format!("{}, finished", lesson.title)
    } else {
        lesson.title.clone()
    };
    entry.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if entry.hovered() || entry.has_focus() {
        let fill = ui.style().interact(&entry).weak_bg_fill;
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let at = rect.min + padding;
    let right = egui::pos2(rect.max.x - padding.x - progress.size().x, at.y + 1.0);
    if reached.finished {
        let center = egui::pos2(right.x - 12.0, at.y + 0.5 * title.size().y);
        paint_icon(ui.painter(), Icon::Tick, center, strong);
    }
    let below = at + egui::vec2(0.0, title.size().y);
    ui.painter().galley(at, title, strong);
    ui.painter().galley(right, progress, weak);
    ui.painter().galley(below, summary, weak);
    entry
}

impl App {
    /// Returns the quiet hint of the status line on lessons, for people who have just come or were in the middle of one.
    pub(in crate::gui) fn lesson_hint(&self) -> Option<String> {
        static OPENING: LazyLock<Scene> = LazyLock::new(Scene::opening);
        let progress = &self.lessons.progress;
        // A presentation has no menus, and little space.
        if self.has_lesson() || self.layout.presenting {
            return None;
        }
        if progress.is_new() {
            let is_first = self.scene.runs.is_empty() || self.scene == *OPENING;
            return is_first.then(|| "New here? Try the menu Lessons.".to_owned());
        }
        let offer = progress.offer().filter(|_| progress.in_lesson());
        offer.map(|(_, offer)| format!("Ctrl+L: {offer}"))
    }

    /// Returns the lessons for the command palette: title, and command.
    pub(in crate::gui) fn lesson_items(&self) -> Vec<(String, LessonCommand)> {
        let lessons = Lesson::bundled().unwrap_or_default().iter().enumerate();
        let all = lessons.map(|(lesson, own)| {
            let index = StepIndex { lesson, step: 0 };
            (format!("Lesson: {}", own.title), LessonCommand::Open(index))
        });
        let offer = self.lessons.progress.offer();
        let offer = offer.map(|(index, offer)| (offer, LessonCommand::Open(index)));
        offer.into_iter().chain(all).collect()
    }
}
