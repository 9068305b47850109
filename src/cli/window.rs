//! `ravine` without a command: opens the window or, without a display, writes a picture.

use super::argument_errors::near_command;
use super::hints::flag_of_name;
use super::scene_file::{lesson_step, open_scene};
use super::{Cli, print, print_error};
use crate::engine::scene::{Problem, Scene};
use crate::export::file::write_atomic;
use crate::export::picture::{PageSize, Picture, Show, picture};
use crate::figure::colour::Theme;
use crate::import::Disk;
use crate::session::compute_all_runs;
use crate::teaching::bundled::StepIndex;
use clap::CommandFactory;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn open(path: Option<&Path>) -> Result<(), String> {
    if let Some(path) = path
        && let Some(step) = lesson_step(path)?
    {
        return open_lesson(step);
    }
    let scene = match path {
        None => Scene::opening(),
        Some(path) => {
            open_scene(path).map_err(|sentence| unknown_command(path).unwrap_or(sentence))?
        }
    };
    let problem = scene
        .load(&Disk::next_to(path))
        .map_err(|error| match path {
            Some(path) => format!("{}: {error}", path.display()),
            None => error.to_string(),
        })?;
    match window(&scene, path) {
        Ok(()) => Ok(()),
        Err(sentence) => draw_instead(&scene, problem, &sentence),
    }
}

/// Opens the window in a lesson or, without a display, writes a picture of its step.
pub(super) fn open_lesson(step: StepIndex) -> Result<(), String> {
    let Some((lesson, shown)) = step.find() else {
        return Err("there is no such lesson".to_owned());
    };
    let problem = shown.scene.load(&Disk::default());
    let problem = problem.map_err(|error| format!("lesson {}: {error}", lesson.name))?;
    match lesson_window(step) {
        Ok(()) => Ok(()),
        Err(sentence) => draw_instead(&shown.scene, problem, &sentence),
    }
}

/// Writes a picture of a scene for which there is no window, and why there is none.
fn draw_instead(scene: &Scene, problem: Problem, sentence: &str) -> Result<(), String> {
    print_error(sentence);
    let page = PageSize::of_pixels([1600, 1200]);
    let runs = compute_all_runs(scene, &Arc::new(problem), None)?;
    let bytes = picture(&runs, "png", &Picture::new(page, Show::Map, &Theme::LIGHT))?;
    let name = free_name();
    write_atomic(&name, |out| out.write_all(&bytes))?;
    print(|out| writeln!(out, "Wrote the picture {} instead.", name.display()))
}

#[cfg(feature = "gui")]
fn window(scene: &Scene, path: Option<&Path>) -> Result<(), String> {
    let given = path.is_some().then(|| scene.clone());
    crate::gui::run(given, path.map(Path::to_owned), None)
}

#[cfg(feature = "gui")]
fn lesson_window(step: StepIndex) -> Result<(), String> {
    crate::gui::run(None, None, Some(step))
}

/// The sentence of a program without the window.
#[cfg(not(feature = "gui"))]
const NO_WINDOW: &str =
    "this program was built without the window; build it with the feature `gui`";

#[cfg(not(feature = "gui"))]
fn window(_: &Scene, _: Option<&Path>) -> Result<(), String> {
    Err(NO_WINDOW.to_owned())
}

#[cfg(not(feature = "gui"))]
fn lesson_window(_: StepIndex) -> Result<(), String> {
    Err(NO_WINDOW.to_owned())
}

/// Returns `ravine.png` or, if it exists, `ravine-2.png` and so on.
fn free_name() -> PathBuf {
    let taken = |name: &PathBuf| name.symlink_metadata().is_ok();
    let numbered = (2_u64..).map(|number| PathBuf::from(format!("ravine-{number}.png")));
    let mut names = std::iter::once(PathBuf::from("ravine.png")).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// Returns the sentence about a missing file whose name is nearly a command, or that of a landscape or an optimizer.
fn unknown_command(path: &Path) -> Option<String> {
    let name = path.to_string_lossy();
    let program = Cli::command();
    if path.exists() {
        return None;
    }
    if let Some(near) = near_command(&program, &name) {
        return Some(format!("unknown command `{name}`; did you mean `{near}`?"));
    }
    let flag = flag_of_name(&name)?;
    Some(format!(
        "{name}: there is no such file; expected a scene file or a command, like `ravine render {flag} -o picture.png`"
    ))
}
