//! The one grammar of specs, the texts that name a landscape, a run or a schedule everywhere: on the command line, in
//! scene files, in the legend and on the clipboard.
//!
//! ```text
//! run       = optimizer [ "@" schedule { ">" schedule } ]
//! landscape = member        optimizer = member        schedule = member
//! member    = name [ ":" key "=" value { "," key "=" value } ]
//! ```
//!
//! A value may stand in single or double quotes, inside which `,` `:` `@` `>` are plain text; `,` inside parentheses is
//! plain text as well, so that `formula:f=max(x,y)` needs no quotes.

use super::declare::{Refusal, Settings};

/// Splits at each `separator` that stands outside quotes and parentheses.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_u32, None);
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, _) if char == separator && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The name before the first `:`, and what follows it.
pub fn head(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    (name.trim(), rest)
}

/// Reads `key=value,key=value` into settings. A key given twice is refused, like everything that [`Settings`] refuses.
pub fn read_settings(owner: &str, text: &str, settings: &mut dyn Settings) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let mut seen = Vec::new();
    for part in split(text, ',') {
        let (key, value) = part.split_once('=').ok_or_else(|| {
            Refusal::Grammar(format!(
                "`{}` in `{owner}:{text}` is not a setting; expected key=value",
                part.trim()
            ))
        })?;
        let key = key.trim();
        let index = settings.index(key).map_err(|refusal| match refusal {
            Refusal::Key { given, valid, .. } => Refusal::Key {
                owner: owner.to_owned(),
                given,
                valid,
            },
            other => other,
        })?;
        if seen.contains(&index) {
            return Err(Refusal::Grammar(format!(
                "`{key}` is given twice in `{owner}:{text}`; expected it once"
            )));
        }
        seen.push(index);
        let param = &settings.params()[index];
        settings.store(index, param.parse(&unquote(value.trim())?)?);
    }
    Ok(())
}

/// `name:key=value,…` with every setting that differs from its default, and `lr` always.
pub fn write_settings(name: &str, settings: &dyn Settings) -> String {
    let mut parts = Vec::new();
    for (index, param) in settings.params().iter().enumerate() {
        let value = settings.value(index);
        if param.name == "lr" || value != settings.default_value(index) {
            parts.push(format!("{}={}", param.name, quote(&param.text(&value))));
        }
    }
    if parts.is_empty() {
        name.to_owned()
    } else {
        format!("{name}:{}", parts.join(","))
    }
}

/// The shortest text that reads back to the same bits: `0.05`, `1e-8`, `100`.
pub fn real(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn unquote(value: &str) -> Result<String, Refusal> {
    let Some(quote) = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))
    else {
        return Ok(value.to_owned());
    };
    match value[1..].strip_suffix(quote) {
        Some(inner) if !inner.contains(quote) => Ok(inner.to_owned()),
        _ => Err(Refusal::Grammar(format!(
            "{value} does not end with the {quote} it begins with"
        ))),
    }
}

/// Puts quotes around a text that the grammar would cut, or that unquoting would change.
fn quote(value: &str) -> String {
    let cut = [',', '@', '>']
        .iter()
        .any(|&separator| split(value, separator).len() > 1);
    let changed = value.is_empty() || value.trim() != value || value.contains(['"', '\'']);
    match (cut || changed, value.contains('"')) {
        (false, _) => value.to_owned(),
        (true, false) => format!("\"{value}\""),
        (true, true) => format!("'{value}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_quotes_and_parentheses_are_plain() {
        assert_eq!(
            split("a=max(x,y),b='1,2',c=3", ','),
            ["a=max(x,y)", "b='1,2'", "c=3"]
        );
        assert_eq!(split("", ','), [""]);
        assert_eq!(split("a)),b", ','), ["a))", "b"]);
    }

    #[test]
    fn quoting_survives_a_round_trip() {
        for text in [
            "plain",
            "a,b",
            "x>y",
            "",
            " padded ",
            "it's",
            "say \"so\"",
            "max(x,y)",
        ] {
            assert_eq!(unquote(&quote(text)).as_deref(), Ok(text));
        }
    }

    #[test]
    fn reals_read_back_to_the_same_bits() {
        for value in [
            0.1,
            1e-8,
            1e22,
            -0.0,
            123_456.789,
            f64::MIN_POSITIVE,
            5e-324,
        ] {
            assert_eq!(
                real(value).parse::<f64>().unwrap().to_bits(),
                value.to_bits()
            );
        }
        assert_eq!(real(100.0), "100");
        assert_eq!(real(1e-8), "1e-8");
    }
}
