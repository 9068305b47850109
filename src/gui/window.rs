//! One frame of the window: keys, menus, panels, charts and the shown view.

use super::app::App;
use super::command::Command;
use super::guard::{Part, catch_panic, paint_guarded};
use super::layout::{LessonColumn, Place, Side};
use super::refusal::RefusalSlot;
use super::scale::LOW_WINDOW;
use super::view::charts::{Followed, Measured};
use super::view::{critical_points, progress_ui};
use super::{lesson, panel, theme};
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::session::{OptimizerStateRequest, Session, SharpnessRequest};
use eframe::egui;
use std::path::Path;

/// Opacity of charts and table that belong to an earlier scene.
const STALE_OPACITY: f32 = 0.45;

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.frame_ui(ui);
        if let Some(asking) = &mut self.asking {
            asking.open_desktop(ui.ctx(), frame);
        }
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.finish_autosave();
        self.finish_preferences();
    }
}

impl App {
    /// Shows one frame in all of a ui.
    pub fn frame_ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.textures.begin_frame();
        self.begin_hover(&ctx);
        let (now, elapsed) = ctx.input(|input| (input.time, input.stable_dt.min(0.1)));
        self.timeline.advance(f64::from(elapsed));
        if let Some(progress) = self.progress().filter(|progress| !progress.complete) {
            self.timeline.pause_at(progress.done);
        }
        self.hold_prediction();
        // A document that has not changed since the last frame becomes an undo step.
        self.history.feed_state(now, &self.document());
        let commands = self.keys(&ctx);
        self.apply_all(&ctx, commands);
        if let Err(reason) = catch_panic(|| self.dialogs(&ctx)) {
            (self.asking, self.help, self.palette) = (None, false, None);
            (self.reader, self.examples.open) = (None, false);
            self.export_dialog = None;
            self.show_error(format!("the dialog could not be drawn ({reason})"));
        }

        // Below a modal dialog nothing is hovered; without this, a tooltip that was open stays over the dialog.
        let is_covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
        let pointer = is_covered.then(|| ctx.input_mut(|input| std::mem::take(&mut input.pointer)));
        self.content_ui(ui);
        if let Some(pointer) = pointer {
            ctx.input_mut(|input| input.pointer = pointer);
        }

        self.history.feed_state(now, &self.document());
        self.update_autosave(&ctx);
        if let Some(theme) = self.next_theme.take() {
            ctx.set_theme(theme);
            ctx.request_repaint();
        }
        self.update_preferences(&ctx);
        self.hover_ui(&ctx);
        let title = self.title();
        if title != self.shown_title {
            self.shown_title.clone_from(&title);
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
        if self.timeline.playing {
            ctx.request_repaint();
        }
    }

    /// Shows the menus, the panels and the shown view.
    fn content_ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        if !self.layout.presenting {
            self.menu_panel(ui);
        }
        self.timeline_panel(ui);
        let lesson_column = self.layout.has_lesson_column(ui.available_width());
        if self.has_lesson() && !lesson_column {
            self.lesson_strip(ui);
        }
        // A panel's height follows its content one frame later.
        if ui.max_rect() != self.layout.window {
            self.layout.window = ui.max_rect();
            ctx.request_repaint();
        }
        let ([left, right], middle) = self.layout.places(ui.available_rect_before_wrap());
        self.charts.enlarged.middle = middle;
        match left {
            Some(place) if lesson_column && self.layout.lesson == Some(LessonColumn::Words) => {
                self.lesson_column(ui, place);
            }
            Some(place) => self.scene_panel(ui, place),
            None => {}
        }
        self.compute();
        self.results_panel(ui, right);
        self.views_ui(ui, middle);
        self.why_ui(ui, middle);
    }

    fn timeline_panel(&mut self, ui: &mut egui::Ui) {
        let (runs, map) = (self.session.runs.busy(), self.session.map_data.busy());
        let busy = match (runs, map) {
            _ if self.refusal.is_some() => None,
            (true, _) if self.scene.is_network() => None,
            (true, _) => Some("computing the runs …"),
            (_, true) => Some("computing the landscape …"),
            _ => None,
        };
        let runs = self.runs.clone();
        let source = runs.as_deref().and_then(|runs| runs.as_ref().ok());
        let source = source.map(|runs| &*runs.problem.source);
        let busy = busy.or(source.filter(|source| !source.is_empty()));
        let hint = self.lesson_hint();
        let busy = busy.or(hint.as_deref());
        let computed = self
            .progress()
            .map_or(self.scene.training.steps, |progress| {
                if progress.complete {
                    progress.steps
                } else {
                    progress.done
                }
            });
        let ends = match self.runs().filter(|runs| runs.matches(&self.scene)) {
            Some(runs) if !self.is_predicting() => {
                let theme = theme::current(ui.ctx());
                panel::timeline::Ends::of(&self.scene, runs, computed, theme)
            }
            _ => panel::timeline::Ends {
                computed: 0,
                runs: Vec::new(),
            },
        };
        let show = |ui: &mut egui::Ui| {
            ui.add_space(3.0);
            let mut commands = panel::timeline::ui(ui, &mut self.timeline, &ends, busy);
            if let Some(refusal) = self.refusal.as_ref().filter(|_| self.scene.is_network()) {
                ui.colored_label(ui.visuals().error_fg_color, refusal.reference());
            }
            // A low window has these buttons in its menu alone.
            let is_low = ui.ctx().content_rect().height() < LOW_WINDOW;
            if let Some(progress) = self.progress().filter(|_| !is_low) {
                commands.extend(panel::progress::ui(ui, progress, self.session.is_paused()));
            }
            ui.add_space(3.0);
            commands
        };
        let show = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("timeline"), show);
        let commands = egui::Panel::bottom("timeline").show(ui, show).inner;
        self.apply_all(&ui.ctx().clone(), commands.unwrap_or_default());
    }

    fn scene_panel(&mut self, ui: &mut egui::Ui, place: Place) {
        let theme = theme::current(ui.ctx());
        let runs = self.runs().map(|runs| self.with_seeds(runs));
        let step = self.timeline.step();
        let hovered = self.hovered_run[1];
        let critical = critical_points(&self.scene, &self.session);
        let show = |ui: &mut egui::Ui| {
            let Self {
                scene,
                selected,
                scene_panel: state,
                textures,
                point,
                refusal,
                reveal_refusal,
                ..
            } = self;
            let slot = RefusalSlot::new(refusal.as_ref(), std::mem::take(reveal_refusal));
            let context = panel::scene::PanelContext {
                runs: runs.as_ref(),
                step,
                hovered,
                refusal: &slot,
                theme,
            };
            let below = |ui: &mut egui::Ui| {
                if let Some(Ok(found)) = critical.as_deref() {
                    panel::critical::ui(ui, &found.points, point);
                }
            };
            let mut answer =
                panel::scene::ui(ui, scene, &context, selected, state, textures, below);
            answer.commands.extend(slot.commands());
            answer
        };
        let mut layout = self.layout;
        let tab = layout.lesson.filter(|_| !place.drawer);
        let (tab, answer) = layout.side_ui(ui, (Side::Left, place), |ui| {
            let tab = tab.and_then(|tab| lesson::tabs_ui(ui, tab));
            (tab, paint_guarded(ui, Part::Panel("scene"), show))
        });
        self.layout = layout;
        self.apply_all(&ui.ctx().clone(), tab.into_iter().collect());
        let answer = answer.unwrap_or_default();
        self.hovered_run[0] = answer.hovered.or(self.hovered_run[0]);
        self.apply_all(&ui.ctx().clone(), answer.commands);
        if let Some(sentence) = answer.refused {
            self.show_error(sentence);
        }
    }

    /// Requests the runs and the map of the scene. Runs that are computed quickly are shown in this frame.
    fn compute(&mut self) {
        let window = self.map_window.unwrap_or(self.scene.first_view());
        self.session.update(&self.scene, window);
        self.session.runs.wait(self.frame_budget);
        self.poll_results();
        self.request_seeds();
    }

    /// Requests the sharpness along the runs of a network.
    fn request_sharpness(&self, runs: Option<&Runs>) {
        let trained = runs.and_then(|runs| runs.trained.as_ref());
        if let (Some(trained), Some(network)) = (trained, self.scene.network()) {
            match SharpnessRequest::new(trained, network.settings.sharpness) {
                Some(request) => self.session.sharpness.request(request),
                None => self.session.sharpness.stop(),
            }
        }
    }

    /// Returns the sentence that is shown in place of charts and table; `None` where there are some.
    fn reason_without_charts(&self, has_runs: bool) -> Option<String> {
        match &self.refusal {
            _ if self.is_predicting() => {
                Some("The charts are hidden until you have guessed where the run ends.".to_owned())
            }
            _ if has_runs && self.scene.runs.is_empty() => {
                Some("There are no runs yet. “+ Add” on the left adds an optimizer.".to_owned())
            }
            _ if has_runs && self.scene.runs.iter().all(|run| !run.shown) => {
                Some("Every run is hidden. Tick one on the left to see its charts.".to_owned())
            }
            _ if has_runs => None,
            Some(refusal) => Some(format!("The scene is {}.", refusal.reference())),
            None if self.scene.is_network() => Some("The training begins …".to_owned()),
            None => Some("Computing the runs …".to_owned()),
        }
    }

    fn results_panel(&mut self, ui: &mut egui::Ui, place: Option<Place>) {
        let theme = theme::current(ui.ctx());
        let current = self.shown_runs();
        let scene = current
            .as_ref()
            .map_or(&self.scene, |(runs, _)| &runs.scene);
        let names = scene.run_names();
        let followed = self.followed();
        let followed = followed.and_then(|index| Some((index, names.get(index)?.as_str())));
        let state = match (&current, followed) {
            (Some((runs, _)), Some((index, _))) if self.charts.shows_optimizer_state() => {
                let job = &self.session.optimizer_state;
                if let Some(request) = OptimizerStateRequest::new(runs, index) {
                    job.request(request);
                }
                job.wait(self.frame_budget);
                job.newest()
            }
            _ => None,
        };
        self.request_sharpness(current.as_ref().map(|(runs, _)| runs));
        let measured = Measured {
            sharpness: self.session.sharpness.newest(),
            seeds: self.newest_seed_charts(),
        };
        let Some(place) = place else {
            return;
        };
        let stale = self.refusal.is_some() || self.is_other_network();
        let hidden = self.reason_without_charts(current.is_some());
        let show = |ui: &mut egui::Ui| {
            let (Some((runs, row)), None) = (&current, &hidden) else {
                ui.set_min_width(ui.available_width().max(0.0));
                ui.add(egui::Label::new(hidden.unwrap_or_default()).wrap());
                return Vec::new();
            };
            if stale {
                ui.multiply_opacity(STALE_OPACITY);
            }
            let below = height_below_charts(runs, self.rule.open, ui.available_height());
            let height = (ui.available_height() - below).max(0.0);
            let (space, _) = ui.allocate_exact_size(
                egui::vec2(ui.available_width().max(0.0), height),
                egui::Sense::hover(),
            );
            let shown = (&runs.scene, runs, *row);
            let textures = &mut self.textures;
            let followed_run = followed.map(|(index, name)| Followed {
                index,
                name,
                optimizer_state: state.as_deref(),
            });
            let shown_runs = (runs, *row, &measured);
            let mut column = ui.new_child(egui::UiBuilder::new().max_rect(space));
            column.set_clip_rect(space.intersect(ui.clip_rect()));
            let named = (&names[..], followed_run);
            seeds_ui(&mut column, &self.session, &self.scene);
            let commands = self
                .charts
                .ui(&mut column, shown_runs, named, theme, textures);
            ui.checkbox(&mut self.charts.by_cost, "charts over gradient evaluations").on_hover_text(
                "X axis in gradient evaluations instead of steps: L-BFGS evaluates several in one step. A value counts as a third of a gradient, a Hessian-vector product as two.",
            );
            let scroll = egui::ScrollArea::vertical().auto_shrink(false);
            let explained = scroll.show(ui, |ui| {
                let context = panel::table::TableContext {
                    scene: &runs.scene,
                    runs,
                    row: *row,
                    names: &names,
                    paused: self.session.is_paused(),
                    refused: self.refusal.is_some(),
                    selected: self.selected,
                    hovered: self.hovered_run[1],
                    theme,
                };
                let table = panel::table::ui(ui, &mut self.table_order, &context);
                self.hovered_run[0] = table.hovered.or(self.hovered_run[0]);
                if let Some(clicked) = table.clicked {
                    let open = self.selected == Some(clicked);
                    self.selected = (!open).then_some(clicked);
                }
                // A step of a network takes too long to be computed again within a frame.
                if let (Some(run), None) = (followed, &runs.trained) {
                    panel::rule::ui(ui, &mut self.rule, shown, run);
                }
                table.why
            });
            let mut commands = commands;
            commands.extend(explained.inner.map(|run| Command::Why(Some(run))));
            commands
        };
        let mut layout = self.layout;
        let commands = layout.side_ui(ui, (Side::Right, place), |ui| {
            paint_guarded(ui, Part::Panel("results"), show)
        });
        self.layout = layout;
        self.apply_all(&ui.ctx().clone(), commands.unwrap_or_default());
    }

    fn title(&self) -> String {
        if let Some(title) = self.lesson_title() {
            return title;
        }
        let name = self
            .path
            .as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        let star = if self.scene == self.saved { "" } else { " *" };
        name.map_or("Ravine".to_owned(), |name| format!("{name}{star} — Ravine"))
    }
}

/// Returns the height of the table and the rule below the charts, in a panel of some height.
fn height_below_charts(runs: &Runs, has_rule: bool, available: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
    let rows = runs.scene.runs.iter().filter(|run| run.shown).count() as f32 + 1.0;
    let (rule, share) = if has_rule { (400.0, 0.65) } else { (24.0, 0.5) };
    (rows * 24.0 + 36.0 + rule).min(available * share)
}

/// Shows how many seeds of the runs are computed, with a button that stops it, or why there are none; nothing at rest.
fn seeds_ui(ui: &mut egui::Ui, session: &Session, scene: &Scene) {
    let count = scene.seed_count();
    if count < 2 {
        return;
    }
    let newest = session.seed_runs.newest();
    if let Some(Err(sentence)) = newest.as_deref() {
        ui.colored_label(ui.visuals().error_fg_color, sentence);
    } else if session.seed_runs.busy() && scene.is_network() {
        ui.horizontal(|ui| {
            ui.label("other seeds");
            progress_ui(ui, &session.seed_runs);
        });
    } else if let Some(Ok(found)) = newest.as_deref() {
        let done = found.others.len() as u64 + 1;
        if found.matches(scene) && done < count {
            ui.weak(format!("stopped after {done} of {count} seeds"));
        }
    }
}
