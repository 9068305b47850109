//! Teaching: lessons with claims that tests play through, the guide, the glossary and the examples.

pub mod bundled;
pub mod claim;
pub mod example;
pub mod explain;
pub mod facts;
pub mod glossary;
pub mod guide;
pub mod lesson;

/// Whether every word of a query occurs in some text, in any case.
pub(crate) fn has_words(text: &str, query: &str) -> bool {
    let text = text.to_lowercase();
    let query = query.to_lowercase();
    query.split_whitespace().all(|word| text.contains(word))
}
