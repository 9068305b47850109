//! The application: the scene, its history, what is computed for it, and the one place where commands are obeyed.

use super::command::{Command, TRAIN_ON};
use super::dialog::{PathDialog, Purpose};
use super::paint::Textures;
use super::panel;
use super::panel::progress::Progress;
use super::theme;
use super::timeline::Timeline;
use super::view::View;
use super::view::basins::BasinsView;
use super::view::charts::Charts;
use super::view::connect::ConnectView;
use super::view::map::MapView;
use super::view::predictions::PredictionsView;
use super::view::projection_error::ProjectionErrorView;
use super::view::seeds::SeedsView;
use super::view::spectrum::SpectrumView;
use super::view::sweep::SweepView;
use crate::engine::scene::Scene;
use crate::export::sentence::one_line;
use crate::figure::frame::Frame;
use crate::import::Disk;
use crate::session::{MapData, Runs, Session};
use eframe::egui;
use egui::util::undoer::Undoer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// A scene and the file that it belongs to: what undo and redo go through.
pub(super) type Document = (Scene, Option<PathBuf>);

/// The newest result of the lab.
type Newest<T> = Option<Arc<Result<T, String>>>;

/// The program in its window.
pub struct App {
    /// How long a frame waits for runs, so that a slider and its trails move together.
    pub frame_budget: Duration,
    pub(super) scene: Scene,
    pub(super) history: Undoer<Document>,
    /// The scene's file, and the scene as it stands there.
    pub(super) path: Option<PathBuf>,
    pub(super) saved: Scene,
    pub(super) session: Session,
    /// The newest results that were sound; they stay while a scene is refused.
    pub(super) runs: Newest<Runs>,
    pub(super) map_data: Newest<MapData>,
    pub(super) frame: Option<Frame>,
    pub(super) timeline: Timeline,
    pub(super) selected: Option<usize>,
    /// The critical point that is looked at.
    pub(super) point: Option<usize>,
    pub(super) view: View,
    pub(super) map: MapView,
    pub(super) basins: BasinsView,
    pub(super) sweep: SweepView,
    pub(super) predictions: PredictionsView,
    pub(super) projection_error: ProjectionErrorView,
    pub(super) spectrum: SpectrumView,
    pub(super) connect: ConnectView,
    pub(super) seeds: SeedsView,
    pub(super) charts: Charts,
    pub(super) scene_panel: panel::scene::PanelState,
    pub(super) rule: panel::rule::PanelState,
    pub(super) textures: Textures,
    pub(super) asking: Option<PathDialog>,
    pub(super) help: bool,
    /// Why the scene cannot be shown as it stands.
    pub(super) problem: Option<String>,
    /// What the program has to say, and whether it is a complaint.
    pub(super) message: Option<(String, bool)>,
    /// Whether the theme changes after this frame, so that no frame shows both.
    pub(super) switching_theme: bool,
    /// The window's title as it stands.
    pub(super) shown_title: String,
    pub(super) working: Option<Receiver<(String, bool)>>,
    /// The scene of the other subject, once there is one.
    pub(super) other_scene: Option<Box<OtherScene>>,
    /// Called with the title of each view before it is painted; for tests.
    #[doc(hidden)]
    pub visitor: fn(&str),
}

/// The scene of the subject that is not shown, landscape or network, with its file, its results and the work on them, which goes on.
pub(super) struct OtherScene {
    pub(super) scene: Scene,
    pub(super) path: Option<PathBuf>,
    pub(super) saved: Scene,
    pub(super) session: Session,
    pub(super) runs: Newest<Runs>,
    pub(super) map_data: Newest<MapData>,
    pub(super) frame: Option<Frame>,
    pub(super) timeline: Timeline,
    pub(super) selected: Option<usize>,
    pub(super) point: Option<usize>,
    pub(super) view: View,
}

impl OtherScene {
    /// A scene at its beginning, with a lab of its own.
    pub(super) fn new(
        ctx: &egui::Context,
        scene: Scene,
        path: Option<PathBuf>,
    ) -> Result<Self, String> {
        Ok(Self {
            session: App::new_session(ctx, path.as_deref())?,
            path,
            saved: scene.clone(),
            runs: None,
            map_data: None,
            frame: None,
            timeline: Timeline::new(scene.training.steps),
            selected: None,
            point: None,
            view: View::default(),
            scene,
        })
    }
}

impl App {
    /// The program on a scene, which may come from a file.
    ///
    /// # Errors
    /// One sentence, where the system gives no threads.
    pub fn new(ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) -> Result<Self, String> {
        theme::install(ctx);
        Ok(Self {
            frame_budget: Duration::from_millis(6),
            history: Undoer::default(),
            saved: scene.clone(),
            session: Self::new_session(ctx, path.as_deref())?,
            path,
            runs: None,
            map_data: None,
            frame: None,
            timeline: Timeline::new(scene.training.steps),
            selected: None,
            point: None,
            view: View::default(),
            map: MapView::default(),
            basins: BasinsView::default(),
            sweep: SweepView::default(),
            predictions: PredictionsView::default(),
            projection_error: ProjectionErrorView::default(),
            spectrum: SpectrumView::default(),
            connect: ConnectView::default(),
            seeds: SeedsView::default(),
            charts: Charts::default(),
            scene_panel: panel::scene::PanelState::default(),
            rule: panel::rule::PanelState::default(),
            textures: Textures::default(),
            asking: None,
            help: false,
            problem: None,
            message: None,
            switching_theme: false,
            shown_title: String::new(),
            working: None,
            other_scene: None,
            visitor: |_| {},
            scene,
        })
    }

    /// The scene as it stands.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The timeline's step.
    pub fn step(&self) -> u64 {
        self.timeline.step()
    }

    /// The newest runs.
    pub fn runs(&self) -> Option<&Runs> {
        self.runs.as_ref().and_then(|runs| (**runs).as_ref().ok())
    }

    /// Waits until nothing is being computed; for tests and for pictures of the window.
    pub fn wait_idle(&mut self) {
        const FOREVER: Duration = Duration::from_mins(1);
        self.session.wait_for_runs(FOREVER);
        self.session.wait_for_map_data(FOREVER);
        self.session.wait_for_basins(FOREVER);
        self.session.wait_for_sweep(FOREVER);
        self.session.wait_for_critical(FOREVER);
        self.session.wait_for_fit(FOREVER);
        self.session.wait_for_carried(FOREVER);
        self.session.wait_for_sharpness(FOREVER);
        self.session.wait_for_spectrum(FOREVER);
        self.session.wait_for_ways(FOREVER);
        self.session.wait_for_seeds(FOREVER);
        self.poll_results();
    }

    pub(super) fn new_session(ctx: &egui::Context, path: Option<&Path>) -> Result<Session, String> {
        let wake = ctx.clone();
        Session::new(Arc::new(Disk::next_to(path)), move || {
            wake.request_repaint()
        })
    }

    /// Obeys a command. Nothing else changes the scene, but for one that is opened or pasted whole.
    pub(crate) fn apply(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Edit(scene) => self.scene = *scene,
            Command::Undo => {
                let earlier = self.history.undo(&self.document()).cloned();
                self.restore(ctx, earlier);
            }
            Command::Redo => {
                let later = self.history.redo(&self.document()).cloned();
                self.restore(ctx, later);
            }
            Command::New => self.show(ctx, Scene::opening(), None),
            Command::NewNetwork => self.show(ctx, Scene::opening_network(), None),
            Command::SwitchSubject => {
                self.history.add_undo(&self.document());
                if let Err(sentence) = self.switch_subject(ctx) {
                    self.show_error(sentence);
                }
            }
            Command::Open => self.open_path_dialog(Purpose::Open, "scene.toml"),
            Command::SaveAs => self.open_path_dialog(Purpose::Save, "scene.toml"),
            Command::Save => match self.path.clone() {
                Some(path) => self.save(&path),
                None => self.open_path_dialog(Purpose::Save, "scene.toml"),
            },
            Command::Export => {
                let guess = self.picture_name();
                self.open_path_dialog(Purpose::Export, &guess);
            }
            Command::CopyScene => {
                ctx.copy_text(self.scene.to_toml());
                self.show_message("The scene is on the clipboard as text.");
            }
            Command::CopyPicture => {
                if let Err(sentence) = self.copy_picture(ctx) {
                    self.show_error(sentence);
                }
            }
            Command::Play => self.timeline.toggle(),
            Command::Step(steps) => self.timeline.move_by(steps),
            Command::Seek(share) => {
                self.timeline.playing = false;
                #[expect(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a share of the steps"
                )]
                let step = (share.clamp(0.0, 1.0) * self.timeline.steps() as f64).round() as u64;
                self.timeline.go_to(step);
            }
            Command::Restart => {
                self.timeline.go_to(0);
                self.timeline.playing = true;
            }
            Command::Show(view) => self.view = view,
            Command::FullView => self.scene.view = None,
            Command::Toggle(index) => {
                if let Some(run) = self.scene.runs.get_mut(index) {
                    run.shown = !run.shown;
                }
            }
            Command::PauseTraining | Command::StopTraining | Command::TrainOn => {
                self.training(&command);
            }
            Command::SwitchTheme => self.switching_theme = true,
            Command::Help => self.help = !self.help,
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
        self.timeline.set_steps(self.scene.training.steps);
        self.selected = self.selected.filter(|&index| index < self.scene.runs.len());
    }

    /// Holds the runs of a network, ends them or lets them go on.
    fn training(&mut self, command: &Command) {
        let Some(progress) = self.progress() else {
            return self
                .show_message("Runs on a landscape are made at once; this is for networks.");
        };
        match command {
            Command::PauseTraining => self.session.pause(!self.session.is_paused()),
            Command::StopTraining if !progress.complete => {
                self.scene.training.steps = progress.done.max(1);
                self.session.pause(false);
            }
            Command::TrainOn => {
                self.scene.training.steps = self.scene.training.steps.saturating_add(TRAIN_ON);
                self.session.pause(false);
            }
            _ => {}
        }
    }

    /// How far the runs of a network are.
    pub(super) fn progress(&self) -> Option<Progress> {
        Progress::of(&self.scene, self.runs())
    }

    pub(super) fn document(&self) -> Document {
        (self.scene.clone(), self.path.clone())
    }

    /// Puts an earlier or later document in place of this one.
    fn restore(&mut self, ctx: &egui::Context, document: Option<Document>) {
        let Some((scene, path)) = document else {
            return;
        };
        if !scene.subject.same_kind(&self.scene.subject)
            && let Err(sentence) = self.switch_subject(ctx)
        {
            return self.show_error(sentence);
        }
        if path != self.path {
            match Self::new_session(ctx, path.as_deref()) {
                Ok(lab) => self.session = lab,
                Err(sentence) => return self.show_error(sentence),
            }
        }
        (self.scene, self.path) = (scene, path);
    }

    /// Exchanges the scene for that of the other subject, as it was left; the first time for one to begin with.
    pub(super) fn switch_subject(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let mut aside = match self.other_scene.take() {
            Some(aside) => aside,
            None => Box::new(OtherScene::new(ctx, self.other_subject(), None)?),
        };
        self.swap(&mut aside);
        self.other_scene = Some(aside);
        Ok(())
    }

    /// Exchanges what is shown for what is not.
    pub(super) fn swap(&mut self, aside: &mut OtherScene) {
        use std::mem::swap;
        swap(&mut self.scene, &mut aside.scene);
        swap(&mut self.path, &mut aside.path);
        swap(&mut self.saved, &mut aside.saved);
        swap(&mut self.session, &mut aside.session);
        swap(&mut self.runs, &mut aside.runs);
        swap(&mut self.map_data, &mut aside.map_data);
        swap(&mut self.frame, &mut aside.frame);
        swap(&mut self.timeline, &mut aside.timeline);
        swap(&mut self.selected, &mut aside.selected);
        swap(&mut self.point, &mut aside.point);
        swap(&mut self.view, &mut aside.view);
    }

    /// A scene to begin with of the subject that is not shown: a network, or the scene's landscape, with runs that suit it.
    fn other_subject(&self) -> Scene {
        let mut other = if self.scene.is_network() {
            Scene::opening()
        } else {
            Scene::opening_network()
        };
        *other.landscape_scene_mut() = self.scene.landscape_scene().clone();
        other.map = self.scene.map.clone();
        other
    }

    pub(super) fn apply_all(&mut self, ctx: &egui::Context, commands: Vec<Command>) {
        for command in commands {
            self.apply(ctx, command);
        }
    }

    pub(super) fn show_message(&mut self, words: impl Into<String>) {
        self.message = Some((one_line(&words.into()), false));
    }

    pub(super) fn show_error(&mut self, sentence: impl AsRef<str>) {
        self.message = Some((one_line(sentence.as_ref()), true));
    }

    /// Takes what has been computed since the last frame. Sound results stay while a scene is refused.
    pub(super) fn poll_results(&mut self) {
        let runs = keep_sound(&mut self.runs, self.session.runs());
        let map_data = keep_sound(&mut self.map_data, self.session.map_data());
        self.problem = runs.or(map_data).map(|problem| one_line(&problem));
        if let Some(done) = self
            .working
            .as_ref()
            .and_then(|receiver| receiver.try_recv().ok())
        {
            self.message = Some((one_line(&done.0), done.1));
            self.working = None;
        }
    }
}

/// Replaces a kept result by a newer sound one; answers with the newer one's refusal.
fn keep_sound<T>(kept: &mut Newest<T>, newer: Newest<T>) -> Option<String> {
    match newer {
        Some(newer) if newer.is_ok() => {
            *kept = Some(newer);
            None
        }
        Some(newer) => (*newer).as_ref().err().cloned(),
        None => None,
    }
}
