//! `--save-scene`: the scene of a command as a file, written once the command has succeeded.

use crate::engine::scene::Scene;
use crate::export::file::{check_writable, extension, same_file, write_atomic};
use crate::import::files_read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The file and its text.
static SCENE: OnceLock<(PathBuf, String)> = OnceLock::new();

/// Checks the file and remembers the scene for [`save_scene`]; the file may be `opened`, the scene file of the command.
pub(super) fn save_scene_later(
    path: &Path,
    opened: Option<&Path>,
    scene: &Scene,
) -> Result<(), String> {
    extension(path, &["toml"])?;
    check_writable(path)?;
    let is_opened = opened.is_some_and(|opened| same_file(path, opened));
    if !is_opened && files_read().iter().any(|read| same_file(path, read)) {
        let shown = path.display();
        return Err(format!(
            "{shown}: is an input of this command; choose another file"
        ));
    }
    SCENE.get_or_init(|| (path.to_owned(), scene.to_toml()));
    Ok(())
}

/// Writes the remembered scene, if there is one.
pub(super) fn save_scene() -> Result<(), String> {
    SCENE.get().map_or(Ok(()), |(path, text)| {
        write_atomic(path, |out| out.write_all(text.as_bytes()))
    })
}
