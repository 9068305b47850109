//! Files and the clipboard: opens and saves scenes, exports and copies pictures, takes pasted and dropped ones.

use super::app::App;
use super::command::{Command, menus};
use super::dialog::{self, PathDialog, PathResult, Purpose};
use super::other_scene::OtherScene;
use super::palette::PaletteResult;
use crate::engine::declare::{SettingError, Value};
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::data::{AnyDataset, Csv};
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::export::file;
use crate::export::picture::{EXTENSIONS, bytes, points};
use crate::figure::png::rgba;
use crate::import::{files_read, open_scene, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

impl App {
    pub(super) fn open_path_dialog(&mut self, purpose: Purpose, guess: &str) {
        let here = self.path.as_ref().map(|path| path_text(path));
        let guess = here
            .filter(|_| purpose != Purpose::Export)
            .unwrap_or_else(|| guess.to_owned());
        self.asking = Some(PathDialog::new(purpose, &guess));
    }

    /// Replaces the scene by another one; undo restores it.
    pub(super) fn show(&mut self, ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) {
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

    pub(super) fn save(&mut self, path: &Path) {
        let text = self.scene.to_toml();
        match file::write_atomic(path, |out| out.write_all(text.as_bytes())) {
            Ok(()) => {
                self.saved = self.scene.clone();
                self.path = Some(path.to_owned());
                self.show_message(format!("Saved {}.", path.display()));
            }
            Err(sentence) => self.show_error(sentence),
        }
    }

    pub(super) fn export(&mut self, ctx: &egui::Context, path: PathBuf) -> Result<(), String> {
        let format = file::extension(&path, &EXTENSIONS)?;
        file::check_writable(&path)?;
        if files_read().iter().any(|read| file::same_file(&path, read)) {
            let name = path.display();
            return Err(format!(
                "{name}: was read by this window; expected another file"
            ));
        }
        let figure = self.figure(ctx)?;
        self.in_background(ctx, move || {
            let (drawing, description) = (figure.draw)(points(figure.pixels))?;
            let bytes = bytes(&drawing, format, figure.pixels, &description)?;
            file::write_atomic(&path, |out| out.write_all(&bytes))?;
            Ok(format!("Wrote {}.", path.display()))
        })
    }

    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let figure = self.figure(ctx)?;
        let clipboard = ctx.clone();
        self.in_background(ctx, move || {
            let (drawing, _) = (figure.draw)(points(figure.pixels))?;
            let rgba = rgba(&drawing, figure.pixels)?;
            let size = figure.pixels.map(|side| side as usize);
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

    /// Takes a scene or a run from the clipboard.
    pub(super) fn paste(&mut self, ctx: &egui::Context, text: &str) {
        match (Scene::from_toml(text), text.trim().parse::<RunSpec>()) {
            (Ok(scene), _) => self.show(ctx, scene, None),
            (Err(_), Ok(spec)) => {
                let mut scene = self.scene.clone();
                scene.add_run(spec);
                self.apply(ctx, Command::Edit(Box::new(scene)));
            }
            (Err(scene), Err(_)) if text.contains("version") => {
                self.show_error(format!("what was pasted is not a scene: {scene}"));
            }
            (Err(_), Err(run)) => self.show_error(format!(
                "what was pasted is neither a scene nor a run: {run}"
            )),
        }
    }

    /// Takes a file that was dropped on the window: a picture or a matrix becomes the landscape, a CSV file the data of a network, any
    /// other file is opened as a scene.
    pub(super) fn take_dropped(&mut self, ctx: &egui::Context, path: &Path) {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        let (name, setting) = match extension.as_deref() {
            Some("png" | "jpg" | "jpeg") => ("image", "file"),
            Some("npy" | "csv") => ("grid", "data"),
            _ => return self.open(ctx, path),
        };
        if let (Some(bench), Some("csv")) = (self.scene.network(), extension.as_deref()) {
            let mut bench = bench.clone();
            bench.choose_data(AnyDataset::Csv(Csv {
                path: path_text(path),
                ..Csv::default()
            }));
            let mut scene = self.scene.clone();
            scene.choose_network(bench);
            self.history.add_undo(&self.document());
            return self.apply(ctx, Command::Edit(Box::new(scene)));
        }
        let landscape = || -> Result<AnyLandscape, SettingError> {
            let mut landscape: AnyLandscape = name.parse()?;
            let settings = landscape.settings_mut();
            settings.set(setting, Value::Text(path_text(path)))?;
            Ok(landscape)
        };
        match landscape() {
            Ok(landscape) => {
                self.history.add_undo(&self.document());
                // The scene with the network is kept.
                if self.scene.is_network()
                    && let Err(sentence) = self.switch_subject(ctx)
                {
                    return self.show_error(sentence);
                }
                let mut scene = self.scene.clone();
                scene.choose_landscape(landscape);
                // An error in the file is shown once it has been read.
                self.apply(ctx, Command::Edit(Box::new(scene)));
            }
            Err(refusal) => self.show_error(refusal.to_string()),
        }
    }

    pub(super) fn open(&mut self, ctx: &egui::Context, path: &Path) {
        match open_scene(path) {
            Ok(scene) => self.show(ctx, scene, Some(path.to_owned())),
            Err(sentence) => self.show_error(sentence),
        }
    }

    /// Shows the file dialog and the keyboard shortcuts over the window.
    pub(super) fn dialogs(&mut self, ctx: &egui::Context) {
        let answer = self
            .asking
            .as_mut()
            .map_or(PathResult::Waiting, |asking| asking.ui(ctx));
        if let (PathResult::Path(Purpose::Save | Purpose::Export, path), Some(asking)) =
            (&answer, &mut self.asking)
            && self.path.as_ref() != Some(path)
            && asking.warns_of(path)
        {
            return;
        }
        let executed = match answer {
            PathResult::Waiting => None,
            PathResult::Cancelled => Some(Ok(())),
            PathResult::Path(Purpose::Open, path) => {
                Some(open_scene(&path).map(|scene| self.show(ctx, scene, Some(path))))
            }
            PathResult::Path(Purpose::Save, path) => {
                let place =
                    file::extension(&path, &["toml"]).and_then(|_| file::check_writable(&path));
                Some(place.map(|()| self.save(&path)))
            }
            PathResult::Path(Purpose::Export, path) => Some(self.export(ctx, path)),
        };
        match (executed, &mut self.asking) {
            (Some(Err(sentence)), Some(asking)) => asking.problem = Some(sentence),
            (Some(_), _) => self.asking = None,
            (None, _) => {}
        }
        self.quit_ui(ctx);
        if let Some(mut palette) = self.palette.take() {
            match palette.ui(ctx, &self.scene, &self.views) {
                PaletteResult::Open => self.palette = Some(palette),
                PaletteResult::Closed => {}
                PaletteResult::Chosen(command) => self.apply(ctx, command),
            }
        }
        if self.help && dialog::help_ui(ctx, &menus(&self.views)) {
            self.help = false;
        }
    }
}
