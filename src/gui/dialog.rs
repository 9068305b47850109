//! What lies over the window: the question for a file, the sheet of keys, and messages.

use super::command::{Command, entries};
use crate::export::sentence::one_line;
use crate::import::{path_from_text, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// What a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A scene to open.
    Open,
    /// A place to save the scene.
    Save,
    /// A place to write the picture.
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
                "A .png or .svg file. It shows the view in the middle at the timeline's step, in this theme.",
            ),
        }
    }
}

/// How the question for a file was answered.
pub(crate) enum PathResult {
    /// Not yet.
    Waiting,
    /// It was called off.
    Cancelled,
    /// With a path.
    Path(Purpose, PathBuf),
}

/// The question for a file: a field for its path, and the desktop's own dialog behind a button.
pub(crate) struct PathDialog {
    purpose: Purpose,
    path: String,
    /// Why the last answer did not do.
    pub(super) problem: Option<String>,
    /// The file that would be replaced by the same answer once more.
    warned: Option<PathBuf>,
    browsing: Option<Browse>,
    fresh: bool,
}

impl PathDialog {
    /// Asks, with a first guess.
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

    /// Shows the question.
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
                    .on_hover_text("The desktop's own dialog, where there is one.")
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

    /// Whether an answer would replace a file, and this was not said yet; it is then.
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

/// The desktop's own dialog, open on a thread of its own; the window goes on.
pub(crate) struct Browse(Receiver<Option<PathBuf>>);

impl Browse {
    /// Opens it.
    pub(crate) fn begin(
        ctx: &egui::Context,
        show: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let show = move || {
            // Nobody waits any more if the question was called off.
            let _ = sender.send(show(rfd::FileDialog::new()));
            ctx.request_repaint();
        };
        std::thread::Builder::new()
            .name("ravine dialog".to_owned())
            .spawn(show)
            .map(|_| Self(receiver))
            .map_err(|error| format!("no thread for the dialog: {error}"))
    }

    /// The path that was picked; the dialog is gone as soon as there is an answer.
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

/// The mouse, in words; the keys stand in the menus' table.
const MOUSE: [(&str, &str); 11] = [
    ("click on the map", "places the start"),
    ("drag the start's marker", "moves it, every run follows"),
    ("drag elsewhere", "moves the view"),
    ("wheel", "zooms to the pointer"),
    (
        "tools over a landscape drawn by hand",
        "drop, move and erase hills",
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
    ("hover", "reads the landscape, or a trail's step"),
    ("double-click a setting's name", "resets it to its default"),
    ("click or drag a chart", "moves the timeline"),
];

/// The sheet of keys. Answers whether it was closed.
pub(crate) fn help_ui(ctx: &egui::Context) -> bool {
    let modal = egui::Modal::new(egui::Id::unique("keys")).show(ctx, |ui| {
        ui.set_width(560.0);
        ui.heading("Keys and mouse");
        ui.add_space(4.0);
        ui.columns(2, |columns| {
            let keys = entries().map(|entry| (ctx.format_shortcut(&entry.key), entry.title));
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
        ui.add_space(6.0);
        ui.button("Close").clicked()
    });
    modal.inner || modal.should_close()
}

/// Shows the menus, and answers what was chosen.
pub(crate) fn menu_bar_ui(ui: &mut egui::Ui) -> Option<Command> {
    let mut chosen = None;
    egui::MenuBar::new().ui(ui, |ui| {
        for (title, menu) in &super::command::MENUS {
            ui.menu_button(*title, |ui| {
                for entry in *menu {
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
