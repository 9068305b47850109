//! Controls of the export dialog: content, format, size, words and film, with the buttons below.

use super::{DialogContext, ExportDialog, FORMATS, Response};
use crate::engine::declare::{Length, LengthUnit, Settings};
use crate::engine::scene::{FigureStyle, LegendPlace, Scene};
use crate::export::film;
use crate::export::picture::{PageSize, Show, panel_names};
use crate::export::sentence::one_line;
use crate::export::setting_scope::{MAP_SETTINGS, acts_on, legend_places};
use crate::figure::pages::Page;
use crate::gui::command::Command;
use crate::gui::param_ui::{SettingStyle, name_ui, styled_settings_ui};
use crate::gui::scale::{LOW_WINDOW, SECONDARY, SECTION, SPACE};
use crate::gui::view::{FRAMES, NO_FILM, is_film, named};
use eframe::egui;
use std::cell::RefCell;

/// Least and greatest width of the dialog in points, and its share of the window between them.
const WIDTH: ([f32; 2], f32) = ([376.0, 560.0], 0.3);

/// Settings of each section: its title and their names.
const SIZE: [&str; 5] = ["preset", "width", "height", "font_size", "dpi"];
const COLOURS: [&str; 2] = ["theme", "transparent"];
const WORDS: [&str; 6] = ["title", "label", "caption", "xlabel", "ylabel", "aspect"];
const FILM: [&str; 6] = ["fps", "seconds", "hold", "first_step", "last_step", "every"];

impl ExportDialog {
    /// Shows the dialog at the right of the window; `is_asking` is whether a file dialog lies over it.
    pub(super) fn ui(
        &mut self,
        ctx: &egui::Context,
        context: &DialogContext,
        is_asking: bool,
    ) -> Response {
        let mut response = Response::default();
        let window = ctx.content_rect().size();
        // Consumed, so that the file dialog does not take it too.
        let enter = |input: &mut egui::InputState| {
            input.consume_key(egui::Modifiers::NONE, egui::Key::Enter)
        };
        let free = ctx.memory(|memory| memory.focused().is_none());
        let is_free = free && !is_asking && !egui::Popup::is_any_open(ctx);
        let enters = is_free && self.job.is_none() && ctx.input_mut(enter);
        let id = egui::Id::unique("export dialog");
        let area = egui::Modal::default_area(id)
            .anchor(egui::Align2::RIGHT_TOP, egui::vec2(-SPACE[0], SPACE[0]));
        let modal = egui::Modal::new(id)
            .area(area)
            .backdrop_color(egui::Color32::TRANSPARENT);
        let ([least, most], share) = WIDTH;
        let width = (share * window.x).clamp(least, most);
        let width = width.min(window.x - 4.0 * SPACE[0] - 8.0).max(120.0);
        let modal = modal.show(ctx, |ui| {
            ui.set_width(width);
            let top = ui.cursor().min.y;
            ui.label(egui::RichText::new("Export").size(SECTION).strong());
            // In a low window the preview scrolls with the settings.
            let is_low = window.y < LOW_WINDOW;
            if !is_low {
                let height = (0.75 * width).min(0.4 * window.y);
                self.preview.ui(ui, height);
            }
            let above = ui.cursor().min.y - top;
            let height = (window.y - 2.0 * SPACE[2] - self.fixed).max(40.0);
            // In a narrow window with large text, sliders are wider than the dialog.
            let scroll = egui::ScrollArea::both()
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true]);
            let preview = (0.75 * ui.available_width()).min(0.4 * window.y);
            let mut scene = context.scene.clone();
            scroll.show(ui, |ui| {
                if is_low {
                    self.preview.ui(ui, preview);
                }
                let is_free = self.job.is_none();
                ui.add_enabled_ui(is_free, |ui| {
                    self.refused = settings(ui, context, &mut scene, &mut response);
                });
            });
            if scene != *context.scene {
                response.edited = Some(scene);
            }
            let middle = ui.cursor().min.y;
            self.footer_ui(ui, context, (&mut response, enters));
            let fixed = above + ui.cursor().min.y - middle;
            if (fixed - self.fixed).abs() > 0.5 {
                self.fixed = fixed;
                ctx.request_repaint();
            }
        });
        // The question comes first, for it takes Escape from the file dialog.
        response.close |= !is_asking && modal.should_close();
        response
    }

    /// Shows the size or the reason of a refusal, the progress, and the buttons.
    fn footer_ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &DialogContext,
        (response, enters): (&mut Response, bool),
    ) {
        ui.separator();
        let error = { self.problem.as_ref() }
            .or(self.refused.as_ref())
            .or(context.summary.as_ref().err());
        if let Some(sentence) = error {
            let colour = ui.visuals().error_fg_color;
            let text = egui::RichText::new(one_line(sentence)).color(colour);
            ui.add(egui::Label::new(text).wrap());
            show_view_ui(ui, context, response);
        } else if let Ok(summary) = &context.summary {
            ui.add(egui::Label::new(egui::RichText::new(summary).size(SECONDARY)).wrap());
        }
        if let Some(job) = &self.job {
            ui.horizontal(|ui| {
                let text = if job.is_stopping() {
                    "Stopping …"
                } else {
                    "Drawing …"
                };
                if let Some([done, all]) = job.progress() {
                    #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
                    let share = done as f32 / all.max(1) as f32;
                    let text = format!("frame {done} of {all}");
                    let width = (ui.available_width() - 90.0).max(40.0);
                    ui.add(
                        egui::ProgressBar::new(share)
                            .desired_width(width)
                            .text(text),
                    );
                } else {
                    ui.spinner();
                    ui.label(text);
                }
                let stop = ui.button("Stop");
                let help = "Stops the export. No file is written, and one that was there stays.";
                response.stop = stop.on_hover_text(help).clicked();
            });
            return;
        }
        ui.horizontal(|ui| {
            let possible = context.summary.is_ok() && self.refused.is_none();
            let button = ui.add_enabled(possible, egui::Button::new("Export…"));
            let button = button.on_hover_text("Choose the file (Enter)");
            response.export = button.clicked() || enters && possible;
            response.close |= ui.button("Cancel").clicked();
            let reset = ui.add_enabled(
                context.scene.figure != FigureStyle::default(),
                egui::Button::new("Defaults"),
            );
            let help =
                "Resets content, size, words and film to their defaults; undo restores them.";
            if reset.on_hover_text(help).clicked() {
                response.edited = Some(Scene {
                    figure: FigureStyle::default(),
                    ..context.scene.clone()
                });
            }
        });
    }
}

/// Offers to show a view whose results are not computed because it is not shown.
fn show_view_ui(ui: &mut egui::Ui, context: &DialogContext, response: &mut Response) {
    let wanted = context.scene.figure.show.as_deref();
    let view = { context.views.iter() }.find(|(_, name)| Some(name.as_str()) == wanted);
    if let Some((title, _)) = view
        && *title != context.shown
        && context.show.is_none()
        && ui.button(format!("Show {title}")).clicked()
    {
        response.commands.push(Command::Show(title));
    }
}

/// Shows the settings, and edits them in place. Returns the sentence of a typed text that is refused.
fn settings(
    ui: &mut egui::Ui,
    context: &DialogContext,
    scene: &mut Scene,
    response: &mut Response,
) -> Option<String> {
    let style = &mut scene.figure;
    let refused = RefCell::new(None);
    let rows = SettingStyle {
        refused: Some(&refused),
        ..SettingStyle::default()
    };
    let before = style.clone();
    content_ui(ui, context, style);
    response.format = format_ui(ui, context);
    let is_film = is_film(context.format);
    let last = context.scene.training.steps;
    if !is_film && context.has_steps {
        ui.horizontal(|ui| {
            let name = name_ui(ui, "step");
            let mut step = context.step;
            let slider = egui::Slider::new(&mut step, 0..=last);
            let slider = ui.add(slider).labelled_by(name.id);
            let slider = slider.on_hover_text("The timeline's step.");
            if slider.changed() {
                response.commands.push(Command::GoTo(step));
            }
        });
    }
    if is_film {
        // Numbered pictures have no duration.
        let hold = |name: &&str| *name != "hold" || context.format != FRAMES;
        let film: Vec<&str> = FILM.into_iter().filter(hold).collect();
        section_ui(ui, "Film", (style, &rows), &film);
        if context.show == Some(Show::Page(Page::Surface)) {
            styled_settings_ui(ui, &rows, style, |name| name == "turn");
        }
    }
    section_ui(ui, "Size", (style, &rows), &SIZE);
    if let Some(page) = &context.page {
        begin_sizes(&before, style, page);
    }
    section_ui(ui, "Colours", (style, &rows), &COLOURS);
    if let Some(show) = context.show {
        let acting = |names: &[&'static str]| -> Vec<&'static str> {
            let acting = names.iter().copied();
            acting.filter(|name| acts_on(name, show)).collect()
        };
        section_ui(ui, "Words and axes", (style, &rows), &acting(&WORDS));
        legend_ui(ui, style, show);
        let map = acting(&MAP_SETTINGS);
        if !map.is_empty() {
            section_ui(ui, "Map", (&mut scene.map, &rows), &map);
        }
    }
    refused.into_inner()
}

/// Shows the places of the legend that a picture can have, and auto, which another picture's place stands for.
fn legend_ui(ui: &mut egui::Ui, style: &mut FigureStyle, show: Show) {
    let places = legend_places(show);
    if places.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        name_ui(ui, "legend").on_hover_text("Place of the legend.");
        ui.spacing_mut().item_spacing.x = 2.0;
        let own = style.legend.filter(|own| places.contains(own));
        let auto = std::iter::once(None);
        for place in auto.chain(places.iter().copied().map(Some)) {
            let word = place.map_or("auto", LegendPlace::name);
            let is_chosen = own == place;
            let button = ui.selectable_label(is_chosen, word);
            let name = format!("legend: {word}");
            button.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, &name)
            });
            if button.clicked() {
                style.legend = place;
            }
        }
    });
}

/// Gives a size that has just been switched from auto to fixed the value that it has in the picture.
fn begin_sizes(before: &FigureStyle, style: &mut FigureStyle, page: &PageSize) {
    fn begin<T>(before: Option<&T>, after: &mut Option<T>, value: T) {
        if before.is_none() && after.is_some() {
            *after = Some(value);
        }
    }
    let [width, height] = [0, 1].map(|side| {
        if page.on_paper {
            Length {
                number: (page.inches[side] * 100.0).round() / 100.0,
                unit: LengthUnit::Inch,
            }
        } else {
            Length::pixels(page.pixels()[side])
        }
    });
    begin(before.width.as_ref(), &mut style.width, width);
    begin(before.height.as_ref(), &mut style.height, height);
    let font_size = (page.font_size * 100.0).round() / 100.0;
    begin(before.font_size.as_ref(), &mut style.font_size, font_size);
    begin(before.dpi.as_ref(), &mut style.dpi, page.dpi.round());
}

/// Shows a heading with the settings of some names.
fn section_ui(
    ui: &mut egui::Ui,
    title: &str,
    (style, rows): (&mut dyn Settings, &SettingStyle),
    names: &[&str],
) {
    ui.add_space(SPACE[0]);
    let heading = egui::RichText::new(title.to_uppercase())
        .size(SECONDARY)
        .weak();
    ui.label(heading);
    styled_settings_ui(ui, rows, style, |name| names.contains(&name));
}

/// Shows the choice of the content: what is shown, a view, or charts; and a tick for each panel.
fn content_ui(ui: &mut egui::Ui, context: &DialogContext, style: &mut FigureStyle) {
    let chosen = style.show.clone();
    let shown = format!("As shown: {}", context.shown);
    let text = match &chosen {
        None => shown.clone(),
        Some(name) => {
            let view = context.views.iter().find(|(_, view)| view == name);
            view.map_or_else(|| name.clone(), |(title, _)| (*title).to_owned())
        }
    };
    ui.horizontal(|ui| {
        name_ui(ui, "content");
        let combo = egui::ComboBox::from_id_salt("export content").selected_text(&text);
        let combo = combo.width(ui.available_width()).show_ui(ui, |ui| {
            ui.selectable_value(&mut style.show, None, shown);
            for (title, name) in context.views {
                ui.selectable_value(&mut style.show, Some(name.clone()), *title);
            }
            if !context.scene.runs.is_empty() {
                ui.selectable_value(&mut style.show, Some("loss".to_owned()), "Charts");
            }
        });
        named(&combo.response, "content", &text);
    });
    let panels = context.show.map(|show| show.panel_names());
    if let Some(panels) = panels.filter(|panels| !panels.is_empty()) {
        panels_ui(ui, context, style, &panels);
    }
}

/// Shows a tick for each panel that the scene has; at least one stays ticked.
fn panels_ui(
    ui: &mut egui::Ui,
    context: &DialogContext,
    style: &mut FigureStyle,
    current: &[&str],
) {
    let all = panel_names();
    let all = all
        .into_iter()
        .filter(|name| Show::parse(name, context.scene).is_ok());
    ui.horizontal_wrapped(|ui| {
        let mut ticked: Vec<&str> = Vec::new();
        let mut changed = false;
        for name in all {
            let mut is_ticked = current.contains(&name);
            let tick = ui.checkbox(&mut is_ticked, name);
            changed |= tick.on_hover_text("Panel of the figure").changed();
            if is_ticked {
                ticked.push(name);
            }
        }
        if changed && !ticked.is_empty() {
            style.show = Some(ticked.join("+"));
        }
    });
}

/// Shows the choice of the format; returns another one once it is chosen.
fn format_ui(ui: &mut egui::Ui, context: &DialogContext) -> Option<&'static str> {
    let current = context.format;
    let mut chosen = current;
    ui.horizontal_wrapped(|ui| {
        name_ui(ui, "format");
        let has_encoder = |format: &str| format != "mp4" || film::BUILT.contains(&"mp4");
        for (format, title) in FORMATS
            .into_iter()
            .filter(|(format, _)| has_encoder(format))
        {
            let possible = !is_film(format) || context.has_film;
            let radio = egui::RadioButton::new(chosen == format, title);
            let radio = ui.add_enabled(possible, radio);
            if radio.on_disabled_hover_text(NO_FILM).clicked() {
                chosen = format;
            }
        }
    });
    (chosen != current).then_some(chosen)
}
