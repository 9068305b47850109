//! The guide: which optimizer suits which problem, and pitfalls with cause and remedy.

use super::has_words;
use super::lesson::read_scene;
use super::read_toml;
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
    /// Other words for the problem or the symptom, which a search finds.
    pub also: Vec<String>,
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

    /// Returns the headings of both paragraphs.
    fn headings(self) -> [&'static str; 2] {
        match self {
            Self::Choice => ["Use", "Reason"],
            Self::Pitfall => ["Cause", "Remedy"],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideFile {
    choices: Vec<EntryFile>,
    pitfalls: Vec<EntryFile>,
}

/// An entry in the file; a pitfall's title is its symptom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFile {
    name: String,
    #[serde(alias = "symptom")]
    title: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(rename = "use", alias = "cause")]
    first: String,
    #[serde(rename = "why", alias = "remedy")]
    second: String,
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
        ENTRIES.get_or_init(read).as_deref().map_err(String::clone)
    }

    /// Returns the text that a search looks through.
    fn text(&self) -> String {
        let [(_, first), (_, second)] = &self.paragraphs;
        let (help, also) = (self.help.join(" "), self.also.join(" "));
        let (name, title, lesson) = (&self.name, &self.title, &self.lesson);
        let kind = self.kind.title();
        format!("{kind} {name} {title} {also} {first} {second} {help} {lesson}")
    }

    /// Whether the entry has every word of a query.
    pub fn matches(&self, query: &str) -> bool {
        has_words(&self.text(), query)
    }
}

fn read(text: &str) -> Result<Vec<GuideEntry>, String> {
    let file: GuideFile = read_toml("guide", text)?;
    let read = |kind: GuideKind, entries: Vec<EntryFile>| {
        entries.into_iter().map(move |entry| {
            let EntryFile { name, scene, .. } = entry;
            let scene = read_scene(scene).map_err(|error| format!("guide, {name}: {error}"))?;
            let [first, second] = kind.headings();
            Ok(GuideEntry {
                name,
                title: entry.title,
                also: entry.also,
                kind,
                paragraphs: [(first, entry.first), (second, entry.second)],
                lesson: entry.lesson,
                help: entry.help,
                sources: entry.sources,
                scene,
            })
        })
    };
    let choices = read(GuideKind::Choice, file.choices);
    choices
        .chain(read(GuideKind::Pitfall, file.pitfalls))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::bundled::find_step;
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::export::help_page::page;

    #[test]
    fn every_link_of_the_guide_exists_and_every_scene_loads() {
        let entries = GuideEntry::bundled().unwrap();
        let count = |kind| entries.iter().filter(|entry| entry.kind == kind).count();
        assert!(count(GuideKind::Pitfall) >= 20 && count(GuideKind::Choice) >= 10);
        for (index, entry) in entries.iter().enumerate() {
            let name = &entry.name;
            let same = |other: &GuideEntry| other.name == *name;
            assert_eq!(entries.iter().position(same), Some(index), "{name}");
            assert!(find_step(&entry.lesson).is_ok(), "{name}");
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

    #[test]
    fn a_search_in_the_words_of_a_student_finds_the_entry() {
        let entries = GuideEntry::bundled().unwrap();
        for (query, name) in [
            ("oscillates", "zigzag"),
            ("oscillating", "overshoots"),
            ("oscillation", "zigzag"),
            ("zig-zag", "zigzag"),
            ("stuck", "plateau"),
            ("overfitting", "overfits"),
            ("generalise", "overfits"),
            ("local minimum", "wrong-minimum"),
            ("not learning", "too-slow"),
            ("my network doesn't learn", "vanishing-gradients"),
            ("loss not decreasing", "too-slow"),
            ("why does the loss go up?", "diverges"),
            ("learning rate too high", "diverges"),
            ("divergence", "diverges"),
            ("inf", "diverges"),
            ("loss spikes", "noise-floor"),
            ("weights do not change", "dead-relu"),
            ("which optimizer", "network-first-try"),
            ("best optimizer", "few-parameters"),
            ("normalise the data", "unscaled-inputs"),
            ("exploding gradient", "exploding-gradients"),
            ("warmup", "first-steps"),
            ("clipping", "always-clipped"),
            ("image classification", "network-tuned"),
        ] {
            let is_found = |entry: &GuideEntry| entry.name == name && entry.matches(query);
            assert!(entries.iter().any(is_found), "{query}: not {name}");
        }
    }
}
