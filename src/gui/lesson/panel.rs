//! The words of the open lesson: in a column at the left, or in narrow windows in a strip below the map.

use super::super::app::App;
use super::words::words_ui;
use super::{LessonCommand, OpenLesson};
use crate::gui::command::Command;
use crate::gui::guard::{Part, paint_guarded};
use crate::gui::layout::{LessonColumn, Place, Side};
use crate::gui::maths;
use crate::gui::scale::{SECONDARY, SECTION, SPACE};
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::Step;
use eframe::egui;

/// Height of the bar of the steps, in points, and of the part of it that takes clicks.
const BAR: [f32; 2] = [5.0, 14.0];

/// Share of the window's height that the words take at most where they are a strip.
const STRIP: f32 = 0.36;

/// Height of the window below which the words of a strip are folded at first, in points.
const LOW: f32 = 340.0;

/// The open step as it is shown.
struct Shown<'a> {
    open: &'a OpenLesson,
    /// Whether the audience has changed the scene.
    changed: bool,
    /// Whether the runs are hidden.
    predicting: bool,
    /// The sentence about the guess.
    prediction: Option<String>,
    /// Whether the panel at the right is closed.
    panel_closed: bool,
}

/// Shows the tabs over the left column during a lesson, and returns the command of the other one.
pub(in crate::gui) fn tabs_ui(ui: &mut egui::Ui, shown: LessonColumn) -> Option<Command> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        for (tab, title, help) in [
            (LessonColumn::Words, "Lesson", "The words of the lesson ([)."),
            (
                LessonColumn::Settings,
                "Settings",
                "Landscape, optimizers and their settings: change anything, and return to the step when you like ([).",
            ),
        ] {
            let label = ui.selectable_label(tab == shown, egui::RichText::new(title).strong());
            if label.on_hover_text(help).clicked() && tab != shown {
                chosen = Some(Command::Panel(Side::Left));
            }
        }
    });
    chosen
}

impl App {
    fn shown_step(&self, ctx: &egui::Context) -> Option<Shown<'_>> {
        let window = ctx.content_rect().width();
        Some(Shown {
            open: self.lessons.open.as_ref()?,
            changed: self.has_changed_step(),
            predicting: self.is_predicting(),
            prediction: self.prediction_text(),
            panel_closed: !self.layout.is_open(Side::Right, window),
        })
    }

    /// Shows the lesson in the column at the left.
    pub(in crate::gui) fn lesson_column(&mut self, ui: &mut egui::Ui, place: Place) {
        let mut layout = self.layout;
        let shown = self.shown_step(ui.ctx());
        let commands = layout.side_ui(ui, (Side::Left, place), |ui| {
            let tab = tabs_ui(ui, LessonColumn::Words);
            let content = |ui: &mut egui::Ui| shown.map(|shown| shown.column_ui(ui));
            let content = paint_guarded(ui, Part::Panel("lesson"), content).flatten();
            tab.into_iter().chain(content.unwrap_or_default()).collect()
        });
        self.layout = layout;
        self.forget_revealed();
        self.apply_all(&ui.ctx().clone(), commands);
    }

    /// Remembers that the answer was scrolled to.
    fn forget_revealed(&mut self) {
        if let Some(open) = &mut self.lessons.open {
            open.just_revealed = false;
        }
    }

    /// Shows the lesson in a strip below the map, if the window is too narrow for the column.
    pub(in crate::gui) fn lesson_strip(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let Some(shown) = self.shown_step(&ctx) else {
            return;
        };
        let height = ctx.content_rect().height();
        let content = |ui: &mut egui::Ui| shown.strip_ui(ui, height);
        let content = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("lesson"), content);
        let commands = egui::Panel::bottom("lesson").show(ui, content).inner;
        self.forget_revealed();
        self.apply_all(&ctx, commands.unwrap_or_default());
    }
}

impl Shown<'_> {
    fn column_ui(&self, ui: &mut egui::Ui) -> Vec<Command> {
        let mut chosen = Vec::new();
        let buttons = |ui: &mut egui::Ui| {
            ui.add_space(SPACE[0]);
            if self.changed {
                ui.label("You have changed the scene.");
                chosen.extend(return_ui(ui));
                ui.add_space(SPACE[0]);
            }
            ui.horizontal_wrapped(|ui| {
                chosen.extend(self.step_buttons_ui(ui));
                chosen.extend(leave_ui(ui));
            });
        };
        egui::Panel::bottom("lesson buttons")
            .frame(egui::Frame::NONE)
            .show(ui, buttons);
        let scroll = egui::ScrollArea::vertical().auto_shrink(false);
        let scroll = scroll.id_salt((self.open.index.lesson, self.open.index.step));
        let words = scroll.show(ui, |ui| {
            ui.add_space(SPACE[0]);
            self.head_ui(ui);
            let jump = self.bar_ui(ui);
            ui.add_space(SPACE[1]);
            let words = self.words_ui(ui);
            jump.into_iter().chain(words).collect::<Vec<_>>()
        });
        chosen.extend(words.inner);
        chosen.into_iter().map(Command::Lesson).collect()
    }

    fn strip_ui(&self, ui: &mut egui::Ui, window: f32) -> Vec<Command> {
        let mut chosen = Vec::new();
        let folded = self.open.folded.unwrap_or(window < LOW);
        ui.add_space(3.0);
        ui.horizontal_wrapped(|ui| {
            chosen.extend(self.step_buttons_ui(ui));
            let (title, help) = if folded {
                ("Words", "Shows the words of the step.")
            } else {
                (
                    "Hide words",
                    "Hides the words, so that the picture has more space.",
                )
            };
            if ui.button(title).on_hover_text(help).clicked() {
                chosen.push(LessonCommand::Fold(!folded));
            }
            chosen.extend(leave_ui(ui));
            if self.changed {
                chosen.extend(return_ui(ui));
            }
        });
        if !folded {
            let height = STRIP * window;
            let scroll = egui::ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true]);
            let scroll = scroll.id_salt((self.open.index.lesson, self.open.index.step));
            let words = scroll.show(ui, |ui| {
                self.head_ui(ui);
                self.words_ui(ui)
            });
            chosen.extend(words.inner);
        }
        ui.add_space(3.0);
        chosen.into_iter().map(Command::Lesson).collect()
    }

    /// Shows the titles of lesson and step, and the number of the step.
    fn head_ui(&self, ui: &mut egui::Ui) {
        let OpenLesson {
            index,
            lesson,
            step,
            ..
        } = self.open;
        let (number, count) = (index.step + 1, lesson.steps.len());
        let text = format!("{}, step {number} of {count}", lesson.title);
        ui.add(egui::Label::new(egui::RichText::new(text).size(SECONDARY).weak()).wrap());
        let title = egui::RichText::new(&step.title).size(SECTION).strong();
        ui.add(egui::Label::new(title).wrap());
    }

    /// Shows a bar with a part for each step, filled up to the shown one; a click on a part shows its step.
    fn bar_ui(&self, ui: &mut egui::Ui) -> Option<LessonCommand> {
        let StepIndex { lesson, step: now } = self.open.index;
        let steps = &self.open.lesson.steps;
        #[expect(clippy::cast_precision_loss, reason = "a few steps")]
        let count = steps.len() as f32;
        let gap = 3.0;
        let width = ((ui.available_width() + gap) / count - gap).max(2.0);
        let mut chosen = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for (step, own) in steps.iter().enumerate() {
                let size = egui::vec2(width, BAR[1]);
                let (rect, part) = ui.allocate_exact_size(size, egui::Sense::click());
                let name = format!("Step {}: {}", step + 1, own.title);
                part.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
                let visuals = ui.visuals();
                let fill = if step <= now {
                    visuals.selection.bg_fill
                } else {
                    visuals.widgets.inactive.bg_fill
                };
                let bar = egui::Rect::from_center_size(rect.center(), egui::vec2(width, BAR[0]));
                ui.painter().rect_filled(bar, 2.0, fill);
                if part.has_focus() || part.hovered() {
                    let stroke = visuals.selection.stroke;
                    let kind = egui::StrokeKind::Outside;
                    ui.painter().rect_stroke(bar, 2.0, stroke, kind);
                }
                if part.on_hover_text(name).clicked() {
                    chosen = Some(LessonCommand::Open(StepIndex { lesson, step }));
                }
            }
        });
        chosen
    }

    /// Shows everything that the step says.
    fn words_ui(&self, ui: &mut egui::Ui) -> Option<LessonCommand> {
        let step = self.open.step;
        ui.spacing_mut().item_spacing.y = SPACE[1];
        words_ui(ui, &step.words);
        if let Some(formula) = &step.formula {
            formula_ui(ui, formula);
        }
        let mut chosen = None;
        if let Some(text) = &self.prediction {
            note_ui(ui, |ui| {
                ui.add(egui::Label::new(egui::RichText::new(text).strong()).wrap());
                if self.predicting {
                    let show = ui.button("Show without a guess");
                    if show.on_hover_text("Plays the runs (A).").clicked() {
                        chosen = Some(LessonCommand::Reveal);
                    }
                }
            });
        }
        if self.predicting {
            // What to look at would give the answer away.
            return chosen;
        }
        if !step.look.is_empty() {
            section_ui(ui, "Look at");
            words_ui(ui, &step.look);
            if self.panel_closed && panel_ui(ui, step) {
                chosen = Some(LessonCommand::ShowPanel);
            }
        }
        if let (Some(question), Some(answer)) = (&step.question, &step.answer) {
            section_ui(ui, "Question");
            words_ui(ui, question);
            if self.open.revealed {
                let answer = note_ui(ui, |ui| words_ui(ui, answer));
                if self.open.just_revealed {
                    answer.scroll_to_me(None);
                }
            } else {
                let button = ui.button("Show the answer");
                if button.on_hover_text("Shows the answer (A).").clicked() {
                    chosen = Some(LessonCommand::Reveal);
                }
            }
        }
        self.background_ui(ui);
        ui.add_space(SPACE[1]);
        chosen
    }

    /// Shows the statements about the step's runs and, on the last step, the sources of the lesson, folded at first.
    fn background_ui(&self, ui: &mut egui::Ui) {
        let OpenLesson { lesson, step, .. } = self.open;
        let mut list = |title: &str, lines: &[&str]| {
            let title = egui::RichText::new(title).size(SECONDARY);
            ui.collapsing(title, |ui| {
                for line in lines {
                    ui.add(egui::Label::new(*line).wrap());
                }
            });
        };
        let claims: Vec<&str> = { step.claims.iter() }
            .map(|claim| claim.says.as_str())
            .collect();
        if !claims.is_empty() {
            list("Checked statements", &claims);
        }
        if self.open.is_last() {
            let sources: Vec<&str> = lesson.sources.iter().map(String::as_str).collect();
            list("Sources", &sources);
        }
    }

    fn step_buttons_ui(&self, ui: &mut egui::Ui) -> Option<LessonCommand> {
        let back = egui::Button::new("Back");
        let back = ui.add_enabled(self.open.index.step > 0, back);
        let mut chosen = None;
        if back
            .on_hover_text("Shows the step before (Page Up).")
            .clicked()
        {
            chosen = Some(LessonCommand::Back);
        }
        let (title, help) = if self.open.is_last() {
            ("Finish", "Ends the lesson (Page Down).")
        } else {
            ("Next", "Shows the next step (Page Down).")
        };
        if ui.button(title).on_hover_text(help).clicked() {
            chosen = Some(LessonCommand::Next);
        }
        chosen
    }
}

fn return_ui(ui: &mut egui::Ui) -> Option<LessonCommand> {
    let help = "Restores the scene of the step (Ctrl+R); undo brings yours back.";
    let button = ui.button("Return to the step").on_hover_text(help);
    button.clicked().then_some(LessonCommand::Return)
}

fn leave_ui(ui: &mut egui::Ui) -> Option<LessonCommand> {
    let help = "Closes the lesson and shows your own scene again (Ctrl+L). The menu Lessons goes on with this step.";
    let button = ui.button("Leave").on_hover_text(help);
    button.clicked().then_some(LessonCommand::Toggle)
}

/// Shows a button that opens the panel a step is about, and returns whether it was clicked.
fn panel_ui(ui: &mut egui::Ui, step: &Step) -> bool {
    let title = match step.panel.as_deref() {
        None => return false,
        Some("Rule") => "Show the rule",
        Some("Table") => "Show the table",
        Some(_) => "Show the charts",
    };
    let help = "Opens the panel at the right (]).";
    ui.button(title).on_hover_text(help).clicked()
}

/// Shows the lines of a formula.
fn formula_ui(ui: &mut egui::Ui, formula: &str) {
    for line in formula.trim().lines() {
        maths::formula_ui(ui, line);
    }
}

/// Shows the heading of a part of the step.
fn section_ui(ui: &mut egui::Ui, title: &str) {
    let text = egui::RichText::new(title.to_uppercase());
    ui.label(text.size(SECONDARY).strong());
}

/// Shows something in a frame as wide as the column.
fn note_ui(ui: &mut egui::Ui, content: impl FnOnce(&mut egui::Ui)) -> egui::Response {
    let frame = egui::Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .stroke(ui.visuals().widgets.noninteractive.bg_stroke)
        .corner_radius(4.0)
        .inner_margin(SPACE[1]);
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        content(ui);
    });
    shown.response
}
