//! Dialogs over the window: the path of a file and the keyboard shortcuts; and the menu bar.

use super::command::{Command, Entry, Menu};
use super::icon::{Icon, icon_button};
use super::layout::{Layout, Side};
use super::scale::{SECONDARY, SECTION, SPACE, TEXT_SIZES};
use crate::export::sentence::one_line;
use crate::import::{path_from_text, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Purpose of a file dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Opens a scene.
    Open,
    /// Saves the scene.
    Save,
    /// Exports a picture.
    Export,
}

impl Purpose {
    fn labels(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Open => ("Open scene", "Open", "A scene file (.toml)."),
            Self::Save => ("Save scene", "Save", "A scene file (.toml)."),
            Self::Export => (
                "Export picture",
                "Export",
                "A .png or .svg file of the shown view at the timeline's step, in this theme.",
            ),
        }
    }
}

/// Result of a file dialog.
pub(crate) enum PathResult {
    /// The dialog is still open.
    Waiting,
    /// The dialog was cancelled.
    Cancelled,
    /// A path was chosen.
    Path(Purpose, PathBuf),
}

/// A file dialog: a field for the path, and a button that opens the desktop's own dialog.
pub(crate) struct PathDialog {
    purpose: Purpose,
    path: String,
    /// Reason why the last path was refused.
    pub(super) problem: Option<String>,
    /// The existing file that is replaced if its path is chosen again.
    warned: Option<PathBuf>,
    browsing: Option<Browse>,
    fresh: bool,
}

impl PathDialog {
    /// Returns a dialog with a suggested path.
    pub(crate) fn new(purpose: Purpose, guess: &str) -> Self {
        Self {
            purpose,
            path: guess.to_owned(),
            problem: None,
            warned: None,
            browsing: None,
            fresh: true,
        }
    }

    /// Shows the dialog.
    pub(crate) fn ui(&mut self, ctx: &egui::Context) -> PathResult {
        let (title, verb, hint) = self.purpose.labels();
        self.take_browsed();
        let mut answer = PathResult::Waiting;
        let modal = egui::Modal::new(egui::Id::unique("ask path")).show(ctx, |ui| {
            let window = ctx.content_rect().width();
            ui.set_width((window - 48.0).clamp(120.0, 460.0));
            ui.heading(title);
            ui.add_space(4.0);
            ui.horizontal_wrapped(|ui| {
                let label = ui.label("File");
                let width = (ui.available_width() - 130.0).max(60.0);
                let field = egui::TextEdit::singleline(&mut self.path).desired_width(width);
                let field = ui.add(field).labelled_by(label.id);
                if std::mem::take(&mut self.fresh) {
                    field.request_focus();
                }
                if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                    answer = PathResult::Path(self.purpose, path_from_text(self.path.trim()));
                }
                let browse = ui.add_enabled(self.browsing.is_none(), egui::Button::new("Browse…"));
                if browse
                    .on_hover_text("Opens the desktop's own file dialog, where there is one.")
                    .clicked()
                {
                    self.browse(ctx);
                }
            });
            ui.label(egui::RichText::new(hint).size(SECONDARY).weak());
            if let Some(problem) = &self.problem {
                ui.colored_label(ui.visuals().error_fg_color, one_line(problem));
            }
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                if ui.button(verb).clicked() {
                    answer = PathResult::Path(self.purpose, path_from_text(self.path.trim()));
                }
                if ui.button("Cancel").clicked() {
                    answer = PathResult::Cancelled;
                }
            });
        });
        match answer {
            PathResult::Waiting if modal.should_close() => PathResult::Cancelled,
            answer => answer,
        }
    }

    /// Warns of a path whose file exists, and returns whether this is the first warning of it.
    pub(super) fn warns_of(&mut self, path: &Path) -> bool {
        let warns = path.exists() && self.warned.as_deref() != Some(path);
        if warns {
            let (_, verb, _) = self.purpose.labels();
            self.problem = Some(format!(
                "{} exists; {verb} once more replaces it.",
                path.display()
            ));
            self.warned = Some(path.to_owned());
        }
        warns
    }

    fn browse(&mut self, ctx: &egui::Context) {
        let purpose = self.purpose;
        let show = move |dialog: rfd::FileDialog| match purpose {
            Purpose::Open => dialog.add_filter("Scene", &["toml"]).pick_file(),
            Purpose::Save => dialog.add_filter("Scene", &["toml"]).save_file(),
            Purpose::Export => dialog.add_filter("Picture", &["png", "svg"]).save_file(),
        };
        match Browse::begin(ctx, show) {
            Ok(browse) => self.browsing = Some(browse),
            Err(sentence) => self.problem = Some(sentence),
        }
    }

    fn take_browsed(&mut self) {
        if let Some(path) = Browse::take(&mut self.browsing) {
            self.path = path_text(&path);
        }
    }
}

/// The desktop's own dialog, on a thread of its own so that the window does not block.
pub(crate) struct Browse(Receiver<Option<PathBuf>>);

impl Browse {
    /// Opens the dialog.
    pub(crate) fn begin(
        ctx: &egui::Context,
        show: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let show = move || {
            // The receiver is gone if the dialog was cancelled.
            let _ = sender.send(show(rfd::FileDialog::new()));
            ctx.request_repaint();
        };
        std::thread::Builder::new()
            .name("ravine dialog".to_owned())
            .spawn(show)
            .map(|_| Self(receiver))
            .map_err(|error| format!("no thread for the dialog: {error}"))
    }

    /// Returns the path that was picked, and forgets the dialog once it is closed.
    pub(crate) fn take(browsing: &mut Option<Self>) -> Option<PathBuf> {
        match browsing.as_ref()?.0.try_recv() {
            Err(TryRecvError::Empty) => None,
            Ok(path) => {
                *browsing = None;
                path
            }
            Err(TryRecvError::Disconnected) => {
                *browsing = None;
                None
            }
        }
    }
}

/// Gestures of the mouse and their effects; the keys come from the menus.
const MOUSE: [(&str, &str); 13] = [
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
        "drop a picture or a matrix on the window",
        "makes it the landscape",
    ),
    (
        "drop a CSV file while a network trains",
        "makes it the data",
    ),
    (
        "hover",
        "shows the numbers there in a card beside the pointer",
    ),
    ("drag a slider with Shift or Alt", "moves it finely"),
    ("double-click a setting's name", "resets it to its default"),
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
        ("Ctrl+V".to_owned(), "Paste a run or a scene"),
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
fn key_text(ctx: &egui::Context, key: egui::KeyboardShortcut) -> String {
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
const ONE_MENU: f32 = 400.0;

/// Shows the menus and the buttons of the side panels, and returns the chosen command.
pub(crate) fn menu_bar_ui(ui: &mut egui::Ui, menus: &[Menu], layout: &Layout) -> Option<Command> {
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
                    let command = scroll.show(ui, |ui| menu_ui(ui, menu, layout)).inner;
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
        });
    });
    chosen
}

/// Shows the entries of a menu, and returns the chosen command.
fn menu_ui(ui: &mut egui::Ui, (title, entries): &Menu, layout: &Layout) -> Option<Command> {
    let mut chosen = None;
    for entry in entries {
        let key = key_text(ui.ctx(), entry.key);
        if ui
            .add(egui::Button::new(entry.title).shortcut_text(key))
            .clicked()
        {
            chosen = Some(entry.command.clone());
        }
    }
    if *title == "View" {
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
