//! Arguments for the scene of a command: a scene file or the default scene, changed by flags.

use super::hints::{flag_of_name, formula_landscape, long_dash};
use super::remember_source;
use super::run_args::RunArgs;
use super::save_scene::save_scene_later;
use super::scene_file::{lesson_step, open_scene};
use crate::engine::declare::{SettingError, Settings, whole_number};
use crate::engine::landscape::AnyLandscape;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Problem;
use crate::engine::scene::{MAX_RUNS, Scene, SceneError, Subject, Training};
use crate::import::{Disk, argument_text};
use crate::teaching::bundled::StepIndex;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(clap::Args)]
pub(super) struct SceneArgs {
    /// Scene file, as saved by the window, lesson:NAME#STEP or example:NAME; the flags below override it [default: the Rosenbrock function with six runs, or the landscape of --landscape with runs that suit it]
    scene: Option<PathBuf>,
    /// Landscape, like rosenbrock, quadratic:a=1,b=25 or 'formula:f=x^2+2*y^2'; `ravine list landscapes` lists all
    #[arg(long, value_name = "SPEC", help_heading = "Scene", value_parser = spec_text())]
    landscape: Option<String>,
    /// Start point of every run; x alone for one parameter [default: the scene's or landscape's]
    #[arg(
        long,
        value_name = "X,Y",
        help_heading = "Scene",
        allow_hyphen_values = true
    )]
    start: Option<String>,
    /// View: the ranges of x and y, or of x and f for one parameter [default: the scene's or landscape's]
    #[arg(
        long,
        value_name = "X..X,Y..Y",
        help_heading = "Scene",
        allow_hyphen_values = true
    )]
    view: Option<String>,
    #[command(flatten)]
    runs: RunArgs,
    #[arg(long, value_name = "N", help_heading = "Scene", allow_negative_numbers = true, help = help("steps"))]
    steps: Option<String>,
    #[arg(long, value_name = "N", help_heading = "Scene", allow_negative_numbers = true, help = help("seed"))]
    seed: Option<String>,
    #[arg(long, value_name = "SIGMA", help_heading = "Scene", allow_negative_numbers = true, help = help("noise"))]
    noise: Option<String>,
    #[arg(long, value_name = "NORM", help_heading = "Scene", allow_negative_numbers = true, help = help("clip_norm"))]
    clip_norm: Option<String>,
    #[arg(long, value_name = "SIZE", help_heading = "Scene", allow_negative_numbers = true, help = help("clip_value"))]
    clip_value: Option<String>,
    #[arg(long, value_name = "N", help_heading = "Scene", allow_negative_numbers = true, help = help("batch"))]
    batch: Option<String>,
    #[arg(long, value_name = "NORM", help_heading = "Scene", allow_negative_numbers = true, help = help("tolerance"))]
    tolerance: Option<String>,
    /// Scene file to write, .toml, with all that the flags change; `ravine FILE` opens it
    #[arg(long, value_name = "FILE", help_heading = "Scene")]
    save_scene: Option<PathBuf>,
}

/// Parses an argument that may contain a file name, which need not be UTF-8.
pub(super) fn spec_text() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|text: OsString| argument_text(&text))
}

/// Returns the help of a flag that sets a setting of [`Training`].
fn help(setting: &str) -> String {
    let training = Training::default();
    let described = training.index(setting).map(|index| {
        let param = &training.params()[index];
        let default = param.text(&training.default_value(index));
        let expected = param.expected();
        format!(
            "{} Expects {expected} [default: the scene's, {default} in a new one]",
            param.help
        )
    });
    described.unwrap_or_default()
}

impl SceneArgs {
    /// Returns the name of the first argument that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("the scene file", self.scene.is_some()),
            ("--landscape", self.landscape.is_some()),
            ("--start", self.start.is_some()),
            ("--view", self.view.is_some()),
            (
                self.runs.given().unwrap_or_default(),
                self.runs.given().is_some(),
            ),
            ("--steps", self.steps.is_some()),
            ("--seed", self.seed.is_some()),
            ("--noise", self.noise.is_some()),
            ("--clip-norm", self.clip_norm.is_some()),
            ("--clip-value", self.clip_value.is_some()),
            ("--batch", self.batch.is_some()),
            ("--tolerance", self.tolerance.is_some()),
            ("--save-scene", self.save_scene.is_some()),
        ];
        flags
            .into_iter()
            .find_map(|(name, given)| given.then_some(name))
    }

    /// Returns the step of a lesson whose scene this is, if it is one.
    pub(super) fn lesson_step(&self) -> Result<Option<StepIndex>, String> {
        match &self.scene {
            Some(path) => lesson_step(path),
            None => Ok(None),
        }
    }

    /// Returns the scene and its loaded problem, or the first error in either.
    pub(super) fn prepare(&self) -> Result<(Scene, Arc<Problem>), String> {
        self.prepare_with(|_| Ok(()))
    }

    /// Returns the scene with the changes of further flags and its loaded problem, or the first error in either. `--save-scene` saves the
    /// changes too.
    pub(super) fn prepare_with(
        &self,
        change: impl FnOnce(&mut Scene) -> Result<(), String>,
    ) -> Result<(Scene, Arc<Problem>), String> {
        let too_many = |count: usize| Err(SceneError::TooManyRuns(count).to_string());
        if self.runs.count() > MAX_RUNS {
            return too_many(self.runs.count());
        }
        let mut scene = self.scene()?;
        if let Some(text) = &self.start {
            let dim = scene.landscape().as_dyn().dim();
            scene.landscape_scene_mut().start = point("--start", text, dim)?;
        }
        if let Some(text) = &self.view {
            scene.view = Some(view(text)?);
        }
        if self.runs.given().is_some() {
            scene.runs.clear();
        }
        for run in self.runs.read()? {
            scene.add_run(run.spec);
            if let Some(added) = scene.runs.last_mut() {
                added.name = run.name;
            }
        }
        if scene.runs.len() > MAX_RUNS {
            return too_many(scene.runs.len());
        }
        for (name, text) in [
            ("steps", &self.steps),
            ("seed", &self.seed),
            ("noise", &self.noise),
            ("clip_norm", &self.clip_norm),
            ("clip_value", &self.clip_value),
            ("batch", &self.batch),
            ("tolerance", &self.tolerance),
        ] {
            if let Some(text) = text {
                parse_setting(&mut scene.training, name, text)
                    .map_err(|error| error.to_string())?;
            }
        }
        change(&mut scene)?;
        let problem = scene
            .load(&Disk::next_to(self.scene.as_deref()))
            .map_err(|error| {
                // An error in a value that no flag overrides is the file's.
                let changed = [&self.landscape, &self.start, &self.batch]
                    .into_iter()
                    .any(Option::is_some);
                match self
                    .scene
                    .as_ref()
                    .filter(|_| !changed && self.runs.given().is_none())
                {
                    Some(path) => format!("{}: {error}", path.display()),
                    None => error.to_string(),
                }
            })?;
        remember_source(scene.subject_name(), &problem.source);
        if let Some(path) = &self.save_scene {
            save_scene_later(path, self.scene.as_deref(), &scene)?;
        }
        Ok((scene, Arc::new(problem)))
    }

    /// Loads the problem of a scene that these arguments prepared, and that changed since.
    pub(super) fn load(&self, scene: &Scene) -> Result<Problem, String> {
        let disk = Disk::next_to(self.scene.as_deref());
        scene.load(&disk).map_err(|error| error.to_string())
    }

    /// Returns the scene and its loaded problem; a scene with a network is an error.
    pub(super) fn prepare_landscape(&self) -> Result<(Scene, Arc<Problem>), String> {
        let (scene, problem) = self.prepare()?;
        match (&scene.subject, &self.scene) {
            (Subject::Network(_), Some(path)) => Err(format!(
                "{}: is a scene with a network; expected one with a landscape, or `ravine train` or `ravine slice`",
                path.display()
            )),
            _ => Ok((scene, problem)),
        }
    }

    /// Returns the scene of the file, or the default scene, with the landscape of `--landscape`.
    fn scene(&self) -> Result<Scene, String> {
        let landscape = self.landscape.as_deref().map(landscape).transpose()?;
        let Some(path) = &self.scene else {
            return Ok(landscape.map_or_else(Scene::opening, Scene::opening_of));
        };
        let mut scene = open_scene(path).map_err(|sentence| {
            let name = path.to_string_lossy();
            if path.exists() {
                return sentence;
            }
            if let Some(dashed) = long_dash(&name) {
                return dashed;
            }
            if let Some(flag) = flag_of_name(&name) {
                return format!("{sentence}, or {flag}");
            }
            if name.contains('=') || name.contains("..") {
                return format!(
                    "{sentence}; settings stand behind a colon, like --run adam:lr=0.1, and values behind an equals sign, like --over lr=1e-4..1"
                );
            }
            sentence
        })?;
        if let Some(landscape) = landscape {
            scene.choose_landscape(landscape);
        }
        Ok(scene)
    }
}

/// Parses the landscape of `--landscape`.
pub(super) fn landscape(text: &str) -> Result<AnyLandscape, String> {
    text.parse().map_err(|error| match formula_landscape(text) {
        Some(meant) => format!("--landscape {text}: is not a landscape; did you mean `{meant}`?"),
        None => setting_error("--landscape", text, &error),
    })
}

/// Parses and sets one setting, with the checks of scene files.
pub(super) fn parse_setting(
    settings: &mut dyn Settings,
    name: &str,
    text: &str,
) -> Result<(), SettingError> {
    let index = settings.index(name)?;
    let value = settings.params()[index].parse(text)?;
    settings.set(name, value)
}

/// Returns the error sentence of a setting; an error in a value is prefixed by its flag, which may be given several times.
pub(super) fn setting_error(flag: &str, text: &str, error: &SettingError) -> String {
    match error {
        SettingError::Value { .. } => format!("{flag} {text}: {error}"),
        _ => error.to_string(),
    }
}

/// Parses a whole number like those of settings, in digits or like `1e6`.
pub(super) fn whole<T: TryFrom<u64>>(text: &str) -> Option<T> {
    whole_number(text.trim())?.try_into().ok()
}

/// Parses a point of `dim` parameters; for one parameter, a second number is ignored.
pub(super) fn point(flag: &str, text: &str, dim: usize) -> Result<[f64; 2], String> {
    let numbers: Option<Vec<f64>> = text
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect();
    match (dim, numbers.as_deref()) {
        (1, Some([x] | [x, _])) => Ok([*x, 0.0]),
        (1, _) => Err(format!(
            "{flag} cannot be `{text}`; expected a number, like {flag}=5"
        )),
        (_, Some([x, y])) => Ok([*x, *y]),
        _ => Err(format!(
            "{flag} cannot be `{text}`; expected two numbers, like {flag}=-1.5,2"
        )),
    }
}

/// Parses a view, like -2..2,-1..3.
fn view(text: &str) -> Result<Rect, String> {
    let refuse = |expected: &str| {
        Err(format!(
            "--view cannot be `{text}`; expected {expected}, like --view=-2..2,-1..3"
        ))
    };
    let range = |text: &str| {
        let (low, high) = text.split_once("..")?;
        let number = |text: &str| text.trim().parse::<f64>().ok();
        Some([number(low)?, number(high)?])
    };
    let ranges = text
        .split_once(',')
        .and_then(|(x, y)| Some([range(x)?, range(y)?]));
    let Some([x, y]) = ranges else {
        return refuse("two ranges, low end first");
    };
    let any = |wrong: fn([f64; 2]) -> bool| wrong(x) || wrong(y);
    if any(|[low, high]| low >= high || !low.is_finite() || !high.is_finite()) {
        refuse("two ranges, low end first")
    } else if any(|[low, high]| high - low == f64::INFINITY) {
        refuse("ranges less wide than 1.8e308")
    } else {
        Rect::new(x, y).map_or_else(
            || refuse("ranges wide enough for f64 to tell their numbers apart"),
            Ok,
        )
    }
}
