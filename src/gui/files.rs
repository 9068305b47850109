//! Scenes and pictures on their way to and from files and the clipboard.

use super::app::{App, OtherScene};
use super::command::Command;
use super::dialog::{self, PathDialog, PathResult, Purpose};
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

    /// Puts a scene from elsewhere in place of this one; undo brings this one back.
    pub(super) fn show(&mut self, ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) {
        let other_subject = !scene.subject.same_kind(&self.scene.subject);
        let mut shown = match OtherScene::new(ctx, scene, path) {
            Ok(shown) => shown,
            Err(sentence) => return self.show_error(sentence),
        };
        self.history.add_undo(&self.document());
        self.swap(&mut shown);
        self.view = shown.view;
        if other_subject {
            self.other_scene = Some(Box::new(shown));
        } else {
            // The last picture stays until there is a new one.
            (self.runs, self.map_data, self.frame) = (shown.runs, shown.map_data, shown.frame);
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
        let shot = self.shot(ctx)?;
        self.in_background(ctx, move || {
            let (drawing, description) = (shot.draw)(points(shot.pixels))?;
            let bytes = bytes(&drawing, format, shot.pixels, &description)?;
            file::write_atomic(&path, |out| out.write_all(&bytes))?;
            Ok(format!("Wrote {}.", path.display()))
        })
    }

    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let shot = self.shot(ctx)?;
        let clipboard = ctx.clone();
        self.in_background(ctx, move || {
            let (drawing, _) = (shot.draw)(points(shot.pixels))?;
            let rgba = rgba(&drawing, shot.pixels)?;
            let size = shot.pixels.map(|side| side as usize);
            clipboard.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, &rgba));
            Ok("The picture is on the clipboard.".to_owned())
        })
    }

    /// Does long work on a thread of its own, and then says what came of it; the window goes on.
    fn in_background(
        &mut self,
        ctx: &egui::Context,
        work: impl FnOnce() -> Result<String, String> + Send + 'static,
    ) -> Result<(), String> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let body = move || {
            let done = work().map_or_else(|sentence| (sentence, true), |words| (words, false));
            // Nobody waits any more once the window is closed.
            let _ = sender.send(done);
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("ravine picture".to_owned());
        thread
            .spawn(body)
            .map_err(|error| format!("no thread for the picture: {error}"))?;
        self.working = Some(receiver);
        self.show_message("Making the picture.");
        Ok(())
    }

    /// A scene or a run from the clipboard.
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

    /// A file that was dropped on the window: a picture or a matrix becomes the landscape, anything else is a scene.
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
                // A network is kept as it is.
                if self.scene.is_network()
                    && let Err(sentence) = self.switch_subject(ctx)
                {
                    return self.show_error(sentence);
                }
                let mut scene = self.scene.clone();
                scene.choose_landscape(landscape);
                // What the file is refused for is told as soon as it is read.
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

    /// The question for a file and the sheet of keys, over everything else.
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
        let obeyed = match answer {
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
        match (obeyed, &mut self.asking) {
            (Some(Err(sentence)), Some(asking)) => asking.problem = Some(sentence),
            (Some(_), _) => self.asking = None,
            (None, _) => {}
        }
        if self.help && dialog::help_ui(ctx) {
            self.help = false;
        }
    }
}
