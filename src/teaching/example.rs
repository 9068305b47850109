//! Examples: scenes that are ready to open, each a scene file that a person can read.

use crate::engine::declare::SettingError;
use crate::engine::declare::names::plain;
use crate::engine::scene::Scene;
use std::sync::OnceLock;

/// Begins the name of an example where a scene file is accepted.
const PREFIX: &str = "example:";

/// Begins the comment with the view that an example is opened in.
const VIEW: &str = "View: ";

/// The examples in their order: name and file.
const FILES: &[(&str, &str)] = toml_files!(
    "examples",
    "opening-race",
    "learning-rate-sweep",
    "momentum-in-a-ravine",
    "beale",
    "saddle-escape",
    "plateau",
    "newton-basins",
    "many-minima",
    "edge-of-stability",
    "schedules",
    "noise-and-batch-size",
    "regression",
    "weight-decay",
    "moons",
    "spirals",
    "digits",
    "mode-connectivity",
);

/// An example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Name on the command line: that of its file.
    pub name: &'static str,
    /// Title: the first line of its comment.
    pub title: String,
    /// Sentences about it: the rest of its comment.
    pub summary: String,
    /// Title of the view that it is opened in.
    pub view: Option<String>,
    /// The scene file.
    pub text: &'static str,
    /// The scene.
    pub scene: Scene,
}

impl Example {
    /// Returns the examples that the program brings.
    ///
    /// # Errors
    /// Returns one sentence if a file cannot be read.
    pub fn bundled() -> Result<&'static [Self], String> {
        static EXAMPLES: OnceLock<Result<Vec<Example>, String>> = OnceLock::new();
        let read = || FILES.iter().map(|(name, text)| read(name, text)).collect();
        let examples = EXAMPLES.get_or_init(read);
        examples.as_deref().map_err(String::clone)
    }

    /// Returns the example with a name, in any case, with or without dashes.
    ///
    /// # Errors
    /// Returns one sentence for an unknown name, with the most similar ones.
    pub fn find(name: &str) -> Result<&'static Self, String> {
        let examples = Self::bundled()?;
        let is_named = |example: &&Self| plain(example.name) == plain(name);
        let found = examples.iter().find(is_named);
        found.ok_or_else(|| {
            let unknown = SettingError::Name {
                family: "example",
                given: name.to_owned(),
                valid: examples.iter().map(|example| example.name).collect(),
            };
            unknown.to_string()
        })
    }
}

/// Returns the scene that is written `example:NAME`; `None` for any other text, such as the path of a file.
pub fn example_scene(text: &str) -> Option<Result<Scene, String>> {
    let name = text.strip_prefix(PREFIX)?;
    Some(Example::find(name).map(|example| example.scene.clone()))
}

/// Reads an example: the first lines of its comment are the title, the summary and the view.
fn read(name: &'static str, text: &'static str) -> Result<Example, String> {
    let scene = Scene::from_toml(text).map_err(|error| format!("example {name}: {error}"))?;
    let mut comment = text.lines().map_while(|line| line.strip_prefix("# "));
    let title = comment.next().unwrap_or(name).to_owned();
    let (views, summary): (Vec<&str>, Vec<&str>) = comment.partition(|line| line.starts_with(VIEW));
    Ok(Example {
        name,
        title,
        summary: summary.join(" "),
        view: views.first().map(|line| line[VIEW.len()..].to_owned()),
        text,
        scene,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::export::picture::{PageSize, Picture, Show, picture};
    use crate::figure::colour::Theme;
    use crate::session::compute_all_runs;
    use std::sync::Arc;

    #[test]
    fn every_example_renders_and_no_run_diverges() {
        let examples = Example::bundled().unwrap();
        assert!(examples.len() >= 12);
        for example in examples {
            let name = example.name;
            assert!(!example.summary.is_empty() && example.title != name);
            let mut scene = example.scene.clone();
            if scene.is_network() {
                // Networks are trained for a part of their steps, which shows whether they load and draw.
                scene.training.steps = scene.training.steps.min(20);
            }
            let problem = scene.load(&NoFiles).unwrap();
            let runs = compute_all_runs(&scene, &Arc::new(problem), None).unwrap();
            for (run, result) in scene.run_names().iter().zip(&runs.results) {
                let warning = result.trajectory.outcome.warning();
                assert_eq!(warning, None, "{name}: {run}");
            }
            let page = PageSize::of_pixels([320, 240]);
            let wanted = Picture::new(page, Show::Map, &Theme::LIGHT);
            let bytes = picture(&runs, "png", &wanted).unwrap();
            assert!(bytes.starts_with(b"\x89PNG"), "{name}");
        }
    }

    #[test]
    fn examples_are_found_by_name() {
        let scene = example_scene("example:Newton_Basins").unwrap().unwrap();
        assert_eq!(scene, Example::find("newton-basins").unwrap().scene);
        assert_eq!(example_scene("newton-basins.toml"), None);
        let unknown = example_scene("example:newton-basin").unwrap().unwrap_err();
        assert!(
            unknown.contains("unknown example `newton-basin`; did you mean `newton-basins`?"),
            "{unknown}"
        );
    }

    #[test]
    fn the_view_is_named_in_the_comment() {
        let view = |name: &str| Example::find(name).unwrap().view.clone();
        assert_eq!(view("newton-basins").as_deref(), Some("Basins"));
        assert_eq!(view("beale"), None);
    }
}
