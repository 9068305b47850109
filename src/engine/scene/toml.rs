//! Reads and writes scene files (TOML).

use super::run::free_colour;
use super::start::StartPoint;
use super::{
    FigureStyle, LandscapeScene, MAX_RUNS, MapStyle, NetworkScene, Run, Scene, SceneError, Subject,
    SurfaceStyle, Training,
};
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use serde::{Deserialize, Serialize};

/// The newest version of scene files, written for networks; landscapes are written as version 1. Older versions still open.
pub const VERSION: u32 = 2;

/// The contents of a scene file as it is read. Missing entries take their defaults.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "scene")]
struct SceneFile {
    #[serde(rename = "version")]
    _version: u32,
    landscape: Option<AnyLandscape>,
    start: Option<toml::Spanned<StartPoint>>,
    view: Option<Rect>,
    network: Option<NetworkScene>,
    #[serde(default)]
    training: Training,
    #[serde(default)]
    map: MapStyle,
    #[serde(default)]
    surface: SurfaceStyle,
    #[serde(default)]
    figure: FigureStyle,
    #[serde(default)]
    runs: Vec<Run>,
}

/// The contents of a scene file as it is written. A network scene includes the landscape that it keeps.
#[derive(Serialize)]
struct WrittenScene<'a> {
    version: u32,
    landscape: &'a AnyLandscape,
    start: [f64; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<Rect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<&'a NetworkScene>,
    training: &'a Training,
    map: &'a MapStyle,
    #[serde(skip_serializing_if = "is_default")]
    surface: &'a SurfaceStyle,
    #[serde(skip_serializing_if = "is_default")]
    figure: &'a FigureStyle,
    runs: &'a [Run],
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_default<T: Default + PartialEq>(style: &&T) -> bool {
    **style == T::default()
}

impl Scene {
    /// Reads a scene file.
    pub fn from_toml(text: &str) -> Result<Self, SceneError> {
        let malformed = |error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            malformed_at(text, at, error.message())
        };
        let table: toml::Table = toml::from_str(text).map_err(malformed)?;
        check_version(&table)?;
        let entries = table.get("runs").and_then(toml::Value::as_array);
        if let Some(runs) = entries.map(Vec::len).filter(|runs| *runs > MAX_RUNS) {
            return Err(SceneError::TooManyRuns(runs));
        }
        let mut file: SceneFile = toml::from_str(text).map_err(malformed)?;
        // Earlier versions had one setting for minima and saddles.
        let map = table.get("map").and_then(toml::Value::as_table);
        if map.is_some_and(|map| map.contains_key("minima") && !map.contains_key("saddles")) {
            file.map.saddles = file.map.minima;
        }
        let landscape = match (file.landscape, &file.network) {
            (Some(landscape), _) => landscape,
            (None, Some(_)) => LandscapeScene::default().landscape,
            (None, None) => return Err(malformed_at(text, 0, "missing field `landscape`")),
        };
        let mut landscape = LandscapeScene::new(landscape);
        if let Some(start) = file.start {
            let at = start.span().start;
            let start = start.into_inner().on(landscape.landscape.as_dyn().dim());
            landscape.start = start.map_err(|expected| malformed_at(text, at, &expected))?;
        }
        let has_colour = |index: usize| {
            entries.is_some_and(|runs| runs.get(index).and_then(|run| run.get("colour")).is_some())
        };
        assign_colours(&mut file.runs, has_colour);
        let subject = match file.network {
            None => Subject::Landscape(landscape),
            Some(network) => Subject::Network(Box::new(NetworkScene {
                landscape,
                ..network
            })),
        };
        Ok(Self {
            subject,
            view: file.view,
            training: file.training,
            map: file.map,
            surface: file.surface,
            figure: file.figure,
            runs: file.runs,
        })
    }

    /// Writes a scene file. [`Scene::from_toml`] reads it back to the same bits.
    pub fn to_toml(&self) -> String {
        let network = self.network();
        let file = WrittenScene {
            version: network.map_or(1, |_| VERSION),
            landscape: self.landscape(),
            start: self.start(),
            view: self.view,
            network,
            training: &self.training,
            map: &self.map,
            surface: &self.surface,
            figure: &self.figure,
            runs: &self.runs,
        };
        toml::to_string(&file).unwrap_or_default()
    }
}

/// Refuses files without a version and files of newer versions.
fn check_version(table: &toml::Table) -> Result<(), SceneError> {
    match table.get("version").map(toml::Value::as_integer) {
        Some(Some(version)) if version > i64::from(VERSION) => Err(SceneError::NewVersion(version)),
        Some(_) => Ok(()),
        None => Err(SceneError::NoVersion),
    }
}

/// Gives each run without a colour one that no other run has.
fn assign_colours(runs: &mut [Run], has_colour: impl Fn(usize) -> bool) {
    for index in 0..runs.len() {
        if !has_colour(index) {
            let others = runs.iter().enumerate();
            let others = others.filter(|(other, _)| *other < index || has_colour(*other));
            let others: Vec<_> = others.map(|(_, run)| (&run.spec, run.colour)).collect();
            runs[index].colour = free_colour(&runs[index].spec, &others);
        }
    }
}

/// Returns the error for byte `at` of a file, with its line and column.
fn malformed_at(text: &str, at: usize, message: &str) -> SceneError {
    let before = &text.as_bytes()[..at.min(text.len())];
    let newline = before.iter().rposition(|&byte| byte == b'\n');
    let line_start = newline.map_or(0, |newline| newline + 1);
    let in_line = String::from_utf8_lossy(&before[line_start..]);
    SceneError::Malformed {
        line: before.iter().filter(|&&byte| byte == b'\n').count() + 1,
        column: in_line.chars().count() + 1,
        message: message.replace('\n', "; "),
    }
}
