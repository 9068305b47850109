//! A scene: plain data that determines the whole picture, seed included, and its TOML file.

mod check;
mod error;
mod network;
mod problem;
mod scaling;
mod settings;
mod start;
mod subject;

pub use error::SceneError;
pub use network::{MapPrecision, NetworkScene, NetworkSettings, SpecChange};
pub use problem::Problem;
pub use settings::{LevelSpacing, MapStyle, Training};

use crate::engine::files::Files;
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::GradientSettings;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{RunSettings, RunSpec};
use serde::{Deserialize, Serialize};
use start::StartPoint;
use std::collections::BTreeSet;

/// The newest version of scene files, which those about networks carry; others carry 1. Files of earlier versions still open.
pub const VERSION: u32 = 2;

/// The most runs that a scene can hold.
pub const MAX_RUNS: usize = 100;

/// The most steps that all runs of a scene may take together; each keeps some 64 bytes.
pub const MAX_STEPS: u64 = 20_000_000;

/// The most numbers that all rows of all runs of a network may have together.
pub const MAX_NUMBERS: u64 = 40_000_000;

/// A run and how it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Optimizer and schedule.
    pub spec: RunSpec,
    /// Its name; empty takes the optimizer's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it is ticked.
    #[serde(default = "default_shown")]
    pub shown: bool,
    /// Its place among the colours, dashes and markers.
    #[serde(default)]
    pub colour: u64,
    /// How a network's run goes on from later steps, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<SpecChange>,
}

fn default_shown() -> bool {
    true
}

/// Everything that determines the picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scene {
    /// The landscape and its settings.
    pub landscape: AnyLandscape,
    /// Where every run starts. On a landscape of one parameter only x counts, and y is 0.
    pub start: [f64; 2],
    /// What is looked at, x and y, or of one parameter x and f; `None` is the landscape's own view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<Rect>,
    /// The network that is looked at in place of the landscape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkScene>,
    /// What all runs share.
    pub training: Training,
    /// What the map shows.
    pub map: MapStyle,
    /// The runs.
    pub runs: Vec<Run>,
}

/// A scene file as it may stand: what is missing takes its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "scene")]
struct File {
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
    runs: Vec<Run>,
}

impl Scene {
    /// A landscape with its own start, default training and no runs.
    pub fn new(landscape: AnyLandscape) -> Self {
        let start = landscape.as_dyn().start();
        let (training, map) = (Training::default(), MapStyle::default());
        Self {
            landscape,
            start,
            view: None,
            network: None,
            training,
            map,
            runs: Vec::new(),
        }
    }

    /// The picture that the program opens on: six optimizers leave one place in Rosenbrock's valley.
    pub fn opening() -> Self {
        Self::from_toml(include_str!("../../assets/opening.toml"))
            .unwrap_or_else(|_| Self::new(AnyLandscape::all().swap_remove(0)))
    }

    /// The picture of a network to begin with: four optimizers separate two moons.
    pub fn network() -> Self {
        Self::from_toml(include_str!("../../assets/network.toml"))
            .unwrap_or_else(|_| Self::opening())
    }

    /// Reads a scene file.
    pub fn from_toml(text: &str) -> Result<Self, SceneError> {
        let malformed_at = |at: usize, message: &str| {
            let at = at.min(text.len());
            let before = &text.as_bytes()[..at];
            let line_start = before
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |newline| newline + 1);
            let column = String::from_utf8_lossy(&before[line_start..])
                .chars()
                .count()
                + 1;
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            SceneError::Malformed {
                line,
                column,
                message: message.replace('\n', "; "),
            }
        };
        let malformed = |error: toml::de::Error| {
            malformed_at(error.span().map_or(0, |span| span.start), error.message())
        };
        let table: toml::Table = toml::from_str(text).map_err(malformed)?;
        match table.get("version").map(toml::Value::as_integer) {
            Some(Some(version)) if version > i64::from(VERSION) => {
                return Err(SceneError::NewVersion(version));
            }
            Some(_) => {}
            None => return Err(SceneError::NoVersion),
        }
        let entries = table.get("runs").and_then(toml::Value::as_array);
        if let Some(runs) = entries.map(Vec::len).filter(|runs| *runs > MAX_RUNS) {
            return Err(SceneError::TooManyRuns(runs));
        }
        let mut file: File = toml::from_str(text).map_err(malformed)?;
        let landscape = match (file.landscape, &file.network) {
            (Some(landscape), _) => landscape,
            (None, Some(_)) => AnyLandscape::all().swap_remove(0),
            (None, None) => return Err(malformed_at(0, "missing field `landscape`")),
        };
        let start = match file.start {
            None => landscape.as_dyn().start(),
            Some(start) => {
                let at = start.span().start;
                let start = start.into_inner().on(landscape.as_dyn().dim());
                start.map_err(|expected| malformed_at(at, &expected))?
            }
        };
        // A run that does not say its colour has the first that no other has.
        let says = |index: usize| {
            let run = entries.and_then(|runs| runs.get(index)?.get("colour"));
            run.is_some()
        };
        let taken: BTreeSet<u64> = { file.runs.iter().enumerate() }
            .filter(|(index, _)| says(*index))
            .map(|(_, run)| run.colour)
            .collect();
        let mut free = (0..).filter(|colour| !taken.contains(colour));
        for (index, run) in file.runs.iter_mut().enumerate() {
            if !says(index) {
                run.colour = free.next().unwrap_or(0);
            }
        }
        let File {
            view,
            network,
            training,
            map,
            runs,
            ..
        } = file;
        Ok(Self {
            landscape,
            start,
            view,
            network,
            training,
            map,
            runs,
        })
    }

    /// Writes a scene file. [`Scene::from_toml`] reads it back to the same bits.
    pub fn to_toml(&self) -> String {
        let version = if self.network.is_some() { VERSION } else { 1 };
        format!(
            "version = {version}\n{}",
            toml::to_string(self).unwrap_or_default()
        )
    }

    /// Makes the landscape ready and checks everything that depends on it.
    pub fn load(&self, files: &dyn Files) -> Result<Problem, SceneError> {
        let problem = self.load_problem_unchecked(files)?;
        self.check(&problem)?;
        Ok(problem)
    }

    /// Chooses another landscape, in place of a network if there is one: with its own start and view, and without mini-batches, which it
    /// may not have.
    pub fn choose_landscape(&mut self, landscape: AnyLandscape) {
        self.start = landscape.as_dyn().start();
        self.landscape = landscape;
        if self.network.take().is_some() {
            self.clear_network_parts();
        }
        self.view = None;
        self.training.batch = None;
    }

    /// Chooses a network, in place of the landscape or of another network; runs have no groups and no legs then.
    pub fn choose_network(&mut self, bench: NetworkScene) {
        self.network = Some(bench);
        self.clear_network_parts();
        self.view = None;
        self.training.batch = None;
    }

    fn clear_network_parts(&mut self) {
        for run in &mut self.runs {
            run.spec.groups.clear();
            run.legs.clear();
        }
    }

    /// The start as a run takes it: as many numbers as the landscape has parameters.
    pub fn start_theta(&self) -> &[f64] {
        &self.start[..self.landscape.as_dyn().dim().min(2)]
    }

    /// Moves the start to the nearest place in the domain; of one parameter, along x.
    pub fn move_start(&mut self, [x, y]: [f64; 2]) {
        let on_line = self.landscape.as_dyn().dim() == 1;
        let to = [x, if on_line { 0.0 } else { y }];
        if to.iter().all(|t| t.is_finite()) {
            self.start = self
                .landscape
                .as_dyn()
                .domain()
                .map_or(to, |domain| domain.clamp(to));
        }
    }

    /// Adds a run in the first free colour.
    pub fn add_run(&mut self, spec: RunSpec) {
        let taken: BTreeSet<u64> = self.runs.iter().map(|run| run.colour).collect();
        let mut colours = 0..;
        let colour = colours.find(|colour| !taken.contains(colour)).unwrap_or(0);
        self.runs.push(Run {
            spec,
            name: String::new(),
            shown: true,
            colour,
            legs: Vec::new(),
        });
    }

    /// The conditions that every run is made under.
    pub fn run_settings(&self) -> RunSettings {
        let Training {
            steps,
            seed,
            noise,
            clip_norm,
            clip_value,
            batch,
            tolerance,
        } = self.training;
        let batch = batch.and_then(|batch| usize::try_from(batch).ok());
        RunSettings {
            steps,
            gradient_settings: GradientSettings {
                seed,
                noise,
                batch,
                clip_norm,
                clip_value,
            },
            tolerance,
            record_every: self
                .network
                .as_ref()
                .map_or(1, |bench| bench.settings.every),
        }
    }

    /// A name for every run, no two alike: its own, or its optimizer's with what sets it apart.
    pub fn run_names(&self) -> Vec<String> {
        let short = |run: &Run| match run.name.as_str() {
            "" => run.spec.display_name(),
            name => name.to_owned(),
        };
        let mut names: Vec<String> = self.runs.iter().map(short).collect();
        let shared = |names: &[String], name: &String| {
            names.iter().filter(|other| *other == name).count() > 1
        };
        let first = names.clone();
        for (name, run) in names.iter_mut().zip(&self.runs) {
            if run.name.is_empty() && shared(&first, name) {
                *name = format!("{name} {}", difference(&run.spec));
            }
        }
        let second = names.clone();
        for (index, name) in names.iter_mut().enumerate() {
            let earlier = second[..index]
                .iter()
                .filter(|other| *other == name)
                .count();
            if earlier > 0 {
                *name = format!("{name} ({})", earlier + 1);
            }
        }
        names
    }
}

/// What sets a run apart from its optimizer's defaults: "lr=0.05 @cosine".
fn difference(spec: &RunSpec) -> String {
    let text = spec.to_string();
    let settings = text.strip_prefix(spec.optimizer.name()).unwrap_or(&text);
    settings
        .trim_start_matches(':')
        .replace(',', " ")
        .replace('@', " @")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests;
