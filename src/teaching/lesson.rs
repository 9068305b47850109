//! Lessons: TOML files of steps with words, a scene and claims.

use super::claim::Claim;
use super::read_toml;
use crate::engine::scene::{Scene, VERSION};
use serde::Deserialize;
use std::sync::OnceLock;

/// The lessons in their order: name and file.
const FILES: &[(&str, &str)] = toml_files!(
    "lessons",
    "a-step-downhill",
    "learning-rate",
    "condition-number",
    "momentum",
    "nesterov",
    "mini-batches",
    "batch-size",
    "schedules",
    "warm-up",
    "adagrad",
    "rmsprop-adadelta",
    "adam",
    "weight-decay",
    "amsgrad-radam",
    "saddles-plateaus",
    "gradients-through-layers",
    "zero-grad",
    "curvature",
    "sharpness",
    "edge-of-stability",
    "mode-connectivity",
    "misleading-slices",
);

/// Tabs on the right that a step may ask for.
pub const PANELS: [&str; 5] = ["Charts", "Layers", "State", "Rule", "Table"];

/// How much a lesson presumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Calculus.
    Beginner,
    /// The lessons before it.
    Intermediate,
    /// Linear algebra and neural networks.
    Advanced,
}

impl Level {
    /// The levels in the order of menus.
    pub const ALL: [Self; 3] = [Self::Beginner, Self::Intermediate, Self::Advanced];

    /// Returns the name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }

    /// Returns the heading in menus.
    pub fn title(self) -> &'static str {
        match self {
            Self::Beginner => "Beginner",
            Self::Intermediate => "Intermediate",
            Self::Advanced => "Advanced",
        }
    }
}

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Name on the command line: that of its file.
    pub name: String,
    /// Title in menus.
    pub title: String,
    /// How much it presumes.
    pub level: Level,
    /// About how many minutes it takes.
    pub minutes: u64,
    /// One sentence: what one knows afterwards.
    pub summary: String,
    /// Sources of its numbers and statements.
    pub sources: Vec<String>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Title.
    pub title: String,
    /// Paragraphs separated by empty lines, with `code` and **terms**.
    pub words: String,
    /// A formula in the notation of update rules.
    pub formula: Option<String>,
    /// Sentence that says what to look at in the picture.
    pub look: String,
    /// Question to the audience.
    pub question: Option<String>,
    /// Its answer, hidden at first.
    pub answer: Option<String>,
    /// Name of the run whose end the audience guesses before the trails are shown.
    pub predict: Option<String>,
    /// Title of the view.
    pub view: String,
    /// Title of the tab on the right, one of [`PANELS`]; without one it is that of the charts, and the panel is not opened.
    pub panel: Option<String>,
    /// Chart that is the first one on the right.
    pub chart: Option<StepChart>,
    /// The step of the timeline that is shown first.
    pub at: ShownStep,
    /// The scene.
    pub scene: Scene,
    /// Statements that a test plays through.
    pub claims: Vec<Claim>,
}

/// A chart that a step may put first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum StepChart {
    /// Loss.
    Loss,
    /// Gradient norm.
    #[serde(rename = "Gradient norm")]
    GradNorm,
    /// Sharpness, on landscapes or along the runs of a network.
    Sharpness,
    /// Learning rate.
    #[serde(rename = "Learning rate")]
    Lr,
}

impl StepChart {
    /// Returns the words with which the title of the chart begins.
    pub fn title(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::GradNorm => "gradient norm",
            Self::Sharpness => "sharpness",
            Self::Lr => "learning rate",
        }
    }
}

/// Where the timeline is when a step of a lesson is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownStep {
    /// At 0, playing.
    Play,
    /// At the end.
    End,
    /// At a step.
    At(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonFile {
    title: String,
    level: Level,
    minutes: u64,
    summary: String,
    #[serde(default)]
    sources: Vec<String>,
    steps: Vec<StepFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    title: String,
    words: String,
    formula: Option<String>,
    #[serde(default)]
    look: String,
    question: Option<String>,
    answer: Option<String>,
    predict: Option<String>,
    view: Option<String>,
    panel: Option<String>,
    chart: Option<StepChart>,
    /// "play", "end" or a step; "play" without it.
    at: Option<toml::Value>,
    /// The scene as in a scene file, without its version; the scene of the step before without it.
    scene: Option<toml::Table>,
    #[serde(default)]
    claims: Vec<Claim>,
}

impl Lesson {
    /// Returns the lessons that the program brings, in their order.
    ///
    /// # Errors
    /// Returns the sentence of the first file that cannot be read.
    pub fn all() -> Result<Vec<Self>, String> {
        let lessons = FILES.iter();
        lessons
            .map(|(name, text)| Self::from_toml(name, text))
            .collect()
    }

    /// Returns the lessons of [`Self::all`], which are read once.
    ///
    /// # Errors
    /// Returns the sentence of the first file that cannot be read.
    pub fn bundled() -> Result<&'static [Self], &'static str> {
        static LESSONS: OnceLock<Result<Vec<Lesson>, String>> = OnceLock::new();
        LESSONS
            .get_or_init(Self::all)
            .as_deref()
            .map_err(String::as_str)
    }

    /// Reads a lesson.
    ///
    /// # Errors
    /// Returns one sentence with the place and what was expected.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, String> {
        let file: LessonFile = read_toml(&format!("lesson {name}"), text)?;
        let mut steps: Vec<Step> = Vec::new();
        for (index, step) in file.steps.into_iter().enumerate() {
            let refused = |reason: &str| format!("lesson {name}, step {}: {reason}", index + 1);
            let scene = match (step.scene, steps.last()) {
                (Some(table), _) => read_scene(table).map_err(|reason| refused(&reason))?,
                (None, Some(before)) => before.scene.clone(),
                (None, None) => return Err(refused("the first step has no scene")),
            };
            let at = match step.at {
                None => ShownStep::Play,
                Some(toml::Value::String(text)) if text == "play" => ShownStep::Play,
                Some(toml::Value::String(text)) if text == "end" => ShownStep::End,
                Some(toml::Value::Integer(at)) if at >= 0 => ShownStep::At(at.unsigned_abs()),
                Some(_) => return Err(refused("`at` is \"play\", \"end\" or a step")),
            };
            let (predict, panel) = (step.predict.as_ref(), step.panel.as_deref());
            if let Some(run) = predict.filter(|run| !scene.run_names().contains(run)) {
                return Err(refused(&format!("`predict` names no run: `{run}`")));
            }
            if let Some(panel) = panel.filter(|panel| !PANELS.contains(panel)) {
                let panels = PANELS.join(", ");
                return Err(refused(&format!(
                    "`panel` is `{panel}`; expected one of {panels}"
                )));
            }
            if step.question.is_some() != step.answer.is_some() {
                return Err(refused("a question and its answer belong together"));
            }
            steps.push(Step {
                title: step.title,
                words: step.words,
                formula: step.formula,
                look: step.look,
                question: step.question,
                answer: step.answer,
                predict: step.predict,
                view: step.view.unwrap_or_else(|| "Map".to_owned()),
                panel: step.panel,
                chart: step.chart,
                at,
                scene,
                claims: step.claims,
            });
        }
        if steps.is_empty() {
            return Err(format!("lesson {name}: it has no steps"));
        }
        Ok(Self {
            name: name.to_owned(),
            title: file.title,
            level: file.level,
            minutes: file.minutes,
            summary: file.summary,
            sources: file.sources,
            steps,
        })
    }
}

pub(super) fn read_scene(mut table: toml::Table) -> Result<Scene, String> {
    let version = toml::Value::Integer(i64::from(VERSION));
    table.entry("version").or_insert(version);
    let text = toml::to_string(&table).map_err(|error| error.to_string())?;
    Scene::from_toml(&text).map_err(|error| error.to_string())
}
