//! Refusals of scenes: the setting that caused an error, and edits that mend it.

use super::{MAX_NUMBERS, MAX_STEPS, NetworkScene, NetworkSettings, Scene, SceneError};
use crate::engine::analysis::network_plane::{AnyPlane, Pca, PlaneError};
use crate::engine::declare::Settings;
use crate::engine::declare::spec::real;
use crate::engine::landscape::{AnyLandscape, LandscapeError};
use crate::engine::network::data::DataError;
use crate::engine::network::{AnyNetwork, Loss, NetworkError, Norm};

/// Part of a scene that has settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenePart {
    /// The landscape.
    Landscape,
    /// The start on a landscape.
    Start,
    /// The settings that all runs share.
    Training,
    /// The model of a network.
    Model,
    /// The data of a network.
    Data,
    /// The plane through the parameters of a network.
    Plane,
    /// The other settings of a network.
    Network,
    /// The run with this index.
    Run(usize),
}

impl ScenePart {
    /// Returns the name of the part, as on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Landscape => "landscape",
            Self::Start => "start",
            Self::Training => "training",
            Self::Model => "model",
            Self::Data => "data",
            Self::Plane => "plane",
            Self::Network => "network",
            Self::Run(_) => "optimizers",
        }
    }
}

/// A setting of a scene; without a name, the whole part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingPlace {
    /// The part of the scene.
    pub part: ScenePart,
    /// Name of the setting in the part.
    pub setting: Option<&'static str>,
}

/// An edit that mends a refused scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Title of the edit: what it does.
    pub title: String,
    /// The edited scene.
    pub scene: Scene,
}

impl SceneError {
    /// Returns the setting that caused the error; `None` for errors of files.
    pub fn place(&self, scene: &Scene) -> Option<SettingPlace> {
        let at = |part, setting| {
            let setting = Some(setting);
            Some(SettingPlace { part, setting })
        };
        match self {
            Self::Landscape(error) => at(
                ScenePart::Landscape,
                landscape_setting(error, scene.landscape()),
            ),
            Self::Network(error) => match error {
                NetworkError::TooLarge { .. } => at(ScenePart::Model, "hidden"),
                NetworkError::NotNumbers { .. }
                | NetworkError::NotAClass { .. }
                | NetworkError::NotTwoClasses { .. }
                | NetworkError::ManyTargets { .. } => at(ScenePart::Model, "loss"),
                NetworkError::OneSample | NetworkError::WrongBatchNormStats { .. } => {
                    at(ScenePart::Model, "norm")
                }
                NetworkError::BatchOfOne { .. } => at(ScenePart::Training, "batch"),
                NetworkError::NoData | NetworkError::OtherData { .. } => whole(ScenePart::Data),
            },
            Self::Data(error) => match error {
                DataError::File(_) | DataError::NoPath => at(ScenePart::Data, "path"),
                DataError::NotAClass { .. } | DataError::ManyClasses { .. } => {
                    at(ScenePart::Model, "loss")
                }
            },
            Self::Weights(_) => at(ScenePart::Network, "weights"),
            Self::Plane(PlaneError::Weight { name, .. }) => {
                let second = scene.network().is_some_and(|network| {
                    let settings = network.plane.settings();
                    let is = |setting, name: &str| settings_text(settings, setting) == name;
                    is("b", name) && !is("a", name)
                });
                at(ScenePart::Plane, if second { "b" } else { "a" })
            }
            Self::Plane(_) | Self::PlaneRuns { .. } => whole(ScenePart::Plane),
            Self::Run { run, .. } => whole(ScenePart::Run(*run)),
            Self::Start { .. } => whole(ScenePart::Start),
            Self::Batch { .. } => at(ScenePart::Training, "batch"),
            Self::TooManySteps { .. } => at(ScenePart::Training, "steps"),
            Self::TooManyRows { .. } => at(ScenePart::Network, "every"),
            Self::SpecChange { .. }
            | Self::Refused(_)
            | Self::Optimizer { .. }
            | Self::Group { .. }
            | Self::TooManyRuns(_)
            | Self::Malformed { .. }
            | Self::NoVersion
            | Self::NewVersion(_) => None,
        }
    }

    /// Returns edits of the refused scene that remove the error, where there are any.
    pub fn fixes(&self, scene: &Scene) -> Vec<Fix> {
        let fix = |title: String, edit: &dyn Fn(&mut Scene)| {
            let mut scene = scene.clone();
            edit(&mut scene);
            Fix { title, scene }
        };
        let loss = |loss: Loss| {
            fix(format!("Use {}", loss.name()), &|scene| {
                set_loss(scene, loss);
            })
        };
        match self {
            Self::Network(NetworkError::NotNumbers { .. } | NetworkError::NotTwoClasses { .. }) => {
                vec![loss(Loss::Ce)]
            }
            Self::Network(NetworkError::NotAClass { .. } | NetworkError::ManyTargets { .. })
            | Self::Data(DataError::NotAClass { .. } | DataError::ManyClasses { .. }) => {
                vec![loss(Loss::Mse)]
            }
            Self::Network(NetworkError::OneSample) => {
                let edit = |scene: &mut Scene| {
                    if let Some(NetworkScene {
                        model: AnyNetwork::Mlp(mlp),
                        ..
                    }) = scene.network_mut()
                    {
                        mlp.norm = Norm::None;
                    }
                };
                vec![fix("Use none".to_owned(), &edit)]
            }
            Self::Network(NetworkError::BatchOfOne { expected, .. }) => {
                vec![batch_fix(scene, *expected as u64)]
            }
            Self::Batch { samples: 0, .. } => {
                vec![fix("batch = all".to_owned(), &|scene| {
                    scene.training.batch = None;
                })]
            }
            Self::Batch { samples, .. } => vec![batch_fix(scene, *samples as u64)],
            Self::Weights(_) => vec![fix("Use random".to_owned(), &|scene| {
                if let Some(network) = scene.network_mut() {
                    network.settings.weights = None;
                }
            })],
            Self::PlaneRuns { .. } => tick_fix(scene).into_iter().collect(),
            Self::Plane(PlaneError::Weight { .. }) => weight_fix(self, scene).into_iter().collect(),
            Self::Plane(_) => vec![fix("Use principal components".to_owned(), &|scene| {
                if let Some(network) = scene.network_mut() {
                    network.plane = AnyPlane::Pca(Pca::default());
                }
            })],
            Self::Run { run, error } => run_fix(scene, *run, error).into_iter().collect(),
            Self::Start { .. } => {
                let [x, y] = scene.landscape().as_dyn().start();
                let text = match scene.dim() {
                    1 => real(x),
                    _ => format!("({}, {})", real(x), real(y)),
                };
                vec![fix(format!("start = {text}"), &|scene| {
                    scene.move_start([x, y]);
                })]
            }
            Self::TooManySteps { runs, .. } => {
                let steps = round_down(MAX_STEPS / (*runs as u64).max(1));
                vec![fix(format!("steps = {steps}"), &|scene| {
                    scene.training.steps = steps;
                })]
            }
            Self::TooManyRows {
                runs, parameters, ..
            } => {
                let rows = MAX_NUMBERS / (*parameters as u64 + 16) / (*runs as u64).max(1);
                let every = scene.training.steps.div_ceil(rows.saturating_sub(1).max(1));
                every_fix(scene, round_up(every)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Returns the place of a whole part.
#[expect(clippy::unnecessary_wraps, reason = "has the type of a place")]
fn whole(part: ScenePart) -> Option<SettingPlace> {
    let setting = None;
    Some(SettingPlace { part, setting })
}

/// Returns the setting of a landscape that an error is about.
fn landscape_setting(error: &LandscapeError, landscape: &AnyLandscape) -> &'static str {
    match error {
        LandscapeError::Hills(_) => "hills",
        LandscapeError::Formula(_) | LandscapeError::NowhereFinite { .. } => "f",
        LandscapeError::Data(_) => match landscape {
            AnyLandscape::Image(_) => "file",
            _ => "data",
        },
    }
}

fn settings_text(settings: &dyn Settings, setting: &str) -> String {
    let index = settings.index(setting);
    index.map_or(String::new(), |index| {
        settings.params()[index].text(&settings.value(index))
    })
}

fn set_loss(scene: &mut Scene, loss: Loss) {
    if let Some(network) = scene.network_mut() {
        let AnyNetwork::Mlp(mlp) = &mut network.model;
        mlp.loss = loss;
    }
}

/// Returns the edit to a batch size.
fn batch_fix(scene: &Scene, batch: u64) -> Fix {
    let mut scene = scene.clone();
    scene.training.batch = Some(batch);
    Fix {
        title: format!("batch = {batch}"),
        scene,
    }
}

/// Returns the edit that records a row only after `every` steps, where that is legal.
fn every_fix(scene: &Scene, every: u64) -> Option<Fix> {
    let mut scene = scene.clone();
    let settings: &mut NetworkSettings = &mut scene.network_mut()?.settings;
    let value = crate::engine::declare::Value::Count(every);
    settings.set("every", value).ok()?;
    for run in &mut scene.runs {
        run.align_spec_changes(every);
    }
    Some(Fix {
        title: format!("every = {every}"),
        scene,
    })
}

/// Returns the edit that ticks the first unticked run.
fn tick_fix(scene: &Scene) -> Option<Fix> {
    let run = scene.runs.iter().position(|run| !run.shown)?;
    let title = format!("Tick {}", scene.run_names()[run]);
    let mut scene = scene.clone();
    scene.runs[run].shown = true;
    Some(Fix { title, scene })
}

/// Returns the edit that resets the unknown weight of a plane.
fn weight_fix(error: &SceneError, scene: &Scene) -> Option<Fix> {
    let setting = error.place(scene)?.setting?;
    let mut scene = scene.clone();
    let settings = scene.network_mut()?.plane.settings_mut();
    let index = settings.index(setting).ok()?;
    let default = settings.default_value(index);
    let title = format!("Use {}", settings.params()[index].text(&default));
    let changes = settings.value(index) != default;
    settings.set(setting, default).ok()?;
    changes.then_some(Fix { title, scene })
}

/// Returns the edit that mends an illegal run: without the group or the change of settings, or without the run.
fn run_fix(scene: &Scene, run: usize, error: &SceneError) -> Option<Fix> {
    let mut scene = scene.clone();
    let edited = scene.runs.get_mut(run)?;
    let title = match error {
        SceneError::Group { name, .. } => {
            edited.spec.groups.retain(|group| group.name != *name);
            format!("Remove the settings for {name}")
        }
        SceneError::SpecChange { at_step, .. } => {
            edited
                .spec_changes
                .retain(|change| change.at_step != *at_step);
            format!("Remove the change at step {at_step}")
        }
        _ => {
            let name = scene.run_names().swap_remove(run);
            scene.runs.remove(run);
            format!("Remove {name}")
        }
    };
    Some(Fix { title, scene })
}

/// Rounds a positive number down to 1, 2 or 5 times a power of ten.
fn round_down(number: u64) -> u64 {
    let power = 10_u64.pow(number.max(1).ilog10());
    let steps = [5, 2, 1].map(|step| step * power);
    steps.into_iter().find(|step| *step <= number).unwrap_or(1)
}

/// Rounds a number up to 1, 2, 5 or 10 times a power of ten.
fn round_up(number: u64) -> u64 {
    let down = round_down(number);
    if down >= number {
        return down;
    }
    let power = 10_u64.pow(number.ilog10());
    let steps = [2, 5, 10].map(|step| step * power);
    let up = steps.into_iter().find(|step| *step >= number);
    up.unwrap_or(number)
}

#[cfg(test)]
mod tests;
