//! Scenes and pictures on their way to and from files and the clipboard.

use super::app::App;
use super::command::Command;
use super::dialog::{self, Answer, AskPath, Purpose};
use super::theme;
use super::timeline::Timeline;
use crate::engine::declare::{Refusal, Value};
use crate::engine::lab::{Runs, all_runs};
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::data::{AnyDataset, Csv};
use crate::engine::run::RunSpec;
use crate::engine::scene::Scene;
use crate::export::file;
use crate::export::picture::{EXTENSIONS, Picture, picture, pixels};
use crate::import::{files_read, open_scene, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

/// Pixels of an exported picture.
const PIXELS: [u32; 2] = [1600, 1200];

impl App {
    pub(super) fn ask(&mut self, purpose: Purpose, guess: &str) {
        let here = self.path.as_ref().map(|path| path_text(path));
        let guess = here
            .filter(|_| purpose != Purpose::Export)
            .unwrap_or_else(|| guess.to_owned());
        self.asking = Some(AskPath::new(purpose, &guess));
    }

    /// Puts a scene from elsewhere in place of this one; undo brings this one back.
    pub(super) fn show(&mut self, ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) {
        match Self::lab(ctx, path.as_deref()) {
            Ok(lab) => self.lab = lab,
            Err(sentence) => return self.complain(sentence),
        }
        self.history.add_undo(&self.document());
        self.saved = scene.clone();
        self.scene = scene;
        self.path = path;
        self.timeline = Timeline::new(self.scene.training.steps);
        self.selected = None;
    }

    pub(super) fn save(&mut self, path: &Path) {
        let text = self.scene.to_toml();
        match file::write_whole(path, |out| out.write_all(text.as_bytes())) {
            Ok(()) => {
                self.saved = self.scene.clone();
                self.path = Some(path.to_owned());
                self.say(format!("Saved {}.", path.display()));
            }
            Err(sentence) => self.complain(sentence),
        }
    }

    /// What makes the runs of the picture as it is shown now, wherever that is done, and how it is drawn.
    fn picture(
        &self,
        ctx: &egui::Context,
    ) -> Result<
        (
            impl FnOnce() -> Result<Runs, String> + Send + use<>,
            Picture,
        ),
        String,
    > {
        let runs = self.runs();
        let runs = runs.filter(|runs| runs.scene.same_subject(&self.scene));
        let runs = runs.ok_or("there is no picture yet; expected a landscape that can be drawn")?;
        let (runs, scene) = (runs.clone(), self.scene.clone());
        let options = Picture {
            pixels: PIXELS,
            step: Some(self.timeline.step()),
            theme: theme::current(ctx),
            followed: self.selected,
            show: self.shown_picture(),
        };
        let make = move || all_runs(&scene, &runs.ground, Some(&runs));
        Ok((make, options))
    }

    pub(super) fn export(&mut self, ctx: &egui::Context, path: PathBuf) -> Result<(), String> {
        let format = file::extension(&path, &EXTENSIONS)?;
        file::check_place(&path)?;
        if files_read().iter().any(|read| file::same_file(&path, read)) {
            let name = path.display();
            return Err(format!(
                "{name}: was read by this window; expected another file"
            ));
        }
        let (make, options) = self.picture(ctx)?;
        self.in_background(ctx, move || {
            let bytes = picture(&make()?, format, &options)?;
            file::write_whole(&path, |out| out.write_all(&bytes))?;
            Ok(format!("Wrote {}.", path.display()))
        })
    }

    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let (make, options) = self.picture(ctx)?;
        let clipboard = ctx.clone();
        self.in_background(ctx, move || {
            let rgba = pixels(&make()?, &options)?;
            let size = options.pixels.map(|side| side as usize);
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
        self.say("Making the picture.");
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
                self.complain(format!("what was pasted is not a scene: {scene}"));
            }
            (Err(_), Err(run)) => self.complain(format!(
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
        if let (Some(bench), Some("csv")) = (&self.scene.network, extension.as_deref()) {
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
        let landscape = || -> Result<AnyLandscape, Refusal> {
            let mut landscape: AnyLandscape = name.parse()?;
            let settings = landscape.settings_mut();
            settings.set(setting, Value::Text(path_text(path)))?;
            Ok(landscape)
        };
        match landscape() {
            Ok(landscape) => {
                self.history.add_undo(&self.document());
                let mut scene = self.scene.clone();
                scene.choose_landscape(landscape);
                // What the file is refused for is told as soon as it is read.
                self.apply(ctx, Command::Edit(Box::new(scene)));
            }
            Err(refusal) => self.complain(refusal.to_string()),
        }
    }

    pub(super) fn open(&mut self, ctx: &egui::Context, path: &Path) {
        match open_scene(path) {
            Ok(scene) => self.show(ctx, scene, Some(path.to_owned())),
            Err(sentence) => self.complain(sentence),
        }
    }

    /// The question for a file and the sheet of keys, over everything else.
    pub(super) fn dialogs(&mut self, ctx: &egui::Context) {
        let answer = self
            .asking
            .as_mut()
            .map_or(Answer::Waiting, |asking| asking.ui(ctx));
        if let (Answer::Path(Purpose::Save | Purpose::Export, path), Some(asking)) =
            (&answer, &mut self.asking)
            && self.path.as_ref() != Some(path)
            && asking.warns_of(path)
        {
            return;
        }
        let obeyed = match answer {
            Answer::Waiting => None,
            Answer::CalledOff => Some(Ok(())),
            Answer::Path(Purpose::Open, path) => {
                Some(open_scene(&path).map(|scene| self.show(ctx, scene, Some(path))))
            }
            Answer::Path(Purpose::Save, path) => {
                let place =
                    file::extension(&path, &["toml"]).and_then(|_| file::check_place(&path));
                Some(place.map(|()| self.save(&path)))
            }
            Answer::Path(Purpose::Export, path) => Some(self.export(ctx, path)),
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
