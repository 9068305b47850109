//! Teaching: lessons with claims that tests play through, the guide, the glossary and the examples.

/// Returns names and texts of the files `assets/FOLDER/NAME.toml`: a folder and names.
macro_rules! toml_files {
    ($folder:literal, $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../assets/", $folder, "/", $name, ".toml")))),*]
    };
}

pub mod bundled;
pub mod claim;
pub mod example;
pub mod explain;
pub mod facts;
pub mod glossary;
pub mod guide;
pub mod lesson;

use serde::de::DeserializeOwned;

/// Reads a TOML file; `name` stands for it in errors, which name the line.
fn read_toml<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start)];
        let line = before.matches('\n').count() + 1;
        format!("{name}, line {line}: {}", error.message())
    })
}

/// Words of questions that are in no title and no text on purpose; a search leaves them out.
const QUESTION_WORDS: &[&str] = &[
    "a", "an", "and", "are", "do", "does", "how", "i", "in", "is", "my", "of", "on", "the", "to",
    "what", "why", "with",
];

/// Endings that a search leaves out, the longer first, so that `oscillates` finds `oscillation`.
const ENDINGS: &[&str] = &[
    "ations", "ation", "ences", "ence", "ings", "ing", "ion", "ed", "es", "e", "s",
];

/// Minimum number of letters of a word without its ending.
const MIN_STEM: usize = 4;

/// Whether every word of a query occurs in some text, in any case and with any ending; hyphens, British or American spelling, and words
/// like `how` do not matter.
pub(crate) fn has_words(text: &str, query: &str) -> bool {
    let american = |text: &str| text.to_lowercase().replace("is", "iz");
    let text = american(text);
    let without_hyphens = text.replace('-', "");
    let query = american(query).replace(['?', ','], " ");
    let words: Vec<&str> = query.split([' ', '\t', '-']).collect();
    let is_question = |word: &str| QUESTION_WORDS.iter().any(|own| american(own) == word);
    let has = |word: &str| {
        let word = word.strip_suffix("n't").map_or(word, |_| "not");
        let stem = stem(word);
        text.contains(stem) || without_hyphens.contains(stem)
    };
    let all = words.iter().all(|word| is_question(word));
    { words.iter() }.all(|word| (!all && is_question(word)) || has(word))
}

/// Returns a word without its ending.
fn stem(word: &str) -> &str {
    let mut stems = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending));
    stems
        .find(|stem| stem.chars().count() >= MIN_STEM)
        .unwrap_or(word)
}
