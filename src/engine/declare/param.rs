//! The declaration of a setting ([`Param`]): kind, legal interval, slider, and the text form of its values.

use super::{Length, SettingError, names, spec};
use crate::engine::numeric::real;
use std::fmt;
use std::ops::{Bound, RangeBounds};

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

    /// Returns the interval of a Rust range: `0.0..`, `0.0..1.0`, `1.0..=5.0`, or a pair of bounds.
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

    /// Returns both ends; infinite where there is none.
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

/// Writes the interval as `[0, 1)` or `(0, ∞)`.
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

/// The scale of a slider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    non_camel_case_types,
    reason = "written in lower case inside settings!"
)]
pub enum Scale {
    /// Equal steps.
    linear,
    /// Equal factors; a legal zero is at the low end.
    log,
}

/// The range of a slider, often narrower than the legal interval; any legal value can be typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// The kind of a setting's values.
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
    /// A length with its unit.
    Length,
}

/// The declaration of a setting, for sliders, command line, files and docs.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The name; PyTorch's where PyTorch has the setting.
    pub name: &'static str,
    /// The help text: the doc comment of the field, one line per paragraph.
    pub help: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    /// The legal values of numbers.
    pub legal: Interval,
    /// The slider's range and scale.
    pub slider: Option<Slider>,
    /// The word for "no value" of an optional setting: `auto`, `off`, `all`.
    pub none: Option<&'static str>,
    /// The unit; may be empty.
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
    /// No value; written as the word in [`Param::none`].
    None,
}

impl Param {
    /// Fails on a number that is not finite or not legal and on a value of another kind.
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
            (Value::Text(text), Kind::Length) => text.parse::<Length>().is_ok(),
            (Value::None, _) => self.none.is_some(),
            _ => false,
        };
        if sound {
            Ok(())
        } else {
            Err(self.error(&self.text(value)))
        }
    }

    /// Parses a value in a spec and checks it.
    pub fn parse(&self, text: &str) -> Result<Value, SettingError> {
        let value = if self
            .none
            .is_some_and(|word| word.eq_ignore_ascii_case(text))
        {
            Some(Value::None)
        } else {
            match self.kind {
                Kind::Real => text.parse().ok().map(Value::Real),
                Kind::Count => whole_number(text).map(Value::Count),
                Kind::Flag => text.to_ascii_lowercase().parse().ok().map(Value::Flag),
                Kind::Choice(choices) => names::choice(choices, text).map(Value::Choice),
                Kind::List => names::numbers(text)
                    .into_iter()
                    .map(|part| part.parse().ok())
                    .collect::<Option<_>>()
                    .map(Value::List),
                Kind::Counts if text.is_empty() || text == "none" => {
                    Some(Value::Counts(Vec::new()))
                }
                Kind::Counts => names::numbers(text)
                    .into_iter()
                    .map(whole_number)
                    .collect::<Option<_>>()
                    .map(Value::Counts),
                Kind::Text => Some(Value::Text(text.to_owned())),
                Kind::Length => text
                    .parse::<Length>()
                    .ok()
                    .map(|length| Value::Text(length.to_string())),
            }
        };
        let value = value.ok_or_else(|| self.error(text))?;
        self.check(&value)?;
        Ok(value)
    }

    /// Writes a value as in a spec; [`Param::parse`] reads it back to the same bits.
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

    /// Describes the legal values: "a number in [0, 1)".
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
            Kind::Counts => numbers("`none`, or whole numbers joined by `/`, each one"),
            Kind::Text => "text".to_owned(),
            Kind::Length => Length::EXPECTED.to_owned(),
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

/// Parses a whole number, in digits or like `1e6`.
pub fn whole_number(text: &str) -> Option<u64> {
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
