//! The text grammar of specs, which describe a landscape, a run or a schedule on the command line, in scene files, in the legend and on the
//! clipboard.
//!
//! ```text
//! run       = optimizer { group } { "+" wrapper } [ "@" schedule { ">" schedule } ]
//! group     = "[" name ":" settings "]"
//! landscape = member        optimizer = member        wrapper = member        schedule = member
//! member    = name [ ":" settings ]
//! settings  = key "=" value { ( "," | ";" ) key "=" value }
//! ```
//!
//! A value may be in single or double quotes, inside which `,` `:` `@` `>` `+` `[` are plain text; a doubled quote is the quote itself, as in CSV.
//! They are plain text inside parentheses as well, so that `formula:f=max(x,y)` needs no quotes. A `+` begins a wrapper only before a letter, so
//! that `1e+3` is a number. A group gives some parameters settings of their own.

use crate::engine::declare::{Kind, SettingError, Settings, Value, names};

/// Splits at each `separator` outside quotes, parentheses and brackets.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    split_where(text, |char, _| char == separator)
}

/// Splits at each `+` that begins a wrapper: outside quotes, parentheses and brackets, and before a letter.
pub fn split_wrappers(text: &str) -> Vec<&str> {
    split_where(text, |char, rest| {
        char == '+'
            && rest
                .trim_start()
                .starts_with(|next: char| next.is_ascii_alphabetic())
    })
}

/// Splits at the characters outside quotes, parentheses and brackets for which `separates` returns true, given the text after them.
fn split_where(text: &str, separates: impl Fn(char, &str) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_u32, None);
    for (at, char) in text.char_indices() {
        let after = at + char.len_utf8();
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 && separates(char, &text[after..]) => {
                parts.push(&text[start..at]);
                start = after;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The name and the settings of a group in brackets.
pub type GroupText<'a> = (&'a str, &'a str);

/// Splits an optimizer's text from the groups in brackets after it.
pub fn split_groups(text: &str) -> Result<(&str, Vec<GroupText<'_>>), SettingError> {
    let refuse = |words: &str| SettingError::Grammar(format!("{words} in `{}`", text.trim()));
    let mut quote = None;
    let open = text.char_indices().find(|(_, char)| {
        match (quote, *char) {
            (Some(open), char) if char == open => quote = None,
            (None, '"' | '\'') => quote = Some(*char),
            (None, '[') => return true,
            _ => {}
        }
        false
    });
    let (optimizer, mut rest) = open.map_or((text, ""), |(at, _)| text.split_at(at));
    let mut groups: Vec<GroupText> = Vec::new();
    while !rest.trim().is_empty() {
        let inner = rest.trim_start().strip_prefix('[').ok_or_else(|| {
            refuse(&format!(
                "`{}` follows a group; expected `[`, `+` or `@`",
                rest.trim()
            ))
        })?;
        let (group, after) = inner
            .split_once(']')
            .ok_or_else(|| refuse("`[` has no `]`; expected a group like [y:lr=0.001]"))?;
        let (name, settings) = head(group);
        if name.is_empty() || settings.trim().is_empty() {
            return Err(refuse(&format!(
                "the group `[{group}]` has no {}; expected one like [y:lr=0.001]",
                if name.is_empty() { "name" } else { "settings" }
            )));
        }
        if groups.iter().any(|(other, _)| *other == name) {
            return Err(refuse(&format!(
                "the group `{name}` is given twice; expected it once"
            )));
        }
        groups.push((name, settings));
        rest = after;
    }
    Ok((optimizer, groups))
}

/// Splits at the first `:` into name and settings.
pub fn head(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once(':').unwrap_or((text, ""));
    (name.trim(), rest)
}

/// Reads `key=value,key=value` into settings. Fails on unknown keys, illegal values and a key given twice.
pub fn read_settings(
    owner: &str,
    text: &str,
    settings: &mut dyn Settings,
) -> Result<(), SettingError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    // Tables of numbers write `;` for `,`, which needs no quotes there. In texts, such as names of files, it is a plain character.
    let is_plain = settings
        .params()
        .iter()
        .any(|param| param.kind == Kind::Text);
    let separates = |char, _: &str| char == ',' || char == ';' && !is_plain;
    let mut seen = Vec::new();
    for part in split_where(text, separates) {
        let (key, value) = part.split_once('=').ok_or_else(|| {
            let part = part.trim();
            let hint = match part.parse::<f64>() {
                Ok(_) => "; a number has a decimal point, like 0.1, and several are joined by /, like 16/16",
                Err(_) => "",
            };
            SettingError::Grammar(format!(
                "`{part}` in `{owner}:{text}` is not a setting; expected key=value{hint}"
            ))
        })?;
        let (key, value) = (key.trim(), unquote(value.trim())?);
        for (index, text_of_one) in assignments(owner, key, &value, settings)? {
            if seen.contains(&index) {
                return Err(SettingError::Grammar(format!(
                    "`{key}` is given twice in `{owner}:{text}`; expected it once"
                )));
            }
            seen.push(index);
            let param = &settings.params()[index];
            settings.store(index, param.parse(&text_of_one)?);
        }
    }
    Ok(())
}

/// Returns the settings that `key` names, with their values; several for a plural such as `betas`.
fn assignments(
    owner: &str,
    key: &str,
    value: &str,
    settings: &dyn Settings,
) -> Result<Vec<(usize, String)>, SettingError> {
    let error = match settings.index(key) {
        Ok(index) => return Ok(vec![(index, value.to_owned())]),
        Err(error) => error,
    };
    let params = settings.params();
    let several = names::numbered(params, key);
    let numbers = names::numbers(value);
    match (error, several.len()) {
        (SettingError::Key { given, valid, .. }, 0) => Err(SettingError::Key {
            owner: owner.to_owned(),
            given,
            valid,
        }),
        (error, 0) => Err(error),
        (_, count) if count != numbers.len() => {
            let valid: Vec<&str> = several.iter().map(|index| params[*index].name).collect();
            Err(names::count_error(key, value, &valid))
        }
        _ => Ok(several
            .into_iter()
            .zip(numbers.into_iter().map(str::to_owned))
            .collect()),
    }
}

/// Writes `name:key=value,…` with every setting that differs from its default, and always `lr`.
pub fn write_settings(name: &str, settings: &dyn Settings) -> String {
    write(name, settings, |index, key| {
        key == "lr" || settings.value(index) != settings.default_value(index)
    })
}

/// Writes `name:key=value,…` with every setting that differs from `others`, settings of an equal type.
pub fn write_difference(name: &str, settings: &dyn Settings, others: &dyn Settings) -> String {
    write(name, settings, |index, _| {
        settings.value(index) != others.value(index)
    })
}

fn write(name: &str, settings: &dyn Settings, wanted: impl Fn(usize, &str) -> bool) -> String {
    let params = settings.params().iter().enumerate();
    let parts: Vec<String> = params
        .filter(|(index, param)| wanted(*index, param.name))
        .map(|(index, param)| {
            format!(
                "{}={}",
                param.name,
                match settings.value(index) {
                    Value::Counts(none) if none.is_empty() => String::new(),
                    value => quote(&param.text(&value)),
                }
            )
        })
        .collect();
    if parts.is_empty() {
        name.to_owned()
    } else {
        format!("{name}:{}", parts.join(","))
    }
}

/// Writes a number as the shortest text that reads back to the same bits: `0.05`, `1e-8`, `100`.
pub fn real(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn unquote(value: &str) -> Result<String, SettingError> {
    let Some(quote) = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))
    else {
        return Ok(value.to_owned());
    };
    let twice = [quote, quote].iter().collect::<String>();
    match value[1..].strip_suffix(quote) {
        Some(inner) if !inner.replace(&twice, "").contains(quote) => {
            Ok(inner.replace(&twice, &quote.to_string()))
        }
        _ => Err(SettingError::Grammar(format!(
            "{value} does not end with the {quote} it begins with"
        ))),
    }
}

/// Quotes a text that the grammar would split or that [`unquote`] would change.
fn quote(value: &str) -> String {
    let cut = [',', '@', '>']
        .iter()
        .any(|&separator| split(value, separator).len() > 1)
        || split_wrappers(value).len() > 1
        || value.contains(['[', ']']);
    // Unbalanced parentheses would hide the separators after them or close an outer pair.
    let depths = value.chars().scan(0_i64, |depth, char| {
        *depth += i64::from(char == '(') - i64::from(char == ')');
        Some(*depth)
    });
    let (last, lowest) = depths.fold((0, 0), |(_, low), depth| (depth, low.min(depth)));
    let changed = value.is_empty() || value.trim() != value || value.contains(['"', '\'']);
    let quotes = cut || changed || last != 0 || lowest < 0;
    match (quotes, value.contains('"'), value.contains('\'')) {
        (false, ..) => value.to_owned(),
        (true, true, false) => format!("'{value}'"),
        (true, ..) => format!("\"{}\"", value.replace('"', "\"\"")),
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
        assert_eq!(
            split_wrappers("sgd:lr=1e+3 + sam:rho=+0.1+ema[a+b]'+c'(+d)"),
            ["sgd:lr=1e+3 ", " sam:rho=+0.1", "ema[a+b]'+c'(+d)"]
        );
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
            "a+b",
            "a[0]",
            "max(x,y)",
            "it's \"so\"",
            "\"'",
            "'\"\"'",
            "a(b",
        ] {
            assert_eq!(unquote(&quote(text)).as_deref(), Ok(text));
        }
        for wrong in ["\"a", "\"a\"b\"", "'a'b'", "\"\"\"", "'"] {
            unquote(wrong).unwrap_err();
        }
    }

    #[test]
    fn every_text_comes_back_from_a_spec() {
        use crate::engine::network::data::AnyDataset;
        const SIGNS: [char; 20] = [
            'a', '"', '\'', ',', ':', '@', '>', '+', '[', ']', '(', ')', ' ', '=', '\\', '/', '\n',
            '\t', 'é', '#',
        ];
        let mut random = 1_u64;
        let mut next = |below: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) % below
        };
        for _ in 0..5000 {
            let mut text = || -> String {
                let length = next(9);
                { 0..length }
                    .map(|_| SIGNS[usize::try_from(next(SIGNS.len() as u64)).unwrap()])
                    .collect()
            };
            let mut data: AnyDataset = "csv".parse().unwrap();
            for (key, text) in [("path", text()), ("label", text())] {
                data.settings_mut().set(key, Value::Text(text)).unwrap();
            }
            let spec = data.to_string();
            assert_eq!(spec.parse(), Ok(data), "{spec}");
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
