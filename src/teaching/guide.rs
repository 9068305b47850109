//! The guide: which optimizer suits which problem, and pitfalls with cause and remedy.

use super::has_words;
use super::lesson::read_scene;
use crate::engine::scene::Scene;
use serde::Deserialize;
use std::sync::OnceLock;

/// An entry of the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct GuideEntry {
    /// Name, unique in the guide.
    pub name: String,
    /// Title: the problem to solve, or the symptom.
    pub title: String,
    /// Kind of the entry.
    pub kind: GuideKind,
    /// Two paragraphs, each with its heading: use and reason, or cause and remedy.
    pub paragraphs: [(&'static str, String); 2],
    /// Name of the lesson that explains it.
    pub lesson: String,
    /// Names of help pages.
    pub help: Vec<String>,
    /// Sources of its statements.
    pub sources: Vec<String>,
    /// A scene that shows it.
    pub scene: Scene,
}

/// Kind of an entry of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideKind {
    /// Which optimizer suits a problem.
    Choice,
    /// A symptom with its cause and remedy.
    Pitfall,
}

impl GuideKind {
    /// Both kinds in their order.
    pub const ALL: [Self; 2] = [Self::Choice, Self::Pitfall];

    /// Returns the heading of the kind's entries.
    pub fn title(self) -> &'static str {
        match self {
            Self::Choice => "Which optimizer?",
            Self::Pitfall => "Pitfalls",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideFile {
    choices: Vec<ChoiceFile>,
    pitfalls: Vec<PitfallFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceFile {
    name: String,
    title: String,
    #[serde(rename = "use")]
    choice: String,
    why: String,
    lesson: String,
    help: Vec<String>,
    sources: Vec<String>,
    scene: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PitfallFile {
    name: String,
    symptom: String,
    cause: String,
    remedy: String,
    lesson: String,
    help: Vec<String>,
    sources: Vec<String>,
    scene: toml::Table,
}

impl GuideEntry {
    /// Returns the entries of the guide that the program brings.
    ///
    /// # Errors
    /// Returns one sentence if the file cannot be read.
    pub fn bundled() -> Result<&'static [Self], String> {
        static ENTRIES: OnceLock<Result<Vec<GuideEntry>, String>> = OnceLock::new();
        let read = || read(include_str!("../../assets/guide.toml"));
        match ENTRIES.get_or_init(read) {
            Ok(entries) => Ok(entries),
            Err(sentence) => Err(sentence.clone()),
        }
    }

    /// Returns the text that a search looks through.
    fn text(&self) -> String {
        let [(_, first), (_, second)] = &self.paragraphs;
        let help = self.help.join(" ");
        let (name, title, lesson) = (&self.name, &self.title, &self.lesson);
        format!("{name} {title} {first} {second} {help} {lesson}")
    }

    /// Whether the entry has every word of a query.
    pub fn matches(&self, query: &str) -> bool {
        has_words(&self.text(), query)
    }
}

fn read(text: &str) -> Result<Vec<GuideEntry>, String> {
    let file: GuideFile = toml::from_str(text).map_err(|error| format!("guide: {error}"))?;
    let scene = |name: &str, table: toml::Table| {
        read_scene(table).map_err(|error| format!("guide, {name}: {error}"))
    };
    let choices = file.choices.into_iter().map(|choice| {
        Ok(GuideEntry {
            scene: scene(&choice.name, choice.scene)?,
            name: choice.name,
            title: choice.title,
            kind: GuideKind::Choice,
            paragraphs: [("Use", choice.choice), ("Reason", choice.why)],
            lesson: choice.lesson,
            help: choice.help,
            sources: choice.sources,
        })
    });
    let pitfalls = file.pitfalls.into_iter().map(|pitfall| {
        Ok(GuideEntry {
            scene: scene(&pitfall.name, pitfall.scene)?,
            name: pitfall.name,
            title: pitfall.symptom,
            kind: GuideKind::Pitfall,
            paragraphs: [("Cause", pitfall.cause), ("Remedy", pitfall.remedy)],
            lesson: pitfall.lesson,
            help: pitfall.help,
            sources: pitfall.sources,
        })
    });
    choices.chain(pitfalls).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::export::help_page::page;

    /// Names of the lessons that entries may link to.
    const LESSONS: [&str; 22] = [
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
    ];

    #[test]
    fn every_link_of_the_guide_exists_and_every_scene_loads() {
        let entries = GuideEntry::bundled().unwrap();
        let count = |kind| entries.iter().filter(|entry| entry.kind == kind).count();
        assert!(count(GuideKind::Pitfall) >= 20 && count(GuideKind::Choice) >= 10);
        for (index, entry) in entries.iter().enumerate() {
            let name = &entry.name;
            let same = |other: &GuideEntry| other.name == *name;
            assert_eq!(entries.iter().position(same), Some(index), "{name}");
            assert!(LESSONS.contains(&entry.lesson.as_str()), "{name}");
            assert!(!entry.help.is_empty(), "{name}");
            for help in &entry.help {
                assert!(page(help).is_some(), "{name}: no page {help}");
            }
            let loaded = entry.scene.load(&NoFiles);
            assert_eq!(loaded.err(), None, "{name}");
            assert!(!entry.scene.runs.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_term_of_the_glossary_links_to_a_lesson() {
        for term in super::super::glossary::Term::bundled().unwrap() {
            assert!(LESSONS.contains(&term.lesson.as_str()), "{}", term.term);
        }
    }

    #[test]
    fn a_search_needs_every_word() {
        let entries = GuideEntry::bundled().unwrap();
        let found = |query: &str| {
            let found = entries.iter().filter(|entry| entry.matches(query));
            found.map(|entry| entry.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(found("zero_grad missing"), ["zero-grad"]);
        assert!(found("Learning RATE nan").contains(&"diverges"));
        assert_eq!(found("").len(), entries.len());
        assert!(found("no such words").is_empty());
    }
}
