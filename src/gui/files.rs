//! Scenes and pictures on their way to and from files and the clipboard.

use super::app::App;
use super::dialog::{self, AskPath, Purpose};
use super::theme;
use super::timeline::Timeline;
use crate::engine::run::RunSpec;
use crate::engine::scene::Scene;
use crate::export::file;
use crate::figure::{self, drawing::Drawing};
use crate::import::open_scene;
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;

/// Pixels of an exported picture, and its points.
const EXPORT: ([u32; 2], [f32; 2]) = ([1600, 1200], [960.0, 720.0]);

impl App {
    pub(super) fn ask(&mut self, purpose: Purpose, guess: &str) {
        let here = self.path.as_ref().map(|path| path.display().to_string());
        let guess = here.filter(|_| purpose != Purpose::Export).unwrap_or_else(|| guess.to_owned());
        self.asking = Some(AskPath::new(purpose, &guess));
    }

    /// Puts a scene from elsewhere in place of this one; undo brings this one back.
    pub(super) fn show(&mut self, ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) {
        match Self::lab(ctx, path.as_deref()) {
            Ok(lab) => self.lab = lab,
            Err(sentence) => return self.complain(sentence),
        }
        self.history.add_undo(&self.scene);
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

    /// Writes the picture on a thread of its own; the window goes on.
    pub(super) fn export(&mut self, ctx: &egui::Context, path: PathBuf) -> Result<(), String> {
        let format = file::extension(&path, &["png", "svg"])?;
        file::check_place(&path)?;
        let (pixels, size) = EXPORT;
        let options = figure::Options { size, step: Some(self.timeline.step()), theme: theme::current(ctx) };
        let drawing = self.picture(&options)?;
        let description = self.scene.to_toml();
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let work = move || {
            let bytes = match format {
                "svg" => Ok(figure::svg::svg(&drawing, &description).into_bytes()),
                _ => figure::png::png(&drawing, pixels, &description),
            };
            let written = bytes.and_then(|bytes| file::write_whole(&path, |out| out.write_all(&bytes)));
            let words = written.map(|()| format!("Wrote {}.", path.display()));
            // Nobody waits any more once the window is closed.
            let _ = sender.send(words.map_or_else(|sentence| (sentence, true), |words| (words, false)));
            ctx.request_repaint();
        };
        std::thread::Builder::new().name("ravine export".to_owned()).spawn(work).map_err(|error| error.to_string())?;
        self.exporting = Some(receiver);
        self.say("Writing the picture.");
        Ok(())
    }

    pub(super) fn picture(&self, options: &figure::Options) -> Result<Drawing, String> {
        let runs = self.runs().filter(|runs| runs.scene.landscape == self.scene.landscape);
        let ground = runs.map(|runs| Arc::clone(&runs.ground)).ok_or("there is no picture yet; expected a landscape that can be drawn")?;
        Ok(figure::picture(&self.scene, &ground, options))
    }

    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) {
        let (pixels, size) = EXPORT;
        let options = figure::Options { size, step: Some(self.timeline.step()), theme: theme::current(ctx) };
        let image = self.picture(&options).and_then(|drawing| figure::png::rgba(&drawing, pixels));
        match image {
            Ok(rgba) => {
                let size = pixels.map(|side| side as usize);
                ctx.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, &rgba));
                self.say("The picture is on the clipboard.");
            }
            Err(sentence) => self.complain(sentence),
        }
    }

    /// A scene or a run from the clipboard.
    pub(super) fn paste(&mut self, ctx: &egui::Context, text: &str) {
        match (Scene::from_toml(text), text.trim().parse::<RunSpec>()) {
            (Ok(scene), _) => self.show(ctx, scene, None),
            (Err(_), Ok(spec)) => self.scene.add_run(spec),
            (Err(scene), Err(_)) if text.contains("version") => self.complain(format!("what was pasted is not a scene: {scene}")),
            (Err(_), Err(run)) => self.complain(format!("what was pasted is neither a scene nor a run: {run}")),
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
        if let Some(answer) = self.asking.as_mut().and_then(|asking| asking.ui(ctx)) {
            let problem = match answer {
                Some((Purpose::Open, path)) => open_scene(&path).map(|scene| self.show(ctx, scene, Some(path))),
                Some((Purpose::Save, path)) => file::extension(&path, &["toml"]).and_then(|_| file::check_place(&path)).map(|()| self.save(&path)),
                Some((Purpose::Export, path)) => self.export(ctx, path),
                None => Ok(()),
            };
            match (problem, &mut self.asking) {
                (Err(sentence), Some(asking)) => asking.problem = Some(sentence),
                _ => self.asking = None,
            }
        }
        if self.help && dialog::help_ui(ctx) {
            self.help = false;
        }
    }
}
