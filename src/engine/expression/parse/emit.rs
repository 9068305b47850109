//! Emits the instructions of a formula's program and folds constants.

use super::{Parsed, Parser, Value};
use crate::engine::expression::{Instruction, Op, REGISTERS};

/// The maximum whole exponent that is multiplied out; beyond it [`f64::powf`] is more accurate.
const MAX_POWI: i32 = 64;

/// The value of ln 0 in 0^p: e^(p ln 0) is 0 for p > 0 and 1 for p = 0, and with a finite number, whose square is finite
/// as well, derivatives come out as 0 rather than as 0 · ∞.
const LN_ZERO: f64 = -1e100;

impl Parser {
    /// Emits an operation, releases its operands and returns the register of the result, the lowest that is free.
    fn emit(&mut self, op: Op, a: u8, b: u8, column: usize) -> Parsed<u8> {
        let to = [a, b]
            .into_iter()
            .filter(|&register| register >= 2)
            .min()
            .unwrap_or(self.used);
        if to == REGISTERS {
            let values = REGISTERS - 2;
            let sentence = format!(
                "expected at most {values} intermediate values at once, exceeded at column {column}"
            );
            return Err(self.error(column, sentence));
        }
        self.used = to + 1;
        self.max_used = self.max_used.max(self.used);
        self.program.push(Instruction { op, a, b, to });
        Ok(to)
    }

    /// Returns the register of a value; loads a constant into a new one.
    pub(super) fn load(&mut self, value: Value, column: usize) -> Parsed<u8> {
        match value {
            Value::Constant(c) => self.emit(Op::Constant(c), 0, 0, column),
            Value::Register(register) => Ok(register),
        }
    }

    fn constant(&self, value: f64, column: usize) -> Parsed {
        if value.is_nan() {
            return Err(self.error(
                column,
                format!("expected a real number, but the part at column {column} is undefined"),
            ));
        }
        Ok(Value::Constant(value))
    }

    pub(super) fn unary(&mut self, op: Op, a: Value, column: usize) -> Parsed {
        match a {
            Value::Constant(a) => self.constant(op.apply(&a, &a), column),
            Value::Register(a) => self.emit(op, a, a, column).map(Value::Register),
        }
    }

    pub(super) fn binary(&mut self, op: Op, a: Value, b: Value, column: usize) -> Parsed {
        use Value::{Constant, Register};
        match (op, a, b) {
            (Op::Pow, Constant(a), Constant(b)) => self.constant(a.powf(b), column),
            (_, Constant(a), Constant(b)) => self.constant(op.apply(&a, &b), column),
            (Op::Pow, _, Constant(p)) => self.power_of_variable(a, p, column),
            (Op::Pow, Constant(c), _) => self.power_of_constant(c, b, column),
            (Op::Add, Constant(c), other) | (Op::Add, other, Constant(c)) => {
                self.unary(Op::Plus(c), other, column)
            }
            (Op::Sub, _, Constant(c)) => self.unary(Op::Plus(-c), a, column),
            (Op::Sub, Constant(c), _) => self.unary(Op::From(c), b, column),
            (Op::Mul, Constant(c), other) | (Op::Mul, other, Constant(c)) => {
                self.unary(Op::Times(c), other, column)
            }
            (Op::Div, _, Constant(c)) => self.unary(Op::Over(c), a, column),
            _ => {
                let (a, b) = (self.load(a, column)?, self.load(b, column)?);
                self.emit(op, a, b, column).map(Register)
            }
        }
    }

    fn power_of_variable(&mut self, a: Value, p: f64, column: usize) -> Parsed {
        let op = match (-MAX_POWI..=MAX_POWI).find(|&n| f64::from(n) == p) {
            Some(1) => return Ok(a),
            Some(2) => Op::Square,
            Some(n) => Op::Powi(n),
            None if p == 0.5 => Op::Sqrt,
            None => Op::Powf(p),
        };
        self.unary(op, a, column)
    }

    /// Emits c^b = e^(b ln c).
    fn power_of_constant(&mut self, c: f64, b: Value, column: usize) -> Parsed {
        if c < 0.0 {
            let sentence = format!(
                "expected a positive number before `^` at column {column}, since the power varies"
            );
            return Err(self.error(column, sentence));
        }
        let ln = if c == 0.0 { LN_ZERO } else { c.ln() };
        let scaled = if ln == 1.0 {
            b
        } else {
            self.unary(Op::Times(ln), b, column)?
        };
        self.unary(Op::Exp, scaled, column)
    }
}
