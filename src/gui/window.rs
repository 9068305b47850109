//! The window, frame by frame: keys, menus, panels, charts and the map, each in its place.

use super::app::App;
use super::command::{Command, entries};
use super::guard::{Part, catch_panic, paint_guarded};
use super::view::View;
use super::view::basins as basins_view;
use super::view::charts::Followed;
use super::view::map::{self as map_view, MapInputs};
use super::view::sweep as sweep_view;
use super::{dialog, panel, theme};
use crate::figure::colour::Theme;
use crate::figure::drawing::Area;
use crate::session::{BasinsKey, CriticalResult, Runs};
use eframe::egui;
use std::path::Path;
use std::sync::Arc;

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frame_ui(ui);
    }
}

impl App {
    /// Shows one frame in all of a ui.
    pub fn frame_ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.textures.begin_frame();
        let (now, elapsed) = ctx.input(|input| (input.time, input.stable_dt.min(0.1)));
        self.timeline.advance(f64::from(elapsed));
        if let Some(progress) = self.progress().filter(|progress| !progress.complete) {
            self.timeline.pause_at(progress.done);
        }
        // Whatever stood still since the last frame is a state to come back to.
        self.history.feed_state(now, &self.document());
        let commands = self.keys(&ctx);
        self.apply_all(&ctx, commands);
        if let Err(reason) = catch_panic(|| self.dialogs(&ctx)) {
            (self.asking, self.help) = (None, false);
            self.show_error(format!("the dialog could not be drawn ({reason})"));
        }

        let menu = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("menu"), dialog::menu_bar_ui);
        let chosen = egui::Panel::top("menu").show(ui, menu).inner.flatten();
        self.apply_all(&ctx, chosen.into_iter().collect());
        self.timeline_panel(ui);
        self.scene_panel(ui);
        self.compute();
        self.results_panel(ui);
        egui::CentralPanel::default()
            .frame(egui::Frame::NONE)
            .show(ui, |ui| self.map_panel(ui));

        self.history.feed_state(now, &self.document());
        if std::mem::take(&mut self.switching_theme) {
            ctx.set_theme(match ctx.theme() {
                egui::Theme::Dark => egui::Theme::Light,
                egui::Theme::Light => egui::Theme::Dark,
            });
            ctx.request_repaint();
        }
        let title = self.title();
        if title != self.shown_title {
            self.shown_title.clone_from(&title);
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
        if self.timeline.playing {
            ctx.request_repaint();
        }
    }

    fn timeline_panel(&mut self, ui: &mut egui::Ui) {
        let busy = match self.session.busy() {
            [true, _] if self.scene.is_network() => None,
            [true, _] => Some("computing the runs …"),
            [_, true] => Some("computing the landscape …"),
            _ => None,
        };
        let runs = self.runs.clone();
        let source = runs.as_deref().and_then(|runs| runs.as_ref().ok());
        let source = source.map(|runs| &*runs.problem.source);
        let busy = busy.or(source.filter(|source| !source.is_empty()));
        let show = |ui: &mut egui::Ui| {
            ui.add_space(3.0);
            let mut commands =
                panel::timeline::ui(ui, &mut self.timeline, &self.map.under_pointer, busy);
            if let Some(progress) = self.progress() {
                commands.extend(panel::progress::ui(ui, progress, self.session.is_paused()));
            }
            ui.add_space(3.0);
            commands
        };
        let show = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("timeline"), show);
        let commands = egui::Panel::bottom("timeline").show(ui, show).inner;
        self.apply_all(&ui.ctx().clone(), commands.unwrap_or_default());
    }

    fn scene_panel(&mut self, ui: &mut egui::Ui) {
        let theme = theme::current(ui.ctx());
        let (runs, step) = (self.runs.clone(), self.timeline.step());
        let critical = self.critical_points();
        let show = |ui: &mut egui::Ui| {
            let scroll = egui::ScrollArea::vertical().auto_shrink(false);
            let Self {
                scene,
                selected,
                scene_panel: memory,
                textures,
                point,
                ..
            } = self;
            scroll
                .show(ui, |ui| {
                    let around = panel::scene::PanelContext {
                        runs: runs.as_deref().and_then(|runs| runs.as_ref().ok()),
                        step,
                        theme,
                    };
                    let answer = panel::scene::ui(ui, scene, &around, selected, memory, textures);
                    if let Some(Ok(found)) = critical.as_deref() {
                        panel::critical::ui(ui, &found.points, point);
                    }
                    answer
                })
                .inner
        };
        let answer = egui::Panel::left("scene")
            .default_size(304.0)
            .size_range(240.0..=480.0)
            .show(ui, |ui| paint_guarded(ui, Part::Panel("scene"), show))
            .inner
            .unwrap_or_default();
        self.apply_all(&ui.ctx().clone(), answer.commands);
        if let Some(sentence) = answer.refused {
            self.show_error(sentence);
        }
    }

    /// Asks for everything that the scene shows. Runs that are quick are in this frame already.
    fn compute(&mut self) {
        let window = self
            .frame
            .map_or(self.scene.first_view(), |frame| frame.window);
        self.session.update(&self.scene, window);
        self.session.wait_for_runs(self.frame_budget);
        self.poll_results();
    }

    fn results_panel(&mut self, ui: &mut egui::Ui) {
        let theme = theme::current(ui.ctx());
        let names = self.scene.run_names();
        let fitting = self.current_runs();
        let followed = self.followed();
        let followed = followed.and_then(|index| Some((index, names.get(index)?.as_str())));
        let carried = match (&fitting, followed) {
            (Some((runs, _)), Some((index, _))) if self.charts.shows_optimizer_state() => {
                self.session.ask_carried(runs, index);
                self.session.wait_for_carried(self.frame_budget);
                self.session.carried()
            }
            _ => None,
        };
        if let (Some((runs, _)), Some(bench)) = (&fitting, self.scene.network())
            && let Some(trained) = &runs.trained
        {
            self.session
                .ask_sharpness(trained, bench.settings.sharpness);
        }
        let sharpness = self.session.sharpness();
        let show = |ui: &mut egui::Ui| {
            let Some((runs, row)) = &fitting else {
                ui.set_min_width(ui.available_width().max(0.0));
                ui.label("Nothing to show yet.");
                return Vec::new();
            };
            #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
            let rows = self.scene.runs.iter().filter(|run| run.shown).count() as f32 + 1.0;
            let rule = if self.rule.open { 180.0 } else { 24.0 };
            let table = (rows * 24.0 + 36.0 + rule).min(ui.available_height() * 0.5);
            let height = (ui.available_height() - table).max(0.0);
            let (space, _) = ui.allocate_exact_size(
                egui::vec2(ui.available_width().max(0.0), height),
                egui::Sense::hover(),
            );
            let shown = (&runs.scene, runs, *row);
            let textures = &mut self.textures;
            let alone = followed.map(|(index, name)| Followed {
                index,
                name,
                optimizer_state: carried.as_deref(),
            });
            let shown_runs = (runs, *row, sharpness.as_ref());
            let charts = &mut self.charts;
            let commands = charts.ui(ui, space, shown_runs, alone, theme, textures);
            ui.checkbox(&mut self.charts.by_cost, "charts over gradient evaluations").on_hover_text(
                "Counts what each optimizer asked for, in gradients, instead of its steps: L-BFGS asks for many in one. A value counts as a third of a gradient, a Hessian times a vector as two.",
            );
            let scroll = egui::ScrollArea::both().auto_shrink(false);
            scroll.show(ui, |ui| {
                panel::table::ui(ui, shown, &names, &mut self.selected, theme);
                // A step of a network is too much to be made again within a frame.
                if let (Some(run), None) = (followed, &runs.trained) {
                    panel::rule::ui(ui, &mut self.rule, shown, run);
                }
            });
            commands
        };
        let panel = egui::Panel::right("results")
            .default_size(380.0)
            .size_range(300.0..=720.0);
        let show = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("results"), show);
        let commands = panel.show(ui, show).inner;
        self.apply_all(&ui.ctx().clone(), commands.unwrap_or_default());
    }

    /// The row of views, and what the shown one can be told: the named runs, and which of them is followed.
    fn toolbar_panel(&mut self, ui: &mut egui::Ui, names: &[String], run: usize) {
        let show = |ui: &mut egui::Ui| {
            let mut commands = Vec::new();
            ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    ui.spacing_mut().button_padding.x = 4.0;
                    for view in View::available(&self.scene) {
                        let tab = ui.selectable_label(
                            self.shown_view() == view,
                            egui::RichText::new(view.title()).strong(),
                        );
                        if tab.on_hover_text(view.help()).clicked() {
                            commands.push(Command::Show(view));
                        }
                    }
                    ui.separator();
                    match self.shown_view() {
                        View::Map => {
                            commands.extend(panel::style::ui(ui, &self.scene));
                            if self.scene.is_network() {
                                ui.separator();
                                ui.toggle_value(&mut self.predictions.open, "Predictions").on_hover_text(
                                    "Show the predictions of the selected run, or of the first one, at the timeline's step.",
                                );
                            }
                        }
                        View::ProjectionError => {}
                        View::Spectrum => {
                            let (chosen, command) = self.spectrum.toolbar_ui(ui, &self.scene, names, run);
                            self.selected = chosen.or(self.selected);
                            commands.extend(command);
                        }
                        View::Connect => commands.extend(self.connect.toolbar_ui(ui, &self.scene, names)),
                        View::Seeds => {
                            let busy = self.session.seeds_busy();
                            self.seeds.toolbar_ui(ui, busy);
                        }
                        View::Basins => {
                            let progress = self.session.basins_progress();
                            let asked = self.basins.toolbar_ui(ui, names, run, progress);
                            self.selected = asked.run.or(self.selected);
                            if asked.stop {
                                self.session.stop_basins();
                            }
                        }
                        View::Sweep => {
                            let progress = self.session.sweep_progress();
                            let scene = &self.scene;
                            let asked = self.sweep.toolbar_ui(ui, scene, names, run, progress);
                            self.selected = asked.run.or(self.selected);
                            if asked.stop {
                                self.session.stop_sweep();
                            }
                        }
                    }
                });
            if self.view == View::Map && !self.scene.is_network() {
                commands.extend(self.map.sheet.toolbar_ui(ui, &self.scene));
            }
            commands
        };
        let strip = egui::Panel::top("style")
            .show_separator_line(false)
            .show(ui, |ui| paint_guarded(ui, Part::Panel("views"), show));
        self.begin_stroke();
        self.apply_all(&ui.ctx().clone(), strip.inner.unwrap_or_default());
    }

    /// The middle: a row of views, what the shown one can be told, and the view itself.
    fn map_panel(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let theme = theme::current(&ctx);
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, super::paint::colour(theme.background));
        let names = self.scene.run_names();
        let followed = self.followed();
        self.toolbar_panel(ui, &names, followed.unwrap_or(0));
        let title = self.shown_view().title();
        paint_guarded(ui, Part::View(title), |ui| {
            (self.visitor)(title);
            self.view_ui(ui, &names, followed, theme);
        });
    }

    /// The view that is shown, in all of the space that is left.
    fn view_ui(
        &mut self,
        ui: &mut egui::Ui,
        names: &[String],
        followed: Option<usize>,
        theme: &'static Theme,
    ) {
        let ctx = ui.ctx().clone();
        let shown_view = self.shown_view();
        if shown_view == View::Sweep {
            let commands = self.sweep_ui(ui, names, followed.unwrap_or(0), theme);
            self.apply_all(&ctx, commands);
            return;
        }
        if shown_view == View::ProjectionError {
            return self.projection_error_panel(ui, names, theme);
        }
        if shown_view == View::Connect {
            return self.connect_panel(ui, names, theme);
        }
        if shown_view == View::Spectrum {
            return self.spectrum_panel(ui, names, theme);
        }
        if shown_view == View::Seeds {
            return self.seeds_panel(ui, theme);
        }
        if self.scene.is_network() && self.predictions.open {
            self.predictions_panel(ui, names, theme);
        }
        let view = self.scene.view.or_else(|| {
            let own = |runs: &&Runs| {
                runs.scene.same_subject(&self.scene)
                    && runs.trained.is_some() == self.scene.is_network()
            };
            self.runs().filter(own).map(|runs| runs.problem.view)
        });
        let view = view.unwrap_or(self.scene.first_view());
        let space = ui.available_rect_before_wrap();
        let dim = self.scene.dim();
        let frame = match shown_view {
            View::Basins => basins_view::frame(space, view),
            _ => map_view::frame(space, view, dim),
        };
        if self.frame != Some(frame) {
            self.frame = Some(frame);
            self.session.update(&self.scene, frame.window);
            self.poll_results();
        }
        let (fitting, map_data) = (self.current_runs(), self.map_data.clone());
        let runs = fitting.as_ref().map(|(runs, _)| runs);
        if self.scene.map.critical && !self.scene.is_network() {
            self.session.ask_critical(&self.scene, frame.window);
        }
        let critical = self.critical_points();
        let shown = MapInputs {
            scene: &self.scene,
            names,
            critical: critical
                .as_deref()
                .and_then(|found| found.as_ref().ok())
                .map(|found| &found.points[..]),
            critical_selected: self.point,
            runs,
            map_data: map_data.as_ref().filter(|map_data| {
                super::network_panels::is_map_current(map_data, runs, &self.scene)
            }),
            row: fitting.as_ref().map_or(0, |(_, row)| *row),
            selected: self.selected,
            followed,
            theme,
            tools: shown_view == View::Map,
        };
        let commands = match shown_view {
            View::Map
            | View::Sweep
            | View::ProjectionError
            | View::Spectrum
            | View::Seeds
            | View::Connect => self.map.ui(ui, &frame, &shown, &mut self.textures),
            View::Basins => {
                if let Some(run) = followed.filter(|_| dim == 2) {
                    let of = BasinsKey {
                        landscape: self.scene.landscape().clone(),
                        run_settings: self.scene.run_settings(),
                        spec: self.scene.runs[run].spec.clone(),
                        window: frame.window,
                        side: self.basins.side,
                    };
                    self.session.ask_basins(&self.scene, &of);
                }
                let found = followed.and_then(|_| self.session.basins());
                let (mouse, textures) = (&mut self.map, &mut self.textures);
                self.basins
                    .ui(ui, &frame, &shown, found.as_ref(), mouse, textures)
            }
        };
        self.message_ui(ui, frame.area);
        self.begin_stroke();
        self.apply_all(&ctx, commands);
    }

    /// Each stroke on the sheet can be undone by itself, however soon the next one follows.
    fn begin_stroke(&mut self) {
        if std::mem::take(&mut self.map.sheet.begins) {
            self.history.add_undo(&self.document());
        }
        if let Some(sentence) = self.map.sheet.refused.take() {
            self.show_error(sentence);
        }
    }

    /// The critical points of the landscape, if they are shown.
    fn critical_points(&self) -> Option<Arc<Result<CriticalResult, String>>> {
        let same = |found: &Arc<Result<CriticalResult, String>>| {
            (**found)
                .as_ref()
                .is_ok_and(|found| found.landscape == *self.scene.landscape())
        };
        self.session
            .critical()
            .filter(|found| self.scene.map.critical && !self.scene.is_network() && same(found))
    }

    fn sweep_ui(
        &mut self,
        ui: &mut egui::Ui,
        names: &[String],
        run: usize,
        theme: &Theme,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        if let Ok(of) = self.sweep.of(&self.scene, run) {
            self.session.ask_sweep(&self.scene, &of);
            self.session.wait_for_sweep(self.frame_budget);
        }
        let found = self.session.sweep();
        let (said, textures) = (&mut self.map.under_pointer, &mut self.textures);
        let look = sweep_view::SweepInputs {
            scene: &self.scene,
            names,
            run,
            theme,
        };
        let commands = self.sweep.ui(ui, &look, found.as_ref(), said, textures);
        self.message_ui(ui, super::paint::area(space));
        commands
    }

    /// The run that is looked at alone: the selected one, or the first that is ticked.
    pub(super) fn followed(&self) -> Option<usize> {
        let ticked = self.scene.runs.iter().position(|run| run.shown);
        let any = (!self.scene.runs.is_empty()).then_some(0);
        self.selected.or(ticked).or(any)
    }

    /// A problem with the scene, or what the program has to say, over the map's upper edge.
    pub(super) fn message_ui(&mut self, ui: &egui::Ui, area: Area) {
        let (words, complaint) = match (&self.problem, &self.message) {
            (Some(problem), _) => (problem.clone(), true),
            (None, Some(message)) => message.clone(),
            (None, None) => return,
        };
        let place = egui::pos2(area.min[0] + 10.0, area.min[1] + 10.0);
        let closed = egui::Area::new(egui::Id::unique("message"))
            .fixed_pos(place)
            .show(ui.ctx(), |ui| {
                egui::Frame::popup(ui.style())
                    .show(ui, |ui| {
                        ui.set_max_width((area.width() - 40.0).max(160.0));
                        ui.horizontal_top(|ui| {
                            let colour = if complaint {
                                ui.visuals().error_fg_color
                            } else {
                                ui.visuals().text_color()
                            };
                            // A formula's refusal points at a character below it.
                            let text = egui::RichText::new(&words).color(colour);
                            let text = if words.contains('\n') {
                                text.monospace()
                            } else {
                                text
                            };
                            ui.add(egui::Label::new(text).wrap());
                            self.problem.is_none() && ui.small_button("Close").clicked()
                        })
                        .inner
                    })
                    .inner
            });
        if closed.inner {
            self.message = None;
        }
    }

    /// Keys, the clipboard, and files dropped on the window.
    fn keys(&mut self, ctx: &egui::Context) -> Vec<Command> {
        let mut commands = Vec::new();
        if self.asking.is_some() {
            return commands;
        }
        let typing = ctx.text_edit_focused();
        // A focused control keeps Space and the arrows for itself.
        let focused = ctx.memory(|memory| memory.focused().is_some());
        let mut entries: Vec<_> = entries().map(|entry| (entry.key, &entry.command)).collect();
        entries.sort_by_key(|(key, _)| {
            std::cmp::Reverse(u8::from(key.modifiers.shift) + u8::from(key.modifiers.command))
        });
        ctx.input_mut(|input| {
            for (key, command) in entries {
                let text_undo = matches!(command, Command::Undo | Command::Redo);
                let free = if key.modifiers.command {
                    !typing || !text_undo
                } else {
                    !focused
                };
                if free && input.consume_shortcut(&key) {
                    commands.push(command.clone());
                }
            }
            if typing {
                return;
            }
            let digits = [
                egui::Key::Num1,
                egui::Key::Num2,
                egui::Key::Num3,
                egui::Key::Num4,
                egui::Key::Num5,
                egui::Key::Num6,
                egui::Key::Num7,
                egui::Key::Num8,
                egui::Key::Num9,
            ];
            for (index, key) in digits.into_iter().enumerate() {
                if input.consume_key(egui::Modifiers::NONE, key) {
                    commands.push(Command::Toggle(index));
                }
            }
            if input
                .events
                .iter()
                .any(|event| *event == egui::Event::Text("?".to_owned()))
            {
                commands.push(Command::Help);
            }
            if input.events.contains(&egui::Event::Copy) {
                commands.push(Command::CopyScene);
            }
        });
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                egui::Event::Paste(text) if !typing => Some(text.clone()),
                _ => None,
            })
        });
        if let Some(text) = pasted {
            self.paste(ctx, &text);
        }
        let dropped = ctx.input(|input| {
            let first = input.raw.dropped_files.first();
            first.map(|file| file.path().to_owned())
        });
        if let Some(path) = dropped {
            self.take_dropped(ctx, &path);
        }
        commands
    }

    fn title(&self) -> String {
        let name = self
            .path
            .as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        let star = if self.scene == self.saved { "" } else { " *" };
        name.map_or("Ravine".to_owned(), |name| format!("{name}{star} — Ravine"))
    }
}
