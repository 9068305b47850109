//! Scenes that arguments name: scene files, exported pictures, steps of lessons, and examples.

use crate::engine::scene::Scene;
use crate::import;
use crate::teaching::bundled::{StepIndex, bundled_scene, bundled_step};
use crate::teaching::example::example_scene;
use std::path::Path;

/// Returns the scene of a file, of a step of a lesson, written `lesson:NAME#STEP`, or of an example, written `example:NAME`.
///
/// # Errors
/// Returns one sentence, as [`import::open_scene`] does, and for an unknown lesson, step or example.
pub(super) fn open_scene(path: &Path) -> Result<Scene, String> {
    let bundled = |name| bundled_scene(name).or_else(|| example_scene(name));
    match path.to_str().and_then(bundled) {
        Some(scene) => scene,
        None => import::open_scene(path),
    }
}

/// Returns the step of a lesson that an argument names; `None` for a file.
///
/// # Errors
/// Returns one sentence for an unknown lesson or step.
pub(super) fn lesson_step(path: &Path) -> Result<Option<StepIndex>, String> {
    path.to_str().and_then(bundled_step).transpose()
}
