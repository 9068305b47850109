//! The middle of the window: the tabs of the views with the shown view below, or two views at once; and the card beside the pointer.

use super::app::App;
use super::command::Command;
use super::guard::{Part, paint_guarded};
use super::scale::{LOW_WINDOW, NARROW_TABS, SECTION, SPACE};
use super::side_panel::grip;
use super::view::{View, ViewContext, ViewOutput, has_critical_points};
use super::{paint, theme};
use crate::engine::declare::spec::real;
use crate::figure::{legend_line, style_index};
use crate::session::CriticalRequest;
use eframe::egui;
use egui::{Rect, pos2};

/// Width of the grip between two views, in points.
const GRIP: f32 = 8.0;

/// Width of the line before the name of a run, in points.
const LINE_WIDTH: f32 = 36.0;

/// Least share of the middle that a half has.
const MIN_SHARE: f32 = 0.2;

impl App {
    /// Starts the search for what is under the pointer in a new frame.
    pub(super) fn begin_hover(&mut self, ctx: &egui::Context) {
        let [now, before] = self.hovered_run;
        self.hovered_run = [None, now];
        if now != before {
            // The run is also highlighted in parts of the window that were painted before the pointer was known to be on it.
            ctx.request_repaint();
        }
        self.hover_text.clear();
        self.needed_window = None;
    }

    /// Shows the views in the middle of the window, and requests the map for the parts of the plane that they show.
    pub(super) fn views_ui(&mut self, ui: &mut egui::Ui, middle: Rect) {
        let halves = if self.shown.split {
            let (halves, border) = self.halves(middle);
            self.split_grip_ui(ui, middle, border);
            halves.to_vec()
        } else {
            vec![middle]
        };
        for (half, rect) in halves.into_iter().enumerate() {
            // The focus stays where it is while panels come and go.
            let id = egui::Id::unique(("half of the middle", half));
            let mut ui = ui.new_child(egui::UiBuilder::new().scope_id(id).max_rect(rect));
            ui.shrink_clip_rect(rect);
            self.view_panel(&mut ui, half);
        }
        self.pointer_card(ui, middle);
        if let Some(window) = self.needed_window {
            if self.map_window != Some(window) {
                self.map_window = Some(window);
                self.session.update(&self.scene, window);
            }
            if has_critical_points(&self.scene) {
                let scene = self.scene.clone();
                self.session
                    .critical
                    .request(CriticalRequest { scene, window });
            }
        }
    }

    /// Returns the two halves of the middle, beside each other where it is wide, and the border between them.
    fn halves(&self, middle: Rect) -> ([Rect; 2], Rect) {
        let (mut first, mut border, mut second) = (middle, middle, middle);
        let share = self.shown.share;
        if is_wide(middle) {
            border.min.x += share * (middle.width() - GRIP).max(0.0);
            border.max.x = border.min.x + GRIP;
            (first.max.x, second.min.x) = (border.min.x, border.max.x);
        } else {
            border.min.y += share * (middle.height() - GRIP).max(0.0);
            border.max.y = border.min.y + GRIP;
            (first.max.y, second.min.y) = (border.min.y, border.max.y);
        }
        ([first, second], border)
    }

    /// Shows the grip between two views.
    fn split_grip_ui(&mut self, ui: &egui::Ui, middle: Rect, border: Rect) {
        let response = grip(ui, border, "Border between the views");
        let delta = response.drag_delta();
        let moved = if is_wide(middle) {
            delta.x / middle.width()
        } else {
            delta.y / middle.height()
        };
        if moved != 0.0 && moved.is_finite() {
            self.shown.share = (self.shown.share + moved).clamp(MIN_SHARE, 1.0 - MIN_SHARE);
        }
        if response.double_clicked() {
            self.shown.share = 0.5;
        }
        response.on_hover_text_at_pointer("Drag to move the border; double-click centers it.");
    }

    /// Shows the tabs of the views, of which one is shown; returns the title of a clicked one.
    fn tabs_ui(&self, ui: &mut egui::Ui, shown: usize) -> Option<&'static str> {
        let mut clicked = None;
        let views = self.views.iter().enumerate();
        for (index, view) in views.filter(|(_, view)| view.applies(&self.scene)) {
            let title = egui::RichText::new(view.title()).strong();
            let tab = ui.selectable_label(index == shown, title);
            if tab.on_hover_text(view.help()).clicked() {
                clicked = Some(view.title());
            }
        }
        clicked
    }

    /// Shows the tabs of the views and the controls of a half's view.
    fn toolbar_panel(&mut self, ui: &mut egui::Ui, half: usize) {
        let ctx = ui.ctx().clone();
        let shown = self.view_of_half(half);
        let show = |ui: &mut egui::Ui| {
            let mut commands = Vec::new();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                ui.spacing_mut().button_padding.x = 4.0;
                let is_low = ctx.content_rect().height() < LOW_WINDOW;
                let clicked = if is_low && ui.max_rect().width() < NARROW_TABS {
                    let title = self.views[shown].title();
                    let tabs = |ui: &mut egui::Ui| self.tabs_ui(ui, shown);
                    let menu = ui.menu_button(format!("{title} ▾"), tabs);
                    let name = format!("View: {title}");
                    menu.response
                        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
                    menu.inner.flatten()
                } else {
                    self.tabs_ui(ui, shown)
                };
                if let Some(title) = clicked {
                    self.shown.active = half;
                    commands.push(Command::Show(title));
                }
                ui.separator();
                let controls = |view: &mut dyn View, context: &ViewContext, _: &mut ViewOutput| {
                    view.toolbar_ui(ui, context)
                };
                commands.extend(self.with_view(&ctx, half, controls));
            });
            let tools = |view: &mut dyn View, context: &ViewContext, _: &mut ViewOutput| {
                view.tools_ui(ui, context)
            };
            commands.extend(self.with_view(&ctx, half, tools));
            commands
        };
        let row = egui::Panel::top("views")
            .show_separator_line(false)
            .show(ui, |ui| paint_guarded(ui, Part::Panel("views"), show));
        self.apply_all(&ctx, row.inner.unwrap_or_default());
    }

    /// Shows what the picture is of, without the panels: the landscape or network, and the ticked runs with their learning rates.
    fn heading_panel(&mut self, ui: &mut egui::Ui) {
        let (scene, theme) = (&self.scene, theme::current(ui.ctx()));
        let names = scene.run_names();
        let textures = &mut self.textures;
        let heading = |ui: &mut egui::Ui| {
            ui.horizontal_wrapped(|ui| {
                ui.label(egui::RichText::new(scene.title()).size(SECTION).strong());
                ui.label(scene.formula());
            });
            ui.horizontal_wrapped(|ui| {
                let shown = scene.runs.iter().zip(&names).filter(|(run, _)| run.shown);
                for (run, name) in shown {
                    let lr = format!("lr={}", real(run.spec.optimizer.as_dyn().lr()));
                    let text = if name.contains(&lr) {
                        name.clone()
                    } else {
                        format!("{name} {lr}")
                    };
                    // The line and the name are one piece, so that a row ends between two runs.
                    let font = egui::TextStyle::Body.resolve(ui.style());
                    let ink = ui.visuals().text_color();
                    let name = ui.painter().layout_no_wrap(text.clone(), font, ink);
                    let size = egui::vec2(LINE_WIDTH + name.size().x, name.size().y);
                    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
                    response
                        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
                    let at = [rect.min.x, rect.center().y];
                    let line = legend_line(at, style_index(run.colour), theme);
                    paint::paint(ui.painter(), line, textures);
                    ui.painter()
                        .galley(pos2(rect.min.x + LINE_WIDTH, rect.min.y), name, ink);
                }
            });
        };
        egui::Panel::top("heading")
            .show_separator_line(false)
            .show(ui, |ui| paint_guarded(ui, Part::Panel("heading"), heading));
    }

    /// Shows a half of the middle: the tabs of the views, and its view.
    fn view_panel(&mut self, ui: &mut egui::Ui, half: usize) {
        let ctx = ui.ctx().clone();
        let background = paint::colour(theme::current(&ctx).background);
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, background);
        // A quick press is released in the same frame.
        let pressed = ctx.input(|input| {
            let pointer = &input.pointer;
            let used = pointer.any_pressed() || pointer.any_released();
            pointer.interact_pos().filter(|_| used)
        });
        if pressed.is_some_and(|at| rect.contains(at)) && ui.rect_contains_pointer(rect) {
            self.shown.active = half;
        }
        if !self.layout.presenting {
            self.toolbar_panel(ui, half);
        } else if half == 0 {
            self.heading_panel(ui);
        }
        let title = self.views[self.view_of_half(half)].title();
        paint_guarded(ui, Part::View(title), |ui| {
            (self.visitor)(title);
            let space = paint::area(ui.available_rect_before_wrap());
            let show = |view: &mut dyn View, context: &ViewContext, output: &mut ViewOutput| {
                output.area = space;
                let commands = view.ui(ui, context, output);
                (commands, output.area)
            };
            if self.is_predicting() && title != "Map" {
                return hidden_ui(ui);
            }
            let is_earlier = self.shows_earlier_scene();
            let (mut commands, area) = self.with_shown_view(&ctx, half, show);
            if self.is_stale() || is_earlier {
                // An edit of the shown scene would undo that of the new one.
                commands.retain(|command| !matches!(command, Command::Edit(_)));
            }
            if self.refusal.is_some() || self.is_other_network() || is_earlier {
                // The last good picture stays, but is not that of the scene.
                let veil = background.gamma_multiply(0.6);
                ui.painter().rect_filled(paint::rect(space), 0.0, veil);
            }
            if self.refusal.is_none() && self.is_other_network() {
                busy_ui(ui, paint::rect(area), "training …");
            } else if self.refusal.is_none() && is_earlier {
                busy_ui(ui, paint::rect(area), "computing the landscape …");
            }
            if half == 0 {
                self.message_ui(ui, area);
            }
            self.apply_all(&ctx, commands);
        });
        if self.shown.split && self.shown.active == half {
            let mut top = rect;
            top.max.y = top.min.y + 2.0;
            let colour = ui.visuals().selection.stroke.color;
            ui.painter().rect_filled(top, 0.0, colour);
        }
    }

    /// Shows what is under the pointer in a card beside it, unless a button is pressed.
    fn pointer_card(&self, ui: &egui::Ui, middle: Rect) {
        let pointer = ui.input(|input| {
            let pressed = input.pointer.any_down();
            input.pointer.hover_pos().filter(|_| !pressed)
        });
        let Some(pointer) = pointer.filter(|_| !self.hover_text.is_empty()) else {
            return;
        };
        let card = |ui: &mut egui::Ui| {
            egui::Frame::popup(ui.style())
                .inner_margin(SPACE[0])
                .shadow(egui::Shadow::NONE)
                .show(ui, |ui| {
                    ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
                    ui.spacing_mut().item_spacing.y = 1.0;
                    let mut lines = self.hover_text.lines();
                    if let Some(first) = lines.next() {
                        ui.strong(first);
                    }
                    for line in lines {
                        ui.label(line);
                    }
                });
        };
        // Right of the pointer and below it, or on the other side where the middle ends.
        let right = pointer.x > middle.center().x;
        let below = pointer.y > middle.center().y;
        let pivot = match (right, below) {
            (false, false) => egui::Align2::LEFT_TOP,
            (true, false) => egui::Align2::RIGHT_TOP,
            (false, true) => egui::Align2::LEFT_BOTTOM,
            (true, true) => egui::Align2::RIGHT_BOTTOM,
        };
        let gap = |far: bool| if far { -SPACE[2] } else { SPACE[3] };
        let shown = egui::Area::new(egui::Id::unique("pointer card"))
            .order(egui::Order::Middle)
            .interactable(false)
            .fade_in(false)
            .pivot(pivot)
            .fixed_pos(pos2(pointer.x + gap(right), pointer.y + gap(below)))
            .show(ui.ctx(), card);
        // The window that explains a run moves above it afterwards.
        ui.ctx().move_to_top(shown.response.layer_id);
    }
}

/// Says in the middle of an area what is being computed.
fn busy_ui(ui: &mut egui::Ui, area: Rect, text: &str) {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let words =
        ui.painter()
            .layout_no_wrap(text.to_owned(), font, ui.visuals().strong_text_color());
    let rect = Rect::from_center_size(area.center(), words.size());
    // Numbers of the last picture, or what a view without a picture says, are behind the words.
    let plate = rect.expand2(egui::vec2(0.5 * rect.width(), 0.0).max(egui::vec2(80.0, SPACE[0])));
    ui.painter()
        .rect_filled(plate, 4.0, ui.visuals().window_fill());
    let text = egui::RichText::new(text).strong();
    let label = egui::Label::new(text).wrap_mode(egui::TextWrapMode::Extend);
    ui.put(rect, label.selectable(false));
}

/// Says in place of a view that it is hidden until there is a guess.
fn hidden_ui(ui: &mut egui::Ui) {
    ui.add_space(SPACE[2]);
    ui.vertical_centered(|ui| {
        ui.label(
            "This view is hidden until you have guessed where the run ends. Guess on the view Map.",
        );
    });
}

/// Whether two views are beside each other rather than one below the other.
fn is_wide(middle: Rect) -> bool {
    middle.width() > 1.2 * middle.height()
}
