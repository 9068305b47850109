//! `ravine` without a command: the window, or, where none can open, a picture.

use super::{print, print_error};
use crate::engine::scene::Scene;
use crate::export::file::write_atomic;
use crate::export::picture::{Picture, Show, picture};
use crate::figure::colour::Theme;
use crate::import::{Disk, open_scene};
use crate::session::compute_all_runs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The commands, for whoever mistypes one.
const COMMANDS: [&str; 7] = [
    "trace", "render", "basins", "sweep", "critical", "list", "check",
];

pub(super) fn open(path: Option<&Path>) -> Result<(), String> {
    let scene = match path {
        None => Scene::opening(),
        Some(path) => open_scene(path).map_err(|sentence| sentence + &hint(path))?,
    };
    let problem = scene
        .load(&Disk::next_to(path))
        .map_err(|error| match path {
            Some(path) => format!("{}: {error}", path.display()),
            None => error.to_string(),
        })?;
    let Err(sentence) = window(&scene, path) else {
        return Ok(());
    };
    print_error(&sentence);
    let (pixels, theme) = ([1600, 1200], &Theme::LIGHT);
    let runs = compute_all_runs(&scene, &Arc::new(problem), None)?;
    let bytes = picture(
        &runs,
        "png",
        &Picture {
            pixels,
            step: None,
            theme,
            followed: None,
            show: Show::Map,
        },
    )?;
    let name = free_name();
    write_atomic(&name, |out| out.write_all(&bytes))?;
    print(|out| writeln!(out, "The picture is in {} instead.", name.display()))
}

#[cfg(feature = "gui")]
fn window(scene: &Scene, path: Option<&Path>) -> Result<(), String> {
    crate::gui::run(scene.clone(), path.map(Path::to_owned))
}

#[cfg(not(feature = "gui"))]
fn window(_: &Scene, _: Option<&Path>) -> Result<(), String> {
    Err(
        "this program was built without the window; expected one built with the feature `gui`"
            .to_owned(),
    )
}

/// `ravine.png`, or, if that is taken, `ravine-2.png` and so on.
fn free_name() -> PathBuf {
    let taken = |name: &PathBuf| name.symlink_metadata().is_ok();
    let numbered = (2_u64..).map(|number| PathBuf::from(format!("ravine-{number}.png")));
    let mut names = std::iter::once(PathBuf::from("ravine.png")).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// A file that does not exist may have been meant as a command.
fn hint(path: &Path) -> String {
    let name = path.to_string_lossy();
    let near = |command: &&&str| strsim::damerau_levenshtein(&name, command) <= 2;
    let command = COMMANDS.iter().find(near).filter(|_| !path.exists());
    command.map_or(String::new(), |command| {
        format!(", or the command `{command}`")
    })
}
