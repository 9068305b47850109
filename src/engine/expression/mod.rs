//! Formulas f(x, y) typed by the user, compiled once and evaluated with any [`Scalar`], so that a typed formula has
//! exact derivatives like a built-in landscape.
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

/// The maximum number of registers: x, y and the intermediate values that are in use at once. A power of two.
const REGISTERS: u8 = 32;

/// The functions of a formula, each with its minimum and maximum number of arguments.
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

/// An operation on operands a and b; operations with one operand ignore b.
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
    /// Computes the operation. Operands are references so that an operation loads only those that it uses.
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

    /// [`Op::apply`] without inlining.
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

/// A compiled formula f(x, y). `Display` writes the typed text.
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
    /// The register of the result.
    result: u8,
    /// The number of registers in use, at most [`REGISTERS`].
    registers: u8,
}

impl Expression {
    /// Compiles a formula. Fails on texts outside the grammar, constant parts that are not real numbers such as
    /// ln(-1), a negative number to a variable power, more than 4000 characters, nesting beyond 100 levels and more
    /// than 30 intermediate values at once.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        parse::compile(text, parse::Variables::XandY)
    }

    /// Compiles a formula in x alone; fails as [`Expression::parse`] does, and on a y.
    pub fn parse_in_x(text: &str) -> Result<Self, ExpressionError> {
        parse::compile(text, parse::Variables::X)
    }

    /// Computes f(x, y). Allocates nothing.
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
            // N is a power of two above every register, so the remainder changes nothing and saves a bounds check.
            let (a, b, to) = (usize::from(a) % N, usize::from(b) % N, usize::from(to) % N);
            // Inlined code without optimization overflows a thread's stack.
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
mod tests;
