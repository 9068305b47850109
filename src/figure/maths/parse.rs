//! The reader of formulas: text to a tree of nodes. It accepts every text; what is no mathematics becomes words.

use super::fraction::{bare, fractions, row_of};
use crate::engine::training::reads_both_thetas;

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A variable, in italics.
    Variable(String),
    /// A number, an upright sign, or the name of a function.
    Upright(String),
    /// Words of prose.
    Words(String),
    /// An operator, relation or punctuation mark, with space around it.
    Sign(char),
    /// A sign before its operand, without space after it.
    Prefix(char),
    /// A letter with an accent above it.
    Accent(char, Box<Node>),
    /// A base with a superscript and a subscript.
    Scripts {
        /// The base.
        base: Box<Node>,
        /// The superscript.
        above: Option<Box<Node>>,
        /// The subscript.
        below: Option<Box<Node>>,
    },
    /// A fraction: numerator and denominator.
    Fraction(Box<Node>, Box<Node>),
    /// A root with its index, such as 3, and its radicand.
    Root(Option<char>, Box<Node>),
    /// Brackets around a node.
    Brackets([char; 2], Box<Node>),
    /// Nodes with the space of products between them.
    Row(Vec<Node>),
    /// Nodes without space between them.
    Joined(Vec<Node>),
    /// A symbol under which a number can stand.
    Slot(Slot, Box<Node>),
}

/// A slot of an update line: its symbol and its name, both with `<` at the end for the value before the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Symbol, such as `β₁`.
    pub symbol: String,
    /// Name of the setting or state, such as `beta1`; the symbol where no name is given.
    pub name: String,
}

/// Signs with space around them.
const SIGNS: &str = "←→+−±·×/=≠<>≤≥≪≫≈∼~∈∝,;:";

/// Signs that may stand before their operand.
const PREFIXES: &str = "+−±";

/// Signs after which a sign is a prefix.
const BEFORE_PREFIX: &str = "←→=≠<>≤≥≪≫≈∼~∈∝,;:·×/";

/// Names of functions of more than one letter, which are upright and stand before their argument.
const FUNCTIONS: [&str; 22] = [
    "sin", "cos", "tan", "tanh", "arctan", "exp", "ln", "log", "max", "min", "sign", "clip", "rms",
    "RMS", "qr", "det", "tr", "std", "Var", "mean", "argmin", "diag",
];

/// Symbols of two letters, the second of which is a subscript (those of CMA-ES).
const SUBSCRIPTED: [&str; 9] = ["pc", "pσ", "cc", "cσ", "hσ", "cμ", "dσ", "μw", "μeff"];

/// Letters with a circumflex as one character.
pub(super) const CIRCUMFLEX: [(char, char); 6] = [
    ('â', 'a'),
    ('ê', 'e'),
    ('ĝ', 'g'),
    ('ĥ', 'h'),
    ('ŝ', 's'),
    ('û', 'u'),
];

/// Reads a formula. A line that reads θ both before and after the step shows θ before it as θ₋.
pub fn parse(line: &str) -> Node {
    let marked;
    let line = if reads_both_thetas(line) {
        marked = line.replace("{θ<}", "{θ₋=θ<}");
        // θ on the left of the arrow is never that before the step.
        &*marked
    } else {
        line
    };
    Reader::new(line).row(None)
}

fn joined(mut nodes: Vec<Node>) -> Node {
    if nodes.len() == 1 {
        nodes.swap_remove(0)
    } else {
        Node::Joined(nodes)
    }
}

/// Returns the character of a superscript or subscript character, and whether it is above.
pub(super) fn script(c: char) -> Option<(char, bool)> {
    const ABOVE: [char; 14] = [
        '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁻', '⁺', 'ᵀ', 'ⁿ',
    ];
    const BELOW: [char; 16] = [
        '₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉', '₋', '₊', 'ᵢ', 'ₜ', 'ⱼ', 'ₖ',
    ];
    let at = |c: char, all: &[char]| all.iter().position(|own| *own == c);
    let above = at(c, &ABOVE).and_then(|place| "0123456789−+Tn".chars().nth(place));
    let below = || at(c, &BELOW).and_then(|place| "0123456789−+itjk".chars().nth(place));
    above
        .map(|c| (c, true))
        .or_else(|| below().map(|c| (c, false)))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.next();
        }
        found
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        text
    }

    /// Reads up to `stop`, which is consumed, or to the end.
    fn row(&mut self, stop: Option<char>) -> Node {
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(c) = self.peek() {
            if c == ' ' {
                self.next();
            } else if Some(c) == stop {
                self.next();
                break;
            } else if SIGNS.contains(c) {
                self.next();
                nodes.push(self.sign(c, nodes.last()));
            } else {
                let factor = self.factor(stop);
                match (nodes.last_mut(), factor) {
                    (Some(Node::Words(before)), Node::Words(words)) => {
                        before.push(' ');
                        *before += &words;
                    }
                    (_, factor) => nodes.push(factor),
                }
            }
        }
        row_of(fractions(nodes))
    }

    fn sign(&self, c: char, before: Option<&Node>) -> Node {
        let opens = match before {
            None => true,
            Some(Node::Sign(sign)) => BEFORE_PREFIX.contains(*sign),
            Some(_) => false,
        };
        let words = matches!(before, Some(Node::Words(_)));
        let glued = self.peek().is_some_and(|next| next != ' ');
        if PREFIXES.contains(c) && glued && (opens || words) {
            Node::Prefix(c)
        } else {
            Node::Sign(c)
        }
    }

    /// Reads nodes without a space between them.
    fn factor(&mut self, stop: Option<char>) -> Node {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            let ends = c == ' ' || Some(c) == stop || SIGNS.contains(c);
            if ends {
                break;
            }
            let node = self.atom();
            let words = matches!(node, Node::Words(_));
            nodes.push(self.with_scripts(node));
            if words {
                break;
            }
        }
        joined(nodes)
    }

    /// Reads one node without its scripts.
    fn atom(&mut self) -> Node {
        let Some(c) = self.next() else {
            return Node::Row(Vec::new());
        };
        match c {
            '{' => self.slot(),
            '(' => Node::Brackets(['(', ')'], Box::new(self.row(Some(')')))),
            '[' => Node::Brackets(['[', ']'], Box::new(self.row(Some(']')))),
            '⟨' => Node::Brackets(['⟨', '⟩'], Box::new(self.row(Some('⟩')))),
            '|' | '‖' => Node::Brackets([c, c], Box::new(self.row(Some(c)))),
            '√' => self.root(None),
            '∛' => self.root(Some('3')),
            '0'..='9' | '.' => {
                let digits = self.take_while(|c| c.is_ascii_digit() || c == '.');
                Node::Upright(format!("{c}{digits}{}", self.exponent()))
            }
            '\'' | '’' => Node::Upright(format!("’{}", self.take_while(char::is_alphabetic))),
            c if c.is_ascii_alphabetic() => self.letters(c),
            c if is_greek(c) => self.greek(c),
            c => match CIRCUMFLEX.iter().find(|(own, _)| *own == c) {
                Some((_, letter)) => {
                    Node::Accent('^', Box::new(Node::Variable(letter.to_string())))
                }
                None => Node::Upright(c.to_string()),
            },
        }
    }

    /// Reads the exponent of a number like 1e-6.
    fn exponent(&mut self) -> String {
        let Some(after) = self.rest.strip_prefix('e') else {
            return String::new();
        };
        let digits = after.strip_prefix(['-', '−']).unwrap_or(after);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return String::new();
        }
        self.next();
        let sign = if digits.len() < after.len() {
            self.next();
            "−"
        } else {
            ""
        };
        let digits = self.take_while(|c| c.is_ascii_digit());
        format!("e{sign}{digits}")
    }

    fn slot(&mut self) -> Node {
        let text = self.take_while(|c| c != '}');
        self.take('}');
        let (symbol, name) = text.split_once('=').unwrap_or((text, text));
        let inner = Reader::new(symbol.trim_end_matches('<')).row(None);
        let slot = Slot {
            symbol: symbol.to_owned(),
            name: name.to_owned(),
        };
        Node::Slot(slot, Box::new(inner))
    }

    fn root(&mut self, index: Option<char>) -> Node {
        let radicand = self.atom();
        let function =
            matches!(&radicand, Node::Upright(name) if FUNCTIONS.contains(&name.as_str()));
        let radicand = if function && self.peek() == Some('(') {
            Node::Joined(vec![radicand, self.atom()])
        } else if matches!(radicand, Node::Brackets(..)) {
            radicand
        } else {
            self.with_scripts(radicand)
        };
        Node::Root(index, Box::new(bare(radicand)))
    }

    /// Reads the rest of a run of Latin letters: a variable, a function, or a word of prose.
    fn letters(&mut self, first: char) -> Node {
        let more = self.take_while(|c| c.is_ascii_alphabetic());
        let mut word = format!("{first}{more}");
        if more.is_empty() {
            if let Some(next) = self.peek().filter(|c| is_greek(*c)) {
                let both = format!("{first}{next}");
                if SUBSCRIPTED.contains(&both.as_str()) {
                    self.next();
                    return subscripted(&first.to_string(), &next.to_string());
                }
            }
            let prose = first == 'a' && self.rest.starts_with(' ') && {
                let next = self.rest.trim_start();
                next.len() > 1 && next.chars().take(2).all(|c| c.is_ascii_lowercase())
            };
            if prose {
                return Node::Words(word);
            }
            return Node::Variable(word);
        }
        if SUBSCRIPTED.contains(&word.as_str()) {
            let (base, below) = word.split_at(1);
            return subscripted(base, below);
        }
        if FUNCTIONS.contains(&word.as_str()) && (self.peek() != Some(' ') || word.len() < 4) {
            return Node::Upright(word);
        }
        word += self.take_while(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'));
        Node::Words(word)
    }

    /// Reads the rest of a symbol that begins with a Greek letter; Latin letters after it are its subscript.
    fn greek(&mut self, first: char) -> Node {
        let letter = if matches!(first, 'Σ' | 'Π') {
            return Node::Upright(first.to_string());
        } else if first.is_uppercase() {
            Node::Upright(first.to_string())
        } else {
            Node::Variable(first.to_string())
        };
        let below = self.take_while(|c| c.is_ascii_alphabetic());
        let below = match below.len() {
            0 => return letter,
            1 => Node::Variable(below.to_owned()),
            _ => Node::Upright(below.to_owned()),
        };
        Node::Scripts {
            base: Box::new(letter),
            above: None,
            below: Some(Box::new(below)),
        }
    }

    /// Reads accents and scripts after a node.
    fn with_scripts(&mut self, node: Node) -> Node {
        if matches!(node, Node::Words(_)) {
            return node;
        }
        let mut base = node;
        let (mut above, mut below) = (String::new(), String::new());
        let (mut high, mut low) = (None, None);
        while let Some(c) = self.peek() {
            match (c, script(c)) {
                ('\u{302}' | '\u{304}' | '\u{303}', _) => {
                    let accent = match c {
                        '\u{302}' => '^',
                        '\u{303}' => '~',
                        _ => '¯',
                    };
                    base = Node::Accent(accent, Box::new(base));
                }
                (_, Some((c, true))) => above.push(c),
                (_, Some((c, false))) => below.push(c),
                ('′', _) => above.push('′'),
                ('″', _) => above.push_str("′′"),
                ('*' | '⋆', _) => above.push('∗'),
                ('∞', _) if matches!(base, Node::Variable(_)) => below.push('∞'),
                ('^', _) => {
                    self.next();
                    high = Some(bare(self.atom()));
                    continue;
                }
                ('_', _) => {
                    self.next();
                    low = Some(match self.peek() {
                        Some('{' | '(') => bare(self.atom()),
                        _ => letters_below(
                            self.take_while(|c| c.is_alphanumeric() && script(c).is_none()),
                        ),
                    });
                    continue;
                }
                _ => break,
            }
            self.next();
        }
        let node = |text: String| (!text.is_empty()).then(|| script_node(&text));
        let (above, below) = (high.or_else(|| node(above)), low.or_else(|| node(below)));
        match (base, above, below) {
            (base, None, None) => base,
            // A subscript such as that of γmax is already there.
            (
                Node::Scripts {
                    base,
                    above: None,
                    below: kept,
                },
                above,
                None,
            ) => Node::Scripts {
                base,
                above: above.map(Box::new),
                below: kept,
            },
            (base, above, below) => Node::Scripts {
                base: Box::new(base),
                above: above.map(Box::new),
                below: below.map(Box::new),
            },
        }
    }
}

pub(super) fn is_greek(c: char) -> bool {
    ('Α'..='ω').contains(&c)
}

fn subscripted(base: &str, below: &str) -> Node {
    Node::Scripts {
        base: Box::new(Node::Variable(base.to_owned())),
        above: None,
        below: Some(Box::new(letters_below(below))),
    }
}

fn letters_below(text: &str) -> Node {
    if text.chars().count() == 1 && text.chars().all(char::is_alphabetic) {
        Node::Variable(text.to_owned())
    } else {
        Node::Upright(text.to_owned())
    }
}

/// Returns the node of a script that was written in Unicode's small characters.
fn script_node(text: &str) -> Node {
    let exponent = text.trim_start_matches('′');
    if !exponent.is_empty() && exponent.len() < text.len() {
        let primes = &text[..text.len() - exponent.len()];
        return Node::Joined(vec![
            Node::Upright(primes.to_owned()),
            script_node(exponent),
        ]);
    }
    if matches!(text, "i" | "t" | "j" | "k" | "n") {
        Node::Variable(text.to_owned())
    } else {
        Node::Upright(text.to_owned())
    }
}
