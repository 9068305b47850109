//! Films of `ravine render`: their flags, their files.

use super::memory::claim;
use super::outputs::{Outputs, is_stdout};
use super::page_args::set_flags;
use super::progress::Progress;
use super::scene_args::whole;
use crate::engine::cancel::Cancel;
use crate::engine::results::Runs;
use crate::engine::scene::FigureStyle;
use crate::export::figure_settings::MAX_PICTURE_BYTES;
use crate::export::film::{self, Film, Frame, NUMBER};
use crate::export::picture::{Picture, Show};
use crate::figure::pages::Page;
use std::path::{Path, PathBuf};

/// Flags of films.
#[derive(clap::Args)]
pub(super) struct FilmArgs {
    #[arg(long, help = format!("Make a film of the run from step 0 to the last; without this flag, a {} file is one, and a .png file with it an animated PNG", endings("or")))]
    film: bool,
    /// Steps of a film's frames, first and last included: 0..500, or with a distance 0..500:5 [default: those that --seconds and --fps give]
    #[arg(long, value_name = "FIRST..LAST:EVERY", allow_negative_numbers = true)]
    frames: Option<String>,
    /// Frames of a film per second, 1 to 50 [default: the scene's, 25 in a new one]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    fps: Option<String>,
    /// Seconds of a film from step 0 to the last step, 0 to 3600 [default: the scene's, 8 in a new one]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    seconds: Option<String>,
    /// Seconds for which a film shows its last frame, 0 to 3600 [default: the scene's, 2 in a new one]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    hold: Option<String>,
    /// Turn of the surface's camera during a film in degrees, −3600 to 3600 [default: the scene's, 0 in a new one]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    turn: Option<String>,
}

/// A film to be made.
pub(super) struct Plan {
    extension: String,
    is_numbered: bool,
    /// Whether a turn of the camera is given.
    turns: bool,
}

impl FilmArgs {
    /// Returns the film that the flags and the output ask for; `None` for a picture.
    pub(super) fn plan(&self, output: &Path, extension: &str) -> Result<Option<Plan>, String> {
        let is_numbered = name(output).contains(NUMBER);
        let is_film = film::EXTENSIONS.contains(&extension);
        if !(self.film || self.frames.is_some() || is_numbered || is_film) {
            let flags = [
                ("--fps", &self.fps),
                ("--seconds", &self.seconds),
                ("--hold", &self.hold),
                ("--turn", &self.turn),
            ];
            let given = flags.iter().find(|(_, value)| value.is_some());
            return match given {
                Some((flag, _)) => Err(format!(
                    "{flag} is for films; expected an output {}, or --film for an animated .png",
                    endings("or")
                )),
                None => Ok(None),
            };
        }
        if !is_film && extension != "png" && !is_numbered {
            return Err(format!(
                "a film cannot be one .{extension} file; expected {}, .png, or numbered files like frame-{{}}.{extension}",
                endings(",")
            ));
        }
        if is_film && is_numbered {
            return Err(format!(
                "{}: a film is one file; leave out {{}}, or write numbered pictures like frame-{{}}.png",
                output.display()
            ));
        }
        let extension = extension.to_owned();
        Ok(Some(Plan {
            extension,
            is_numbered,
            turns: self.turn.is_some(),
        }))
    }

    /// Sets what the flags say of a figure style.
    pub(super) fn set_figure(&self, style: &mut FigureStyle) -> Result<(), String> {
        if self.frames.is_some() && self.seconds.is_some() {
            return Err(
                "--frames and --seconds both say how many frames a film has; leave out one of them"
                    .to_owned(),
            );
        }
        if let Some(text) = &self.frames {
            let [first, last, every] = steps(text)?;
            style.first_step = first;
            (style.last_step, style.every) = (Some(last), Some(every));
        }
        if self.seconds.is_some() {
            style.every = None;
        }
        let flags = [
            ("--fps", "fps", self.fps.as_deref()),
            ("--seconds", "seconds", self.seconds.as_deref()),
            ("--hold", "hold", self.hold.as_deref()),
            ("--turn", "turn", self.turn.as_deref()),
        ];
        set_flags(style, &flags)
    }

    /// Returns the first flag of films that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--film", self.film),
            ("--frames", self.frames.is_some()),
            ("--fps", self.fps.is_some()),
            ("--seconds", self.seconds.is_some()),
            ("--hold", self.hold.is_some()),
            ("--turn", self.turn.is_some()),
        ];
        flags
            .into_iter()
            .find_map(|(flag, is_given)| is_given.then_some(flag))
    }
}

impl Plan {
    /// Checks the film's size, memory and kind of picture, before long work.
    pub(super) fn check(&self, pixels: [u32; 2], show: Show) -> Result<(), String> {
        if !self.is_numbered {
            film::check(&self.extension, pixels)?;
        }
        if self.turns && show != Show::Page(Page::Surface) {
            return Err("--turn is for --show surface".to_owned());
        }
        if show.is_still() {
            return Err(
                "this --show is the same at every step; expected another view for a film, or one beside it"
                    .to_owned(),
            );
        }
        let [width, height] = pixels.map(u64::from);
        let bytes = width * height * film::bytes_of_pixel();
        let what = format!("a film of {width} × {height} pixels");
        claim(&what, bytes, MAX_PICTURE_BYTES, "a smaller --size")
    }

    /// Plans the files of the film: the output itself, or one file for each frame.
    pub(super) fn files(&self, output: &Path, frames: &[Frame]) -> Vec<PathBuf> {
        if !self.is_numbered {
            return vec![output.to_owned()];
        }
        film::numbered_files(output, frames.len())
    }

    /// Renders the film into planned outputs.
    pub(super) fn write(
        &self,
        (runs, picture): (&Runs, Picture),
        (frames, fps): (&[Frame], u32),
        files: &[PathBuf],
        outputs: &mut Outputs,
    ) -> Result<(), String> {
        let film = Film {
            runs,
            picture,
            frames,
            fps,
        };
        let progress = Progress::new("film", "frames", frames.len());
        let never = Cancel::default();
        if self.is_numbered {
            return film.pictures(&self.extension, &never, |index, bytes| {
                outputs.write(&files[index], |out| out.write_all(&bytes))?;
                progress.set(index + 1);
                Ok(())
            });
        }
        let bytes = film.bytes(&self.extension, &mut |done| progress.set(done), &never)?;
        drop(progress);
        let file = files.first().ok_or("a film without a file")?;
        outputs.write(file, |out| out.write_all(&bytes))
    }
}

/// Returns the endings of films that this program can write, with a word or a comma before the last.
pub(super) fn endings(word: &str) -> String {
    let dotted: Vec<String> = film::BUILT
        .iter()
        .map(|ending| format!(".{ending}"))
        .collect();
    let (last, first) = dotted
        .split_last()
        .map_or(("", &[][..]), |(last, first)| (last.as_str(), first));
    let gap = if word == "," { "" } else { " " };
    format!("{}{gap}{word} {last}", first.join(", "))
}

/// Returns the name of an output file.
fn name(output: &Path) -> String {
    let name = output.file_name().filter(|_| !is_stdout(output));
    name.map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Parses `--frames`: first and last step, and the distance between two.
fn steps(text: &str) -> Result<[u64; 3], String> {
    let parsed = || {
        let (range, every) = text.split_once(':').unwrap_or((text, "1"));
        let (first, last) = range.split_once("..")?;
        let [first, last, every]: [Option<u64>; 3] = [first, last, every].map(whole);
        Some([first?, last?, every?])
    };
    parsed()
        .filter(|[first, last, every]| first <= last && *every > 0)
        .ok_or_else(|| {
            format!("--frames cannot be `{text}`; expected the first and the last step, like 0..500, or also the steps from frame to frame, like 0..500:5")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::figure_settings::frames;

    #[test]
    fn frames_are_the_steps_of_a_range_with_its_end() {
        assert_eq!(steps("0..500:5"), Ok([0, 500, 5]));
        assert_eq!(steps("3..3"), Ok([3, 3, 1]));
        for wrong in ["", "5", "5..", "..5", "5..3", "0..5:0", "0..5:x", "-1..5"] {
            let error = steps(wrong).unwrap_err();
            assert!(
                error.starts_with(&format!("--frames cannot be `{wrong}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn numbered_files_are_padded() {
        let args = FilmArgs {
            film: false,
            frames: Some("0..500:5".to_owned()),
            fps: None,
            seconds: None,
            hold: None,
            turn: None,
        };
        let output = Path::new("out/frame-{}.png");
        let plan = args.plan(output, "png").unwrap().unwrap();
        let mut style = FigureStyle::default();
        args.set_figure(&mut style).unwrap();
        let frames = frames(&style, Show::Map, 500).unwrap();
        let files = plan.files(output, &frames);
        assert_eq!(files.len(), 101);
        assert_eq!(files[0], Path::new("out/frame-000.png"));
        assert_eq!(files[100], Path::new("out/frame-100.png"));
        assert_eq!((frames[1].step, frames[100].step), (5, 500));
    }
}
