//! Commands of the window, with their menus and keyboard shortcuts. Panels and views answer with commands; `App::apply` executes them.

use super::file_dialog::Purpose;
use super::layout::Side;
use super::lesson::LessonCommand;
use super::panel::style::LAYERS;
use super::reader::{Place, Section, Topic};
use super::view::View;
use crate::engine::scene::Scene;
use crate::teaching::example::Example;
use eframe::egui::{Key, KeyboardShortcut, Modifiers, ThemePreference};
use std::path::PathBuf;

/// Seeds of every run after [`Command::Seeds`].
pub(crate) const SEEDS: u64 = 10;

/// Steps that [`Command::TrainOn`] adds.
pub(crate) const TRAIN_ON: u64 = 500;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Replaces the scene.
    Edit(Box<Scene>),
    /// Restores the scene before the last edit.
    Undo,
    /// Reverts an undo.
    Redo,
    /// Replaces the scene by the opening scene.
    New,
    /// Replaces the scene by one with a network.
    NewNetwork,
    /// Switches between the scene with a landscape and the scene with a network.
    SwitchSubject,
    /// Asks for a scene file to open.
    Open,
    /// Saves the scene to its file, or asks for one.
    Save,
    /// Asks for a file to save the scene to.
    SaveAs,
    /// Opens the export dialog.
    Export,
    /// Copies the selected run as text, or the scene where none is selected.
    Copy,
    /// Adds what is on the clipboard: runs, a scene or a landscape.
    Paste,
    /// Copies the scene as text.
    CopyScene,
    /// Copies the picture.
    CopyPicture,
    /// Starts or stops the timeline.
    Play,
    /// Moves the timeline by steps.
    Step(i64),
    /// Moves the timeline to a step, and stops it there.
    GoTo(u64),
    /// Moves the timeline to a fraction of its length.
    Seek(f64),
    /// Plays from step 0.
    Restart,
    /// Shows the landscape's own view again.
    FullView,
    /// Shows the view with this title.
    Show(&'static str),
    /// Shows two views at once, or one again.
    Split,
    /// Opens or closes the card that explains why a run ended as it did; that of the followed run without one.
    Why(Option<usize>),
    /// Selects a run.
    Select(usize),
    /// Ticks or unticks a run.
    Toggle(usize),
    /// Pauses the training of a network, or lets it go on.
    PauseTraining,
    /// Ends the training of a network at the current step.
    StopTraining,
    /// Trains a network for [`TRAIN_ON`] more steps.
    TrainOn,
    /// Gives every run several seeds, or one again.
    Seeds,
    /// Opens a file for what it is, as one that is dropped on the window.
    OpenFile(PathBuf),
    /// Empties the list of recent files.
    ClearRecent,
    /// Asks for a file of the landscape or of the network's data.
    Browse(Purpose),
    /// Copies a run as text.
    CopyRun(usize),
    /// Switches between light and dark.
    SwitchTheme,
    /// Chooses light, dark, or the system's theme.
    Theme(ThemePreference),
    /// Sets the text size, as a factor.
    TextSize(f32),
    /// Sets the next larger (`true`) or smaller text size.
    NextTextSize(bool),
    /// Opens or closes a side panel.
    Panel(Side),
    /// Starts or ends presentation mode.
    Present,
    /// Opens or closes the keyboard shortcuts.
    Help,
    /// Opens or closes the command palette.
    Palette,
    /// Opens the guide, the glossary or a help page.
    Read(Place),
    /// Opens or closes the gallery of examples.
    Examples,
    /// Replaces the scene by one without a file, in the view with this title.
    ShowScene(Box<Scene>, Option<String>),
    /// Shows or hides the layer of the map with this name.
    Layer(&'static str),
    /// Makes the scene an undo step of its own, however soon the next edit follows.
    Checkpoint,
    /// Opens, leaves or moves in a lesson.
    Lesson(LessonCommand),
    /// Shows an error.
    ShowError(String),
    /// Ends the program.
    Quit,
}

impl Command {
    /// Returns the command that opens an example.
    pub(crate) fn show_example(example: &Example) -> Self {
        Self::ShowScene(Box::new(example.scene.clone()), example.view.clone())
    }
}

/// A command in a menu, with its key.
pub(crate) struct Entry {
    /// The name.
    pub title: &'static str,
    /// The command.
    pub command: Command,
    /// The key.
    pub key: KeyboardShortcut,
}

/// A menu: its title and its entries.
pub(crate) type Menu = (&'static str, Vec<Entry>);

fn entry(title: &'static str, command: Command, modifiers: Modifiers, key: Key) -> Entry {
    Entry {
        title,
        command,
        key: KeyboardShortcut::new(modifiers, key),
    }
}

/// Returns the entry that opens a section of the reader.
fn read(title: &'static str, section: Section, key: Key) -> Entry {
    let command = Command::Read(Place::Section(section));
    entry(title, command, Modifiers::NONE, key)
}

/// Returns the menus in their order, with an entry for each view.
pub(crate) fn menus(views: &[Box<dyn View>]) -> Vec<Menu> {
    let (none, shift, ctrl) = (Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND);
    let ctrl_shift = ctrl | shift;
    let show = views.iter().map(|view| {
        let title = view.title();
        entry(title, Command::Show(title), none, view.key())
    });
    let timeline = [
        entry("Play or pause", Command::Play, none, Key::Space),
        entry("Step forward", Command::Step(1), none, Key::ArrowRight),
        entry("Step back", Command::Step(-1), none, Key::ArrowLeft),
        entry(
            "10 steps forward",
            Command::Step(10),
            shift,
            Key::ArrowRight,
        ),
        entry("10 steps back", Command::Step(-10), shift, Key::ArrowLeft),
        entry("First step", Command::Seek(0.0), none, Key::Home),
        entry("Last step", Command::Seek(1.0), none, Key::End),
        entry("Play from the start", Command::Restart, none, Key::R),
    ];
    let window = [
        entry("Split", Command::Split, ctrl, Key::Backslash),
        entry("Full view", Command::FullView, none, Key::F),
        entry("Light or dark", Command::SwitchTheme, ctrl, Key::D),
        entry(
            "Left panel",
            Command::Panel(Side::Left),
            none,
            Key::OpenBracket,
        ),
        entry(
            "Right panel",
            Command::Panel(Side::Right),
            none,
            Key::CloseBracket,
        ),
        entry("Presentation", Command::Present, none, Key::F5),
        entry("Larger text", Command::NextTextSize(true), ctrl, Key::Plus),
        entry(
            "Smaller text",
            Command::NextTextSize(false),
            ctrl,
            Key::Minus,
        ),
        entry("Text at 100 %", Command::TextSize(1.0), ctrl, Key::Num0),
    ];
    let view = timeline.into_iter().chain(show).chain(window);
    let layers = LAYERS.iter();
    let layers =
        layers.map(|layer| entry(layer.title, Command::Layer(layer.name), shift, layer.key));
    vec![
        (
            "File",
            vec![
                entry("New scene", Command::New, ctrl, Key::N),
                entry("New network", Command::NewNetwork, ctrl_shift, Key::N),
                entry("Open scene…", Command::Open, ctrl, Key::O),
                entry("Examples…", Command::Examples, ctrl_shift, Key::O),
                entry("Save scene", Command::Save, ctrl, Key::S),
                entry("Save scene as…", Command::SaveAs, ctrl_shift, Key::S),
                entry("Export…", Command::Export, ctrl, Key::E),
                entry("Quit", Command::Quit, ctrl, Key::Q),
            ],
        ),
        (
            "Edit",
            vec![
                entry("Undo", Command::Undo, ctrl, Key::Z),
                entry("Redo", Command::Redo, ctrl, Key::Y),
                entry("Copy run or scene", Command::Copy, ctrl, Key::C),
                entry("Copy scene", Command::CopyScene, ctrl_shift, Key::T),
                entry("Copy picture", Command::CopyPicture, ctrl_shift, Key::C),
                entry("Paste", Command::Paste, ctrl, Key::V),
            ],
        ),
        ("View", view.collect()),
        ("Show", layers.collect()),
        (
            "Training",
            vec![
                entry("Pause or go on", Command::PauseTraining, none, Key::P),
                entry("Stop here", Command::StopTraining, shift, Key::P),
                entry("Train on", Command::TrainOn, none, Key::T),
                entry("Several seeds or one", Command::Seeds, shift, Key::R),
            ],
        ),
        ("Lessons", lesson_entries()),
        ("Help", help_entries()),
    ]
}

/// Returns the entries of the menu Help.
fn help_entries() -> Vec<Entry> {
    let (none, shift, ctrl) = (Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND);
    vec![
        entry("Search commands…", Command::Palette, ctrl, Key::K),
        entry("Why did it do that?", Command::Why(None), shift, Key::W),
        entry("Keyboard shortcuts", Command::Help, none, Key::F1),
        read("Guide", Section::Guide, Key::F2),
        read("Glossary", Section::Glossary, Key::F3),
        read("Help pages", Section::Reference, Key::F4),
        entry(
            "Scene files",
            Command::Read(Place::Topic(Topic::SceneFiles)),
            shift,
            Key::F1,
        ),
    ]
}

/// Returns the entries of the menu Lessons, below the lessons.
fn lesson_entries() -> Vec<Entry> {
    let (none, ctrl) = (Modifiers::NONE, Modifiers::COMMAND);
    let lessons = [
        (
            "Next step of the lesson",
            LessonCommand::Next,
            none,
            Key::PageDown,
        ),
        (
            "Previous step of the lesson",
            LessonCommand::Back,
            none,
            Key::PageUp,
        ),
        ("Return to the step", LessonCommand::Return, ctrl, Key::R),
        (
            "Show the answer or the run",
            LessonCommand::Reveal,
            none,
            Key::A,
        ),
        (
            "Leave or continue the lesson",
            LessonCommand::Toggle,
            ctrl,
            Key::L,
        ),
    ];
    let entries = lessons.map(|(title, command, modifiers, key)| {
        entry(title, Command::Lesson(command), modifiers, key)
    });
    entries.into()
}

/// Returns every entry of every menu; keys with more modifiers come before keys with fewer, which they contain.
pub(crate) fn entries(views: &[Box<dyn View>]) -> Vec<Entry> {
    let menus = menus(views).into_iter();
    let mut entries: Vec<Entry> = menus.flat_map(|(_, entries)| entries).collect();
    let modifiers =
        |entry: &Entry| u8::from(entry.key.modifiers.shift) + u8::from(entry.key.modifiers.command);
    entries.sort_by_key(|entry| std::cmp::Reverse(modifiers(entry)));
    entries
}
