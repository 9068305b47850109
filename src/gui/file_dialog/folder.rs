//! The shown folder: its entries, those that pass the filter, and the marked one.

use super::listing::{self, Entry, SortBy};
use super::worker::Worker;
use crate::gui::search::penalty;
use crate::import::{path_from_text, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Time that a frame waits for a folder, in which most are read.
const WAIT: Duration = Duration::from_millis(8);

/// The shown folder.
pub(super) struct FolderView {
    pub(super) path: PathBuf,
    extensions: &'static [&'static str],
    entries: Vec<Entry>,
    /// The recent files, while these are shown instead.
    pub(super) recent: Option<Vec<Entry>>,
    /// Indices of the entries that pass the filter, in their order.
    pub(super) rows: Vec<usize>,
    /// Place of the marked entry among the rows.
    pub(super) mark: Option<usize>,
    filter: String,
    /// Whether the filter hides entries; otherwise it only marks none.
    pub(super) filters: bool,
    /// Whether files of all kinds and hidden ones are shown.
    pub(super) all: bool,
    pub(super) sort: (SortBy, bool),
    /// Position of the list in the last frame, and whether the mark was moved by a key since.
    pub(super) offset: f32,
    pub(super) moved: bool,
    worker: Option<Worker<PathBuf, Result<Vec<Entry>, String>>>,
}

impl FolderView {
    pub(super) fn new(
        ctx: &egui::Context,
        extensions: &'static [&'static str],
        start: PathBuf,
    ) -> Self {
        let mut view = Self {
            path: PathBuf::new(),
            extensions,
            entries: Vec::new(),
            recent: None,
            rows: Vec::new(),
            mark: None,
            filter: String::new(),
            filters: true,
            all: false,
            sort: (SortBy::Name, false),
            offset: 0.0,
            moved: false,
            worker: Worker::spawn(ctx, |folder: &PathBuf| listing::read(folder)),
        };
        // A folder that is gone is replaced by the nearest one that is there.
        let start = std::path::absolute(&start).unwrap_or(start);
        let there = start.ancestors().find(|folder| folder.is_dir());
        there.unwrap_or(Path::new("/")).clone_into(&mut view.path);
        view.go(view.path.clone());
        view
    }

    /// Reads a folder, which is shown once it is read.
    pub(super) fn go(&mut self, folder: PathBuf) {
        if let Some(worker) = &mut self.worker {
            worker.request(folder);
        }
    }

    /// Whether a folder is being read.
    pub(super) fn is_reading(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| worker.busy)
    }

    /// Takes a folder that was read. Returns the reason why one cannot be shown; the former one stays.
    pub(super) fn poll(&mut self) -> Option<String> {
        let (path, read) = self.worker.as_mut()?.newest(WAIT)?;
        match read {
            Ok(entries) => {
                // Going up marks the folder that was left.
                let left = (self.path.parent() == Some(&path)).then(|| self.path.clone());
                (self.path, self.entries, self.recent) = (path, entries, None);
                (self.offset, self.filter) = (0.0, String::new());
                self.sort_entries();
                self.mark = left.and_then(|left| {
                    self.rows
                        .iter()
                        .position(|row| self.entries[*row].path == left)
                });
                self.moved = self.mark.is_some();
                None
            }
            Err(sentence) => Some(sentence),
        }
    }

    /// Shows recent files, or the folder again.
    pub(super) fn show_recent(&mut self, files: Option<&[PathBuf]>) {
        let entries = |files: &[PathBuf]| files.iter().cloned().map(Entry::new).collect();
        self.recent = files.map(entries);
        self.offset = 0.0;
        self.set_filter("");
    }

    pub(super) fn entries(&self) -> &[Entry] {
        self.recent.as_ref().unwrap_or(&self.entries)
    }

    /// Returns the marked entry.
    pub(super) fn marked(&self) -> Option<&Entry> {
        self.entries().get(*self.rows.get(self.mark?)?)
    }

    /// Returns the marked file; `None` for a folder.
    pub(super) fn marked_file(&self) -> Option<&Entry> {
        self.marked().filter(|entry| !entry.is_folder)
    }

    pub(super) fn set_filter(&mut self, filter: &str) {
        filter.trim().clone_into(&mut self.filter);
        self.update_rows();
        let first = (self.filters && !self.filter.is_empty() && !self.rows.is_empty()).then_some(0);
        self.mark = first;
    }

    pub(super) fn sort_entries(&mut self) {
        listing::sort(&mut self.entries, self.sort.0, self.sort.1);
        self.update_rows();
        self.mark = None;
    }

    /// Finds the rows again: the best match comes first where there is a filter.
    pub(super) fn update_rows(&mut self) {
        let marked = self.marked().map(|entry| entry.path.clone());
        let filter = if self.filters {
            self.filter.to_lowercase()
        } else {
            String::new()
        };
        let dotted = self.all || filter.starts_with('.');
        let mut rows: Vec<(usize, usize)> = { self.entries().iter().enumerate() }
            .filter(|(_, entry)| {
                entry.is_folder || self.all || entry.has_extension(self.extensions)
            })
            .filter(|(_, entry)| dotted || !entry.is_hidden())
            .filter_map(|(index, entry)| {
                Some((penalty(&entry.name.to_lowercase(), &filter)?, index))
            })
            .collect();
        if !filter.is_empty() {
            rows.sort_unstable();
        }
        self.rows = rows.into_iter().map(|(_, index)| index).collect();
        let find = |path: PathBuf| {
            self.rows
                .iter()
                .position(|row| self.entries()[*row].path == path)
        };
        self.mark = marked.and_then(find);
    }

    /// Moves the mark down by some rows, or up.
    pub(super) fn move_mark(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        let moved = match self.mark {
            Some(mark) => mark.saturating_add_signed(by).min(last),
            None if by > 0 => 0,
            None => last,
        };
        self.mark = (!self.rows.is_empty()).then_some(moved);
        self.moved = true;
    }

    /// Shows the path of the folder, without its beginning where that is too long.
    pub(super) fn path_ui(&self, ui: &mut egui::Ui) {
        if self.recent.is_some() {
            ui.label("Recent files");
            return;
        }
        let whole = path_text(&self.path);
        let font = egui::TextStyle::Body.resolve(ui.style());
        let room = ui.available_width();
        let width = |text: &str| {
            let colour = ui.visuals().text_color();
            let painter = ui.painter();
            painter
                .layout_no_wrap(text.to_owned(), font.clone(), colour)
                .size()
                .x
        };
        let ends = whole.match_indices(std::path::MAIN_SEPARATOR).skip(1);
        let shorter = ends.map(|(at, _)| format!("…{}", &whole[at..]));
        let mut texts = std::iter::once(whole.clone()).chain(shorter);
        let text = texts
            .find(|text| width(text) < room)
            .unwrap_or_else(|| whole.clone());
        let label = ui.add(egui::Label::new(text).truncate());
        label.on_hover_text(whole);
    }
}

/// Returns the path of a text, relative to a folder; `~` is the home folder.
pub(super) fn path_of_text(text: &str, folder: &Path) -> PathBuf {
    let home = std::env::home_dir().filter(|_| text == "~" || text.starts_with("~/"));
    if let Some(home) = home {
        return home.join(path_from_text(text[1..].trim_start_matches('/')));
    }
    if Path::new(text).is_absolute() {
        return path_from_text(text);
    }
    let separator = std::path::MAIN_SEPARATOR;
    path_from_text(&format!("{}{separator}{text}", path_text(folder)))
}
