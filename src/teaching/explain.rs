//! Explanations: why a run ended as it did, with its numbers and a change to try. The rules are data, `assets/explanations.toml`: conditions
//! over named facts, sentences with these facts, and an edit of the scene.

mod condition;
mod context;
mod edit;
mod named;
mod rule;
mod trial;

use super::facts::Facts;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use context::Context;
use named::Named;
use rule::{Form, Rule, rules};
use trial::Effect;

/// Sentence about a change whose effect is not known.
pub const UNTRIED: &str = "Not tried beforehand, because that takes long: it may help.";

/// Maximum number of explanations of a run.
const MAX_EXPLANATIONS: usize = 2;

/// Why a run ended as it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Name of the rule.
    pub rule: String,
    /// Title.
    pub title: String,
    /// Two to four sentences with the run's numbers.
    pub sentences: Vec<String>,
    /// A change to try.
    pub suggestion: Option<Suggestion>,
    /// Name of the lesson about it.
    pub lesson: Option<String>,
    /// Name of the help page about it.
    pub help: String,
    /// Source of the formulas.
    pub source: String,
}

/// A change of the scene that is worth a try.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Label of the change, like "Set lr to 0.0013".
    pub label: String,
    /// The changed scene.
    pub scene: Scene,
    /// How the changed run ends, in words; `None` where it was not tried because that takes long.
    pub effect: Option<String>,
}

/// Returns why run `run` of a scene ended as it did: at most two explanations, the most important first. Empty where nothing is unusual, and
/// where the run has no results.
///
/// # Errors
/// Returns a sentence if the rules cannot be read.
pub fn explain(scene: &Scene, runs: &Runs, run: usize) -> Result<Vec<Explanation>, String> {
    let Some(facts) = Facts::new(runs, run).filter(|_| run < scene.runs.len()) else {
        return Ok(Vec::new());
    };
    let named = Named::new(Context::new(facts));
    let mut found: Vec<(&Rule, Explanation)> = Vec::new();
    for rule in rules()? {
        let mut earlier = found.iter();
        let hidden = earlier.any(|(earlier, _)| earlier.hides.contains(&rule.name));
        let covered = rule.fallback && !found.is_empty();
        if hidden || covered || !rule.when.iter().all(|condition| condition.holds(&named)) {
            continue;
        }
        let explanation = fill(rule, &named, scene, run);
        if explanation.suggestion.is_some() || !rule.needs_cure {
            found.push((rule, explanation));
        }
        if found.len() == MAX_EXPLANATIONS {
            break;
        }
    }
    Ok(found
        .into_iter()
        .map(|(_, explanation)| explanation)
        .collect())
}

/// Returns a sentence about a run that nothing is unusual about.
pub fn nothing_unusual(runs: &Runs, run: usize) -> String {
    let Some(facts) = Facts::new(runs, run) else {
        return "This run has no steps yet.".to_owned();
    };
    let named = Named::new(Context::new(facts));
    let text = |name: &str| named.text(name, Form::Sentence).unwrap_or_default();
    let (steps, first, last) = (text("end_step"), text("loss_start"), text("loss_end"));
    format!("Nothing unusual: in {steps} steps the loss went from {first} to {last}.")
}

fn fill(rule: &Rule, named: &Named, scene: &Scene, run: usize) -> Explanation {
    let sentence = |text: &rule::Text| text.fill(named, Form::Sentence);
    let attempts = rule.attempts.iter();
    let suggestions = attempts.filter_map(|attempt| edit::suggestion(attempt, named, scene, run));
    let mut helpful = suggestions.filter_map(|suggestion| {
        let effect = match trial::effect(named, &suggestion.scene, rule.judged_by_test) {
            Effect::Helps(words) => Some(words),
            Effect::Unknown => None,
            Effect::DoesNotHelp => return None,
        };
        Some(Suggestion {
            effect,
            ..suggestion
        })
    });
    let optimizer = scene.runs[run].spec.optimizer.name();
    Explanation {
        rule: rule.name.clone(),
        title: sentence(&rule.title).unwrap_or_else(|| rule.name.clone()),
        sentences: rule.says.iter().filter_map(sentence).collect(),
        suggestion: helpful.next(),
        lesson: rule.lesson.clone(),
        help: rule.help.clone().unwrap_or_else(|| optimizer.to_owned()),
        source: rule.source.clone(),
    }
}
