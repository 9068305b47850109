//! What a person can tell the program to do, and the keys for it. Views answer with commands; `App::apply` obeys them.

use super::view::View;
use crate::engine::scene::Scene;
use eframe::egui::{Key, KeyboardShortcut, Modifiers};

/// How many more steps runs take that are to train on.
pub(crate) const TRAIN_ON: u64 = 500;

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Replaces the scene.
    Edit(Box<Scene>),
    /// Goes back to the scene before the last edit.
    Undo,
    /// Takes back an undo.
    Redo,
    /// Starts over with the opening scene.
    New,
    /// Starts over with a network.
    NewNetwork,
    /// Shows the scene of the other subject, landscape or network, as it was left.
    SwitchSubject,
    /// Asks for a scene file to open.
    Open,
    /// Saves the scene to its file, or asks for one.
    Save,
    /// Asks for a file to save the scene to.
    SaveAs,
    /// Asks for a file to write the picture to.
    Export,
    /// Copies the scene as text.
    CopyScene,
    /// Copies the picture.
    CopyPicture,
    /// Starts or stops the timeline.
    Play,
    /// Moves the timeline by steps.
    Step(i64),
    /// Moves the timeline to a share of its length.
    Seek(f64),
    /// Plays from step 0.
    Restart,
    /// Shows the landscape's own view again.
    FullView,
    /// Shows another view in the middle.
    Show(View),
    /// Ticks or unticks a run.
    Toggle(usize),
    /// Holds the runs of a network where they are, or lets them go on.
    PauseTraining,
    /// Ends the runs of a network where they are.
    StopTraining,
    /// Lets the runs of a network take more steps.
    TrainOn,
    /// Light or dark.
    SwitchTheme,
    /// Opens or closes the sheet of keys.
    Help,
    /// Ends the program.
    Quit,
}

/// A command that has a name in menus, with its key.
pub(crate) struct Entry {
    /// What it is called.
    pub title: &'static str,
    /// What it does.
    pub command: Command,
    /// Its key.
    pub key: KeyboardShortcut,
}

const fn entry(title: &'static str, command: Command, key: KeyboardShortcut) -> Entry {
    Entry {
        title,
        command,
        key,
    }
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

/// The menus, in their order; keys with more modifiers come before the same keys with fewer where they are looked for.
pub(crate) const MENUS: [(&str, &[Entry]); 5] = [
    (
        "File",
        &[
            entry("New scene", Command::New, ctrl(Key::N)),
            entry("New network", Command::NewNetwork, ctrl_shift(Key::N)),
            entry("Open scene…", Command::Open, ctrl(Key::O)),
            entry("Save scene", Command::Save, ctrl(Key::S)),
            entry("Save scene as…", Command::SaveAs, ctrl_shift(Key::S)),
            entry("Export picture…", Command::Export, ctrl(Key::E)),
            entry("Quit", Command::Quit, ctrl(Key::Q)),
        ],
    ),
    (
        "Edit",
        &[
            entry("Undo", Command::Undo, ctrl(Key::Z)),
            entry("Redo", Command::Redo, ctrl(Key::Y)),
            entry("Copy scene as text", Command::CopyScene, ctrl_shift(Key::T)),
            entry("Copy picture", Command::CopyPicture, ctrl_shift(Key::C)),
        ],
    ),
    (
        "View",
        &[
            entry("Play or pause", Command::Play, plain(Key::Space)),
            entry("Step forward", Command::Step(1), plain(Key::ArrowRight)),
            entry("Step back", Command::Step(-1), plain(Key::ArrowLeft)),
            entry(
                "10 steps forward",
                Command::Step(10),
                shift(Key::ArrowRight),
            ),
            entry("10 steps back", Command::Step(-10), shift(Key::ArrowLeft)),
            entry("First step", Command::Seek(0.0), plain(Key::Home)),
            entry("Last step", Command::Seek(1.0), plain(Key::End)),
            entry("Play from the start", Command::Restart, plain(Key::R)),
            entry("Map", Command::Show(View::Map), plain(Key::M)),
            entry("Basins", Command::Show(View::Basins), plain(Key::B)),
            entry("Sweep", Command::Show(View::Sweep), plain(Key::W)),
            entry(
                "Projection error",
                Command::Show(View::ProjectionError),
                plain(Key::O),
            ),
            entry("Spectrum", Command::Show(View::Spectrum), plain(Key::H)),
            entry("Seeds", Command::Show(View::Seeds), plain(Key::S)),
            entry("Connect", Command::Show(View::Connect), plain(Key::C)),
            entry("Full view", Command::FullView, plain(Key::F)),
            entry("Light or dark", Command::SwitchTheme, ctrl(Key::D)),
        ],
    ),
    (
        "Training",
        &[
            entry("Pause or go on", Command::PauseTraining, plain(Key::P)),
            entry("Stop here", Command::StopTraining, shift(Key::P)),
            entry("Train on", Command::TrainOn, plain(Key::T)),
        ],
    ),
    (
        "Help",
        &[entry("Keys and mouse", Command::Help, plain(Key::F1))],
    ),
];

/// Every entry of every menu.
pub(crate) fn entries() -> impl Iterator<Item = &'static Entry> {
    MENUS.iter().flat_map(|(_, entries)| entries.iter())
}
