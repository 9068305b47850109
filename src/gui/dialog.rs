//! Dialogs over the window: the path of a file and the keyboard shortcuts; and the menu bar.

use super::command::{Command, Menu};
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
            ui.set_width(460.0);
            ui.heading(title);
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let label = ui.label("File");
                let field = egui::TextEdit::singleline(&mut self.path).desired_width(330.0);
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
            ui.label(egui::RichText::new(hint).size(12.0).weak());
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
const MOUSE: [(&str, &str); 12] = [
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
    ("hover", "shows the numbers there in the status line"),
    ("double-click a setting's name", "resets it to its default"),
    ("click or drag a chart", "moves the timeline"),
];

/// Shows the keyboard shortcuts. Returns whether they were closed.
pub(crate) fn help_ui(ctx: &egui::Context, menus: &[Menu]) -> bool {
    let modal = egui::Modal::new(egui::Id::unique("keys")).show(ctx, |ui| {
        // Large text and small windows need scrolling.
        let window = ctx.content_rect().size();
        ui.set_width((window.x - 40.0).clamp(120.0, 560.0));
        ui.heading("Keyboard shortcuts");
        ui.add_space(4.0);
        let keys = egui::ScrollArea::vertical().max_height((window.y - 120.0).max(60.0));
        keys.show(ui, |ui| {
            ui.columns(2, |columns| {
                let entries = menus.iter().flat_map(|(_, entries)| entries);
                let keys = entries.map(|entry| (ctx.format_shortcut(&entry.key), entry.title));
                let more = [
                    ("1 … 9".to_owned(), "Tick or untick a run"),
                    ("Ctrl+V".to_owned(), "Paste a run or a scene"),
                ];
                egui::Grid::new("keys")
                    .spacing([16.0, 3.0])
                    .show(&mut columns[0], |ui| {
                        for (key, title) in keys.chain(more) {
                            ui.monospace(key);
                            ui.label(title);
                            ui.end_row();
                        }
                    });
                for (gesture, effect) in MOUSE {
                    columns[1].label(egui::RichText::new(gesture).strong());
                    columns[1].label(effect);
                    columns[1].add_space(2.0);
                }
            });
        });
        ui.add_space(6.0);
        ui.button("Close").clicked()
    });
    modal.inner || modal.should_close()
}

/// Shows the menus, and returns the chosen command.
pub(crate) fn menu_bar_ui(ui: &mut egui::Ui, menus: &[Menu]) -> Option<Command> {
    let mut chosen = None;
    egui::MenuBar::new().ui(ui, |ui| {
        for (title, entries) in menus {
            ui.menu_button(*title, |ui| {
                for entry in entries {
                    let key = ui.ctx().format_shortcut(&entry.key);
                    let button = egui::Button::new(entry.title).shortcut_text(key);
                    if ui.add(button).clicked() {
                        chosen = Some(entry.command.clone());
                    }
                }
            });
        }
    });
    chosen
}
