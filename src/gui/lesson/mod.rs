//! Lessons in the window: the open lesson, its steps, and the person's own scene, which comes back when the lesson is left.

mod menu;
mod panel;
mod prediction;
mod progress;
mod words;

pub(super) use menu::menu_ui;
pub(super) use panel::tabs_ui;
pub(super) use prediction::ShownGuess;

use super::app::{App, Document};
use super::layout::{LessonColumn, Side};
use super::other_scene::OtherScene;
use super::shown_view::ShownViews;
use super::timeline::Timeline;
use crate::engine::scene::Scene;
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::{Lesson, ShownStep, Step};
use eframe::egui;
use egui::util::undoer::Undoer;
use prediction::Prediction;
use progress::Progress;
use std::path::Path;

/// A command about lessons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LessonCommand {
    /// Opens a step of a lesson.
    Open(StepIndex),
    /// Leaves the open lesson, or goes on with the last one.
    Toggle,
    /// Shows the next step; after the last one, ends the lesson.
    Next,
    /// Shows the step before.
    Back,
    /// Restores the scene of the step.
    Return,
    /// Shows the hidden run, or else the answer to the question.
    Reveal,
    /// Opens the panel at the right, which the step is about.
    ShowPanel,
    /// Folds (`true`) or unfolds the words where they are a strip below the map.
    Fold(bool),
    /// Places the guess where a run ends.
    Guess([f64; 2]),
}

/// Lessons of the window: how far each is, and the open one.
#[derive(Default)]
pub(super) struct Lessons {
    pub(super) progress: Progress,
    open: Option<OpenLesson>,
    /// The last step of the lesson that was followed to its end, until another one is opened: Back returns to it.
    finished: Option<StepIndex>,
}

/// The open lesson.
struct OpenLesson {
    index: StepIndex,
    lesson: &'static Lesson,
    step: &'static Step,
    /// Whether the answer to the question is shown.
    revealed: bool,
    /// Whether the answer was asked for in this frame, so that it is scrolled to.
    just_revealed: bool,
    /// Whether the words are folded where they are a strip; `None` folds them in low windows.
    folded: Option<bool>,
    prediction: Prediction,
    own: OwnScene,
}

/// The person's own scene and history, as they were before the lesson.
struct OwnScene {
    shown: OtherScene,
    other: Option<Box<OtherScene>>,
    history: Undoer<Document>,
    views: ShownViews,
}

impl Lessons {
    /// Reads how far each lesson is from a state folder.
    pub(super) fn open(folder: &Path) -> Self {
        Self {
            progress: Progress::open(folder),
            ..Self::default()
        }
    }
}

impl OpenLesson {
    fn is_last(&self) -> bool {
        self.index.step + 1 == self.lesson.steps.len()
    }
}

/// Reads the lessons on a thread of its own, before a menu or the palette asks for them.
pub(super) fn read_in_background() {
    let thread = std::thread::Builder::new().name("ravine lessons".to_owned());
    // Without a thread they are read when they are asked for.
    let _ = thread.spawn(|| {
        let _ = Lesson::bundled();
    });
}

impl App {
    /// Whether a lesson is open.
    pub(super) fn has_lesson(&self) -> bool {
        self.lessons.open.is_some()
    }

    /// Executes a command about lessons.
    pub(super) fn lesson_command(&mut self, ctx: &egui::Context, command: LessonCommand) {
        match command {
            LessonCommand::Open(index) => self.open_lesson(ctx, index),
            LessonCommand::Toggle if self.has_lesson() => self.leave_lesson(),
            LessonCommand::Toggle => match self.lessons.progress.offer() {
                Some((index, _)) => self.open_lesson(ctx, index),
                None => self.no_lesson(),
            },
            LessonCommand::Next => self.next_step(ctx),
            LessonCommand::Back => match self.lessons.finished {
                Some(index) => self.open_lesson(ctx, index),
                None => {
                    if let Some(index) = self.open_step() {
                        let step = index.step.saturating_sub(1);
                        self.open_lesson(ctx, StepIndex { step, ..index });
                    }
                }
            },
            LessonCommand::Return => {
                if self.open_step().is_some() {
                    self.history.add_undo(&self.document());
                    self.restore_step(ctx);
                }
            }
            LessonCommand::Reveal => self.reveal(),
            LessonCommand::ShowPanel => self.open_right_panel(ctx.content_rect().width()),
            LessonCommand::Fold(folded) => {
                if let Some(open) = &mut self.lessons.open {
                    open.folded = Some(folded);
                }
            }
            LessonCommand::Guess(at) => self.place_guess(at),
        }
    }

    /// Returns the open step; without one, says so.
    fn open_step(&mut self) -> Option<StepIndex> {
        let open = self.lessons.open.as_ref().map(|open| open.index);
        if open.is_none() {
            self.no_lesson();
        }
        open
    }

    fn no_lesson(&mut self) {
        let none = "No lesson is open; the menu Lessons lists them.".to_owned();
        let text = self.finished_text().unwrap_or(none);
        self.show_message(text);
    }

    /// Returns the sentence about the lesson that was followed to its end, and how to go on.
    fn finished_text(&self) -> Option<String> {
        let (lesson, _) = self.lessons.finished?.find()?;
        let title = &lesson.title;
        Some(match self.lessons.progress.offer() {
            Some((_, offer)) => {
                format!("Finished “{title}”. Page Up: back to it. Ctrl+L: {offer}.")
            }
            None => format!("Finished “{title}”, the last lesson. Page Up: back to it."),
        })
    }

    fn next_step(&mut self, ctx: &egui::Context) {
        let Some(StepIndex { lesson, step }) = self.open_step() else {
            return;
        };
        let Some(open) = &self.lessons.open else {
            return;
        };
        if !open.is_last() {
            let step = step + 1;
            return self.open_lesson(ctx, StepIndex { lesson, step });
        }
        self.lessons.progress.finish(open.lesson);
        self.leave_lesson();
        self.lessons.finished = Some(StepIndex { lesson, step });
        self.no_lesson();
    }

    /// Opens a step of a lesson. The first one puts the person's own scene aside.
    pub(super) fn open_lesson(&mut self, ctx: &egui::Context, index: StepIndex) {
        let Some((lesson, step)) = index.find() else {
            let sentence = Lesson::bundled().err();
            return self.show_error(sentence.unwrap_or("there is no such lesson"));
        };
        if let Some(open) = &mut self.lessons.open {
            (open.index, open.lesson, open.step) = (index, lesson, step);
            (open.revealed, open.prediction) = (false, Prediction::of(step));
        } else {
            let mut shown = match OtherScene::new(ctx, step.scene.clone(), None) {
                Ok(shown) => shown,
                Err(sentence) => return self.show_error(sentence),
            };
            // An edit that is still under way is an undo step of the own scene.
            self.history.add_undo(&self.document());
            let views = std::mem::take(&mut self.shown);
            self.swap(&mut shown);
            let own = OwnScene {
                shown,
                other: self.other_scene.take(),
                history: std::mem::take(&mut self.history),
                views,
            };
            self.lessons.open = Some(OpenLesson {
                index,
                lesson,
                step,
                revealed: false,
                just_revealed: false,
                folded: None,
                prediction: Prediction::of(step),
                own,
            });
        }
        self.lessons.finished = None;
        self.layout.lesson = Some(LessonColumn::Words);
        self.lessons.progress.reach(lesson, index.step);
        self.other_scene = None;
        self.message = None;
        self.restore_step(ctx);
        // Undo stays within the step.
        self.history = Undoer::default();
    }

    /// Shows scene, view, panel and timeline as the open step has them.
    fn restore_step(&mut self, ctx: &egui::Context) {
        let Some(open) = &self.lessons.open else {
            return;
        };
        let step = open.step;
        if self.path.is_none() && step.scene.subject.same_kind(&self.scene.subject) {
            // The last results are shown until there are new ones.
            self.scene = step.scene.clone();
        } else {
            match OtherScene::new(ctx, step.scene.clone(), None) {
                Ok(mut shown) => self.swap(&mut shown),
                Err(sentence) => return self.show_error(sentence),
            }
        }
        (self.path, self.saved) = (None, self.scene.clone());
        (self.selected, self.point, self.map_window) = (None, None, None);
        self.session.pause(false);
        let mut titles = self.views.iter().map(|view| view.title());
        let title = titles.find(|title| *title == step.view).unwrap_or_default();
        self.shown = ShownViews {
            titles: [title, ""],
            ..ShownViews::default()
        };
        self.show_lesson_panel(ctx);
        self.restart_timeline();
    }

    /// Shows the tab on the right that the open step asks for.
    fn show_lesson_panel(&mut self, ctx: &egui::Context) {
        let step = self.lessons.open.as_ref().map(|open| open.step);
        self.charts.enlarged.title = None;
        self.charts.first = step.and_then(|step| step.chart);
        let panel = step.and_then(|step| step.panel.as_deref());
        self.layout.lesson_charts = panel.is_some();
        // A step without a tab does not keep that of the step before.
        self.charts.show_tab(panel.unwrap_or("Charts"));
        self.rule.open_next = Some(panel == Some("Rule"));
        let window = ctx.content_rect().width();
        if panel.is_some() && !self.layout.is_drawer(Side::Right, window) {
            self.open_right_panel(window);
        }
        self.present_lesson(ctx);
    }

    /// Opens the panel at the right in a presentation whose step asks for it, as a drawer where there is no space beside the map; closes
    /// the drawer in one whose step does not.
    pub(super) fn present_lesson(&mut self, ctx: &egui::Context) {
        if !self.layout.presenting || !self.has_lesson() {
            return;
        }
        // The zoom of the presentation holds from the next frame on.
        let window = ctx.content_rect().width() * ctx.zoom_factor() / self.layout.zoom();
        // A drawer would cover the picture.
        if self.layout.lesson_charts && !self.layout.is_drawer(Side::Right, window) {
            self.open_right_panel(window);
        } else {
            self.layout.close_drawers();
        }
    }

    fn open_right_panel(&mut self, window: f32) {
        if !self.layout.is_open(Side::Right, window) {
            self.layout.toggle(Side::Right, window);
        }
    }

    /// Moves the timeline to the step that the open step shows first.
    fn restart_timeline(&mut self) {
        let (steps, speed) = (self.scene.training.steps, self.timeline.speed);
        let at = self.lessons.open.as_ref().map(|open| open.step.at);
        self.timeline = Timeline::new(steps);
        self.timeline.speed = speed;
        let at = match at {
            Some(ShownStep::End) => steps,
            Some(ShownStep::At(at)) => at,
            Some(ShownStep::Play) | None => return,
        };
        self.timeline.playing = false;
        self.timeline.go_to(at);
    }

    /// Closes the lesson, and shows the person's own scene again as it was.
    pub(super) fn leave_lesson(&mut self) {
        let Some(OpenLesson { own, .. }) = self.lessons.open.take() else {
            return;
        };
        let mut shown = own.shown;
        self.swap(&mut shown);
        (self.other_scene, self.history, self.shown) = (own.other, own.history, own.views);
        self.charts.enlarged.title = None;
        self.charts.first = None;
        self.layout.lesson = None;
    }

    /// Whether the audience has changed the scene of the open step.
    fn has_changed_step(&self) -> bool {
        self.lessons.open.as_ref().is_some_and(|open| {
            let step = &open.step.scene;
            let surface = self.scene.surface.with_camera_of(&step.surface);
            let scene = Scene {
                surface,
                ..self.scene.clone()
            };
            scene != *step
        })
    }

    /// Returns the person's own scene with its file, the scene that was saved there, and the history; during a lesson, as they were
    /// before it.
    pub(super) fn own_document(&self) -> (Document, &Scene, &Undoer<Document>) {
        match &self.lessons.open {
            None => {
                let document = (self.scene.clone(), self.path.clone());
                (document, &self.saved, &self.history)
            }
            Some(OpenLesson { own, .. }) => {
                let document = (own.shown.scene.clone(), own.shown.path.clone());
                (document, &own.shown.saved, &own.history)
            }
        }
    }

    /// Returns the person's own scene with the other subject, once there is one.
    pub(super) fn own_other_scene(&self) -> Option<&OtherScene> {
        match &self.lessons.open {
            None => self.other_scene.as_deref(),
            Some(open) => open.own.other.as_deref(),
        }
    }

    /// Returns the title of the window during a lesson.
    pub(super) fn lesson_title(&self) -> Option<String> {
        let open = self.lessons.open.as_ref()?;
        let step = open.index.step + 1;
        Some(format!("{}, step {step} — Ravine", open.lesson.title))
    }
}
