//! Scenes: plain data that determines a picture completely, seed included, and their TOML files.

mod check;
mod error;
mod figure_style;
mod network;
mod opening;
mod problem;
mod refusal;
mod run;
mod scaling;
mod settings;
mod start;
mod subject;
mod toml;

pub use error::SceneError;
pub use figure_style::{Aspect, FigurePreset, FigureStyle, FigureTheme, LegendPlace};
pub use network::{MapPrecision, NetworkScene, NetworkSettings};
pub use problem::Problem;
pub use refusal::{Fix, ScenePart, SettingPlace};
pub use run::{RUN_HUES, Run, SpecChange};
pub use settings::{ColourMap, LevelSpacing, MapStyle, SurfaceStyle, Training};
pub use subject::{LandscapeScene, Subject};
pub use toml::VERSION;

use crate::engine::files::Files;
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::GradientSettings;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{RunSettings, RunSpec};

/// The maximum number of runs in a scene.
pub const MAX_RUNS: usize = 100;

/// The maximum number of steps of all runs of a landscape together; each takes about 64 bytes.
pub const MAX_STEPS: u64 = 20_000_000;

/// The maximum number of recorded f64 values of all runs of a network together.
pub const MAX_NUMBERS: u64 = 40_000_000;

/// A subject, the runs on it, and how they are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// The landscape or the network.
    pub subject: Subject,
    /// The part of the plane that is shown: x and y, or x and f of a landscape of one parameter. `None` shows the first view of the runs, which contains the subject's own view.
    pub view: Option<Rect>,
    /// The settings that all runs share.
    pub training: Training,
    /// The style of the map.
    pub map: MapStyle,
    /// The camera and the light of the surface.
    pub surface: SurfaceStyle,
    /// The style of figures and films.
    pub figure: FigureStyle,
    /// The runs.
    pub runs: Vec<Run>,
}

impl Scene {
    /// Returns a scene of a landscape with its own start, default training and no runs.
    pub fn new(landscape: AnyLandscape) -> Self {
        Self {
            subject: Subject::Landscape(LandscapeScene::new(landscape)),
            view: None,
            training: Training::default(),
            map: MapStyle::default(),
            surface: SurfaceStyle::default(),
            figure: FigureStyle::default(),
            runs: Vec::new(),
        }
    }

    /// Returns the scene that the program opens with: six optimizers on Rosenbrock's function.
    pub fn opening() -> Self {
        Self::from_toml(include_str!("../../../assets/opening.toml"))
            .unwrap_or_else(|_| Self::new(AnyLandscape::all().swap_remove(0)))
    }

    /// Returns the first scene of a network: four optimizers separate two moons.
    pub fn opening_network() -> Self {
        Self::from_toml(include_str!("../../../assets/network.toml"))
            .unwrap_or_else(|_| Self::opening())
    }

    /// Loads the landscape or network and checks everything that depends on it.
    pub fn load(&self, files: &dyn Files) -> Result<Problem, SceneError> {
        let problem = self.load_problem_unchecked(files)?;
        self.check(&problem)?;
        Ok(problem)
    }

    /// Makes another landscape the subject, with its own start and view, and without mini-batches, which it may not have. Runs that are still
    /// those that the former subject opened with are replaced by those of the landscape.
    pub fn choose_landscape(&mut self, landscape: AnyLandscape) {
        let is_opening = self.has_opening_runs();
        if self.is_network() {
            self.clear_network_parts();
        }
        self.subject = Subject::Landscape(LandscapeScene::new(landscape));
        self.view = None;
        self.training.batch = None;
        if is_opening {
            self.set_opening_runs();
        }
    }

    /// Makes a network the subject and keeps the scene's landscape in it. Removes parameter groups and spec changes from all runs, and
    /// replaces runs that are still those that the former subject opened with.
    pub fn choose_network(&mut self, network: NetworkScene) {
        let is_opening = self.has_opening_runs();
        let landscape = self.landscape_scene().clone();
        let network = NetworkScene {
            landscape,
            ..network
        };
        self.subject = Subject::Network(Box::new(network));
        self.clear_network_parts();
        self.view = None;
        self.training.batch = None;
        if is_opening {
            self.set_opening_runs();
        }
    }

    fn clear_network_parts(&mut self) {
        for run in &mut self.runs {
            run.spec.groups.clear();
            run.spec_changes.clear();
        }
    }

    /// Adds a run in the first free hue, or in another lightness of the hue of a run of the same optimizer.
    pub fn add_run(&mut self, spec: RunSpec) {
        let others = self.runs.iter().map(|run| (&run.spec, run.colour));
        let colour = run::free_colour(&spec, &others.collect::<Vec<_>>());
        self.runs.push(Run {
            spec,
            name: String::new(),
            shown: true,
            colour,
            spec_changes: Vec::new(),
        });
    }

    /// Returns the settings that every run is computed with.
    pub fn run_settings(&self) -> RunSettings {
        let Training {
            steps,
            seed,
            seeds: _,
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
            record_every: self.network().map_or(1, |network| network.settings.every),
        }
    }

    /// Whether anything in the runs depends on the seed.
    pub fn is_random(&self) -> bool {
        self.is_network() || self.training.noise > 0.0 || self.training.batch.is_some()
    }

    /// Returns the number of seeds of every run: 1 where nothing depends on the seed.
    pub fn seed_count(&self) -> u64 {
        let several = self.training.seeds.filter(|_| self.is_random());
        several.unwrap_or(1)
    }

    /// Returns the seeds of the runs in rising order.
    pub fn seeds(&self) -> std::ops::Range<u64> {
        let first = self.training.seed;
        first..first.saturating_add(self.seed_count())
    }

    /// Returns a distinct name for every run: its own, or its optimizer's with the settings that differ from the defaults.
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
                let full = format!("{name} {}", run.spec.settings_text());
                full.trim_end().clone_into(name);
            }
        }
        for index in 1..names.len() {
            let numbered = (2..).map(|number| format!("{} ({number})", names[index]));
            if names[..index].contains(&names[index])
                && let Some(free) = { numbered }.find(|name| !names.contains(name))
            {
                names[index] = free;
            }
        }
        names
    }
}

#[cfg(test)]
mod tests;
