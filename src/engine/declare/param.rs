//! What a setting is: its kind, its legal values, its slider, its value; and the sentences that refuse.

use crate::engine::declare::spec;
use crate::engine::numeric::real;
use std::fmt;
use std::ops::{Bound, RangeBounds};

/// Why a name, a key or a value was refused. Its text is one sentence that lists what is valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No member of the family has this name.
    #[error("unknown {family} `{given}`; {}", suggestion(given, valid))]
    Name {
        /// What was looked for: "optimizer", "landscape", …
        family: &'static str,
        /// The name that was given.
        given: String,
        /// Every valid name.
        valid: Vec<&'static str>,
    },
    /// The member has no such setting.
    #[error("`{owner}` has no setting `{given}`; {}", suggestion(given, valid))]
    Key {
        /// The member's name.
        owner: String,
        /// The key that was given.
        given: String,
        /// Every valid key.
        valid: Vec<&'static str>,
    },
    /// The setting exists, the value is not one of its values.
    #[error("`{setting}` cannot be {given}; expected {expected}")]
    Value {
        /// The setting's name.
        setting: &'static str,
        /// The value that was given, as text.
        given: String,
        /// What is legal, in words.
        expected: String,
    },
    /// The text does not follow the grammar of [`spec`].
    #[error("{0}")]
    Grammar(String),
}

/// "did you mean …?" where something is near, then the list of what is valid.
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

/// An interval of the real line, each end open, closed or infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: Bound<f64>,
    high: Bound<f64>,
}

impl Interval {
    /// All finite numbers.
    pub const ALL: Self = Self {
        low: Bound::Unbounded,
        high: Bound::Unbounded,
    };

    /// The numbers of a Rust range: `0.0..`, `0.0..1.0`, `1.0..=5.0`, or a pair of bounds.
    pub fn of(range: impl RangeBounds<f64>) -> Self {
        Self {
            low: range.start_bound().cloned(),
            high: range.end_bound().cloned(),
        }
    }

    /// Whether `value` is finite and inside.
    pub fn contains(&self, value: f64) -> bool {
        value.is_finite() && (self.low, self.high).contains(&value)
    }

    /// The finite ends, infinities where there are none.
    pub fn ends(&self) -> [f64; 2] {
        let end = |bound, infinite| match bound {
            Bound::Included(value) | Bound::Excluded(value) => value,
            Bound::Unbounded => infinite,
        };
        [
            end(self.low, f64::NEG_INFINITY),
            end(self.high, f64::INFINITY),
        ]
    }
}

/// `[0, 1)`, `(0, ∞)`: the way mathematics writes it.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.low {
            Bound::Included(low) => write!(f, "[{}, ", spec::real(low))?,
            Bound::Excluded(low) => write!(f, "({}, ", spec::real(low))?,
            Bound::Unbounded => f.write_str("(-∞, ")?,
        }
        match self.high {
            Bound::Included(high) => write!(f, "{}]", spec::real(high)),
            Bound::Excluded(high) => write!(f, "{})", spec::real(high)),
            Bound::Unbounded => f.write_str("∞)"),
        }
    }
}

/// How a slider runs from its low to its high end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    non_camel_case_types,
    reason = "written in lower case inside settings!"
)]
pub enum Scale {
    /// Even steps.
    linear,
    /// Even factors; a legal zero sits at the low end.
    log,
}

/// The reach of a slider: narrower than what is legal, and what can be typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// What a setting can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A finite real number.
    Real,
    /// A whole number from 0.
    Count,
    /// Yes or no.
    Flag,
    /// One of a few names.
    Choice(&'static [&'static str]),
    /// Real numbers, joined by `/` in a spec.
    List,
    /// Whole numbers from 0, joined by `/` in a spec; there may be none.
    Counts,
    /// Any text.
    Text,
}

/// The declaration of one setting: everything that sliders, command line, files and docs need to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name, which is PyTorch's where PyTorch has the thing.
    pub name: &'static str,
    /// Its doc comment.
    pub help: &'static str,
    /// What it can hold.
    pub kind: Kind,
    /// The legal values of numbers.
    pub legal: Interval,
    /// The reach of its slider.
    pub slider: Option<Slider>,
    /// The word for "no value", for a setting that may have none: `auto`, `off`, `all`.
    pub none: Option<&'static str>,
    /// Its unit, if it has one.
    pub unit: &'static str,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A finite real number.
    Real(f64),
    /// A whole number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
    /// One of the declared names.
    Choice(&'static str),
    /// Real numbers.
    List(Vec<f64>),
    /// Whole numbers.
    Counts(Vec<u64>),
    /// Any text.
    Text(String),
    /// No value: the setting's word for it says what that means.
    None,
}

impl Param {
    /// Refuses a number that is not finite or not legal, and a value of another kind.
    pub fn check(&self, value: &Value) -> Result<(), SettingError> {
        let sound = match (value, self.kind) {
            (Value::Real(real), Kind::Real) => self.legal.contains(*real),
            (Value::Count(count), Kind::Count) => self.legal.contains(real(*count)),
            (Value::Counts(counts), Kind::Counts) => {
                counts.iter().all(|count| self.legal.contains(real(*count)))
            }
            (Value::List(list), Kind::List) => list.iter().all(|real| self.legal.contains(*real)),
            (Value::Choice(choice), Kind::Choice(names)) => names.contains(choice),
            (Value::Flag(_), Kind::Flag) | (Value::Text(_), Kind::Text) => true,
            (Value::None, _) => self.none.is_some(),
            _ => false,
        };
        if sound {
            Ok(())
        } else {
            Err(self.error(&self.text(value)))
        }
    }

    /// Reads a value as it stands in a spec, and checks it.
    pub fn parse(&self, text: &str) -> Result<Value, SettingError> {
        let value = if self.none.is_some_and(|word| word == text) {
            Some(Value::None)
        } else {
            match self.kind {
                Kind::Real => text.parse().ok().map(Value::Real),
                Kind::Count => count(text).map(Value::Count),
                Kind::Flag => text.parse().ok().map(Value::Flag),
                Kind::Choice(names) => names
                    .iter()
                    .find(|name| **name == text)
                    .map(|name| Value::Choice(name)),
                Kind::List => text
                    .split('/')
                    .map(|part| part.trim().parse().ok())
                    .collect::<Option<_>>()
                    .map(Value::List),
                Kind::Counts if text.is_empty() => Some(Value::Counts(Vec::new())),
                Kind::Counts => text
                    .split('/')
                    .map(|part| count(part.trim()))
                    .collect::<Option<_>>()
                    .map(Value::Counts),
                Kind::Text => Some(Value::Text(text.to_owned())),
            }
        };
        let value = value.ok_or_else(|| self.error(text))?;
        self.check(&value)?;
        Ok(value)
    }

    /// A value as it stands in a spec; [`Param::parse`] reads it back to the same bits.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::Real(real) => spec::real(*real),
            Value::Count(count) => count.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Choice(choice) => (*choice).to_owned(),
            Value::List(list) => list
                .iter()
                .map(|real| spec::real(*real))
                .collect::<Vec<_>>()
                .join("/"),
            Value::Counts(counts) => counts
                .iter()
                .map(u64::to_string)
                .collect::<Vec<_>>()
                .join("/"),
            Value::Text(text) => text.clone(),
            Value::None => self.none.unwrap_or("none").to_owned(),
        }
    }

    /// What is legal, in words: "a number in [0, 1)".
    pub fn expected(&self) -> String {
        let numbers = |what: &str| match self.legal {
            Interval::ALL => format!("{what} that is finite"),
            legal => format!("{what} in {legal}"),
        };
        let mut words = match self.kind {
            Kind::Real => numbers("a number"),
            Kind::Count => numbers("a whole number"),
            Kind::Flag => "true or false".to_owned(),
            Kind::Choice(names) => format!("one of {}", names.join(", ")),
            Kind::List => numbers("numbers joined by `/`, each one"),
            Kind::Counts => numbers("whole numbers joined by `/` or none, each one"),
            Kind::Text => "text".to_owned(),
        };
        if let Some(word) = self.none {
            words.push_str(" or `");
            words.push_str(word);
            words.push('`');
        }
        words
    }

    fn error(&self, given: &str) -> SettingError {
        let given = if given.is_empty() {
            "empty".to_owned()
        } else {
            format!("`{given}`")
        };
        SettingError::Value {
            setting: self.name,
            given,
            expected: self.expected(),
        }
    }
}

/// A whole number, in digits or like `1e6`.
fn count(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| {
        let real: f64 = text.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is tested first"
        )]
        (real.fract() == 0.0 && (0.0..9e15).contains(&real)).then_some(real as u64)
    })
}
