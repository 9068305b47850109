//! The export dialog: what is exported, its format, size and words, with a live preview. It covers the charts, so that the map stays in
//! sight; the style is part of the scene.

mod controls;
mod job;
mod preview;

use super::app::App;
use super::command::Command;
use super::file_dialog::Purpose;
use super::message::Message;
use super::theme;
use super::view::{FRAMES, Figure, NO_FILM, is_film};
use crate::engine::scene::Scene;
use crate::export::figure_settings::{self, FILM_PIXELS, MAX_PICTURE_BYTES};
use crate::export::film::{self, NUMBER};
use crate::export::picture::{PageSize, Show};
use eframe::egui;
use job::Job;
use preview::{Preview, PreviewKey};
use std::path::{Path, PathBuf};

/// The formats with their names: pictures, then films.
pub(super) const FORMATS: [(&str, &str); 7] = [
    ("png", "PNG"),
    ("svg", "SVG"),
    ("pdf", "PDF"),
    ("gif", "GIF"),
    ("apng", "APNG"),
    ("mp4", "MP4"),
    (FRAMES, "PNG frames"),
];

/// State of the open dialog.
pub(super) struct ExportDialog {
    preview: Preview,
    job: Option<Job>,
    /// Reason why the last export failed.
    problem: Option<String>,
    /// Reason why a typed text is refused.
    refused: Option<String>,
    /// Frames until the file dialog opens: what was typed last is read first.
    asks_in: Option<u8>,
    /// Height of everything outside the scrolled part in the last frame.
    fixed: f32,
}

/// Outcome of the dialog in a frame.
#[derive(Default)]
struct Response {
    /// The scene with another style, if it was changed.
    edited: Option<Scene>,
    commands: Vec<Command>,
    format: Option<&'static str>,
    export: bool,
    stop: bool,
    close: bool,
}

/// Everything that the dialog shows.
struct DialogContext<'a> {
    scene: &'a Scene,
    /// Title of the shown view or chart.
    shown: &'a str,
    /// Titles of the views that the scene has, with their names in figure styles.
    views: &'a [(&'static str, String)],
    format: &'static str,
    /// The kind of picture; `None` where there is none.
    show: Option<Show>,
    /// Whether it is drawn again for each step.
    has_steps: bool,
    /// Whether there are films of it.
    has_film: bool,
    /// Description of the picture's size, or of the film's frames, or the reason why there is no picture.
    summary: Result<String, String>,
    /// Size of the picture, where there is one.
    page: Option<PageSize>,
    step: u64,
}

/// A picture or film that can be made.
struct Order {
    figure: Figure,
    page: PageSize,
    format: &'static str,
    /// Number of frames of a film.
    frames: Option<usize>,
}

impl Order {
    /// Checks that a picture can be made in a format.
    fn new(scene: &Scene, figure: Figure, format: &'static str) -> Result<Self, String> {
        let style = &scene.figure;
        let is_film = is_film(format);
        let pixels = if is_film { FILM_PIXELS } else { figure.pixels };
        let page = figure_settings::page_of(scene, figure.show, pixels)?;
        if figure_settings::memory(&page, format) > MAX_PICTURE_BYTES {
            let [width, height] = page.pixels();
            return Err(format!(
                "{width} × {height} pixels take too much memory; expected fewer, by another size or dpi"
            ));
        }
        let mut frames = None;
        if is_film {
            if !figure.has_steps() {
                return Err(NO_FILM.to_owned());
            }
            film::check(format, page.pixels())?;
            let steps = scene.training.steps;
            frames = Some(figure_settings::frames(style, figure.show, steps)?.len());
        }
        Ok(Self {
            figure,
            page,
            format,
            frames,
        })
    }

    /// Returns the files that are written: the path itself, or one for each frame, none of which exists.
    fn files(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        let Some(count) = self.frames.filter(|_| self.format == FRAMES) else {
            return Ok(vec![path.to_owned()]);
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.contains(NUMBER) {
            return Err(format!(
                "{}: a file for each frame needs {NUMBER} in its name, for the number of the frame, like frame-{NUMBER}.png",
                path.display()
            ));
        }
        let files = film::numbered_files(path, count);
        match files.iter().find(|file| file.exists()) {
            Some(file) => Err(format!(
                "{} exists, and frames replace no files; expected another name or folder",
                file.display()
            )),
            None => Ok(files),
        }
    }

    /// Describes the size, and the duration of a film.
    fn summary(&self, scene: &Scene) -> String {
        let [width, height] = self.page.pixels();
        let mut parts = vec![format!("{width} × {height} pixels")];
        if self.page.on_paper {
            let [width, height] = self.page.inches.map(short);
            let font = short(self.page.font_size);
            parts.push(format!("{width} × {height} in"));
            parts.push(format!("{font} pt"));
        }
        if let Some(frames) = self.frames {
            let show = self.figure.show;
            let timing = figure_settings::timing(&scene.figure, show);
            let all = figure_settings::frames(&scene.figure, show, scene.training.steps);
            let ticks: u64 = { all.iter().flatten() }
                .map(|frame| u64::from(frame.ticks))
                .sum();
            #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
            let seconds = short(ticks as f64 / f64::from(timing.fps.max(1)));
            let plural = if frames == 1 { "" } else { "s" };
            parts.push(format!("{frames} frame{plural}"));
            if self.format != FRAMES {
                parts.push(format!("{seconds} s"));
            }
        }
        parts.join(" · ")
    }
}

/// Formats a number with at most two decimals.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns the chosen format, or PNG where it is a film's and the picture has no film.
fn possible_format(chosen: &'static str, figure: Option<&Figure>) -> &'static str {
    let has_film = figure.is_none_or(Figure::has_film);
    if is_film(chosen) && !has_film {
        FORMATS[0].0
    } else {
        chosen
    }
}

impl App {
    /// Opens the dialog.
    pub(super) fn open_export(&mut self) {
        self.export_dialog = Some(ExportDialog {
            preview: Preview::default(),
            job: None,
            problem: None,
            refused: None,
            asks_in: None,
            fixed: 150.0,
        });
    }

    /// Shows the dialog, if it is open.
    pub(super) fn export_ui(&mut self, ctx: &egui::Context) {
        let Some(mut dialog) = self.export_dialog.take() else {
            return;
        };
        if let Some(wrote) = dialog.poll() {
            self.message = Some(Message::new(&wrote, false));
            return;
        }
        let figure = self.chosen_figure(ctx, self.export_format);
        let format = possible_format(self.export_format, figure.as_ref().ok());
        let show = figure.as_ref().ok().map(|figure| figure.show);
        let has_steps = figure.as_ref().is_ok_and(Figure::has_steps);
        let has_film = figure.as_ref().is_ok_and(Figure::has_film);
        let order = figure.and_then(|figure| Order::new(&self.scene, figure, format));
        let summary = match &order {
            Ok(order) => Ok(order.summary(&self.scene)),
            Err(sentence) => Err(sentence.clone()),
        };
        let page = order.as_ref().ok().map(|order| order.page);
        match order {
            Ok(order) => {
                let key = self.preview_key(ctx, format, dialog.preview.pixels(&order.page, ctx));
                dialog.preview.update(ctx, key, order);
            }
            Err(_) => dialog.preview.clear(),
        }
        let views = self.views.iter().filter(|view| view.applies(&self.scene));
        let views: Vec<_> = views.map(|view| (view.title(), view.name())).collect();
        let context = DialogContext {
            scene: &self.scene,
            shown: &self.content_title(),
            views: &views,
            format,
            show,
            has_steps,
            has_film,
            summary: dialog.preview.problem().map_or(summary, Err),
            page,
            step: self.timeline.step(),
        };
        let response = dialog.ui(ctx, &context, self.asking.is_some());
        self.export_answer(ctx, (dialog, format), response);
    }

    /// Does what the dialog asks for.
    fn export_answer(
        &mut self,
        ctx: &egui::Context,
        (mut dialog, format): (ExportDialog, &'static str),
        response: Response,
    ) {
        if let Some(scene) = response.edited {
            self.apply(ctx, Command::Edit(Box::new(scene)));
        }
        self.apply_all(ctx, response.commands);
        self.export_format = response.format.unwrap_or(self.export_format);
        if response.stop || response.close {
            if let Some(job) = &dialog.job {
                job.stop();
            } else if response.close {
                return;
            }
        }
        if response.export {
            (dialog.problem, dialog.asks_in) = (None, Some(2));
        }
        if dialog.refused.is_some() {
            dialog.asks_in = None;
        }
        if let Some(frames) = &mut dialog.asks_in {
            *frames = frames.saturating_sub(1);
            ctx.request_repaint();
        }
        if dialog.asks_in == Some(0) {
            dialog.asks_in = None;
            let name = self.picture_name(format);
            self.ask_for_file(ctx, Purpose::Export(format), &name);
        }
        self.export_dialog = Some(dialog);
    }

    fn preview_key(&self, ctx: &egui::Context, format: &str, pixels: [u32; 2]) -> PreviewKey {
        let runs = self.runs().map_or(&[][..], |runs| &runs.results[..]);
        PreviewKey {
            scene: self.scene.clone(),
            step: self.timeline.step(),
            selected: self.selected,
            dark: theme::current(ctx).dark,
            shown: self.content_title(),
            rows: runs.iter().map(|run| run.trajectory.len()).sum(),
            seeds: self
                .shown_runs()
                .map_or(0, |(runs, _)| runs.other_seeds.len()),
            is_film: is_film(format),
            pixels,
        }
    }

    /// Begins to write the picture or film that the dialog shows, on a thread of its own.
    ///
    /// # Errors
    /// Returns one sentence where there is nothing to write.
    pub(super) fn begin_export(
        &mut self,
        ctx: &egui::Context,
        path: &Path,
        format: &'static str,
    ) -> Result<(), String> {
        let figure = self.chosen_figure(ctx, format)?;
        let order = Order::new(&self.scene, figure, format)?;
        let files = order.files(path)?;
        if self.export_dialog.is_none() {
            self.open_export();
        }
        if let Some(dialog) = &mut self.export_dialog {
            dialog.job = Some(Job::spawn(ctx, order, files)?);
        }
        Ok(())
    }
}

impl ExportDialog {
    /// Takes the end of an export: returns the message of one that has written its file, and keeps the error of another.
    fn poll(&mut self) -> Option<String> {
        let done = self.job.as_ref()?.result()?;
        let job = self.job.take()?;
        match done {
            Ok(()) => return Some(job.written_text()),
            Err(sentence) => self.problem = Some(sentence),
        }
        None
    }
}
