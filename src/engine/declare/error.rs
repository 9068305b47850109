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

/// Maximum number of names in a suggestion.
const MAX_NAMES: usize = 5;

/// Returns "did you mean …?" for a similar name, and the valid names; of many names, only the most similar ones.
fn suggestion(given: &str, valid: &[&'static str]) -> String {
    let given = given.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&given, name);
    let mut nearest: Vec<(usize, &str)> =
        valid.iter().map(|name| (distance(name), *name)).collect();
    nearest.sort_by_key(|(distance, _)| *distance);
    let list = match valid {
        [] => "it has no settings".to_owned(),
        few if few.len() <= MAX_NAMES => format!("valid: {}", few.join(", ")),
        many => {
            let names: Vec<&str> = nearest
                .iter()
                .take(MAX_NAMES)
                .map(|(_, name)| *name)
                .collect();
            format!(
                "expected one of {} names, like {}",
                many.len(),
                names.join(", ")
            )
        }
    };
    let similar = nearest.first().filter(|(distance, name)| {
        *distance <= 1 + name.len().min(given.len()) / 3 && *distance < name.len().max(given.len())
    });
    match similar {
        Some((_, name)) if valid.len() > MAX_NAMES => format!("did you mean `{name}`?"),
        Some((_, name)) => format!("did you mean `{name}`? ({list})"),
        None => list,
    }
}
