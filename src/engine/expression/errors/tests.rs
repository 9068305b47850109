//! Tests of the errors of formulas.

use super::super::Expression;

/// Asserts that the formula fails with this sentence and that the caret is under this character.
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
