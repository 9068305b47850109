//! Conditions of rules: `diverged`, `not solved`, `stability_ratio > 1`, `momentum < best_momentum`.

use super::named::{self, Kind, Named};
use serde::{Deserialize, Deserializer};

/// A condition on named facts. It does not hold where a fact is missing; `not` holds there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    fact: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// The flag is set, or is not.
    Is(bool),
    /// The number is greater than the other one, or less.
    Greater(Operand),
    Less(Operand),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Number(f64),
    Fact(String),
}

impl Condition {
    /// Parses a condition.
    ///
    /// # Errors
    /// Returns a sentence if it has another form, or names a fact that does not exist or is of another kind.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let refused = |reason: &str| format!("condition `{text}`: {reason}");
        let words: Vec<&str> = text.split_whitespace().collect();
        let of_kind = |name: &str, flag: bool| match named::kind(name) {
            None => Err(refused(&format!("there is no fact `{name}`"))),
            Some(Kind::Text) => Err(refused(&format!("`{name}` is a text"))),
            Some(kind) if (kind == Kind::Flag) != flag => Err(refused(&format!(
                "`{name}` is a {}",
                if flag { "number" } else { "flag" }
            ))),
            Some(_) => Ok(name.to_owned()),
        };
        match words[..] {
            [name] => Ok(Self {
                fact: of_kind(name, true)?,
                test: Test::Is(true),
            }),
            ["not", name] => Ok(Self {
                fact: of_kind(name, true)?,
                test: Test::Is(false),
            }),
            [name, sign @ ("<" | ">"), other] => {
                let operand = match other.parse() {
                    Ok(number) => Operand::Number(number),
                    Err(_) => Operand::Fact(of_kind(other, false)?),
                };
                Ok(Self {
                    fact: of_kind(name, false)?,
                    test: if sign == "<" {
                        Test::Less(operand)
                    } else {
                        Test::Greater(operand)
                    },
                })
            }
            _ => Err(refused(
                "expected a flag, `not` and a flag, or a number, `<` or `>`, and a number or a fact",
            )),
        }
    }

    /// Whether the condition holds for a run.
    pub(super) fn holds(&self, facts: &Named) -> bool {
        let other = |operand: &Operand| match operand {
            Operand::Number(number) => Some(*number),
            Operand::Fact(name) => facts.number(name),
        };
        match &self.test {
            Test::Is(wanted) => facts.flag(&self.fact) == *wanted,
            Test::Greater(operand) => {
                let pair = facts.number(&self.fact).zip(other(operand));
                pair.is_some_and(|(own, other)| own > other)
            }
            Test::Less(operand) => {
                let pair = facts.number(&self.fact).zip(other(operand));
                pair.is_some_and(|(own, other)| own < other)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_other_forms_are_refused() {
        for (text, part) in [
            ("divreged", "there is no fact `divreged`"),
            ("loss_end", "`loss_end` is a number"),
            ("diverged > 1", "`diverged` is a flag"),
            ("loss_end > minimun", "there is no fact `minimun`"),
            ("loss_end = 1", "expected a flag, `not` and a flag"),
            ("reason", "`reason` is a text"),
            ("", "expected a flag"),
        ] {
            let error = Condition::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        for text in [
            "diverged",
            "not solved",
            "loss_end > -1e3",
            "loss_end < minimum",
        ] {
            assert!(Condition::parse(text).is_ok(), "{text}");
        }
    }
}
