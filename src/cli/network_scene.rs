//! `--save-scene` of `train` and `slice`: the scene of a network with what the flags say.

use super::network_args::NetworkArgs;
use super::save_scene::save_scene_later;
use crate::engine::declare::{Settings, Value};
use crate::engine::network::data::AnyDataset;
use crate::engine::scene::{MAX_RUNS, NetworkScene, Scene, SceneError, Subject};
use crate::import::{Disk, path_from_text, path_text};
use std::path::{Path, PathBuf};

/// The argument `--save-scene`.
#[derive(clap::Args)]
pub(super) struct SaveSceneArg {
    /// Scene file to write, .toml, with the network, the data and what the flags say; `ravine FILE` opens it
    #[arg(long = "save-scene", value_name = "FILE")]
    path: Option<PathBuf>,
}

impl SaveSceneArg {
    /// Whether the flag is given.
    pub(super) fn is_given(&self) -> bool {
        self.path.is_some()
    }

    /// Checks the file, and remembers the scene of a network with the changes of further flags for the end of the command. `weights` is the
    /// file with the weights that all runs start from.
    pub(super) fn save_later(
        &self,
        network: &NetworkArgs,
        weights: Option<&Path>,
        change: impl FnOnce(&mut Scene, &mut NetworkScene) -> Result<(), String>,
    ) -> Result<(), String> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let mut subject = NetworkScene {
            model: network.model()?,
            data: data(network, path)?,
            ..NetworkScene::default()
        };
        if let Some(weights) = weights {
            let text = seen_from(path, &path_text(weights));
            set(&mut subject.settings, "weights", Value::Text(text))?;
        }
        let mut scene = Scene::opening_network();
        scene.runs.clear();
        change(&mut scene, &mut subject)?;
        if scene.runs.len() > MAX_RUNS {
            return Err(SceneError::TooManyRuns(scene.runs.len()).to_string());
        }
        scene.subject = Subject::Network(Box::new(subject));
        let loaded = scene.load(&Disk::next_to(Some(path)));
        loaded.map_err(|error| format!("--save-scene: {error}"))?;
        save_scene_later(path, None, &scene)
    }
}

/// Sets a setting of a scene; its error begins with the flag.
pub(super) fn set(settings: &mut dyn Settings, name: &str, value: Value) -> Result<(), String> {
    let set = settings.set(name, value);
    set.map_err(|error| format!("--save-scene: {error}"))
}

/// Returns the data set as a scene file in `path` names it.
fn data(network: &NetworkArgs, path: &Path) -> Result<AnyDataset, String> {
    let mut data = network.dataset()?;
    if let Some(Value::Text(file)) = data.settings().get("path") {
        let file = seen_from(path, &file);
        set(data.settings_mut(), "path", Value::Text(file))?;
    }
    if network.standardize {
        let settings = data.settings_mut();
        if settings.get("standardise").is_none() {
            return Err(format!(
                "--save-scene cannot keep --standardize, which the data set {} does not have; leave out one of them",
                data.name()
            ));
        }
        set(settings, "standardise", Value::Flag(true))?;
    }
    Ok(data)
}

/// Returns the text of the path of a file that a scene file in another folder finds: an absolute one.
fn seen_from(scene: &Path, file: &str) -> String {
    let is_here = scene
        .parent()
        .is_none_or(|folder| folder.as_os_str().is_empty());
    match std::path::absolute(path_from_text(file)) {
        Ok(absolute) if !is_here && !file.is_empty() => path_text(&absolute),
        _ => file.to_owned(),
    }
}
