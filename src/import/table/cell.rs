//! Contents of cells, numbers, missing values and text, and their errors.

/// Content of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// A finite number.
    Number(f64),
    /// A number in a form that is not read, like `12 %`, `1 234` or `inf`.
    Unreadable,
    /// Empty, or a word that pandas reads as a missing value.
    Missing,
    /// Anything else.
    Text,
}

/// Words for a missing value: the list of pandas.
const MISSING: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

impl Cell {
    /// Returns the content of a trimmed cell; `comma` is whether its number may have a decimal comma.
    pub(super) fn new(cell: &str, comma: bool) -> Self {
        match number(cell, comma) {
            Some(number) if number.is_finite() => Self::Number(number),
            _ if cell.is_empty() || MISSING.contains(&cell) => Self::Missing,
            Some(_) => Self::Unreadable,
            None if is_unreadable(cell) => Self::Unreadable,
            None => Self::Text,
        }
    }

    /// Returns whether this is the content of a column of numbers, readable or not.
    pub(super) fn is_numeric(self) -> bool {
        matches!(self, Self::Number(_) | Self::Unreadable)
    }
}

fn number(cell: &str, comma: bool) -> Option<f64> {
    let plain = cell.parse().ok();
    if plain.is_some() || !comma || cell.contains('.') {
        return plain;
    }
    let (whole, fraction) = cell.split_once(',')?;
    format!("{whole}.{fraction}").parse().ok()
}

/// Returns whether the cell is a number with a percent sign, a currency, separated thousands, a Unicode minus or a decimal comma.
fn is_unreadable(cell: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || "%‰$€£¥".contains(c);
    let bare = cell.trim_matches(mark);
    let bare = bare.trim_start_matches(['+', '-', '\u{2212}', '\u{2013}']);
    let bare = bare.trim_start_matches(mark);
    if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',') {
        return false;
    }
    if number(bare, true).is_some()
        || number(&bare.replace('.', ""), true).is_some_and(|_| bare.contains(','))
    {
        return true;
    }
    are_thousands(bare)
}

/// Returns whether the digits are in groups of three, as in `1,234`, `1 234.5` or `12'345'678`.
pub(super) fn are_thousands(cell: &str) -> bool {
    let cell = cell.trim_start_matches(['+', '-']);
    let whole = cell.split_once('.').map_or(cell, |(whole, _)| whole);
    let apart = |c: char| c.is_whitespace() || ",'’_".contains(c);
    let mut groups = whole.split(apart);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    let grouped = rest.peek().is_some() && rest.all(|group| group.len() == 3 && digits(group));
    grouped && (1..=3).contains(&first.len()) && digits(first) && !first.starts_with('0')
}

/// Returns why a cell is not a finite number, and what was expected.
pub(super) fn refusal(cell: &str) -> String {
    let (found, expected) = match Cell::new(cell, false) {
        _ if cell.is_empty() => return "there is no number; expected one in every row".to_owned(),
        _ if cell.parse::<f64>().is_ok() => ("is not finite", "a finite number".to_owned()),
        Cell::Missing => ("is a missing value", "a number in every row".to_owned()),
        Cell::Unreadable => match number(cell, true) {
            Some(_) => {
                let point = cell.replacen(',', ".", 1);
                ("has a decimal comma", format!("a point, as in `{point}`"))
            }
            None => ("is not a plain number", "one like -1234.5".to_owned()),
        },
        _ => ("is text", "a number".to_owned()),
    };
    format!("{} {found}; expected {expected}", shown(cell))
}

/// Returns the beginning of a cell between backticks, without control characters.
pub(super) fn shown(cell: &str) -> String {
    format!("`{}`", short(cell))
}

/// Returns the beginning of a cell, without control characters.
pub(super) fn short(cell: &str) -> String {
    let short: String = cell.chars().take(30).flat_map(char::escape_debug).collect();
    let more = if cell.chars().nth(30).is_some() {
        "…"
    } else {
        ""
    };
    short + more
}
