//! Scenes that arguments name: scene files, exported pictures, and examples.

use crate::engine::scene::Scene;
use crate::import;
use crate::teaching::example::example_scene;
use std::path::Path;

/// Returns the scene of a file, or of an example, written `example:NAME`.
///
/// # Errors
/// Returns one sentence, as [`import::open_scene`] does, and for an unknown example.
pub(super) fn open_scene(path: &Path) -> Result<Scene, String> {
    match path.to_str().and_then(example_scene) {
        Some(scene) => scene,
        None => import::open_scene(path),
    }
}
