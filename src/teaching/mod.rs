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

/// Whether every word of a query occurs in some text, in any case.
pub(crate) fn has_words(text: &str, query: &str) -> bool {
    let text = text.to_lowercase();
    let query = query.to_lowercase();
    query.split_whitespace().all(|word| text.contains(word))
}
