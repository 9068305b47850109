//! Autosave: the scene and its undo history, kept in a file of the user's state folder and restored at the next start.
//!
//! Each window holds the lock of a number of its own, so that two windows never write to one file.

use super::app::App;
use super::history::{Document, without_camera};
use super::lesson::Lessons;
use super::preferences::PreferencesFile;
use super::recent::Recent;
use crate::engine::scene::Scene;
use crate::export::file::write_atomic;
use eframe::egui;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Version of the file's format.
const VERSION: u32 = 1;

/// Largest number of windows with an autosave.
const MAX_WINDOWS: usize = 32;

/// The file of a window's autosave.
pub(super) struct Autosave {
    path: PathBuf,
    /// Holds the lock of the window's number.
    _lock: File,
    /// The document that was written last.
    written: Option<Document>,
    /// Whether a thread is writing.
    busy: Arc<AtomicBool>,
}

/// Content of the file.
#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    /// The scene as its file has it; without a file, as it was opened.
    saved: String,
    /// The undo history, and the scene last.
    documents: Vec<SavedDocument>,
}

#[derive(Serialize, Deserialize)]
struct SavedDocument {
    path: Option<PathBuf>,
    scene: String,
}

/// Content of a restored autosave: the scene as its file has it, and the undo history with the scene last.
pub(super) struct Restored {
    pub(super) saved: Scene,
    pub(super) documents: Vec<Document>,
}

impl Autosave {
    /// Returns the autosave with the first number in a folder that no other window has; `None` where the folder cannot be written.
    fn open_in(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).ok()?;
        (1..=MAX_WINDOWS).find_map(|number| {
            let lock = File::create(folder.join(format!("window-{number}.lock"))).ok()?;
            lock.try_lock().ok()?;
            Some(Self {
                path: folder.join(format!("window-{number}.json")),
                _lock: lock,
                written: None,
                busy: Arc::default(),
            })
        })
    }

    /// Returns what the last window with this number has left; `None` where that cannot be read, by an older program for example.
    pub(super) fn restore(&self) -> Option<Restored> {
        let text = fs::read_to_string(&self.path).ok()?;
        let saved: Saved = serde_json::from_str(&text).ok()?;
        if saved.version != VERSION {
            return None;
        }
        let document = |document: SavedDocument| {
            Some((Scene::from_toml(&document.scene).ok()?, document.path))
        };
        let documents: Vec<Document> = saved.documents.into_iter().filter_map(document).collect();
        (!documents.is_empty()).then_some(())?;
        Some(Restored {
            saved: Scene::from_toml(&saved.saved).ok()?,
            documents,
        })
    }

    /// Writes the history, whose last document is the shown one, on a thread of its own, if that has changed.
    fn write_later(
        &mut self,
        saved: &Scene,
        history: impl FnOnce() -> Vec<Document>,
        now: Document,
    ) {
        if self.written.as_ref() == Some(&now) || self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut documents = history();
        documents.push(now.clone());
        self.written = Some(now);
        let (saved, path, busy) = (saved.clone(), self.path.clone(), Arc::clone(&self.busy));
        let thread = std::thread::Builder::new().name("ravine autosave".to_owned());
        let work = move || {
            // An autosave that cannot be written disturbs nobody.
            let _ = write(&path, &saved, &documents);
            busy.store(false, Ordering::Release);
        };
        if thread.spawn(work).is_err() {
            self.busy.store(false, Ordering::Release);
        }
    }
}

/// Writes an autosave.
fn write(path: &Path, saved: &Scene, documents: &[Document]) -> Result<(), String> {
    let saved = Saved {
        version: VERSION,
        saved: saved.to_toml(),
        documents: { documents.iter() }
            .map(|(scene, path)| SavedDocument {
                path: path.clone(),
                scene: scene.to_toml(),
            })
            .collect(),
    };
    let text = serde_json::to_string(&saved).map_err(|error| error.to_string())?;
    write_atomic(path, |out| out.write_all(text.as_bytes()))
}

impl App {
    /// Opens the application on a scene, or without one on what the last window has left in a folder. Scene, preferences and recent files
    /// are kept there from now on.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no threads.
    #[doc(hidden)]
    pub fn with_state(
        ctx: &egui::Context,
        scene: Option<Scene>,
        path: Option<PathBuf>,
        folder: Option<&Path>,
    ) -> Result<Self, String> {
        let autosave = folder.and_then(Autosave::open_in);
        let restored = autosave.as_ref().filter(|_| scene.is_none());
        let mut app = match restored.and_then(Autosave::restore) {
            Some(restored) => Self::restored(ctx, restored)?,
            None => Self::new(ctx, scene.unwrap_or_else(Scene::opening), path)?,
        };
        app.autosave = autosave;
        if let Some(folder) = folder {
            let titles: Vec<&'static str> = app.views.iter().map(|view| view.title()).collect();
            let chosen = (&mut app.layout, &mut app.shown, &mut app.export_format);
            app.preferences = Some(PreferencesFile::open(folder, ctx, chosen, &titles));
            app.recent = Recent::open(folder);
            app.lessons = Lessons::open(folder);
        }
        Ok(app)
    }

    /// Opens the application on the last of some documents, with the others in its history.
    fn restored(ctx: &egui::Context, restored: Restored) -> Result<Self, String> {
        let Restored { saved, documents } = restored;
        let (scene, path) = documents
            .last()
            .cloned()
            .unwrap_or((Scene::opening(), None));
        let mut app = Self::new(ctx, scene, path)?;
        app.saved = saved;
        documents
            .iter()
            .for_each(|document| app.history.add_undo(&without_camera(document.clone())));
        Ok(app)
    }

    /// Writes the autosave if the scene has changed and rests.
    pub(super) fn update_autosave(&mut self, ctx: &egui::Context) {
        // A drag that turns the surface is not in the history.
        if self.history.is_in_flux() || ctx.input(|input| input.pointer.any_down()) {
            // An idle window has no frame in which the scene is found to rest.
            ctx.request_repaint_after(Duration::from_millis(1100));
            return;
        }
        // Scenes of lessons are not kept: the next start shows the person's own.
        let Some(mut autosave) = self.autosave.take() else {
            return;
        };
        let (now, saved, history) = self.own_document();
        let document = without_camera(now.clone());
        autosave.write_later(saved, || earlier(history, &document), now);
        self.autosave = Some(autosave);
    }

    /// Writes the autosave before the window closes.
    pub(super) fn finish_autosave(&self) {
        if let Some(autosave) = &self.autosave {
            let (now, saved, history) = self.own_document();
            let mut documents = earlier(history, &without_camera(now.clone()));
            documents.push(now);
            let _ = write(&autosave.path, saved, &documents);
        }
    }
}

/// Returns the documents that undo would restore, the oldest first.
fn earlier(history: &egui::util::undoer::Undoer<Document>, now: &Document) -> Vec<Document> {
    let (mut history, mut at, mut earlier) = (history.clone(), now.clone(), Vec::new());
    while let Some(before) = history.undo(&at) {
        at = before.clone();
        earlier.push(before.clone());
    }
    earlier.reverse();
    earlier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_have_files_of_their_own_and_each_restores_its_history() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = [0; 2].map(|_| Autosave::open_in(folder.path()).unwrap());
        assert_ne!(first.path, second.path);
        assert!(first.restore().is_none(), "nothing was written");
        let network = Scene::opening_network();
        let mut changed = network.clone();
        changed.training.steps = 77;
        let file = Some(PathBuf::from("a.toml"));
        let documents = [(network.clone(), None), (changed.clone(), file.clone())];
        write(&first.path, &network, &documents).unwrap();
        write(&second.path, &changed, &[(Scene::opening(), None)]).unwrap();
        let restored = first.restore().unwrap();
        assert_eq!(restored.saved, network);
        assert_eq!(restored.documents, documents);
        assert_eq!(
            second.restore().unwrap().documents,
            [(Scene::opening(), None)]
        );
        let (path, number_one) = (first.path.clone(), folder.path());
        drop(first);
        assert_eq!(Autosave::open_in(number_one).unwrap().path, path);
    }

    #[test]
    fn a_restored_scene_finds_the_files_beside_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("h.csv"), "1,2,3\n2,3,4\n3,4,9\n").unwrap();
        let scene = Scene::opening_of("grid:data=h.csv".parse().unwrap());
        let path = Some(folder.path().join("scene.toml"));
        let restored = Restored {
            saved: scene.clone(),
            documents: vec![(Scene::opening(), None), (scene.clone(), path.clone())],
        };
        let app = App::restored(&egui::Context::default(), restored).unwrap();
        assert_eq!((&app.scene, &app.path), (&scene, &path));
        assert!(app.history.has_undo(&app.document()));
        app.session.update(&app.scene, app.scene.first_view());
        app.session.runs.wait(Duration::from_mins(1));
        let runs = app.session.runs.newest().unwrap();
        assert!(runs.is_ok(), "{:?}", (*runs).as_ref().err());
    }

    #[test]
    fn unreadable_autosaves_are_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let autosave = Autosave::open_in(folder.path()).unwrap();
        for text in [
            "",
            "{",
            "{\"version\":9,\"saved\":\"\",\"documents\":[]}",
            "\0\u{fffd}",
        ] {
            fs::write(&autosave.path, text).unwrap();
            assert!(autosave.restore().is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_history_is_the_scenes_that_undo_restores() {
        let scene = |steps| {
            let mut scene = Scene::opening();
            scene.training.steps = steps;
            (scene, None)
        };
        let mut history = egui::util::undoer::Undoer::default();
        for steps in [10, 20, 30] {
            history.add_undo(&scene(steps));
        }
        assert_eq!(earlier(&history, &scene(40)), [10, 20, 30].map(scene));
        assert_eq!(earlier(&history, &scene(30)), [10, 20].map(scene));
    }
}
