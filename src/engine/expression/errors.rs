//! The sentences with which a formula is refused, and what to write instead.

use super::FUNCTIONS;
use super::parse::{Kind, NAMES, Parser, Token, Variables};

/// Why a formula was refused. It shows as three lines: a sentence, the formula and a caret under the character in
/// question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("formula: {sentence}\n{}", pointer(formula, *column))]
pub struct ExpressionError {
    /// Where, in characters from 1; one past the last for a formula that ends too early.
    pub column: usize,
    /// What was expected, in one sentence that names the column.
    pub sentence: String,
    /// The text, with a blank for each tab or line break so that the caret stands where it should.
    formula: String,
}

/// The formula and the caret. Of a long formula only the surroundings of the caret.
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

    /// The text of a token, shortened.
    pub(super) fn token_text(&self, token: Token) -> String {
        let length = token.end - token.start;
        let text = self.text[token.start..token.end].iter().take(20).collect();
        if length > 20 { text + "…" } else { text }
    }

    /// For a token that cannot follow a value.
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

    /// For a token that cannot begin a value.
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

    /// For a y in a formula in x alone.
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

/// What to write instead of an unknown name.
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
mod tests {
    use super::super::Expression;

    /// The formula is refused with this sentence, and the caret stands under this character.
    #[track_caller]
    fn check(text: &str, sentence: &str, caret: &str) {
        let error = Expression::parse(text).expect_err(text);
        assert_eq!(
            error.to_string(),
            format!("formula: {sentence}\n  {}\n  {caret}", text.trim_end())
        );
        assert!(
            sentence.contains(&format!("column {}", error.column)),
            "{sentence}: {}",
            error.column
        );
        assert_eq!(error.column, caret.len());
    }

    #[test]
    fn implicit_products_are_refused() {
        check(
            "2x",
            "expected an operator before `x` at column 2 (write 2*x)",
            " ^",
        );
        check(
            "x y",
            "expected an operator before `y` at column 3 (write x*y)",
            "  ^",
        );
        check(
            "(x)(y)",
            "expected an operator before `(` at column 4 (write (…)*(…))",
            "   ^",
        );
        check(
            "2(x + 1)",
            "expected an operator before `(` at column 2 (write 2*(…))",
            " ^",
        );
        check(
            "2e+x",
            "expected an operator before `e` at column 2 (write 2*e)",
            " ^",
        );
        check(
            "sin(2 x)",
            "expected an operator before `x` at column 7 (write 2*x)",
            "      ^",
        );
        check("xy", "unknown name `xy` at column 1 (write x*y)", "^");
    }

    #[test]
    fn carets_count_characters() {
        check(
            "π−−2x",
            "expected an operator before `x` at column 5 (write 2*x)",
            "    ^",
        );
        check(
            "x²",
            "unexpected character `²` at column 2 (write ^2)",
            " ^",
        );
        check(
            "1 + é",
            "unknown name `é` at column 5 (expected one of x, y, pi, e, sin, cos, tan, exp, ln, log10, log2, \
            sqrt, abs, sinh, cosh, tanh, sigmoid, pow, hypot, min, max)",
            "    ^",
        );
    }

    #[test]
    fn unknown_names_are_refused_with_the_nearest() {
        check(
            "sine(x)",
            "unknown name `sine` at column 1 (did you mean sin?)",
            "^",
        );
        check(
            "x + SQRT(y)",
            "unknown name `SQRT` at column 5 (did you mean sqrt?)",
            "    ^",
        );
        check("X", "unknown name `X` at column 1 (did you mean x?)", "^");
        check(
            "log(x)",
            "unknown name `log` at column 1 (write ln or log10)",
            "^",
        );
        check(
            "2*cosine(x)",
            "unknown name `cosine` at column 3 (did you mean cos?)",
            "  ^",
        );
        check(
            "atan(x)",
            "unknown name `atan` at column 1 (inverse trigonometric functions are not available)",
            "^",
        );
    }

    #[test]
    fn missing_values_are_refused() {
        check("", "expected a formula at column 1, such as x^2 + y^2", "^");
        check(
            "  ",
            "expected a formula at column 1, such as x^2 + y^2",
            "^",
        );
        check(
            "x + ",
            "expected a value after `+` at column 4, where the formula ends",
            "   ^",
        );
        check(
            "(",
            "expected a value after `(` at column 2, where the formula ends",
            " ^",
        );
        let values = "(a number, x, y, a function or a parenthesis)";
        check(
            "x + * y",
            &format!("expected a value before `*` at column 5 {values}"),
            "    ^",
        );
        check(
            "()",
            &format!("expected a value before `)` at column 2 {values}"),
            " ^",
        );
        check(
            "max(x,)",
            &format!("expected a value before `)` at column 7 {values}"),
            "      ^",
        );
    }

    #[test]
    fn parentheses_must_balance() {
        check(
            "(x + (y)",
            "expected `)` at column 9 for the `(` at column 1",
            "        ^",
        );
        check(
            "sin(x",
            "expected `)` at column 6 for the `(` at column 4",
            "     ^",
        );
        check(
            "x + y)",
            "expected no `)` at column 6, where no `(` is open",
            "     ^",
        );
        check(
            "x, y",
            "expected no `,` at column 2, outside a function's arguments",
            " ^",
        );
    }

    #[test]
    fn functions_need_their_arguments() {
        check(
            "sin x",
            "expected `(` after `sin` at column 5 (write sin(…))",
            "    ^",
        );
        check(
            "1+sin()",
            "expected one argument for `sin` at column 3, found 0",
            "  ^",
        );
        check(
            "sin(x, y)",
            "expected one argument for `sin` at column 1, found 2",
            "^",
        );
        check(
            "pow(x, y, 2)",
            "expected two arguments for `pow` at column 1, found 3",
            "^",
        );
        check(
            "max(x)",
            "expected two or more arguments for `max` at column 1, found 1",
            "^",
        );
    }

    #[test]
    fn bad_numbers_and_stray_characters_are_refused() {
        check(
            "x*1.2.3",
            "expected a number such as 1, .5 or 1e-3 at column 3, found `1.2.3`",
            "  ^",
        );
        check(
            ".",
            "expected a number such as 1, .5 or 1e-3 at column 1, found `.`",
            "^",
        );
        check(
            "1e400",
            "expected a number below 1.8e308 at column 1, found `1e400`",
            "^",
        );
        check("x # y", "unexpected character `#` at column 3", "  ^");
        check(
            "z = x",
            "unknown name `z` at column 1 (expected one of x, y, pi, e, sin, cos, tan, exp, ln, log10, log2, \
            sqrt, abs, sinh, cosh, tanh, sigmoid, pow, hypot, min, max)",
            "^",
        );
        check(
            "x = y",
            "unexpected character `=` at column 3 (write only what f is equal to)",
            "  ^",
        );
        check(
            "x + |y|",
            "unexpected character `|` at column 5 (write abs(…))",
            "    ^",
        );
    }

    #[test]
    fn undefined_constants_are_refused() {
        check(
            "x + ln(-1)",
            "expected a real number, but the part at column 5 is undefined",
            "    ^",
        );
        check(
            "0/0*x",
            "expected a real number, but the part at column 2 is undefined",
            " ^",
        );
        check(
            "(-2)^x",
            "expected a positive number before `^` at column 5, since the power varies",
            "    ^",
        );
    }

    #[test]
    fn formulas_that_are_too_large_are_refused() {
        for (text, column) in [
            ("(".repeat(100_000), 4001),
            ("(".repeat(4000), 101),
            ("-".repeat(4000), 101),
            ("sin(".repeat(500), 401),
            ("x^".repeat(2000), 201),
            ("x*y+(".repeat(40) + "x*y" + &")".repeat(40), 152),
            ("x".repeat(4000), 1),
        ] {
            let error = Expression::parse(&text).unwrap_err();
            assert_eq!(error.column, column, "{error}");
            let lines: Vec<usize> = error
                .to_string()
                .lines()
                .skip(1)
                .map(|line| line.chars().count())
                .collect();
            assert!(lines.iter().all(|&length| length <= 76), "{error}");
        }
        assert!(Expression::parse(&("x+".repeat(1999) + "y")).is_ok());
        assert!(Expression::parse(&("(".repeat(99) + "x" + &")".repeat(99))).is_ok());
    }

    #[test]
    fn long_formulas_are_shown_around_the_caret() {
        let text = "x + ".repeat(50) + "2y" + &" + x".repeat(50);
        let error = Expression::parse(&text).unwrap_err().to_string();
        let [_, formula, caret] = error.lines().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(formula.chars().nth(caret.len() - 1), Some('y'), "{error}");
        assert!(
            formula.starts_with("  …") && formula.ends_with('…'),
            "{error}"
        );
    }
}
