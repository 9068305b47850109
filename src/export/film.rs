//! Export of films: a picture of a scene at many steps, as GIF, APNG or MP4, or as numbered pictures.

mod animation;
mod apng;
mod gif;
mod layers;
#[cfg(feature = "mp4")]
mod mp4;
mod palette;
mod timing;

pub use timing::{Frame, MAX_FPS, Timing};

use super::picture::{self, Picture};
use crate::engine::cancel::Cancel;
use crate::engine::results::Runs;
use crate::figure::colour::run_colour;
use crate::figure::drawing::Drawing;
use crate::figure::png::Painted;
use crate::figure::style_index;
use animation::Animation;
use layers::Layers;
use palette::Palette;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// File extensions of films. A film in a `.png` file is the same as in an `.apng` file.
pub const EXTENSIONS: [&str; 3] = ["gif", "apng", "mp4"];

/// The members of [`EXTENSIONS`] whose encoders this program was built with.
pub const BUILT: &[&str] = if cfg!(feature = "mp4") {
    &EXTENSIONS
} else {
    &["gif", "apng"]
};

/// Error of films as MP4 in a program that was built without its encoder.
#[cfg(not(feature = "mp4"))]
const NO_MP4: &str = "this program was built without MP4, whose encoder needs a C++ compiler; write a .gif or .apng file, or build it \
                      with `cargo install --path . --features mp4`";

/// Mark in the name of a file that stands for the number of a frame.
pub const NUMBER: &str = "{}";

/// Returns the files of numbered frames: [`NUMBER`] in the name of `path` becomes 0 for the first of `count` frames, and so on, all with the
/// same number of digits.
pub fn numbered_files(path: &Path, count: usize) -> Vec<PathBuf> {
    let digits = count.saturating_sub(1).to_string().len();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = |index: usize| {
        let number = format!("{index:0digits$}");
        path.with_file_name(name.replace(NUMBER, &number))
    };
    (0..count).map(file).collect()
}

/// A picture of some runs at the steps of some frames.
#[derive(Clone)]
pub struct Film<'a> {
    /// The runs.
    pub runs: &'a Runs,
    /// The picture; its step is that of each frame.
    pub picture: Picture,
    /// The frames.
    pub frames: &'a [Frame],
    /// Ticks of the frames in a second, 1 to [`MAX_FPS`].
    pub fps: u32,
}

/// Frames of which the colours of the palette are taken.
const SAMPLES: usize = 8;

/// Number of frames that each thread renders before they are encoded.
const FRAMES_OF_THREAD: usize = 4;

/// Returns an estimate of the bytes of memory that a film needs per pixel while it is rendered and encoded.
pub fn bytes_of_pixel() -> u64 {
    4 * (3 + (FRAMES_OF_THREAD * rayon::current_num_threads()) as u64)
}

/// Checks that a film of a size in pixels can be written in the format named by one of [`EXTENSIONS`] or of pictures.
///
/// # Errors
/// Returns a sentence if the program has no such encoder, or the format no such size.
pub fn check(extension: &str, pixels: [u32; 2]) -> Result<(), String> {
    if extension != "mp4" {
        return Ok(());
    }
    #[cfg(not(feature = "mp4"))]
    {
        let _ = pixels;
        Err(NO_MP4.to_owned())
    }
    #[cfg(feature = "mp4")]
    mp4::check(pixels)
}

impl Film<'_> {
    /// Returns the film as a file of the format named by one of [`EXTENSIONS`], which carries the scene except in MP4. `on_frame` is called
    /// with the number of frames done.
    ///
    /// # Errors
    /// Returns a sentence if it was cancelled, there is nothing to show, or the film cannot be encoded.
    pub fn bytes(
        &self,
        extension: &str,
        on_frame: &mut dyn FnMut(usize),
        cancel: &Cancel,
    ) -> Result<Vec<u8>, String> {
        check(extension, self.picture.page.pixels())?;
        let description = picture::description(self.runs, &self.whole());
        let (pixels, fps, count) = (self.picture.page.pixels(), self.fps, self.frames.len());
        let mut animation: Box<dyn Animation> = match extension {
            "gif" => Box::new(gif::Gif::new(pixels, fps, self.palette()?, &description)?),
            #[cfg(feature = "mp4")]
            "mp4" => Box::new(mp4::Mp4::new(pixels, fps)?),
            _ => Box::new(apng::Apng::new(pixels, fps, count, &description)?),
        };
        self.render(cancel, |index, painted| {
            animation.add(painted.rgba(), self.frames[index].ticks)?;
            on_frame(index + 1);
            Ok(())
        })?;
        animation.finish()
    }

    /// Passes the pictures of all frames to `take`, in their order, as files of the format named by one of [`picture::EXTENSIONS`].
    ///
    /// # Errors
    /// Returns a sentence if it was cancelled or there is nothing to show, or the error of `take`.
    pub fn pictures(
        &self,
        extension: &str,
        cancel: &Cancel,
        mut take: impl FnMut(usize, Vec<u8>) -> Result<(), String>,
    ) -> Result<(), String> {
        if extension == "png" {
            return self.render(cancel, |index, painted| {
                let description = picture::description(self.runs, &self.at(&self.frames[index]));
                let dpi = Some(self.picture.page.dpi);
                take(index, painted.png_with_dpi(dpi, &description)?)
            });
        }
        for (index, frame) in self.frames.iter().enumerate() {
            check_cancelled(cancel)?;
            let picture = self.at(frame);
            let description = picture::description(self.runs, &picture);
            let drawing = self.drawing(frame)?;
            take(
                index,
                picture::page_bytes(&drawing, extension, &picture.page, &description)?,
            )?;
        }
        Ok(())
    }

    /// Renders all frames, some at a time on all threads, and passes them to `take` in their order.
    fn render(
        &self,
        cancel: &Cancel,
        mut take: impl FnMut(usize, Painted) -> Result<(), String>,
    ) -> Result<(), String> {
        let pixels = self.picture.page.pixels();
        let layers = Layers::of(&self.samples(3)?, pixels)?;
        let batch = FRAMES_OF_THREAD * rayon::current_num_threads();
        for (number, frames) in self.frames.chunks(batch).enumerate() {
            let paint = |frame: &Frame| {
                check_cancelled(cancel)?;
                layers.paint(self.drawing(frame)?)
            };
            let painted: Vec<Painted> = frames.par_iter().map(paint).collect::<Result<_, _>>()?;
            for (index, painted) in painted.into_iter().enumerate() {
                take(number * batch + index, painted)?;
            }
        }
        check_cancelled(cancel)
    }

    /// Returns the colours of the whole film.
    fn palette(&self) -> Result<Palette, String> {
        let theme = self.picture.theme;
        let runs = self.runs.scene.runs.iter().filter(|run| run.shown);
        let mut exact = vec![
            theme.background,
            theme.plot_background,
            theme.ink,
            theme.faint,
        ];
        exact.extend(runs.map(|run| run_colour(style_index(run.colour), theme)));
        let samples = self.samples(SAMPLES)?;
        let samples = samples.par_iter().map(|drawing| {
            let painted = Painted::new(drawing, self.picture.page.pixels())?;
            Ok(painted.rgba())
        });
        let samples: Vec<Vec<u8>> = samples.collect::<Result<_, String>>()?;
        Ok(Palette::of(&samples, &exact))
    }

    /// Returns the drawings of up to `count` frames from the first to the last.
    fn samples(&self, count: usize) -> Result<Vec<Drawing>, String> {
        let (last, count) = (self.frames.len().saturating_sub(1), count.max(2));
        let mut indices: Vec<usize> = (0..count).map(|k| k * last / (count - 1)).collect();
        indices.dedup();
        let frames = indices.iter().filter_map(|index| self.frames.get(*index));
        frames.map(|frame| self.drawing(frame)).collect()
    }

    fn drawing(&self, frame: &Frame) -> Result<Drawing, String> {
        let picture = self.at(frame);
        if frame.turn == 0.0 {
            return picture::drawing(self.runs, &picture);
        }
        let mut turned = self.runs.clone();
        let azim = &mut turned.scene.surface.azim;
        *azim = (*azim + frame.turn + 180.0).rem_euclid(360.0) - 180.0;
        picture::drawing(&turned, &picture)
    }

    fn at(&self, frame: &Frame) -> Picture {
        Picture {
            step: Some(frame.step),
            turning: self.frames.iter().any(|frame| frame.turn != 0.0),
            ..self.picture.clone()
        }
    }

    fn whole(&self) -> Picture {
        Picture {
            step: None,
            ..self.picture.clone()
        }
    }
}

fn check_cancelled(cancel: &Cancel) -> Result<(), String> {
    if cancel.is_cancelled() {
        return Err("the film was stopped".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
