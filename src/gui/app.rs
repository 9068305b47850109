//! The application: the scene with its history and results, and the one place where commands are executed.

use super::autosave::Autosave;
use super::command::{Command, SEEDS};
use super::desktop::Asking;
use super::examples::Gallery;
use super::export_dialog::{ExportDialog, FORMATS};
pub(super) use super::history::Document;
use super::layout::Layout;
use super::lesson::Lessons;
use super::message::Message;
use super::other_scene::OtherScene;
use super::paint::Textures;
use super::palette::Palette;
use super::panel;
use super::panel::scene::EQUAL_SEEDS;
use super::preferences::PreferencesFile;
use super::quit::Closing;
use super::reader::Reader;
use super::recent::Recent;
use super::refusal::Refusal;
use super::scale::next_text_size;
use super::seed_charts::{self, SeedChartsJob};
use super::shown_view::{MappedRuns, ShownViews};
use super::taking::Hovered;
use super::theme;
use super::timeline::Timeline;
use super::view::charts::Charts;
use super::view::{self, View};
use super::why::WhyCard;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::import::Disk;
use crate::session::Session;
use eframe::egui;
use egui::util::undoer::Undoer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// The newest result of a background job.
pub(super) type Newest<T> = Option<Arc<Result<T, String>>>;

/// The application.
pub struct App {
    /// Time that a frame waits for runs, so that a slider and its trails move together.
    pub frame_budget: Duration,
    pub(super) scene: Scene,
    pub(super) history: Undoer<Document>,
    /// The scene's file, and the scene that was saved there.
    pub(super) path: Option<PathBuf>,
    pub(super) saved: Scene,
    pub(super) session: Session,
    /// The newest results that are no errors; they stay while a scene is refused.
    pub(super) runs: Newest<Runs>,
    pub(super) map_data: Newest<MapData>,
    /// The last runs of a network that had a map of their plane.
    pub(super) mapped: Option<MappedRuns>,
    /// Part of the plane that the shown views need of the map.
    pub(super) map_window: Option<Rect>,
    /// Part of the plane that the views shown so far in this frame need.
    pub(super) needed_window: Option<Rect>,
    pub(super) timeline: Timeline,
    pub(super) selected: Option<usize>,
    /// The critical point that is selected in the list.
    pub(super) point: Option<usize>,
    pub(super) views: Vec<Box<dyn View>>,
    /// Which of them are shown.
    pub(super) shown: ShownViews,
    /// Status line: a description of what is under the pointer.
    pub(super) hover_text: String,
    /// The run under the pointer in this frame and in the last one.
    pub(super) hovered_run: [Option<usize>; 2],
    pub(super) charts: Charts,
    pub(super) seed_charts: SeedChartsJob,
    pub(super) scene_panel: panel::scene::PanelState,
    pub(super) rule: panel::rule::PanelState,
    pub(super) table_order: panel::table::Order,
    pub(super) textures: Textures,
    pub(super) asking: Option<Asking>,
    /// Whether the desktop has file dialogs.
    pub(super) desktop_dialogs: Arc<AtomicBool>,
    pub(super) recent: Recent,
    pub(super) lessons: Lessons,
    pub(super) preferences: Option<PreferencesFile>,
    /// The files over the window.
    pub(super) hovered: Option<Hovered>,
    pub(super) export_dialog: Option<ExportDialog>,
    /// The format that was exported last.
    pub(super) export_format: &'static str,
    pub(super) help: bool,
    pub(super) palette: Option<Palette>,
    /// The card that explains a run.
    pub(super) why: Option<WhyCard>,
    pub(super) reader: Option<Reader>,
    pub(super) examples: Gallery,
    pub(super) closing: Closing,
    pub(super) autosave: Option<Autosave>,
    /// Time when a text field had the focus last.
    pub(super) typed_at: f64,
    pub(super) layout: Layout,
    /// Reason why the scene is refused.
    pub(super) refusal: Option<Refusal>,
    /// Whether the sentence of the refusal is scrolled into view in this frame.
    pub(super) reveal_refusal: bool,
    pub(super) message: Option<Message>,
    /// The theme after this frame, so that no frame shows two.
    pub(super) next_theme: Option<egui::ThemePreference>,
    /// The window's current title.
    pub(super) shown_title: String,
    pub(super) working: Option<Receiver<(String, bool)>>,
    /// The scene with the other subject, once there is one.
    pub(super) other_scene: Option<Box<OtherScene>>,
    /// Called with the title of each view before it is painted; for tests.
    #[doc(hidden)]
    pub visitor: fn(&str),
}

impl App {
    /// Opens the application on a scene, which may come from a file.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no threads.
    pub fn new(ctx: &egui::Context, scene: Scene, path: Option<PathBuf>) -> Result<Self, String> {
        theme::install(ctx);
        let session = Self::new_session(ctx, path.as_deref())?;
        Ok(Self {
            frame_budget: Duration::from_millis(6),
            history: Undoer::default(),
            saved: scene.clone(),
            seed_charts: seed_charts::spawn(&session)?,
            session,
            path,
            runs: None,
            map_data: None,
            mapped: None,
            map_window: None,
            needed_window: None,
            timeline: Timeline::new(scene.training.steps),
            selected: None,
            point: None,
            views: view::all(),
            shown: ShownViews::default(),
            hover_text: String::new(),
            hovered_run: [None; 2],
            charts: Charts::default(),
            scene_panel: panel::scene::PanelState::default(),
            rule: panel::rule::PanelState::default(),
            table_order: panel::table::Order::default(),
            textures: Textures::default(),
            asking: None,
            desktop_dialogs: Arc::default(),
            recent: Recent::default(),
            lessons: Lessons::default(),
            preferences: None,
            hovered: None,
            export_dialog: None,
            export_format: FORMATS[0].0,
            help: false,
            palette: None,
            why: None,
            reader: None,
            examples: Gallery::default(),
            closing: Closing::No,
            autosave: None,
            typed_at: f64::NEG_INFINITY,
            layout: Layout::default(),
            refusal: None,
            reveal_refusal: false,
            message: None,
            next_theme: None,
            shown_title: String::new(),
            working: None,
            other_scene: None,
            visitor: |_| {},
            scene,
        })
    }

    /// Returns the scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Whether the window closes; for tests.
    #[doc(hidden)]
    pub fn is_closing(&self) -> bool {
        self.closing == Closing::Confirmed
    }

    /// Returns the timeline's step.
    pub fn step(&self) -> u64 {
        self.timeline.step()
    }

    /// Returns the newest runs.
    pub fn runs(&self) -> Option<&Runs> {
        self.runs.as_ref().and_then(|runs| (**runs).as_ref().ok())
    }

    /// Returns the part of the plane that the views need, and the one that the newest map was computed for; for tests.
    #[doc(hidden)]
    pub fn map_windows(&self) -> [Option<[[f64; 2]; 2]>; 2] {
        let computed = self
            .map_data
            .as_ref()
            .and_then(|found| (**found).as_ref().ok());
        let computed = computed.map(|found| found.surface.view);
        [self.map_window, computed].map(|window| window.map(|window| [window.x(), window.y()]))
    }

    /// Waits until nothing is being computed; for tests.
    pub fn wait_idle(&mut self) {
        self.session.wait(Duration::from_mins(1));
        self.poll_results();
    }

    pub(super) fn new_session(ctx: &egui::Context, path: Option<&Path>) -> Result<Session, String> {
        let wake = ctx.clone();
        Session::new(Arc::new(Disk::next_to(path)), move || {
            wake.request_repaint();
        })
    }

    /// Executes a command. Nothing else changes the scene, except for one that is opened or pasted.
    pub(crate) fn apply(&mut self, ctx: &egui::Context, command: Command) {
        self.close_error();
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
            Command::Open
            | Command::OpenFile(_)
            | Command::ClearRecent
            | Command::Browse(_)
            | Command::Save
            | Command::SaveAs
            | Command::Export => self.file_command(ctx, command),
            Command::Copy
            | Command::Paste
            | Command::CopyScene
            | Command::CopyRun(_)
            | Command::CopyPicture => self.clipboard_command(ctx, &command),
            Command::Play
            | Command::Step(_)
            | Command::GoTo(_)
            | Command::Seek(_)
            | Command::Restart => self.timeline_command(&command),
            Command::Show(view) => self.shown.show(view),
            Command::Split => self.toggle_split(),
            Command::Layer(name) => self.toggle_layer(name),
            Command::Select(run) => self.selected = Some(run),
            Command::Why(run) => self.open_why(ctx, run),
            Command::Checkpoint => self.history.add_undo(&self.document()),
            Command::ShowError(sentence) => self.show_error(sentence),
            Command::FullView => self.scene.view = None,
            Command::Toggle(index) => {
                if let Some(run) = self.scene.runs.get_mut(index) {
                    run.shown = !run.shown;
                }
            }
            Command::PauseTraining | Command::StopTraining | Command::TrainOn => {
                self.training_command(&command);
            }
            Command::Seeds => self.toggle_seeds(),
            Command::SwitchTheme => {
                self.next_theme = Some(match ctx.theme() {
                    egui::Theme::Dark => egui::ThemePreference::Light,
                    egui::Theme::Light => egui::ThemePreference::Dark,
                });
            }
            Command::Theme(theme) => self.next_theme = Some(theme),
            Command::TextSize(size) => {
                self.layout.text_size = size;
                ctx.set_zoom_factor(self.layout.zoom());
            }
            Command::NextTextSize(up) => {
                let size = next_text_size(self.layout.text_size, up);
                self.apply(ctx, Command::TextSize(size));
            }
            Command::Panel(side) => self.layout.toggle(side, ctx.content_rect().width()),
            Command::Present => {
                self.layout.present();
                ctx.set_zoom_factor(self.layout.zoom());
                self.present_lesson(ctx);
            }
            Command::Lesson(command) => self.lesson_command(ctx, command),
            Command::Help => self.help = !self.help,
            Command::Palette => self.palette = self.palette.is_none().then(Palette::default),
            Command::Read(place) => self.reader = Some(Reader::at(place)),
            Command::Examples => self.examples.toggle(),
            Command::ShowScene(scene, view) => self.show_bundled(ctx, *scene, view.as_deref()),
            Command::Quit => self.quit(ctx),
        }
        self.timeline.set_steps(self.scene.training.steps);
        self.selected = self.selected.filter(|&index| index < self.scene.runs.len());
    }

    /// Shows or hides a layer of the map.
    fn toggle_layer(&mut self, name: &'static str) {
        if let Err(sentence) = panel::style::toggle(&mut self.scene, name) {
            self.show_error(sentence);
        }
    }

    /// Gives every run several seeds, or one again.
    fn toggle_seeds(&mut self) {
        let several = self.scene.training.seeds.is_none();
        self.scene.training.seeds = several.then_some(SEEDS);
        if several && !self.scene.is_random() {
            self.show_message(EQUAL_SEEDS);
        }
    }

    pub(super) fn apply_all(&mut self, ctx: &egui::Context, commands: Vec<Command>) {
        for command in commands {
            self.apply(ctx, command);
        }
    }

    /// Takes the results that were computed since the last frame. Earlier ones stay while a scene is refused.
    pub(super) fn poll_results(&mut self) {
        let runs = keep_sound(&mut self.runs, self.session.runs.newest());
        let map_data = keep_sound(&mut self.map_data, self.session.map_data.newest());
        self.keep_mapped_runs();
        self.set_refusal(runs.or(map_data));
        if let Some(done) = self
            .working
            .as_ref()
            .and_then(|receiver| receiver.try_recv().ok())
        {
            self.message = Some(Message::new(&done.0, done.1));
            self.working = None;
        }
    }
}

/// Replaces a result by a newer one that is no error; returns the newer one's error.
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
