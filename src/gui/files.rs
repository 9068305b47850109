//! Files: opens and saves scenes, exports and copies pictures.

use super::app::App;
use super::command::{Command, menus};
use super::desktop::{Asking, DesktopDialog};
use super::dialog;
use super::file_dialog::{DialogResult, FileDialog, Purpose};
use super::other_scene::OtherScene;
use super::palette::PaletteResult;
use super::reader::{self, Reader};
use super::taking::file_name;
use super::theme;
use super::view::FRAMES;
use crate::engine::scene::Scene;
use crate::export::file;
use crate::export::picture::PageSize;
use crate::figure::png::rgba;
use crate::import::{files_read, open_scene};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;

impl App {
    /// Executes a command about files.
    pub(super) fn file_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Open => self.ask_for_file(ctx, Purpose::Open, ""),
            Command::OpenFile(path) => self.take_file(ctx, &path),
            Command::ClearRecent => self.recent.clear(),
            Command::Browse(purpose) => self.ask_for_file(ctx, purpose, ""),
            Command::Export => self.open_export(),
            Command::Save if self.path.is_some() => {
                if let Some(path) = self.path.clone() {
                    self.save(&path);
                }
            }
            Command::Save | Command::SaveAs => {
                self.ask_for_file(ctx, Purpose::Save, "scene.toml");
            }
            _ => {}
        }
    }

    /// Opens a file dialog in the folder of the scene, or in that of the last dialog; `name` is suggested for a file to write.
    pub(super) fn ask_for_file(&mut self, ctx: &egui::Context, purpose: Purpose, name: &str) {
        let own = self
            .path
            .clone()
            .filter(|_| !matches!(purpose, Purpose::Export(_)));
        let folder = match &own {
            Some(path) => path.parent().map(Path::to_owned),
            None => self.recent.folder.clone(),
        };
        // The parent of a name alone is empty.
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        let own_name = own.as_deref().map(file_name);
        let name = match (purpose.saves(), &own_name) {
            (false, _) => "",
            (true, Some(own)) => own,
            (true, None) => name,
        };
        let dialogs = self.desktop_dialogs.load(Ordering::Acquire);
        self.asking = Some(Asking {
            own: FileDialog::new(ctx, purpose, (folder, name), own.clone()),
            desktop: if dialogs {
                DesktopDialog::Wanted
            } else {
                DesktopDialog::Unused
            },
        });
    }

    /// Replaces the scene by another one; undo restores it.
    pub(super) fn show(&mut self, ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) {
        self.leave_lesson();
        let other_subject = !scene.subject.same_kind(&self.scene.subject);
        let mut shown = match OtherScene::new(ctx, scene, path) {
            Ok(shown) => shown,
            Err(sentence) => return self.show_error(sentence),
        };
        self.history.add_undo(&self.document());
        self.swap(&mut shown);
        self.shown.titles = shown.titles;
        if other_subject {
            self.other_scene = Some(Box::new(shown));
        } else {
            // The last results are shown until there are new ones.
            (self.runs, self.map_data) = (shown.runs, shown.map_data);
            self.map_window = shown.map_window;
        }
    }

    /// Shows a scene that the program brings, in the view with a title; undo restores the scene before it, and saving asks for a file.
    pub(super) fn show_bundled(&mut self, ctx: &egui::Context, scene: Scene, view: Option<&str>) {
        self.show(ctx, scene, None);
        let titles = self.views.iter().map(|own| own.title());
        let title = titles.into_iter().find(|title| Some(*title) == view);
        self.shown.show(title.unwrap_or("Map"));
        self.timeline.go_to(0);
        self.timeline.playing = true;
    }

    pub(super) fn save(&mut self, path: &Path) {
        let text = self.scene.to_toml();
        match file::write_atomic(path, |out| out.write_all(text.as_bytes())) {
            Ok(()) => {
                self.saved = self.scene.clone();
                self.path = Some(path.to_owned());
                self.recent.add(path);
                self.show_message(format!("Saved {}.", path.display()));
            }
            Err(sentence) => self.show_error(sentence),
        }
    }

    /// Begins to export to a file whose extension is the format; another kind than the dialog's is an error.
    fn export(&mut self, ctx: &egui::Context, path: &Path, purpose: Purpose) -> Result<(), String> {
        let format = match (file::extension(path, purpose.info().extensions)?, purpose) {
            (_, Purpose::Export(FRAMES)) => FRAMES,
            (extension, _) => extension,
        };
        file::check_writable(path)?;
        if files_read().iter().any(|read| file::same_file(path, read)) {
            let name = path.display();
            return Err(format!(
                "{name}: was read by this window; expected another file"
            ));
        }
        self.begin_export(ctx, path, format)
    }

    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let figure = self.figure(theme::current(ctx))?;
        let clipboard = ctx.clone();
        self.in_background(ctx, move || {
            let pixels = figure.pixels;
            let (drawing, _) = figure.draw(PageSize::of_pixels(pixels))?;
            let rgba = rgba(&drawing, pixels)?;
            let size = pixels.map(|side| side as usize);
            clipboard.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, &rgba));
            Ok("The picture is on the clipboard.".to_owned())
        })
    }

    /// Runs `work` on a thread of its own, and shows its message when it ends.
    fn in_background(
        &mut self,
        ctx: &egui::Context,
        work: impl FnOnce() -> Result<String, String> + Send + 'static,
    ) -> Result<(), String> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let body = move || {
            let done = work().map_or_else(|sentence| (sentence, true), |words| (words, false));
            // The receiver is gone once the window is closed.
            let _ = sender.send(done);
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("ravine picture".to_owned());
        thread
            .spawn(body)
            .map_err(|error| format!("no thread for the picture: {error}"))?;
        self.working = Some(receiver);
        self.show_message("Drawing the picture …");
        Ok(())
    }

    /// Opens a scene.
    pub(super) fn open(&mut self, ctx: &egui::Context, path: &Path) {
        if let Err(sentence) = self.try_open(ctx, path) {
            self.show_error(sentence);
        }
    }

    /// Opens a scene file, or the scene that a picture carries, which is then not saved yet.
    fn try_open(&mut self, ctx: &egui::Context, path: &Path) -> Result<(), String> {
        let scene = open_scene(path)?;
        let extension = file::lower_extension(path);
        let is_picture = matches!(extension.as_deref(), Some("png" | "svg" | "gif" | "apng"));
        self.show(ctx, scene, (!is_picture).then(|| path.to_owned()));
        self.recent.add(path);
        Ok(())
    }

    /// Shows the file dialog. Returns its purpose and result once it is answered.
    fn file_dialog_ui(&mut self, ctx: &egui::Context) -> Option<(Purpose, DialogResult)> {
        let Self { asking, recent, .. } = self;
        let asking = asking.as_mut()?;
        let result = asking
            .desktop_ui(ctx)
            .unwrap_or_else(|| asking.own.ui(ctx, recent));
        Some((asking.own.purpose, result))
    }

    /// Uses the file that a dialog has returned.
    fn use_chosen(
        &mut self,
        ctx: &egui::Context,
        purpose: Purpose,
        path: &Path,
    ) -> Result<(), String> {
        match purpose {
            Purpose::Open => self.try_open(ctx, path),
            Purpose::Save => {
                file::extension(path, &["toml"]).and_then(|_| file::check_writable(path))?;
                self.save(path);
                Ok(())
            }
            Purpose::Export(_) => {
                self.export(ctx, path, purpose)?;
                self.recent.folder = path.parent().map(Path::to_owned);
                Ok(())
            }
            Purpose::Picture | Purpose::Heights | Purpose::Table | Purpose::Data => {
                self.use_file(ctx, purpose, path)?;
                self.recent.add(path);
                Ok(())
            }
        }
    }

    /// Shows the dialogs over the window.
    pub(super) fn dialogs(&mut self, ctx: &egui::Context) {
        self.export_ui(ctx);
        match self.file_dialog_ui(ctx) {
            None | Some((_, DialogResult::Waiting)) => {}
            Some((_, DialogResult::Cancelled)) => {
                let closed = self.asking.take();
                self.recent.folder = closed.map(|asking| asking.own.shown_folder().to_owned());
            }
            Some((purpose, DialogResult::Path(path))) => {
                match self.use_chosen(ctx, purpose, &path) {
                    Ok(()) => self.asking = None,
                    Err(sentence) => {
                        if let Some(asking) = &mut self.asking {
                            // The desktop's dialog is closed: the next try is in the window's own.
                            asking.desktop = DesktopDialog::Unused;
                            asking.own.problem = Some(sentence);
                        }
                    }
                }
            }
        }
        self.quit_ui(ctx);
        if let Some(mut palette) = self.palette.take() {
            let others = (&self.recent.files[..], self.lesson_items());
            match palette.ui(ctx, &self.scene, &self.views, others) {
                PaletteResult::Open => self.palette = Some(palette),
                PaletteResult::Closed => {}
                PaletteResult::Chosen(command) => self.apply(ctx, command),
            }
        }
        if let Some(place) = reader::asked(ctx) {
            self.reader = Some(Reader::at(place));
        }
        if let Some(mut open) = self.reader.take() {
            let (stays, command) = open.ui(ctx);
            self.reader = (stays && command.is_none()).then_some(open);
            self.apply_all(ctx, command.into_iter().collect());
        }
        if let Some(command) = self.examples.ui(ctx) {
            self.apply(ctx, command);
        }
        if self.help && dialog::help_ui(ctx, &menus(&self.views)) {
            self.help = false;
        }
    }
}
