//! The error of a formula and its sentences, with suggestions.

use super::FUNCTIONS;
use super::parse::{Kind, NAMES, Parser, Token, Variables};

/// An error in a formula. `Display` writes three lines: a sentence, the formula and a caret under the character in
/// question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("formula: {sentence}\n{}", pointer(formula, *column))]
pub struct ExpressionError {
    /// The column in characters, from 1; one past the last for a formula that ends too early.
    pub column: usize,
    /// The error in one sentence that names the column.
    pub sentence: String,
    /// The text, with a blank for each tab or line break so that the caret is at the right place.
    formula: String,
}

/// Returns the formula and the caret; of a long formula only the surroundings of the caret.
fn pointer(formula: &str, column: usize) -> String {
    const WINDOW: usize = 72;
    let start = if column > WINDOW {
        column - 1 - WINDOW / 2
    } else {
        0
    };
    let line: String = formula.chars().skip(start).take(WINDOW).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if formula.chars().count() > start + WINDOW {
        "…"
    } else {
        ""
    };
    let blanks = column - 1 - start + before.chars().count();
    format!("  {before}{line}{after}\n  {:blanks$}^", "")
}

impl Parser {
    pub(super) fn error(&self, column: usize, sentence: impl Into<String>) -> ExpressionError {
        ExpressionError {
            column,
            sentence: sentence.into(),
            formula: self.text.iter().collect(),
        }
    }

    /// Returns the text of a token, shortened.
    pub(super) fn token_text(&self, token: Token) -> String {
        let length = token.end - token.start;
        let text = self.text[token.start..token.end].iter().take(20).collect();
        if length > 20 { text + "…" } else { text }
    }

    /// Returns the error for a token that cannot follow a value.
    pub(super) fn unexpected_token_error(&self) -> ExpressionError {
        let (column, found, previous) = (
            self.token.column(),
            self.token_text(self.token),
            self.token_text(self.previous),
        );
        let sentence = match self.token.kind {
            Kind::Number | Kind::Name | Kind::Symbol('(') => {
                let [left, right] =
                    [&previous, &found].map(|factor| factor.replace(['(', ')'], "(…)"));
                format!(
                    "expected an operator before `{found}` at column {column} (write {left}*{right})"
                )
            }
            Kind::Symbol(')') => {
                format!("expected no `)` at column {column}, where no `(` is open")
            }
            Kind::Symbol(',') => {
                format!("expected no `,` at column {column}, outside a function's arguments")
            }
            _ => return self.stray_character_error(),
        };
        self.error(column, sentence)
    }

    /// Returns the error for a token that cannot begin a value.
    pub(super) fn missing_value_error(&self) -> ExpressionError {
        let (column, found, previous) = (
            self.token.column(),
            self.token_text(self.token),
            self.token_text(self.previous),
        );
        let sentence = match self.token.kind {
            Kind::End => format!(
                "expected a value after `{previous}` at column {column}, where the formula ends"
            ),
            Kind::Symbol('*' | '/' | '^' | ')' | ',') => {
                let variables = match self.variables {
                    Variables::X => "x",
                    Variables::XandY => "x, y",
                };
                format!(
                    "expected a value before `{found}` at column {column} (a number, {variables}, a function or a parenthesis)"
                )
            }
            _ => return self.stray_character_error(),
        };
        self.error(column, sentence)
    }

    /// Returns the error for a y in a formula in x alone.
    pub(super) fn second_variable_error(&self) -> ExpressionError {
        let column = self.token.column();
        let sentence = format!(
            "expected a formula in x alone, found `y` at column {column} (the landscape `formula` has x and y)"
        );
        self.error(column, sentence)
    }

    fn stray_character_error(&self) -> ExpressionError {
        let (column, found) = (self.token.column(), self.token_text(self.token));
        let hint = match self.token.kind {
            Kind::Symbol('²') => " (write ^2)",
            Kind::Symbol('³') => " (write ^3)",
            Kind::Symbol('|') => " (write abs(…))",
            Kind::Symbol('[' | ']' | '{' | '}') => " (write parentheses)",
            Kind::Symbol('=') => " (write only what f is equal to)",
            _ => "",
        };
        self.error(
            column,
            format!("unexpected character `{found}` at column {column}{hint}"),
        )
    }
}

/// Returns a suggestion for an unknown name.
pub(super) fn hint(name: &str) -> String {
    let lower = name.to_lowercase();
    match lower.as_str() {
        "log" => return "write ln or log10".to_owned(),
        "x1" => return "write x".to_owned(),
        "x2" => return "write y".to_owned(),
        "asin" | "acos" | "atan" | "arcsin" | "arccos" | "arctan" | "atan2" => {
            return "inverse trigonometric functions are not available".to_owned();
        }
        _ if lower.chars().all(|c| "xy".contains(c)) && lower.len() > 1 => {
            let factors: Vec<String> = lower.chars().map(String::from).collect();
            return format!("write {}", factors.join("*"));
        }
        _ => {}
    }
    let names = NAMES
        .iter()
        .map(|(known, _)| *known)
        .filter(|known| known.is_ascii());
    let known: Vec<&str> = names
        .chain(FUNCTIONS.iter().map(|(known, ..)| *known))
        .collect();
    let length = lower.chars().count();
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, known), known))
        .filter(|(distance, known)| {
            *distance <= known.len().min(length) / 2 || known.len() > 2 && lower.starts_with(*known)
        })
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((_, known)) => format!("did you mean {known}?"),
        None => format!("expected one of {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests;
