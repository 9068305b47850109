//! The window's own file dialog: a folder's files with sizes, dates and a preview, driven by keys or the mouse.

mod folder;
mod list_ui;
mod listing;
mod preview;
mod worker;

use super::icon::{Icon, icon_button};
use super::recent::Recent;
use super::scale::{SECONDARY, SECTION, SPACE, TITLE};
use super::view::{FRAMES, is_film};
use crate::export::film;
use crate::export::sentence::one_line;
use eframe::egui;
use egui::{Key, Modifiers};
use folder::FolderView;
use preview::{Preview, PreviewRequest};
use std::path::{Path, PathBuf};
use std::time::Duration;
use worker::Worker;

/// Purpose of a file dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Opens a scene.
    Open,
    /// Saves the scene.
    Save,
    /// Exports a picture or film in a format; other formats of its kind can be typed.
    Export(&'static str),
    /// Chooses the picture of the landscape.
    Picture,
    /// Chooses the heights of the landscape.
    Heights,
    /// Chooses the table of the landscape.
    Table,
    /// Chooses the table that the network is trained on.
    Data,
}

/// Words and files of a purpose.
pub(crate) struct PurposeInfo {
    pub title: &'static str,
    /// The button's text.
    pub verb: &'static str,
    pub hint: &'static str,
    /// Name of the files, and their extensions; the first one is the usual one.
    pub kind: &'static str,
    pub extensions: &'static [&'static str],
}

impl Purpose {
    /// Whether a file is written.
    pub(crate) fn saves(self) -> bool {
        matches!(self, Self::Save | Self::Export(_))
    }

    /// Returns the words and files of the purpose.
    pub(crate) fn info(self) -> PurposeInfo {
        let (title, verb, hint, kind, extensions): (_, _, _, _, &[&str]) = match self {
            Self::Open => (
                "Open scene",
                "Open",
                "A scene file (.toml), or a picture or film that Ravine exported (.png, .svg, .gif).",
                "Scenes",
                &["toml", "png", "svg", "gif", "apng"],
            ),
            Self::Save => (
                "Save scene",
                "Save",
                "A scene file (.toml).",
                "Scenes",
                &["toml"],
            ),
            Self::Export(format) => {
                let (hint, kind, extensions) = export_info(format);
                ("Export", "Export", hint, kind, extensions)
            }
            Self::Picture => (
                "Picture of the landscape",
                "Choose",
                "A .png or .jpg file; its brightness is the height.",
                "Pictures",
                &["png", "jpg", "jpeg"],
            ),
            Self::Heights => (
                "Heights of the landscape",
                "Choose",
                "A matrix in a .csv, .npy or .npz file.",
                "Heights",
                &["csv", "npy", "npz"],
            ),
            Self::Table => (
                "Table of the regression",
                "Choose",
                "A .csv file.",
                "Tables",
                &["csv"],
            ),
            Self::Data => (
                "Data of the network",
                "Choose",
                "A .csv file: one column is the label, all others are inputs.",
                "Tables",
                &["csv"],
            ),
        };
        PurposeInfo {
            title,
            verb,
            hint,
            kind,
            extensions,
        }
    }
}

/// Returns the hint of an export in a format, the kind of its files, and their extensions, its own first.
fn export_info(format: &str) -> (&'static str, &'static str, &'static [&'static str]) {
    if format == FRAMES {
        let hint = "Numbered .png files: {} in the name stands for the number of a frame.";
        return (hint, "Pictures", &["png"]);
    }
    let (hint, kind) = if is_film(format) {
        (
            if film::BUILT.contains(&"mp4") {
                "A .gif, .apng or .mp4 file."
            } else {
                "A .gif or .apng file."
            },
            "Films",
        )
    } else {
        ("A .png, .svg or .pdf file.", "Pictures")
    };
    let extensions: &[&str] = match format {
        "svg" => &["svg", "png", "pdf"],
        "pdf" => &["pdf", "png", "svg"],
        "gif" if film::BUILT.contains(&"mp4") => &["gif", "apng", "mp4"],
        "apng" if film::BUILT.contains(&"mp4") => &["apng", "gif", "mp4"],
        "gif" => &["gif", "apng"],
        "apng" => &["apng", "gif"],
        "mp4" => &["mp4", "gif", "apng"],
        _ => &["png", "svg", "pdf"],
    };
    (hint, kind, extensions)
}

/// Result of a file dialog in a frame.
pub(crate) enum DialogResult {
    /// The dialog is still open.
    Waiting,
    /// The dialog was cancelled.
    Cancelled,
    /// A path was chosen.
    Path(PathBuf),
}

/// Widths of the dialog from which there is a preview beside the list, and of the preview, in points.
const PREVIEW: [f32; 2] = [600.0, 200.0];

/// Height of the window below which titles are small and hints are left out, in points.
const LOW: f32 = 420.0;

/// The open dialog.
pub(crate) struct FileDialog {
    pub(super) purpose: Purpose,
    folder: FolderView,
    /// Text of the field: a filter, a name or a path.
    text: String,
    /// Reason why the last path was refused.
    pub(super) problem: Option<String>,
    /// The scene's own file, which is replaced unasked.
    own: Option<PathBuf>,
    /// The existing file that is replaced if its path is chosen again.
    warned: Option<PathBuf>,
    previews: Option<Worker<PreviewRequest, Preview>>,
    preview: Option<(PreviewRequest, Vec<String>, Option<egui::TextureHandle>)>,
    /// Whether this is the first frame.
    fresh: bool,
    /// Height of everything below the list in the last frame.
    below: f32,
}

impl FileDialog {
    /// Returns a dialog that shows a folder; `name` is the suggested name of a file to write.
    pub(crate) fn new(
        ctx: &egui::Context,
        purpose: Purpose,
        (start, name): (PathBuf, &str),
        own: Option<PathBuf>,
    ) -> Self {
        let mut folder = FolderView::new(ctx, purpose.info().extensions, start);
        folder.filters = !purpose.saves();
        Self {
            purpose,
            folder,
            text: name.to_owned(),
            problem: None,
            own,
            warned: None,
            previews: Worker::spawn(ctx, preview::make),
            preview: None,
            fresh: true,
            below: 110.0,
        }
    }

    /// Returns the folder that is shown.
    pub(super) fn shown_folder(&self) -> &Path {
        &self.folder.path
    }

    /// Returns the suggested name.
    pub(super) fn suggested_name(&self) -> &str {
        &self.text
    }

    /// Shows the dialog.
    pub(crate) fn ui(&mut self, ctx: &egui::Context, recent: &Recent) -> DialogResult {
        if let Some(sentence) = self.folder.poll() {
            self.problem = Some(sentence);
        }
        self.poll_preview(ctx);
        let mut answer = self.keys(ctx);
        let window = ctx.content_rect().size();
        let low = window.y < LOW;
        let info = self.purpose.info();
        let id = egui::Id::unique("file dialog");
        if self.fresh {
            // It lies over the export dialog, which may have been opened after an earlier file dialog.
            ctx.move_to_top(egui::Modal::default_area(id).layer());
        }
        let modal = egui::Modal::new(id).show(ctx, |ui| {
            let width = (window.x - 40.0).clamp(160.0, 800.0);
            ui.set_width(width);
            let top = ui.cursor().min.y;
            let size = if low { SECTION } else { TITLE };
            ui.label(egui::RichText::new(info.title).size(size).strong());
            self.place_ui(ui, recent);
            let used = ui.cursor().min.y - top;
            let room = window.y - 40.0 - used - self.below;
            let height = room.clamp(44.0, 380.0);
            if let Some(path) = self.middle_ui(ui, (width, height, low)) {
                answer = DialogResult::Path(path);
            }
            let middle = ui.cursor().min.y;
            self.field_ui(ui);
            if let Some(problem) = &self.problem {
                let text =
                    egui::RichText::new(one_line(problem)).color(ui.visuals().error_fg_color);
                ui.add(egui::Label::new(text).wrap());
            } else if !low {
                ui.label(egui::RichText::new(info.hint).size(SECONDARY).weak());
            }
            if let Some(chosen) = self.buttons_ui(ui, info.verb) {
                answer = chosen;
            }
            let below = ui.cursor().min.y - middle;
            if (below - self.below).abs() > 0.5 {
                self.below = below;
                ctx.request_repaint();
            }
        });
        match answer {
            DialogResult::Waiting if modal.should_close() => DialogResult::Cancelled,
            DialogResult::Path(path) => self.chosen(path),
            answer => answer,
        }
    }

    /// Takes the keys of the list while the field or nothing else has the focus.
    fn keys(&mut self, ctx: &egui::Context) -> DialogResult {
        let focused = ctx.memory(egui::Memory::focused);
        if focused.is_some_and(|id| id != field_id()) {
            return DialogResult::Waiting;
        }
        let no_text = self.text.is_empty();
        let (steps, up, enter) = ctx.input_mut(|input| {
            let mut steps = 0;
            for (key, by) in [
                (Key::ArrowUp, -1),
                (Key::ArrowDown, 1),
                (Key::PageUp, -10),
                (Key::PageDown, 10),
            ] {
                if input.consume_key(Modifiers::ALT, Key::ArrowUp) {
                    return (0, true, false);
                }
                if input.consume_key(Modifiers::NONE, key) {
                    steps += by;
                }
            }
            let up = no_text && input.consume_key(Modifiers::NONE, Key::Backspace);
            (steps, up, input.consume_key(Modifiers::NONE, Key::Enter))
        });
        if up {
            self.go_up();
        }
        if steps != 0 {
            self.folder.move_mark(steps);
            self.mark_changed(ctx);
        }
        if enter {
            self.enter()
        } else {
            DialogResult::Waiting
        }
    }

    fn go_up(&mut self) {
        if let Some(parent) = self.folder.path.parent() {
            let parent = parent.to_owned();
            self.go(parent);
        }
    }

    fn go(&mut self, folder: PathBuf) {
        self.problem = None;
        self.folder.go(folder);
        if !self.purpose.saves() {
            self.text.clear();
        }
    }

    /// Puts the name of a marked file into the field of a dialog that writes.
    fn mark_changed(&mut self, ctx: &egui::Context) {
        if let Some(entry) = self.folder.marked().filter(|entry| !entry.is_folder)
            && self.purpose.saves()
        {
            self.text.clone_from(&entry.name);
            select_stem(ctx, &self.text);
        }
    }

    /// Returns the path of the field's text, relative to the shown folder.
    fn typed(&self) -> PathBuf {
        folder::path_of_text(self.text.trim(), &self.folder.path)
    }

    /// Whether the field's text names a path, rather than a part of a name.
    fn is_path(&self) -> bool {
        let text = self.text.trim();
        let named =
            text.contains(std::path::MAIN_SEPARATOR) || text.starts_with('~') || text == "..";
        !text.is_empty() && (named || self.typed().exists())
    }

    /// Acts on Enter, or on the button that has the dialog's verb: on the marked folder or file, or on the field's text.
    fn enter(&mut self) -> DialogResult {
        let marked = self.folder.marked();
        if self.purpose.saves() {
            if let Some(folder) = marked.filter(|entry| entry.is_folder) {
                let path = folder.path.clone();
                self.go(path);
                return DialogResult::Waiting;
            }
        } else if let Some(entry) = marked.filter(|_| !self.is_path()) {
            return DialogResult::Path(entry.path.clone());
        }
        if self.text.trim().is_empty() {
            self.problem =
                Some("No file is chosen yet; type a name or choose one in the list.".to_owned());
            return DialogResult::Waiting;
        }
        DialogResult::Path(self.typed())
    }

    /// Returns what becomes of a chosen path: a folder is shown, and an existing file is replaced only when it is chosen twice.
    fn chosen(&mut self, mut path: PathBuf) -> DialogResult {
        if path.is_dir() {
            self.go(path);
            return DialogResult::Waiting;
        }
        if self.purpose.saves() {
            if path.extension().is_none() && path.file_name().is_some() {
                path.set_extension(self.purpose.info().extensions[0]);
            }
            let asks = path.exists() && self.own.as_ref() != Some(&path);
            if asks && self.warned.as_ref() != Some(&path) {
                self.problem = Some(format!("{} exists. Replace it?", path.display()));
                self.warned = Some(path);
                return DialogResult::Waiting;
            }
        }
        DialogResult::Path(path)
    }

    /// Shows the folder with a button that goes up, and the switch to recent files.
    fn place_ui(&mut self, ui: &mut egui::Ui, recent: &Recent) {
        ui.horizontal(|ui| {
            if icon_button(ui, Icon::Up, "Parent folder", "Alt+↑").clicked() {
                self.go_up();
            }
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                if !self.purpose.saves() {
                    let shown = self.folder.recent.is_some();
                    let toggle = ui.selectable_label(shown, "Recent");
                    if toggle
                        .on_hover_text("Files that were opened or saved last.")
                        .clicked()
                    {
                        self.folder
                            .show_recent(if shown { None } else { Some(&recent.files) });
                        self.text.clear();
                    }
                }
                let layout = egui::Layout::left_to_right(egui::Align::Center);
                ui.with_layout(layout, |ui| self.folder.path_ui(ui));
            });
        });
    }

    /// Shows the list with the preview beside it. Returns a path that was double-clicked.
    fn middle_ui(
        &mut self,
        ui: &mut egui::Ui,
        (width, height, low): (f32, f32, bool),
    ) -> Option<PathBuf> {
        let mut chosen = None;
        let preview = width >= PREVIEW[0];
        let list_width = width - if preview { PREVIEW[1] + SPACE[2] } else { 0.0 };
        ui.horizontal_top(|ui| {
            ui.allocate_ui(egui::vec2(list_width, height), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(list_width);
                    let result = self.folder.ui(ui, (list_width, height), !low);
                    if result.clicked {
                        self.warned = None;
                        self.mark_changed(ui.ctx());
                    }
                    chosen = result.chosen;
                });
            });
            if preview {
                ui.allocate_ui(egui::vec2(PREVIEW[1], height), |ui| {
                    ui.vertical(|ui| self.preview_ui(ui, height));
                });
            }
        });
        chosen
    }

    fn preview_ui(&self, ui: &mut egui::Ui, height: f32) {
        ui.set_min_size(egui::vec2(PREVIEW[1], height));
        ui.set_max_width(PREVIEW[1]);
        let bottom = ui.min_rect().min.y + height;
        let marked = self.folder.marked().filter(|entry| !entry.is_folder);
        let Some((_, lines, picture)) = self
            .preview
            .as_ref()
            .filter(|(shown, ..)| marked.is_some_and(|entry| entry.path == shown.path))
        else {
            let text = if marked.is_some() {
                "Reading …"
            } else {
                "Preview"
            };
            ui.label(egui::RichText::new(text).size(SECONDARY).weak());
            return;
        };
        if let Some(texture) = picture {
            let image = egui::Image::new(texture)
                .max_size(egui::vec2(PREVIEW[1], 0.6 * height))
                .alt_text("Preview");
            ui.add(image);
        }
        for line in lines {
            if ui.cursor().min.y + 14.0 > bottom {
                break;
            }
            let text = egui::RichText::new(one_line(line)).size(SECONDARY);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(line);
        }
    }

    /// Requests the preview of the marked file, and takes the newest one.
    fn poll_preview(&mut self, ctx: &egui::Context) {
        let dark = ctx.theme() == egui::Theme::Dark;
        let Some(worker) = &mut self.previews else {
            return;
        };
        if let Some((request, preview)) = worker.newest(Duration::ZERO) {
            let texture = preview
                .picture
                .map(|picture| ctx.load_texture("preview", picture, egui::TextureOptions::LINEAR));
            self.preview = Some((request, preview.lines, texture));
        }
        let wanted = self.folder.marked().filter(|entry| !entry.is_folder);
        let wanted = wanted.map(|entry| PreviewRequest {
            path: entry.path.clone(),
            dark,
        });
        if let Some(wanted) = wanted.filter(|_| !worker.busy)
            && self
                .preview
                .as_ref()
                .is_none_or(|(shown, ..)| *shown != wanted)
        {
            worker.request(wanted);
        }
    }

    fn field_ui(&mut self, ui: &mut egui::Ui) {
        ui.horizontal(|ui| {
            let label = ui.label("File");
            let hint = if self.purpose.saves() {
                "a name or a path"
            } else {
                "type to filter, or a path"
            };
            if self.fresh {
                ui.memory_mut(|memory| memory.request_focus(field_id()));
                select_stem(ui.ctx(), &self.text);
                self.fresh = false;
            }
            let field = egui::TextEdit::singleline(&mut self.text)
                .id(field_id())
                .hint_text(hint)
                .desired_width(f32::INFINITY);
            let field = ui.add(field).labelled_by(label.id);
            if field.changed() {
                (self.problem, self.warned) = (None, None);
                let filter = if self.is_path() { "" } else { &self.text };
                let filter = filter.to_owned();
                self.folder.set_filter(&filter);
            }
            // Text that is typed while nothing has the focus goes to the field.
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
        });
    }

    fn buttons_ui(&mut self, ui: &mut egui::Ui, verb: &str) -> Option<DialogResult> {
        let mut answer = None;
        ui.horizontal(|ui| {
            let verb = if self.warned.is_some() {
                "Replace"
            } else {
                verb
            };
            if ui.button(verb).clicked() {
                answer = Some(self.enter());
            }
            if ui.button("Cancel").clicked() {
                answer = Some(DialogResult::Cancelled);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let help = "Files of all kinds, and hidden ones.";
                let all = ui
                    .checkbox(&mut self.folder.all, "all files")
                    .on_hover_text(help);
                if all.changed() {
                    self.folder.update_rows();
                }
            });
        });
        answer
    }
}

fn field_id() -> egui::Id {
    egui::Id::unique("file dialog name")
}

/// Selects a name without its extension, so that typing replaces the name only.
fn select_stem(ctx: &egui::Context, text: &str) {
    let start = text.rfind(std::path::MAIN_SEPARATOR).map_or(0, |at| at + 1);
    let end = text[start..]
        .rfind('.')
        .filter(|at| *at > 0)
        .map_or(text.len(), |at| start + at);
    let [start, end] = [start, end].map(|at| egui::text::CCursor::new(text[..at].chars().count()));
    let mut state = egui::text_edit::TextEditState::load(ctx, field_id()).unwrap_or_default();
    let range = egui::text::CCursorRange::two(start, end);
    state.cursor.set_char_range(Some(range));
    state.store(ctx, field_id());
}
