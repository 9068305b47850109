//! Preferences: theme, text size, layout and shown views, kept in a file of the user's state folder from one start to the next.

use super::app::App;
use super::export_dialog::FORMATS;
use super::layout::{Layout, Side};
use super::scale::TEXT_SIZES;
use super::shown_view::ShownViews;
use crate::export::file::write_atomic;
use eframe::egui;
use egui::ThemePreference;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toml::{Table, Value};

/// Name of the file in the state folder.
const FILE: &str = "preferences.toml";

/// The themes with their names in the file and in menus.
pub(super) const THEMES: [(ThemePreference, &str, &str); 3] = [
    (ThemePreference::System, "system", "As the system"),
    (ThemePreference::Light, "light", "Light"),
    (ThemePreference::Dark, "dark", "Dark"),
];

/// Choices of a person about the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Preferences {
    theme: ThemePreference,
    text_size: f32,
    /// Width of the left and the right panel in points, and whether each is open where it is docked.
    panels: [(f32, bool); 2],
    /// The format that was exported last.
    export_format: &'static str,
    /// Titles of the shown views, and whether both are shown at once.
    views: ([&'static str; 2], bool),
}

/// Keys of the shown views in the file.
const VIEWS: [&str; 2] = ["view", "second_view"];

/// Keys of the panels in the file: width and whether open.
const PANELS: [[&str; 2]; 2] = [["left_width", "left_open"], ["right_width", "right_open"]];

impl Preferences {
    /// Returns the preferences of a window.
    fn of(
        ctx: &egui::Context,
        layout: &Layout,
        (shown, export_format): (&ShownViews, &'static str),
    ) -> Self {
        Self {
            views: (shown.titles, shown.split),
            export_format,
            theme: ctx.options(|options| options.theme_preference),
            text_size: layout.text_size,
            panels: [Side::Left, Side::Right].map(|side| layout.docked(side)),
        }
    }

    fn apply(&self, ctx: &egui::Context, layout: &mut Layout, shown: &mut ShownViews) {
        (shown.titles, shown.split) = self.views;
        ctx.set_theme(self.theme);
        layout.text_size = self.text_size;
        for (side, panel) in [Side::Left, Side::Right].into_iter().zip(self.panels) {
            layout.set_docked(side, panel);
        }
        ctx.set_zoom_factor(layout.zoom());
    }

    /// Reads the text of a file. A missing or illegal entry leaves the preference as it is in `self`.
    fn read(mut self, text: &str, titles: &[&'static str]) -> Self {
        let table: Table = text.parse().unwrap_or_default();
        let number = |key: &str| {
            let value = table.get(key)?;
            let whole = value
                .as_integer()
                .and_then(|whole| i32::try_from(whole).ok());
            let number = value.as_float().or(whole.map(f64::from));
            #[expect(clippy::cast_possible_truncation, reason = "points of a window")]
            number
                .filter(|number| number.is_finite())
                .map(|number| number as f32)
        };
        let theme = table.get("theme").and_then(Value::as_str);
        if let Some((theme, ..)) = THEMES.iter().find(|(_, name, _)| theme == Some(*name)) {
            self.theme = *theme;
        }
        let size = number("text_size");
        if let Some(size) = size.filter(|size| TEXT_SIZES.contains(size)) {
            self.text_size = size;
        }
        let format = table.get("export_format").and_then(Value::as_str);
        if let Some((format, _)) = FORMATS.iter().find(|(name, _)| format == Some(*name)) {
            self.export_format = format;
        }
        for ([width, open], panel) in PANELS.iter().zip(&mut self.panels) {
            panel.0 = number(width).unwrap_or(panel.0);
            panel.1 = table.get(*open).and_then(Value::as_bool).unwrap_or(panel.1);
        }
        for (key, shown) in VIEWS.into_iter().zip(&mut self.views.0) {
            let title = table.get(key).and_then(Value::as_str);
            let known = titles.iter().find(|known| title == Some(**known));
            *shown = known.copied().unwrap_or(*shown);
        }
        let split = table.get("split").and_then(Value::as_bool);
        self.views.1 = split.unwrap_or(self.views.1);
        self
    }

    fn text(&self) -> String {
        let name = THEMES.iter().find(|(theme, ..)| *theme == self.theme);
        let mut table = Table::new();
        let mut set = |key: &str, value: Value| table.insert(key.to_owned(), value);
        set("theme", name.map_or("system", |(_, name, _)| *name).into());
        // As few digits as the f32 has.
        let number = |number: f32| number.to_string().parse().unwrap_or(1.0_f64);
        set("text_size", number(self.text_size).into());
        set("export_format", self.export_format.into());
        for ([width, open], panel) in PANELS.iter().zip(self.panels) {
            set(width, number(panel.0.round()).into());
            set(open, panel.1.into());
        }
        for (key, title) in VIEWS.into_iter().zip(self.views.0) {
            table.insert(key.to_owned(), title.into());
        }
        table.insert("split".to_owned(), self.views.1.into());
        table.to_string()
    }
}

/// The file of the preferences.
pub(super) struct PreferencesFile {
    path: PathBuf,
    /// Content of the file, or what it will be once the thread has written.
    written: Preferences,
    /// Whether a thread is writing.
    busy: Arc<AtomicBool>,
}

impl PreferencesFile {
    /// Applies the preferences of the file in a folder; those that it lacks stay.
    pub(super) fn open(
        folder: &Path,
        ctx: &egui::Context,
        (layout, shown, format): (&mut Layout, &mut ShownViews, &mut &'static str),
        titles: &[&'static str],
    ) -> Self {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let read = Preferences::of(ctx, layout, (shown, *format)).read(&text, titles);
        read.apply(ctx, layout, shown);
        *format = read.export_format;
        Self {
            path,
            written: Preferences::of(ctx, layout, (shown, *format)),
            busy: Arc::default(),
        }
    }

    /// Writes preferences on a thread of its own, if they have changed; returns whether that has to wait.
    fn write_later(&mut self, now: Preferences) -> bool {
        if now == self.written {
            return false;
        }
        if self.busy.swap(true, Ordering::AcqRel) {
            return true;
        }
        self.written = now;
        let (path, busy) = (self.path.clone(), Arc::clone(&self.busy));
        let thread = std::thread::Builder::new().name("ravine preferences".to_owned());
        let work = move || {
            write(&path, &now);
            busy.store(false, Ordering::Release);
        };
        if thread.spawn(work).is_err() {
            self.busy.store(false, Ordering::Release);
        }
        false
    }
}

fn write(path: &Path, preferences: &Preferences) {
    let text = preferences.text();
    // Preferences that cannot be written are those of this window alone.
    let _ = write_atomic(path, |out| out.write_all(text.as_bytes()));
}

impl App {
    /// Writes the preferences where they have changed and the mouse button is up.
    pub(super) fn update_preferences(&mut self, ctx: &egui::Context) {
        let now = Preferences::of(ctx, &self.layout, (&self.shown, self.export_format));
        let dragging = ctx.input(|input| input.pointer.any_down());
        if let Some(file) = self.preferences.as_mut().filter(|_| !dragging)
            && file.write_later(now)
        {
            ctx.request_repaint_after(Duration::from_millis(200));
        }
    }

    /// Writes the preferences before the window closes, for a thread that is writing them may end with it.
    pub(super) fn finish_preferences(&self) {
        if let Some(file) = &self.preferences {
            write(&file.path, &file.written);
        }
    }
}

/// Returns the folder for the state of programs on this system, with ours in it.
pub(super) fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value)).filter(|path| path.is_absolute())
    };
    let parent = if cfg!(target_os = "windows") {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))
    };
    Some(parent?.join("ravine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: Preferences = Preferences {
        theme: ThemePreference::System,
        text_size: 1.0,
        panels: [(304.0, true), (380.0, true)],
        export_format: "png",
        views: ([""; 2], false),
    };

    const TITLES: [&str; 2] = ["Map", "Sweep"];

    #[test]
    fn preferences_round_trip() {
        for preferences in [
            DEFAULT,
            Preferences {
                theme: ThemePreference::Dark,
                text_size: 1.1,
                panels: [(512.0, false), (260.0, true)],
                export_format: "gif",
                views: (["Sweep", "Map"], true),
            },
        ] {
            assert_eq!(DEFAULT.read(&preferences.text(), &TITLES), preferences);
        }
    }

    #[test]
    fn each_illegal_entry_is_left_out() {
        assert_eq!(DEFAULT.read("\0 = no toml", &TITLES), DEFAULT);
        let text = "theme = 7\ntext_size = 1e9\nexport_format = \"bmp\"\nleft_width = \"wide\"\nright_width = nan\nright_open = false\nview = \"Gone\"";
        let read = DEFAULT.read(text, &TITLES);
        let panels = [(304.0, true), (380.0, false)];
        assert_eq!(read, Preferences { panels, ..DEFAULT });
        let read = DEFAULT.read("theme = \"light\"\nright_width = 400", &TITLES);
        assert_eq!(
            (read.theme, read.panels[1].0),
            (ThemePreference::Light, 400.0)
        );
    }
}
