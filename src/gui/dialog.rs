//! The menu bar, and the keyboard shortcuts over the window.

use super::app::App;
use super::command::{Command, Entry, Menu, menus};
use super::guard::{Part, paint_guarded};
use super::icon::{Icon, icon_button, paint_icon};
use super::layout::{Layout, Side};
use super::lesson::{self, Lessons};
use super::preferences::THEMES;
use super::recent::Recent;
use super::scale::{SECTION, SPACE, TEXT_SIZES};
use super::taking::file_name;
use crate::export::sentence::one_line;
use crate::import::path_text;
use eframe::egui;

/// Gestures of the mouse and their effects; the keys come from the menus.
const MOUSE: [(&str, &str); 14] = [
    ("click on the map", "places the start"),
    ("click on a trail", "selects its run and step"),
    ("drag the start's marker", "moves it, every run follows"),
    ("drag elsewhere", "moves the view"),
    ("wheel", "zooms to the pointer"),
    (
        "tools over a landscape drawn by hand",
        "add, move and erase hills",
    ),
    ("Ctrl+wheel on a hill's handle", "changes its width"),
    (
        "drop a scene or an exported picture on the window",
        "opens its scene",
    ),
    (
        "drop an image, a matrix or a table",
        "makes it the landscape, or the data of the network",
    ),
    (
        "drop weights (safetensors) on a network",
        "starts the runs from them",
    ),
    (
        "hover",
        "shows the numbers there in a card beside the pointer",
    ),
    ("drag a slider with Shift or Alt", "moves it finely"),
    (
        "double-click a slider or a setting's name",
        "resets it to its default",
    ),
    ("click or drag a chart", "moves the timeline"),
];

/// Width of the text of a key sheet that has two columns, in points.
const TWO_COLUMNS: f32 = 560.0;

/// Shows the keyboard shortcuts. Returns whether they were closed.
pub(crate) fn help_ui(ctx: &egui::Context, menus: &[Menu]) -> bool {
    let modal = egui::Modal::new(egui::Id::unique("keys")).show(ctx, |ui| {
        // Large text and small windows need scrolling.
        let window = ctx.content_rect().size();
        ui.set_width((window.x - 48.0).clamp(120.0, 680.0));
        ui.heading("Keyboard shortcuts");
        ui.add_space(SPACE[0]);
        let height = (window.y - 140.0).max(60.0);
        let keys = egui::ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true]);
        keys.show(ui, |ui| {
            let columns = if ui.available_width() < TWO_COLUMNS {
                1
            } else {
                2
            };
            ui.columns(columns, |columns| {
                keys_ui(&mut columns[0], menus);
                mouse_ui(&mut columns[columns.len() - 1]);
            });
        });
        ui.add_space(SPACE[1]);
        ui.button("Close").clicked()
    });
    modal.inner || modal.should_close()
}

/// Shows the keys of each menu.
fn keys_ui(ui: &mut egui::Ui, menus: &[Menu]) {
    let more = [
        ("1 … 9".to_owned(), "Tick or untick a run"),
        ("Ctrl+C".to_owned(), "Copy the selected run, or the scene"),
        ("Ctrl+V".to_owned(), "Paste runs, a scene or a landscape"),
        (
            "Esc".to_owned(),
            "Leave a field, a drawer or the presentation",
        ),
    ];
    let menus = menus.iter().map(|(title, entries)| {
        let key = |entry: &Entry| (key_text(ui.ctx(), entry.key), entry.title);
        (*title, entries.iter().map(key).collect::<Vec<_>>())
    });
    for (title, keys) in menus.chain([("Anywhere", more.into())]).collect::<Vec<_>>() {
        section_ui(ui, title);
        for (key, title) in keys {
            ui.horizontal_wrapped(|ui| {
                let width = KEY_WIDTH.min(0.5 * ui.available_width());
                let size = egui::vec2(width, ui.spacing().interact_size.y);
                let layout = egui::Layout::left_to_right(egui::Align::Center);
                ui.allocate_ui_with_layout(size, layout, |ui| {
                    ui.set_min_width(width);
                    ui.monospace(key);
                });
                ui.label(title);
            });
        }
    }
}

/// Returns the text of a shortcut, with signs as they stand on the keyboard.
pub(super) fn key_text(ctx: &egui::Context, key: egui::KeyboardShortcut) -> String {
    let signs = [
        ("OpenBracket", "["),
        ("CloseBracket", "]"),
        ("Plus", "+"),
        ("Minus", "-"),
    ];
    let text = ctx.format_shortcut(&key);
    signs
        .iter()
        .fold(text, |text, (name, sign)| text.replace(name, sign))
}

/// Width of the keys in the key sheet, in points.
const KEY_WIDTH: f32 = 120.0;

/// Shows the gestures of the mouse.
fn mouse_ui(ui: &mut egui::Ui) {
    section_ui(ui, "Mouse");
    for (gesture, effect) in MOUSE {
        ui.label(egui::RichText::new(gesture).strong());
        ui.label(effect);
        ui.add_space(SPACE[0]);
    }
}

fn section_ui(ui: &mut egui::Ui, title: &str) {
    ui.add_space(SPACE[1]);
    ui.label(egui::RichText::new(title).size(SECTION).strong());
}

/// Width of the window below which all menus are in one, in points.
const ONE_MENU: f32 = 470.0;

/// Width of the window from which the menu bar has buttons that undo and redo, in points.
const WITH_UNDO: f32 = 530.0;

/// Width of the window from which the menu bar has a button that opens the search, and of that button, in points.
const WITH_SEARCH: [f32; 2] = [860.0, 210.0];

impl App {
    /// Shows the panel with the menu bar, and applies the chosen command.
    pub(super) fn menu_panel(&mut self, ui: &mut egui::Ui) {
        let menus = menus(&self.views);
        let document = self.document();
        let history = [
            self.history.has_undo(&document),
            self.history.has_redo(&document),
        ];
        let show = |ui: &mut egui::Ui| {
            let kept = (&self.recent, &self.lessons);
            menu_bar_ui(ui, &menus, &self.layout, kept, history)
        };
        let menu = |ui: &mut egui::Ui| paint_guarded(ui, Part::Panel("menu"), show);
        let chosen = egui::Panel::top("menu").show(ui, menu).inner.flatten();
        self.apply_all(&ui.ctx().clone(), chosen.into_iter().collect());
    }
}

/// Shows the menus and the buttons of the side panels, and returns the chosen command.
fn menu_bar_ui(
    ui: &mut egui::Ui,
    menus: &[Menu],
    layout: &Layout,
    kept: (&Recent, &Lessons),
    [undo, redo]: [bool; 2],
) -> Option<Command> {
    let mut chosen = None;
    egui::MenuBar::new().ui(ui, |ui| {
        let window = ui.available_width();
        let mut all = |ui: &mut egui::Ui| {
            for menu in menus {
                ui.menu_button(menu.0, |ui| {
                    // Long menus scroll in low windows.
                    let height = (ui.ctx().content_rect().height() - 48.0).max(60.0);
                    let scroll = egui::ScrollArea::vertical()
                        .max_height(height)
                        .min_scrolled_height(height);
                    let command = scroll.show(ui, |ui| menu_ui(ui, menu, layout, kept)).inner;
                    if command.is_some() {
                        // A key chooses without a click, which alone would close the menu.
                        ui.close();
                    }
                    chosen = command.or(chosen.take());
                });
            }
        };
        if window < ONE_MENU {
            ui.menu_button("Menu", all);
        } else {
            all(ui);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for (side, icon, key) in [
                (Side::Right, Icon::RightPanel, "]"),
                (Side::Left, Icon::LeftPanel, "["),
            ] {
                let verb = if layout.is_open(side, window) {
                    "Hide"
                } else {
                    "Show"
                };
                let name = format!("{verb} the {}", side.name());
                if icon_button(ui, icon, &name, key).clicked() {
                    chosen = Some(Command::Panel(side));
                }
            }
            if window < WITH_UNDO {
                return;
            }
            for (enabled, icon, name, key, command) in [
                (redo, Icon::Redo, "Redo", "Ctrl+Y", Command::Redo),
                (undo, Icon::Undo, "Undo", "Ctrl+Z", Command::Undo),
            ] {
                let button = |ui: &mut egui::Ui| icon_button(ui, icon, name, key);
                if ui.add_enabled_ui(enabled, button).inner.clicked() {
                    chosen = Some(command);
                }
            }
            if window >= WITH_SEARCH[0] && search_button(ui).clicked() {
                chosen = Some(Command::Palette);
            }
        });
    });
    chosen
}

/// Shows the button that opens the search over all commands.
fn search_button(ui: &mut egui::Ui) -> egui::Response {
    let weak = |text: &str| egui::RichText::new(text).weak();
    // The menu bar's style leaves buttons without a frame; this one looks like the field that it opens.
    let visuals = ui.visuals();
    let stroke = egui::Stroke::new(1.0, visuals.weak_text_color());
    let button = egui::Button::new(weak("      Search commands"))
        .right_text(weak("Ctrl+K"))
        .fill(visuals.text_edit_bg_color())
        .stroke(stroke)
        .min_size(egui::vec2(WITH_SEARCH[1], 0.0));
    let button = ui.add(button);
    let center = button.rect.left_center() + egui::vec2(13.0, 0.0);
    paint_icon(
        ui.painter(),
        Icon::Search,
        center,
        ui.visuals().weak_text_color(),
    );
    let name = "Search commands";
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    button.on_hover_text("Finds commands, optimizers, landscapes, lessons and examples by name.")
}

/// Shows the entries of a menu, and returns the chosen command.
fn menu_ui(
    ui: &mut egui::Ui,
    (title, entries): &Menu,
    layout: &Layout,
    (recent, lessons): (&Recent, &Lessons),
) -> Option<Command> {
    let mut chosen = None;
    if *title == "Lessons" {
        chosen = lesson::menu_ui(ui, lessons).map(Command::Lesson);
    }
    for entry in entries {
        let key = key_text(ui.ctx(), entry.key);
        if ui
            .add(egui::Button::new(entry.title).shortcut_text(key))
            .clicked()
        {
            chosen = Some(entry.command.clone());
        }
        if entry.command == Command::Open {
            ui.menu_button("Recent", |ui| {
                chosen = recent_ui(ui, recent).or(chosen.take());
            });
        }
    }
    if *title == "View" {
        let theme = ui.ctx().options(|options| options.theme_preference);
        ui.menu_button("Theme", |ui| {
            for (choice, _, title) in THEMES {
                if ui.radio(choice == theme, title).clicked() {
                    chosen = Some(Command::Theme(choice));
                    ui.close();
                }
            }
        });
        ui.menu_button("Text size", |ui| {
            for size in TEXT_SIZES {
                let text = format!("{:.0} %", 100.0 * size);
                if ui.radio(size == layout.text_size, text).clicked() {
                    chosen = Some(Command::TextSize(size));
                    ui.close();
                }
            }
        });
    }
    chosen
}

/// Largest number of recent files in the menu.
const MAX_RECENT: usize = 12;

/// Shows the recent files with their folders as tooltips.
fn recent_ui(ui: &mut egui::Ui, recent: &Recent) -> Option<Command> {
    let mut chosen = None;
    if recent.files.is_empty() {
        ui.label("No file was opened or saved yet.");
        return None;
    }
    for path in recent.files.iter().take(MAX_RECENT) {
        let button = ui.button(one_line(&file_name(path)));
        if button.on_hover_text(path_text(path)).clicked() {
            chosen = Some(Command::OpenFile(path.clone()));
        }
    }
    ui.separator();
    if ui.button("Clear the list").clicked() {
        chosen = Some(Command::ClearRecent);
    }
    chosen
}
