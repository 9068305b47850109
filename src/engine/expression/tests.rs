//! Tests of formulas.

use super::Expression;
use crate::engine::numeric::jet::{Jet1, Jet2};
use std::f64::consts::{E, PI};

/// A point at which no formula of the tests has a kink.
const AT: [f64; 2] = [0.7, 1.3];

/// Compares the value with `expected`, the three scalars with each other and derivatives with central differences.
fn check(text: &str, expected: f64) {
    let f = Expression::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let first = |at| {
        let [x, y] = Jet1::variables(at);
        f.eval(x, y)
    };
    let [x, y] = Jet2::variables(AT);
    let (value, jet1, jet2) = (f.eval(AT[0], AT[1]), first(AT), f.eval(x, y));
    let near = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance * (1.0 + b.abs());
    assert!(
        near(value, expected, 1e-14),
        "{text} is {value}, expected {expected}"
    );
    assert_eq!(
        (jet1.value, jet2.value),
        (value, value),
        "{text}: the value depends on the scalar"
    );
    assert_eq!(
        jet1.gradient(),
        jet2.gradient(),
        "{text}: the gradient depends on the scalar"
    );
    let h = 1e-5;
    for axis in 0..2 {
        let [up, down] = [h, -h].map(|by| {
            let mut at = AT;
            at[axis] += by;
            first(at)
        });
        let slope = (up.value - down.value) / (2.0 * h);
        assert!(
            near(jet2.gradient()[axis], slope, 1e-7),
            "{text}: gradient {axis}"
        );
        for other in 0..2 {
            let second = (up.gradient()[other] - down.gradient()[other]) / (2.0 * h);
            assert!(
                near(jet2.hessian()[axis + other], second, 1e-7),
                "{text}: Hessian {axis}{other}"
            );
        }
    }
}

#[test]
fn operators_bind_as_in_mathematics() {
    let [x, y] = AT;
    check("1 + 2*3 - 4/8", 6.5);
    check("2 - 3 - 4", -5.0);
    check("24/4/2", 3.0);
    check("2^3^2", 512.0);
    check("-2^2", -4.0);
    check("(-2)^2", 4.0);
    check("-x^2", -x * x);
    check("2^-x", 2.0_f64.powf(-x));
    check("2^-x^2", 2.0_f64.powf(-x * x));
    check("x--y", x + y);
    check("+x*-y", -x * y);
    check("-x*y^2/x", -y * y);
    check("x-(y-1)", x - y + 1.0);
    check("(((x)))", x);
    check("y", y);
}

#[test]
fn numbers_names_and_typeset_operators_are_read() {
    let [x, y] = AT;
    check(" .5+1.+1e-3 +\t2E2 ", 201.501);
    check("pi*e", PI * E);
    check("π", PI);
    check("x ** 2 − 3·x × y ÷ 2", x * x - 1.5 * x * y);
    check("log10(x)+ln(y)+log2(8)", x.log10() + y.ln() + 3.0);
}

#[test]
fn every_function_has_its_value_and_derivatives() {
    let [x, y] = AT;
    let t = x * y;
    check(
        "sin(x*y) + cos(x*y) - tan(x*y)",
        t.sin() + t.cos() - t.tan(),
    );
    check(
        "exp(x*y) - ln(x*y) + log10(x*y) - log2(x*y)",
        t.exp() - t.ln() + t.log10() - t.log2(),
    );
    check("sqrt(x*y) + abs(x-y)", t.sqrt() + y - x);
    check(
        "sinh(x*y) + cosh(x*y) - tanh(x*y)",
        t.sinh() + t.cosh() - t.tanh(),
    );
    check("sigmoid(x*y)", 1.0 / (1.0 + (-t).exp()));
    check("hypot(x, x*y)", x.hypot(t));
    check("pow(x, y) + x^y - pow(y, 3)", 2.0 * x.powf(y) - y.powi(3));
    check("min(x*y, y^2) + max(x, x*y, 0.1)", 2.0 * t);
    check("max(1, x*y, 2, 3)", 3.0);
    check("min(1, x*y, 2, 3)", t);
}

#[test]
fn constants_combine_with_variables_on_either_side() {
    let [x, y] = AT;
    check("(x + 2) * (3 + x)", (x + 2.0) * (3.0 + x));
    check("(x - 2) * (3 - x)", (x - 2.0) * (3.0 - x));
    check("2*x + x*3 + x/4", 5.25 * x);
    check("5/x", 5.0 / x);
    check(
        "x^0 + x^1 + x^2 + x^3 + x^-2",
        1.0 + x + x * x + x.powi(3) + x.powi(-2),
    );
    check("x^0.5 + x^1.7 + y^(1/3)", x.sqrt() + x.powf(1.7) + y.cbrt());
    check("y^65 - y^(-65)", y.powi(65) - y.powi(-65));
    check(
        "e^x + 2^y + 1^x + 0.5^(x*y)",
        x.exp() + 2.0_f64.powf(y) + 1.0 + 0.5_f64.powf(x * y),
    );
    check("0^x + 0^(x*y)", 0.0);
}

#[test]
fn known_landscapes_have_their_minima() {
    for (text, [x, y]) in [
        ("(1-x)^2 + 100*(y-x^2)^2", [1.0, 1.0]),
        ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", [3.0, 2.0]),
        (
            "-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
            [0.0, 0.0],
        ),
    ] {
        let [x, y] = Jet2::variables([x, y]);
        let jet = Expression::parse(text).unwrap().eval(x, y);
        assert!(jet.value.abs() < 1e-14, "{text}: {}", jet.value);
        assert!(
            jet.gradient().iter().all(|d| d.abs() < 1e-14),
            "{text}: {:?}",
            jet.gradient()
        );
    }
}

#[test]
fn powers_at_zero_have_finite_derivatives() {
    for text in [
        "x^2 + y^3 + x^4",
        "x^1 * y^2",
        "x^0 + 0^(y+1)",
        "e^x * 2^y",
        "(x^2+y^2)^0.5",
        "hypot(x, y)",
    ] {
        let [x, y] = Jet2::variables([0.0, 0.0]);
        let jet = Expression::parse(text).unwrap().eval(x, y);
        let parts = [jet.value]
            .into_iter()
            .chain(jet.gradient())
            .chain(jet.hessian());
        assert!(parts.into_iter().all(f64::is_finite), "{text}: {jet:?}");
    }
    assert_eq!(Expression::parse("0^x").unwrap().eval(0.0, 0.0), 1.0);
}

#[test]
fn a_formula_in_x_alone_refuses_y() {
    assert_eq!(
        Expression::parse_in_x("x*cos(x)").unwrap().eval(0.0, 9.0),
        0.0
    );
    for (text, sentence) in [
        (
            "x^2 + y",
            "expected a formula in x alone, found `y` at column 7 (the landscape `formula` has x and y)",
        ),
        ("", "expected a formula at column 1, such as x^2"),
        (
            "x*/2",
            "expected a value before `/` at column 3 (a number, x, a function or a parenthesis)",
        ),
    ] {
        assert_eq!(Expression::parse_in_x(text).unwrap_err().sentence, sentence);
    }
}

#[test]
fn the_text_is_kept_as_typed() {
    let f = Expression::parse(" x −  y").unwrap();
    assert_eq!(f.to_string(), " x −  y");
    assert_eq!(f, f.clone());
    assert_ne!(f, Expression::parse("x-y").unwrap());
}

/// Numerical Recipes' generator; the high bits choose.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    /// A random formula with its value at [`AT`].
    fn formula(&mut self, depth: usize) -> (String, f64) {
        let leaves = [
            ("x", AT[0]),
            ("y", AT[1]),
            ("2", 2.0),
            ("0.3", 0.3),
            ("pi", PI),
        ];
        if depth == 0 {
            let (text, value) = leaves[self.below(leaves.len())];
            return (text.to_owned(), value);
        }
        let below = self.below(depth);
        let ((s, a), (t, b)) = (self.formula(depth - 1), self.formula(below));
        match self.below(8) {
            0 => (format!("({s} + {t})"), a + b),
            1 => (format!("({t} - {s})"), b - a),
            2 => (format!("({s}) * ({t})"), a * b),
            3 => (format!("(({t}) / (2 + abs({s})))"), b / (2.0 + a.abs())),
            4 => (format!("min({t}, {s})"), a.min(b)),
            5 => (format!("sin(-({s}))^2"), a.sin().powi(2)),
            6 => (format!("max({s}, {t}, {t})"), a.max(b)),
            _ => (format!("cos({t})*({s})"), b.cos() * a),
        }
    }
}

#[test]
fn random_formulas_have_their_values() {
    let mut lcg = Lcg(1);
    let mut widest = 0;
    for round in 0..1000 {
        let (text, expected) = lcg.formula(1 + round % 9);
        let Ok(f) = Expression::parse(&text) else {
            continue; // Longer than a formula may be.
        };
        widest = widest.max(f.registers);
        let value = f.eval(AT[0], AT[1]);
        assert!(
            (value - expected).abs() <= 1e-8 * (1.0 + expected.abs()),
            "{text} is {value}, expected {expected}"
        );
    }
    assert!(widest > 8, "no formula was large: {widest}");
}

#[test]
fn random_characters_never_panic() {
    let pieces = "x y 1 2 . e pi sin( max( ln( log ( ) ) , + - * / ^ ** − · ² π # \t é 1e9 .5 0 = | \u{301} 𝛉 \0";
    let pieces: Vec<&str> = pieces.split(' ').chain([" "]).collect();
    let (mut lcg, mut accepted) = (Lcg(2), 0);
    for _ in 0..20_000 {
        let text: String = (0..lcg.below(14))
            .map(|_| pieces[lcg.below(pieces.len())])
            .collect();
        match Expression::parse(&text) {
            Ok(f) => {
                accepted += 1;
                let [x, y] = Jet2::variables([0.0, -1.5]);
                f.eval(x, y);
                f.eval(0.0, f64::INFINITY);
            }
            Err(error) => {
                assert!(
                    (1..=text.chars().count() + 1).contains(&error.column),
                    "{error}"
                );
                assert_eq!(error.to_string().lines().count(), 3, "{error}");
            }
        }
    }
    assert!(accepted > 500, "only {accepted} were formulas");
}
