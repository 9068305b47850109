//! Rules of explanations: the file `assets/explanations.toml`, and texts with facts in braces.

use super::condition::Condition;
use super::named::{self, Named};
use crate::teaching::read_toml;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The file of rules.
const FILE: &str = include_str!("../../../assets/explanations.toml");

/// A rule: conditions, and what is said and suggested where they hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Name, in the command's output and in tests.
    pub(super) name: String,
    /// Title of the card.
    pub(super) title: Text,
    /// All of these hold.
    pub(super) when: Vec<Condition>,
    /// Sentences. One of which a fact is missing is left out.
    pub(super) says: Vec<Text>,
    /// Names of rules of later cause, which are not given together with this one.
    #[serde(default)]
    pub(super) hides: Vec<String>,
    /// Changes of the scene, of which the first that helps is suggested.
    #[serde(rename = "try", default)]
    pub(super) attempts: Vec<Attempt>,
    /// Whether the rule is left out where none of its changes helps: then it is not the cause.
    #[serde(default)]
    pub(super) needs_cure: bool,
    /// Whether the rule is given only where none before it is: it describes the end of the run, not a cause.
    #[serde(default)]
    pub(super) fallback: bool,
    /// Whether a change helps where the test loss, not the training loss, ends lower.
    #[serde(default)]
    pub(super) judged_by_test: bool,
    /// Name of the lesson.
    pub(super) lesson: Option<String>,
    /// Name of the help page; that of the optimizer without it.
    pub(super) help: Option<String>,
    /// Source of the formulas.
    pub(super) source: String,
}

/// A change of the scene, with its label.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attempt {
    /// Label of the button.
    pub(super) label: Text,
    /// Settings of the run's optimizer.
    #[serde(default)]
    pub(super) run: BTreeMap<String, Text>,
    /// A spec that replaces the run's optimizer; schedule and wrappers stay.
    pub(super) optimizer: Option<Text>,
    /// A chain that replaces the run's schedule.
    pub(super) schedule: Option<Text>,
    /// Names of wrappers that are removed.
    #[serde(default)]
    pub(super) without: Vec<String>,
    /// A wrapper that is added.
    pub(super) wrapper: Option<Text>,
    /// Settings that all runs share.
    #[serde(default)]
    pub(super) training: BTreeMap<String, Text>,
    /// Settings of the network.
    #[serde(default)]
    pub(super) model: BTreeMap<String, Text>,
    /// Coordinates of the start.
    pub(super) start: Option<Text>,
}

/// A text with facts in braces, like "lr = {lr}".
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Words(String),
    Fact(String),
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Sentence,
    /// As the value of a setting.
    Setting,
}

impl Text {
    fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("text `{text}`: `{{` has no `}}`"))?;
            if named::kind(name).is_none() {
                return Err(format!("text `{text}`: there is no fact `{name}`"));
            }
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Fact(name.to_owned()));
            rest = after;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// Returns the text with the facts of a run; `None` where one is missing.
    pub(super) fn fill(&self, facts: &Named, form: Form) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => Some(words.clone()),
            Piece::Fact(name) => facts.text(name, form),
        };
        self.0.iter().map(piece).collect()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rules: Vec<Rule>,
}

/// Returns the rules, the most important first.
///
/// # Errors
/// Returns a sentence if the file of rules is not valid.
pub(super) fn rules() -> Result<&'static [Rule], String> {
    static RULES: OnceLock<Result<Vec<Rule>, String>> = OnceLock::new();
    let rules = RULES.get_or_init(|| parse(FILE));
    rules.as_deref().map_err(Clone::clone)
}

fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let file: RuleFile = read_toml("explanations.toml", text)?;
    let known: Vec<&str> = file.rules.iter().map(|rule| rule.name.as_str()).collect();
    for rule in &file.rules {
        if let Some(unknown) = rule
            .hides
            .iter()
            .find(|name| !known.contains(&name.as_str()))
        {
            return Err(format!(
                "explanations.toml, rule {}: there is no rule `{unknown}`",
                rule.name
            ));
        }
    }
    Ok(file.rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_valid_and_have_distinct_names() {
        let rules = rules().unwrap();
        let mut names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for rule in rules {
            assert!((2..=5).contains(&rule.says.len()), "{}", rule.name);
            assert!(
                !rule.when.is_empty() && !rule.source.is_empty(),
                "{}",
                rule.name
            );
        }
    }

    #[test]
    fn every_fact_is_used() {
        let used = |name: &str| {
            let is_word = |char: char| char.is_alphanumeric() || char == '_';
            FILE.split(|char| !is_word(char)).any(|word| word == name)
        };
        let unused: Vec<&str> = named::names().filter(|name| !used(name)).collect();
        assert_eq!(unused, [""; 0]);
    }

    #[test]
    fn errors_of_the_file_name_line_and_fact() {
        for (text, part) in [
            (
                "[[rules]]\nname = \"a\"\ntitle = \"{losss}\"",
                "there is no fact `losss`",
            ),
            (
                "[[rules]]\nname = \"a\"\ntitle = \"{loss\"",
                "`{` has no `}`",
            ),
            ("[[rules]]\nname = \"a\"\ntitel = \"\"", "line 3"),
            (
                "[[rules]]\nname = \"a\"\ntitle = \"\"\nwhen = []\nsays = []\nsource = \"\"\nhides = [\"b\"]",
                "there is no rule `b`",
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
