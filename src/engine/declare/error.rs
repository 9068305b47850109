//! The error of settings and specs.

/// An unknown name, an unknown key, an illegal value or a malformed spec. Its text is one sentence that lists the valid ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No member of the family has this name.
    #[error("unknown {family} `{given}`; {}", suggestion(given, valid))]
    Name {
        /// The family: "optimizer", "landscape", …
        family: &'static str,
        /// The unknown name.
        given: String,
        /// All valid names.
        valid: Vec<&'static str>,
    },
    /// The struct has no such setting.
    #[error("`{owner}` has no setting `{given}`; {}", suggestion(given, valid))]
    Key {
        /// The struct's title or the member's name.
        owner: String,
        /// The unknown key.
        given: String,
        /// All valid keys.
        valid: Vec<&'static str>,
    },
    /// The value is illegal.
    #[error("`{setting}` cannot be {given}; expected {expected}")]
    Value {
        /// The setting's name.
        setting: &'static str,
        /// The illegal value as text.
        given: String,
        /// The legal values in words.
        expected: String,
    },
    /// The text does not follow the grammar of [`spec`](super::spec).
    #[error("{0}")]
    Grammar(String),
}

/// Returns "did you mean …?" for a similar name, and the list of valid names.
fn suggestion(given: &str, valid: &[&'static str]) -> String {
    let nearest = valid
        .iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 1 + name.len().min(given.len()) / 3);
    let list = match valid {
        [] => "it has no settings".to_owned(),
        _ => format!("valid: {}", valid.join(", ")),
    };
    match nearest {
        Some((_, name)) => format!("did you mean `{name}`? ({list})"),
        None => list,
    }
}
