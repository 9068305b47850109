//! `ravine` without a command: opens the window or, without a display, writes a picture.

use super::scene_file::open_scene;
use super::{Cli, print, print_error};
use crate::engine::scene::Scene;
use crate::export::file::write_atomic;
use crate::export::picture::{PageSize, Picture, Show, picture};
use crate::figure::colour::Theme;
use crate::import::Disk;
use crate::session::compute_all_runs;
use clap::CommandFactory;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let page = PageSize::of_pixels([1600, 1200]);
    let runs = compute_all_runs(&scene, &Arc::new(problem), None)?;
    let bytes = picture(&runs, "png", &Picture::new(page, Show::Map, &Theme::LIGHT))?;
    let name = free_name();
    write_atomic(&name, |out| out.write_all(&bytes))?;
    print(|out| writeln!(out, "Wrote the picture {} instead.", name.display()))
}

#[cfg(feature = "gui")]
fn window(scene: &Scene, path: Option<&Path>) -> Result<(), String> {
    let given = path.is_some().then(|| scene.clone());
    crate::gui::run(given, path.map(Path::to_owned))
}

#[cfg(not(feature = "gui"))]
fn window(_: &Scene, _: Option<&Path>) -> Result<(), String> {
    Err("this program was built without the window; build it with the feature `gui`".to_owned())
}

/// Returns `ravine.png` or, if it exists, `ravine-2.png` and so on.
fn free_name() -> PathBuf {
    let taken = |name: &PathBuf| name.symlink_metadata().is_ok();
    let numbered = (2_u64..).map(|number| PathBuf::from(format!("ravine-{number}.png")));
    let mut names = std::iter::once(PathBuf::from("ravine.png")).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// Returns the end of an error sentence with the command that a missing file's name is close to, if any.
fn hint(path: &Path) -> String {
    let name = path.to_string_lossy();
    let program = Cli::command();
    let commands = program.get_subcommands().map(clap::Command::get_name);
    let near = commands.map(|command| (strsim::damerau_levenshtein(&name, command), command));
    let near = near
        .min()
        .filter(|(distance, _)| *distance <= 2 && !path.exists());
    near.map_or(String::new(), |(_, command)| {
        format!(", or the command `{command}`")
    })
}
