//! Compiles a formula to its program in one pass: each rule of the grammar is a method that emits instructions
//! and returns the place of their value. Constants are emitted only when they meet a variable, so that they fold.

mod emit;

use super::errors::{ExpressionError, hint};
use super::{Expression, FUNCTIONS, Instruction, Op};

/// The maximum length of a formula, in characters.
const MAX_LENGTH: usize = 4000;

/// The maximum nesting of parentheses, signs and powers; each level takes a few stack frames.
const MAX_NESTING: usize = 100;

/// The variables and constants of a formula.
pub(super) const NAMES: [(&str, Value); 5] = [
    ("x", Value::Register(0)),
    ("y", Value::Register(1)),
    ("pi", Value::Constant(std::f64::consts::PI)),
    ("π", Value::Constant(std::f64::consts::PI)),
    ("e", Value::Constant(std::f64::consts::E)),
];

/// The value of a part of the formula: a constant or a register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Constant(f64),
    Register(u8),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Number,
    Name,
    /// An operator in its ASCII form (`^` for `**`), a parenthesis, a comma or an unknown character.
    Symbol(char),
    End,
}

/// A token of the text: the index of its first character and the index after its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn column(self) -> usize {
        self.start + 1
    }
}

type Parsed<T = Value> = Result<T, ExpressionError>;

pub(super) struct Parser {
    pub(super) text: Vec<char>,
    /// The next token and the previous one.
    pub(super) token: Token,
    pub(super) previous: Token,
    pub(super) variables: Variables,
    nesting: usize,
    program: Vec<Instruction>,
    /// The number of registers in use and its maximum. Values are released in the order of a stack.
    used: u8,
    max_used: u8,
}

/// The variables of a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variables {
    X,
    XandY,
}

/// Compiles the text of a formula.
pub(super) fn compile(text: &str, variables: Variables) -> Parsed<Expression> {
    let plain = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let start = Token {
        kind: Kind::End,
        start: 0,
        end: 0,
    };
    let mut parser = Parser {
        text: text
            .trim_end()
            .chars()
            .take(MAX_LENGTH + 1)
            .map(plain)
            .collect(),
        token: start,
        previous: start,
        variables,
        nesting: 0,
        program: Vec::new(),
        used: 2,
        max_used: 2,
    };
    if parser.text.len() > MAX_LENGTH {
        let column = MAX_LENGTH + 1;
        let sentence = format!(
            "expected at most {MAX_LENGTH} characters, but the formula goes on at column {column}"
        );
        return Err(parser.error(column, sentence));
    }
    parser.advance();
    if parser.token.kind == Kind::End {
        let example = match variables {
            Variables::X => "x^2",
            Variables::XandY => "x^2 + y^2",
        };
        let sentence = format!("expected a formula at column 1, such as {example}");
        return Err(parser.error(1, sentence));
    }
    let value = parser.sum()?;
    if parser.token.kind != Kind::End {
        return Err(parser.unexpected_token_error());
    }
    let result = parser.load(value, 1)?;
    let (program, registers) = (parser.program.into(), parser.max_used);
    Ok(Expression {
        text: text.into(),
        program,
        result,
        registers,
    })
}

/// The grammar.
impl Parser {
    /// Returns the token that starts at or after `at`.
    fn lex(&self, at: usize) -> Token {
        let skip = |from: usize, wanted: &dyn Fn(char) -> bool| {
            self.text[from..]
                .iter()
                .position(|&c| !wanted(c))
                .map_or(self.text.len(), |length| from + length)
        };
        let digit = |c: char| c.is_ascii_digit();
        let start = skip(at, &|c| c == ' ');
        let Some(&first) = self.text.get(start) else {
            return Token {
                kind: Kind::End,
                start,
                end: start,
            };
        };
        let (kind, end) = match first {
            '0'..='9' | '.' => {
                let end = skip(start, &|c| digit(c) || c == '.');
                let exponent = match self.text[end..] {
                    ['e' | 'E', '+' | '-', c, ..] if digit(c) => skip(end + 2, &digit),
                    ['e' | 'E', c, ..] if digit(c) => skip(end + 1, &digit),
                    _ => end,
                };
                (Kind::Number, exponent)
            }
            c if c.is_alphabetic() => (
                Kind::Name,
                skip(start, &|c| {
                    c.is_alphabetic() || c.is_ascii_digit() || c == '_'
                }),
            ),
            '*' if self.text.get(start + 1) == Some(&'*') => (Kind::Symbol('^'), start + 2),
            '−' => (Kind::Symbol('-'), start + 1),
            '·' | '⋅' | '×' => (Kind::Symbol('*'), start + 1),
            '÷' => (Kind::Symbol('/'), start + 1),
            c => (Kind::Symbol(c), start + 1),
        };
        Token { kind, start, end }
    }

    fn advance(&mut self) {
        self.previous = self.token;
        self.token = self.lex(self.token.end);
    }

    /// Consumes the symbol if it is the next token.
    fn accept(&mut self, symbol: char) -> bool {
        let found = self.token.kind == Kind::Symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn sum(&mut self) -> Parsed {
        self.left_to_right(&[('+', Op::Add), ('-', Op::Sub)], Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.left_to_right(&[('*', Op::Mul), ('/', Op::Div)], Self::sign)
    }

    fn left_to_right(
        &mut self,
        operators: &[(char, Op)],
        operand: fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let mut value = operand(self)?;
        while let Some(&(_, op)) = operators
            .iter()
            .find(|(symbol, _)| self.token.kind == Kind::Symbol(*symbol))
        {
            let column = self.token.column();
            self.advance();
            let right = operand(self)?;
            value = self.binary(op, value, right, column)?;
        }
        Ok(value)
    }

    /// Parses a sign or a power. Every recursion passes through this method, which limits the nesting.
    fn sign(&mut self) -> Parsed {
        let column = self.token.column();
        if self.nesting == MAX_NESTING {
            return Err(self.error(
                column,
                format!(
                    "expected at most {MAX_NESTING} levels of nesting, exceeded at column {column}"
                ),
            ));
        }
        self.nesting += 1;
        let value = if self.accept('-') {
            let value = self.sign()?;
            self.unary(Op::Neg, value, column)
        } else if self.accept('+') {
            self.sign()
        } else {
            self.power()
        };
        self.nesting -= 1;
        value
    }

    fn power(&mut self) -> Parsed {
        let base = self.atom()?;
        let column = self.token.column();
        if !self.accept('^') {
            return Ok(base);
        }
        let exponent = self.sign()?;
        self.binary(Op::Pow, base, exponent, column)
    }

    fn atom(&mut self) -> Parsed {
        let token = self.token;
        match token.kind {
            Kind::Number => {
                let digits: String = self.text[token.start..token.end].iter().collect();
                let refused = match digits.parse::<f64>() {
                    Ok(number) if number.is_finite() => {
                        self.advance();
                        return Ok(Value::Constant(number));
                    }
                    Ok(_) => "a number below 1.8e308",
                    Err(_) => "a number such as 1, .5 or 1e-3",
                };
                let (column, found) = (token.column(), self.token_text(token));
                Err(self.error(
                    column,
                    format!("expected {refused} at column {column}, found `{found}`"),
                ))
            }
            Kind::Name => {
                let name: String = self.text[token.start..token.end].iter().collect();
                if name == "y" && self.variables == Variables::X {
                    return Err(self.second_variable_error());
                }
                if let Some((_, value)) = NAMES.iter().find(|(known, _)| *known == name) {
                    self.advance();
                    return Ok(*value);
                }
                if let Some(&(name, op, least, most)) =
                    FUNCTIONS.iter().find(|(known, ..)| *known == name)
                {
                    return self.call(name, op, least..=most);
                }
                let (column, shown) = (token.column(), self.token_text(token));
                Err(self.error(
                    column,
                    format!(
                        "unknown name `{shown}` at column {column} ({})",
                        hint(&name)
                    ),
                ))
            }
            Kind::Symbol('(') => {
                self.advance();
                let value = self.sum()?;
                self.close(token)?;
                Ok(value)
            }
            _ => Err(self.missing_value_error()),
        }
    }

    /// Parses the arguments of a function; more than two are folded from the left.
    fn call(&mut self, name: &str, op: Op, count: std::ops::RangeInclusive<usize>) -> Parsed {
        let column = self.token.column();
        self.advance();
        let open = self.token;
        if !self.accept('(') {
            let at = open.column();
            return Err(self.error(
                at,
                format!("expected `(` after `{name}` at column {at} (write {name}(…))"),
            ));
        }
        let (mut found, mut value) = (0, Value::Constant(0.0));
        if self.token.kind != Kind::Symbol(')') {
            value = self.sum()?;
            found = 1;
            while self.accept(',') {
                let next = self.sum()?;
                found += 1;
                if count.contains(&found) {
                    value = self.binary(op, value, next, column)?;
                }
            }
        }
        self.close(open)?;
        if !count.contains(&found) {
            let expected = match count.into_inner() {
                (1, _) => "one argument",
                (_, 2) => "two arguments",
                _ => "two or more arguments",
            };
            return Err(self.error(
                column,
                format!("expected {expected} for `{name}` at column {column}, found {found}"),
            ));
        }
        if found == 1 {
            self.unary(op, value, column)
        } else {
            Ok(value)
        }
    }

    fn close(&mut self, open: Token) -> Parsed<()> {
        if self.accept(')') {
            return Ok(());
        }
        if self.token.kind == Kind::End {
            let (column, open) = (self.token.column(), open.column());
            return Err(self.error(
                column,
                format!("expected `)` at column {column} for the `(` at column {open}"),
            ));
        }
        Err(self.unexpected_token_error())
    }
}
