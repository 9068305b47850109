//! Formulas f(x, y) that the user types, compiled once and evaluated with any [`Scalar`], so that a typed formula has
//! the same exact derivatives as a built-in landscape.
//!
//! ```text
//! sum     = product { ( "+" | "-" ) product }
//! product = sign { ( "*" | "/" ) sign }
//! sign    = ( "+" | "-" ) sign | power
//! power   = atom [ "^" sign ]
//! atom    = number | "x" | "y" | "pi" | "e" | "(" sum ")" | function "(" sum { "," sum } ")"
//! ```
//!
//! So -x^2 is -(x^2), 2^3^2 is 2^(3^2) and 2^-x needs no parentheses. `**` is `^`; `−`, `·`, `×` and `÷` stand for the
//! operators that they look like, and `π` for pi. A product needs its operator: `2x` is refused.

mod errors;
mod parse;

use crate::engine::numeric::jet::Scalar;
use std::fmt;

pub use errors::ExpressionError;

/// Registers of a program: x, y and the intermediate values that are alive at the same time. A power of two.
const REGISTERS: u8 = 32;

/// The functions of a formula, each with the least and the greatest number of arguments.
const FUNCTIONS: [(&str, Op, usize, usize); 17] = [
    ("sin", Op::Sin, 1, 1),
    ("cos", Op::Cos, 1, 1),
    ("tan", Op::Tan, 1, 1),
    ("exp", Op::Exp, 1, 1),
    ("ln", Op::Ln, 1, 1),
    ("log10", Op::Log10, 1, 1),
    ("log2", Op::Log2, 1, 1),
    ("sqrt", Op::Sqrt, 1, 1),
    ("abs", Op::Abs, 1, 1),
    ("sinh", Op::Sinh, 1, 1),
    ("cosh", Op::Cosh, 1, 1),
    ("tanh", Op::Tanh, 1, 1),
    ("sigmoid", Op::Sigmoid, 1, 1),
    ("pow", Op::Pow, 2, 2),
    ("hypot", Op::Hypot, 2, 2),
    ("min", Op::Min, 2, usize::MAX),
    ("max", Op::Max, 2, usize::MAX),
];

/// What an instruction does with its operands a and b; operations on one operand ignore b.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Constant(f64),
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    Pow,
    Hypot,
    /// a + c
    Plus(f64),
    /// c - a
    From(f64),
    /// c a
    Times(f64),
    /// a / c
    Over(f64),
    Powi(i32),
    Powf(f64),
    Square,
    Neg,
    Sin,
    Cos,
    Tan,
    Exp,
    Ln,
    Log10,
    Log2,
    Sqrt,
    Abs,
    Sinh,
    Cosh,
    Tanh,
    Sigmoid,
}

impl Op {
    /// Operands come by reference so that an operation loads only those that it uses.
    #[inline(always)]
    fn apply<S: Scalar>(self, a: &S, b: &S) -> S {
        match self {
            Self::Constant(c) => a.constant(c),
            Self::Add => *a + *b,
            Self::Sub => *a - *b,
            Self::Mul => *a * *b,
            Self::Div => *a / *b,
            Self::Min => a.min(*b),
            Self::Max => a.max(*b),
            Self::Pow => a.pow(*b),
            Self::Hypot => (a.square() + b.square()).sqrt(),
            Self::Plus(c) => *a + c,
            Self::From(c) => -*a + c,
            Self::Times(c) => *a * c,
            Self::Over(c) => *a / c,
            Self::Powi(n) => a.powi(n),
            Self::Powf(p) => a.powf(p),
            Self::Square => a.square(),
            Self::Neg => -*a,
            Self::Sin => a.sin(),
            Self::Cos => a.cos(),
            Self::Tan => a.tan(),
            Self::Exp => a.exp(),
            Self::Ln => a.ln(),
            Self::Log10 => a.log10(),
            Self::Log2 => a.ln() / std::f64::consts::LN_2,
            Self::Sqrt => a.sqrt(),
            Self::Abs => a.abs(),
            Self::Sinh => a.sinh(),
            Self::Cosh => a.cosh(),
            Self::Tanh => a.tanh(),
            Self::Sigmoid => (*a * 0.5).tanh() * 0.5 + 0.5, // Neither exponential overflows.
        }
    }

    /// The same as a function that is called.
    #[inline(never)]
    fn apply_outlined<S: Scalar>(self, a: &S, b: &S) -> S {
        self.apply(a, b)
    }
}

/// One operation from registers `a` and `b` to register `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Instruction {
    op: Op,
    a: u8,
    b: u8,
    to: u8,
}

/// A compiled formula f(x, y). It shows as the text that was typed.
///
/// ```
/// use ravine::engine::expression::Expression;
/// use ravine::engine::numeric::jet::Jet2;
///
/// let f = Expression::parse("x^2 * y")?;
/// let [x, y] = Jet2::variables([3.0, 2.0]);
/// let jet = f.eval(x, y);
/// assert_eq!((jet.value, jet.gradient(), jet.hessian()), (18.0, [12.0, 9.0], [4.0, 6.0, 0.0]));
/// assert_eq!(f.to_string(), "x^2 * y");
/// # Ok::<(), ravine::engine::expression::ExpressionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: Box<str>,
    program: Box<[Instruction]>,
    /// The register that holds the result in the end.
    result: u8,
    /// How many registers the program touches, at most [`REGISTERS`].
    registers: u8,
}

impl Expression {
    /// Compiles a formula. Refused are texts outside the grammar, constant parts that are no real number such as
    /// ln(-1), a negative number to a variable power, more than 4000 characters, nesting beyond 100 levels and more
    /// than 30 intermediate values at once.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        parse::compile(text, parse::Variables::XandY)
    }

    /// The same in x alone: a y is refused too.
    pub fn parse_in_x(text: &str) -> Result<Self, ExpressionError> {
        parse::compile(text, parse::Variables::X)
    }

    /// f(x, y). Allocates nothing.
    #[inline(always)]
    pub fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        // Most formulas need few registers, and clearing 32 jets takes longer than computing with four.
        match self.registers {
            0..=4 if !S::IS_SIMD => self.run::<S, 4>(x, y),
            0..=8 => self.run::<S, 8>(x, y),
            _ => self.run::<S, { REGISTERS as usize }>(x, y),
        }
    }

    #[inline(always)]
    fn run<S: Scalar, const N: usize>(&self, x: S, y: S) -> S {
        let mut registers = [x; N];
        registers[1] = y;
        for &Instruction { op, a, b, to } in &self.program {
            // N is a power of two above every register, so the remainder changes nothing and spares a bounds check.
            let (a, b, to) = (usize::from(a) % N, usize::from(b) % N, usize::from(to) % N);
            // Unoptimized, inlined code wants more stack than a thread has.
            registers[to] = if S::IS_SIMD && !cfg!(debug_assertions) {
                op.apply(&registers[a], &registers[b])
            } else {
                op.apply_outlined(&registers[a], &registers[b])
            };
        }
        registers[usize::from(self.result) % N]
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;
    use crate::engine::numeric::jet::{Jet1, Jet2};
    use std::f64::consts::{E, PI};

    /// A point where no formula of the tests has a kink.
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
                let bend = (up.gradient()[other] - down.gradient()[other]) / (2.0 * h);
                assert!(
                    near(jet2.hessian()[axis + other], bend, 1e-7),
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
}
