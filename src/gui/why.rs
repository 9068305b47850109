//! The card that explains why a run ended as it did, with a change to try.

use super::app::App;
use super::command::Command;
use super::guard::{Part, paint_guarded};
use super::lesson::LessonCommand;
use super::reader::{Place, Topic, ask};
use super::scale::{SECONDARY, SECTION, SPACE};
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::sentence::one_line;
use crate::session::{Job, Request};
use crate::teaching::bundled::{StepIndex, find_step};
use crate::teaching::explain::{Explanation, UNTRIED, explain, nothing_unusual};
use eframe::egui;
use std::sync::Arc;

/// Width of the card in points.
const WIDTH: f32 = 340.0;

fn card_id() -> egui::Id {
    egui::Id::unique("why")
}

/// The open card.
pub(super) struct WhyCard {
    run: usize,
    /// Where it was asked for; the upper right of the picture without a place.
    anchor: Option<egui::Pos2>,
    job: Job<WhyRequest, Why>,
    /// The suggestion that was tried last, and the scene that it made.
    tried: Option<(String, Scene)>,
}

/// Request for the explanations of a run.
struct WhyRequest {
    runs: Runs,
    run: usize,
}

impl Request for WhyRequest {
    fn matches(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|request| request.runs.results.get(request.run));
        let equal = own.zip(others).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
        self.run == other.run && equal && same_runs(&self.runs.scene, &other.runs.scene)
    }
}

fn same_runs(scene: &Scene, other: &Scene) -> bool {
    scene.subject == other.subject && scene.training == other.training && scene.runs == other.runs
}

/// The explanations of a run.
struct Why {
    run: usize,
    explanations: Vec<Explanation>,
    /// Sentence that is shown without an explanation.
    nothing: String,
}

fn compute(request: &WhyRequest) -> Result<Why, String> {
    let WhyRequest { runs, run } = request;
    Ok(Why {
        run: *run,
        explanations: explain(&runs.scene, runs, *run)?,
        nothing: nothing_unusual(runs, *run),
    })
}

/// Button of the card that is clicked.
enum Clicked {
    Try(Box<Scene>, String),
    Undo,
    Lesson(StepIndex),
}

impl App {
    /// Opens the card about a run, or about the followed one; closes it where it is open about this run.
    pub(super) fn open_why(&mut self, ctx: &egui::Context, run: Option<usize>) {
        let Some(run) = run.or_else(|| self.followed()) else {
            return self.show_message("The scene has no run yet. Add an optimizer.");
        };
        if self.why.take().is_some_and(|card| card.run == run) {
            return;
        }
        // Beside the cause: where the pointer is, unless a key opened the card.
        let clicked = ctx.input(|input| {
            let pointer = &input.pointer;
            pointer.interact_pos().filter(|_| pointer.any_released())
        });
        match self.session.spawn_job("explanation", compute) {
            Ok(job) => {
                self.why = Some(WhyCard {
                    run,
                    anchor: clicked,
                    job,
                    tried: None,
                });
            }
            Err(sentence) => self.show_error(sentence),
        }
    }

    /// Shows the card, if it is open.
    pub(super) fn why_ui(&mut self, ui: &mut egui::Ui, middle: egui::Rect) {
        let Some(mut card) = self.why.take() else {
            return;
        };
        let ctx = ui.ctx().clone();
        if card.run >= self.scene.runs.len() {
            return;
        }
        let runs = self
            .shown_runs()
            .filter(|_| !self.is_stale())
            .map(|(runs, _)| runs);
        let current = runs.filter(|_| self.refusal.is_none() && !self.session.runs.busy());
        if let Some(runs) = current.filter(|runs| !runs.is_training(card.run)) {
            let run = card.run;
            card.job.request(WhyRequest { runs, run });
            card.job.wait(self.frame_budget);
        }
        // Undo and other edits end a trial.
        card.tried = card
            .tried
            .filter(|(_, tried)| same_runs(tried, &self.scene));
        let name = self.scene.run_names().swap_remove(card.run);
        let mut open = true;
        let clicked = paint_guarded(ui, Part::Panel("explanation"), |_| {
            card.ui(&ctx, &name, middle, &mut open)
        });
        if !self.hover_text.is_empty() {
            // Above what describes the map under the pointer.
            ctx.move_to_top(egui::LayerId::new(egui::Order::Middle, card_id()));
        }
        match clicked.flatten() {
            Some(Clicked::Try(scene, label)) => {
                let scene = Scene {
                    view: self.scene.view,
                    map: self.scene.map.clone(),
                    surface: self.scene.surface.clone(),
                    figure: self.scene.figure.clone(),
                    ..*scene
                };
                card.tried = Some((label, scene.clone()));
                let edit = Command::Edit(Box::new(scene));
                self.apply_all(&ctx, vec![Command::Checkpoint, edit]);
            }
            Some(Clicked::Lesson(index)) => {
                self.apply(&ctx, Command::Lesson(LessonCommand::Open(index)));
            }
            Some(Clicked::Undo) => {
                card.tried = None;
                self.apply(&ctx, Command::Undo);
            }
            None => {}
        }
        let free = ctx.memory(egui::Memory::focused).is_none() && !egui::Popup::is_any_open(&ctx);
        let escaped = free
            && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
        self.why = Some(card).filter(|_| open && !escaped);
    }
}

impl WhyCard {
    fn ui(
        &self,
        ctx: &egui::Context,
        name: &str,
        middle: egui::Rect,
        open: &mut bool,
    ) -> Option<Clicked> {
        let screen = ctx.content_rect().shrink(SPACE[1]);
        let width = WIDTH.min(screen.width() - 2.0 * SPACE[2]);
        // Beside the side panels, whose rows stay in sight.
        let right = (middle.max.x - width - 2.0 * SPACE[4]).max(middle.min.x);
        let place = self.anchor.map_or_else(
            || egui::pos2(right, middle.min.y + 2.0 * SPACE[4]),
            |at| {
                egui::pos2(
                    (at.x + SPACE[2]).clamp(middle.min.x, right),
                    at.y + SPACE[2],
                )
            },
        );
        let title = egui::RichText::new(format!("Why · {name}")).size(SECTION);
        let shown = egui::Window::new(title.strong())
            .id(card_id())
            .default_pos(place)
            .default_width(width)
            .max_width(width)
            .collapsible(false)
            .resizable([true, false])
            .constrain_to(screen)
            .open(open)
            .show(ctx, |ui| {
                let height = (screen.height() - 4.0 * SPACE[4]).max(60.0);
                egui::ScrollArea::vertical()
                    .max_height(height)
                    // The card grows with its content, and scrolls only where the window is too low.
                    .min_scrolled_height(height)
                    .show(ui, |ui| self.content_ui(ui))
                    .inner
            });
        shown.and_then(|shown| shown.inner).flatten()
    }

    fn content_ui(&self, ui: &mut egui::Ui) -> Option<Clicked> {
        let mut clicked = None;
        if let Some((label, _)) = &self.tried {
            ui.horizontal_wrapped(|ui| {
                ui.weak(format!("Tried: {label}."));
                if ui.small_button("Undo").clicked() {
                    clicked = Some(Clicked::Undo);
                }
            });
            ui.separator();
        }
        let newest = self.job.newest();
        let found = match newest.as_deref() {
            Some(Err(sentence)) => {
                ui.colored_label(ui.visuals().error_fg_color, one_line(sentence));
                return clicked;
            }
            Some(Ok(found)) if found.run == self.run => found,
            _ => {
                ui.label("The explanation follows once the run has ended.");
                return clicked;
            }
        };
        if found.explanations.is_empty() {
            ui.label(&found.nothing);
        }
        for (index, explanation) in found.explanations.iter().enumerate() {
            if index > 0 {
                ui.separator();
            }
            let shown = ui.push_id(index, |ui| explanation_ui(ui, explanation, self.job.busy()));
            clicked = shown.inner.or(clicked);
        }
        clicked
    }
}

/// Shows an explanation. Returns the suggestion if it is clicked; it is not enabled while a newer explanation is computed.
fn explanation_ui(ui: &mut egui::Ui, explanation: &Explanation, busy: bool) -> Option<Clicked> {
    let small = |text: String| egui::RichText::new(text).size(SECONDARY);
    let mut clicked = None;
    ui.strong(&explanation.title);
    ui.label(explanation.sentences.join(" "));
    if let Some(suggestion) = &explanation.suggestion {
        ui.add_space(SPACE[0]);
        let button = egui::Button::new(format!("Try it: {}", suggestion.label)).wrap();
        let button = ui.add_enabled(!busy, button);
        if button
            .on_hover_text("Changes the scene. Undo (Ctrl+Z) takes it back.")
            .clicked()
        {
            let scene = Box::new(suggestion.scene.clone());
            clicked = Some(Clicked::Try(scene, suggestion.label.clone()));
        }
        let effect = suggestion.effect.as_deref().unwrap_or(UNTRIED);
        ui.label(small(effect.to_owned()));
    }
    ui.horizontal_wrapped(|ui| {
        let lesson = explanation.lesson.as_deref().map(find_step);
        if let Some(Ok(index)) = lesson
            && let Some((lesson, _)) = index.find()
        {
            ui.label(small("Lesson:".to_owned()).weak());
            let link = ui.link(small(lesson.title.clone()));
            if link.on_hover_text(&lesson.summary).clicked() {
                clicked = Some(Clicked::Lesson(index));
            }
        }
        ui.label(small("Help page:".to_owned()).weak());
        if ui.link(small(explanation.help.clone())).clicked()
            && let Some(topic) = Topic::page_of(&explanation.help)
        {
            ask(ui.ctx(), Place::Topic(topic));
        }
    });
    ui.label(small(format!("Source: {}", explanation.source)).weak());
    clicked
}
